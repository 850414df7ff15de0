"""Redraw every figure from the saved runs, without training; say of each whether it has changed.

Arguments go to every lesson.

Usage:
    python -m experiments figures
    python -m experiments figures --out elsewhere
"""

import contextlib
import io
import signal
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from base import command_line
from base.errors import FailedError
from commands import all as all_lessons
from tutorials import catalogue
from tutorials.catalogue import Lesson

AT_ONCE = 2  # lessons


def main(arguments: list[str]) -> int:
    """Redraw the figures; return 1 where a lesson failed, else 0.

    Raises:
        FailedError: a process was killed.
    """
    # A mistake in the arguments is said once, before anything runs.
    name, epochs = "python -m experiments figures", {"all": 1500}
    command_line.parse(name, __doc__, epochs=epochs, models=(), arguments=arguments)
    lessons, status = catalogue.lessons(), 0
    # Ctrl-C ends the processes at once: a figure is written whole or not at all.
    ends = {"initializer": signal.signal, "initargs": (signal.SIGINT, signal.SIG_DFL)}
    with ProcessPoolExecutor(AT_ONCE, **ends) as processes:
        redrawn = processes.map(partial(redraw, arguments=arguments), lessons)
        try:
            for lesson, (failed, figures, complaints) in zip(lessons, redrawn, strict=True):
                show(lesson, figures, complaints)
                status |= failed
        except BrokenProcessPool as error:
            raise FailedError(
                "a process that draws was killed, as the system does when memory runs out;"
                " the same command begins anew."
            ) from error
    return status


def show(lesson: Lesson, figures: dict[str, str], complaints: str) -> None:
    """Print how many figures of a lesson have which verdict, and those that are not the same."""
    counts = [f"{number} {verdict}" for verdict, number in Counter(figures.values()).items()]
    print(f"{lesson.stem}: {', '.join(counts) or 'no figure'}", flush=True)
    for figure, verdict in figures.items():
        if verdict != "same":
            print(f"  {verdict}: {figure}")
    if complaints:
        print(complaints, end="", file=sys.stderr)


def redraw(lesson: Lesson, arguments: list[str]) -> tuple[int, dict[str, str], str]:
    """Redraw the figures of a lesson, quietly.

    Returns:
        Whether it failed, 0 or 1; of each figure by its name "same", "changed" or "was missing";
        its errors.
    """
    complaints = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(complaints):
        status, _, figures = all_lessons.run(lesson, ["--plots-only", *arguments])
    return int(status != 0), figures, complaints.getvalue()

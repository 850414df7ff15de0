"""Redraw every figure from the saved runs, without training; say of each whether it has changed.

Arguments go to every lesson.

Usage:
    python -m experiments figures
    python -m experiments figures --out elsewhere
"""

import contextlib
import io
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from base import command_line
from commands import all as all_lessons
from tutorials import catalogue
from tutorials.catalogue import Lesson

AT_ONCE = 2  # lessons


def main(arguments: list[str]) -> int:
    """Redraw the figures; return 1 where a lesson failed, else 0."""
    # A mistake in the arguments is said once, before anything runs.
    name, epochs = "python -m experiments figures", {"all": 1500}
    command_line.parse(name, __doc__, epochs=epochs, models=(), arguments=arguments)
    lessons, status = catalogue.lessons(), 0
    with ProcessPoolExecutor(AT_ONCE) as processes:
        redrawn = processes.map(partial(redraw, arguments=arguments), lessons)
        for lesson, (failed, figures) in zip(lessons, redrawn, strict=True):
            counts = [
                f"{number} {verdict}" for verdict, number in Counter(figures.values()).items()
            ]
            print(f"{lesson.stem}: {', '.join(counts) or 'no figure'}", flush=True)
            for figure, verdict in figures.items():
                if verdict != "same":
                    print(f"  {verdict}: {figure}")
            status |= failed
    return status


def redraw(lesson: Lesson, arguments: list[str]) -> tuple[int, dict[str, str]]:
    """Redraw the figures of a lesson, quietly but for its errors.

    Returns:
        Whether it failed, 0 or 1; of each figure by its name "same", "changed" or "missing".
    """
    with contextlib.redirect_stdout(io.StringIO()):
        status, _, figures = all_lessons.run(lesson, ["--plots-only", *arguments])
    return int(status != 0), figures

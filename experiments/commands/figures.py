"""Redraw every figure from the saved runs, without training; say of each whether it has changed.

Arguments go to every lesson.

Usage:
    python -m experiments figures
    python -m experiments figures --out elsewhere
"""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from base import command_line
from common.experiment import FIRST_LOOK
from results import records
from tutorials import catalogue
from tutorials.catalogue import Lesson

AT_ONCE = 2  # lessons


def main(arguments: list[str]) -> int:
    """Redraw the figures; return 1 where a lesson failed or a figure is missing, else 0."""
    name, epochs = "python -m experiments figures", {"all": 1500}
    settings = command_line.parse(name, __doc__, epochs=epochs, models=(), arguments=arguments)
    status = 0

    def redrawn(lesson: Lesson) -> tuple[str, dict[str, str]]:
        folder = records.find(replace(settings, experiment=lesson.stem))
        return redraw(lesson, folder, arguments)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        lessons = catalogue.lessons()
        for lesson, (error, verdicts) in zip(lessons, pool.map(redrawn, lessons), strict=True):
            counts = [
                f"{number} {verdict}" for verdict, number in Counter(verdicts.values()).items()
            ]
            print(f"{lesson.stem}: {', '.join(counts) or 'no figure'}", flush=True)
            for name, verdict in verdicts.items():
                if verdict != "same":
                    print(f"  {verdict}: {name}")
            if error:
                print(f"  {error}", file=sys.stderr)
            status |= bool(error) or "missing" in verdicts.values()
    return int(status)


def redraw(lesson: Lesson, folder: Path, arguments: list[str]) -> tuple[str, dict[str, str]]:
    """Redraw the figures of a lesson in a process of its own.

    Args:
        lesson: whose figures.
        folder: its saved results.
        arguments: for its script.

    Returns:
        The last line of its errors, "" if it ends well; and of each figure by its name "same",
        "changed" or "missing".
    """
    before = _figures(folder)
    command = [sys.executable, str(lesson.script), "--plots-only", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    error = (done.stderr.strip().splitlines() or ["failed"])[-1] if done.returncode else ""
    after = _figures(folder)
    names = records.read_record(folder)["figures"] if after else before
    verdicts = dict.fromkeys(sorted({*names, *before}), "missing")
    for name, drawn in after.items():
        verdicts[name] = "same" if before.get(name) == drawn else "changed"
    return error, verdicts


def _figures(folder: Path) -> dict[str, bytes]:
    """Return each figure in a folder by its name, without that of a run that was ended."""
    paths = (path for path in folder.glob("*.png") if path.name != FIRST_LOOK)
    return {path.stem: path.read_bytes() for path in paths}

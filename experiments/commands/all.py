"""Run all lessons one after the other; end with a table of their scores and the report.

Arguments go to every lesson. One that fails does not stop the others; it is named at the end, and
the exit status is 1.

Usage:
    python -m experiments all
    python -m experiments all --data sample --epochs 3
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from base import command_line
from common.experiment import OUTCOME
from pages import site
from pages.summary import print_summary
from tutorials import catalogue
from tutorials.catalogue import Lesson


def main(arguments: list[str]) -> int:
    """Run all lessons; return the exit status."""
    # A mistake in the arguments is said once, before anything runs.
    name, epochs = "python -m experiments all", {"all": 1500}
    command_line.parse(name, __doc__, epochs=epochs, models=(), arguments=arguments)
    folders, seconds, failed = [], {}, []
    for lesson in catalogue.lessons():
        print(f"\n=== {lesson.stem}", flush=True)
        started = time.monotonic()
        status, folder = run(lesson, arguments)
        seconds[lesson.stem] = time.monotonic() - started
        if status == 130:
            return status
        if status or folder is None:
            failed.append(f"{lesson.stem} (exit status {status})")
        if folder:  # with status 1: some of its trainings failed
            folders.append(folder)
    print_summary(folders, seconds)
    for parent in dict.fromkeys(folder.parent for folder in folders):
        print(f"Report: {site.write(parent)}")
    if failed:
        print(f"error: failed: {', '.join(failed)}; their messages are above.", file=sys.stderr)
    return 1 if failed else 0


def run(lesson: Lesson, arguments: list[str]) -> tuple[int, Path | None]:
    """Run a lesson; return its status and the folder of its results, if it has come so far."""
    with tempfile.TemporaryDirectory() as scratch:
        outcome = Path(scratch) / "outcome.json"
        command = [sys.executable, str(lesson.script), *arguments]
        with subprocess.Popen(command, env=os.environ | {OUTCOME: str(outcome)}) as process:
            try:
                status = process.wait()
            except KeyboardInterrupt:
                process.wait()
                return 130, None
        folder = Path(json.loads(outcome.read_text())["folder"]) if outcome.exists() else None
    return status, folder

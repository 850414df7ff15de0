"""Run all lessons, short ones first; end with a table of their scores and the report.

Arguments go to every lesson. One that fails does not stop the others, unless the process is killed;
it is named at the end, and the exit status is 1.

Usage:
    python -m experiments all
    python -m experiments all --data sample --epochs 3
"""

import contextlib
import gc
import runpy
import signal
import sys
import time
from pathlib import Path

from base import command_line, errors, files
from base.errors import UsageError
from commands import data
from common.experiment import concluded
from engine import progress
from pages import site
from pages.summary import print_summary
from results import records
from tutorials import catalogue
from tutorials.catalogue import Lesson

SAMPLE_MINUTES = 0.4  # that a lesson takes on sample data, about


def main(arguments: list[str]) -> int:
    """Run all lessons; return the exit status."""
    # What is wrong with the arguments is said once, before anything is fetched or runs.
    name, epochs = "python -m experiments all", {"all": 1500}
    given = command_line.parse(name, __doc__, epochs=epochs, models=(), arguments=arguments)
    if given.out:
        files.make_folder(given.out)
    if given.data != "sample" and not given.plots_only:
        may_lack = ["--allow-missing"] if given.data == "auto" else []
        data.main([f"--data-dir={given.data_dir}", *may_lack])
    datasets = given.data_dir / "datasets"
    on_samples = given.data == "sample" or not any(p.is_file() for p in datasets.rglob("*"))
    lessons = sorted(catalogue.lessons(), key=lambda lesson: lesson.about.minutes)
    minutes = [SAMPLE_MINUTES if on_samples else lesson.about.minutes for lesson in lessons]
    progress.suite = progress.Suite(minutes)
    try:
        return run_all(lessons, arguments)
    finally:
        progress.suite = None


def run_all(lessons: list[Lesson], arguments: list[str]) -> int:
    """Run lessons in this order; print what came of them; return the exit status."""
    folders, seconds, failed = [], {}, []
    for lesson in lessons:
        progress.suite.begin()
        print(f"\n=== {lesson.stem}, {progress.suite}", flush=True)
        started = time.monotonic()
        status, folder, _ = run(lesson, arguments)
        seconds[lesson.stem] = time.monotonic() - started
        if status == 130:
            return status
        if status or folder is None:
            failed.append(f"{lesson.stem} (exit status {status})")
        if folder:  # with status 1: some of its trainings failed
            folders.append(folder)
            with contextlib.suppress(UsageError):  # at the end it is said what is wrong
                site.write(folder.parent)
    print_summary(sorted(folders), seconds)
    for parent in dict.fromkeys(folder.parent for folder in folders):
        numbers = ", ".join(sorted(f.name[:2] for f in folders if f.parent == parent))
        print(f"Report with {numbers}: {site.write(parent)}")
    if any(records.read_record(f)["data"]["source"] == "sample" for f in folders):
        print("Samples show how it works, not what is true; data/README.md: ways to the data.")
    if failed:
        print(f"error: failed: {', '.join(failed)}; their messages are above.", file=sys.stderr)
    return 1 if failed else 0


def run(lesson: Lesson, arguments: list[str]) -> tuple[int, Path | None, dict[str, str]]:
    """Run a lesson in this process, which has TensorFlow loaded and other processes started.

    Returns:
        Its exit status; where its results are, if it has come so far; of each figure that it has
        drawn "same", "changed" or "was missing".
    """
    status, sys.argv, before = 0, [str(lesson.script), *arguments], len(concluded)
    try:
        try:
            runpy.run_path(str(lesson.script), run_name="__main__")
        except BrokenPipeError:
            raise  # nobody reads on
        except (Exception, KeyboardInterrupt) as error:
            status = 1
            errors.one_line(type(error), error, error.__traceback__)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    _free()
    return status, *(concluded[-1] if len(concluded) > before else (None, {}))


def _free() -> None:
    """Free what a lesson has left: its arrays, and if it has failed the lock of its folder."""
    interrupts: list[int] = []
    # Python drops a Ctrl-C that comes in a callback of the collector: it is raised afterwards.
    usual = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        gc.collect()
    finally:
        signal.signal(signal.SIGINT, usual)
    if interrupts:
        raise KeyboardInterrupt

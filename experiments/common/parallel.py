"""Run independent trainings, one after the other or several at once in processes of their own.

The results do not depend on how many run at once: every training has its own seed and its own
number of threads.
"""

import os
import time
from collections.abc import Callable, Sequence

from common import data, environment, progress, training
from common.cli import Settings

STARTING = 10.0  # seconds that a process spends on TensorFlow's start and on compiling, at most
WORTH_PROCESSES = 60.0  # seconds of training left; each process takes 1 GB, too

Timed = tuple[training.Result, float]


def run(
    function: Callable[..., training.Result],
    tasks: Sequence[tuple],
    shared: tuple,
    settings: Settings,
) -> list[Timed]:
    """Call `function(*task, *shared)` for each task.

    Without `--jobs`, the first tasks run here; if the others look long enough, they run in as many
    processes as there are cores for.

    Returns:
        For each task, in their order, the result and the seconds it took.
    """
    report = progress.Tasks(len(tasks))
    done: list[Timed] = []
    for i, task in enumerate(tasks):
        left = tasks[i:]
        jobs = min(settings.jobs or (os.cpu_count() or 1) // settings.threads, len(left))
        wanted = settings.jobs or _seconds_each(done) * len(left) > WORTH_PROCESSES
        if jobs > 1 and wanted:
            return done + _run_in_processes(function, left, shared, settings, jobs, report)
        done.append(_timed(function, task, shared))
        report()
    return done


def _seconds_each(done: list[Timed]) -> float:
    """Estimate what one of the trainings that are left takes, without its compiling."""
    if len(done) < 2:
        return done[0][1] - STARTING if done else 0.0
    return min(seconds for _, seconds in done[-2:])


def _run_in_processes(function, tasks, shared, settings, jobs, report) -> list[Timed]:
    from joblib import Parallel, delayed

    # The models of a script grow: begin with the last, so that no long one is left to the end.
    work = (delayed(_in_worker)(function, task, shared, settings) for task in reversed(tasks))
    done = []
    for timed in Parallel(n_jobs=jobs, backend="loky", return_as="generator")(work):
        done.append(timed)
        report()
    return done[::-1]


def _in_worker(function, task: tuple, shared: tuple, settings: Settings) -> Timed:
    """Run a task in a process of its own, which is set up as the first one is."""
    progress.use_lines()
    data.set_keras_home(settings.data_dir)
    environment.configure(settings.device, settings.threads)
    return _timed(function, task, shared)


def _timed(function, task: tuple, shared: tuple) -> Timed:
    started = time.monotonic()
    result = function(*task, *shared)
    return result, time.monotonic() - started

"""Run independent trainings: one after the other, several at once, or on a cluster.

The results do not depend on how many run at once, nor where: every training has its own seed and
its own number of threads.
"""

import functools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from base import paths
from base.errors import FailedError
from base.settings import Settings
from engine import checkpoints, cluster, progress
from engine.process import Measured, end_with, measure, set_up

STARTING = 10.0  # seconds that a process spends on TensorFlow's start and on compiling, at most
LONG = 60.0  # seconds of a training; for one, another process compiles its model, too
WORTH_PROCESSES = 60.0  # seconds of training left; each process takes 1 GB, too


def run(
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    shared: tuple,
    settings: Settings,
    versions: Mapping[str, Any],
    first_done: Callable[[str, Any], None],
) -> list[Measured]:
    """Call `function(*task, *shared)` for each task.

    Without `--jobs`, the first tasks run here; if the others look long enough, they run in as many
    processes as there are cores for, on a GPU in one. Of several lessons all run in processes,
    which the next lesson finds started.

    Args:
        function: builds, trains and tests one model.
        tasks: name of the model, seed and fold of each training.
        shared: further arguments, the same for all calls.
        settings: how many run at once, or on which cluster.
        versions: what `environment.configure` has returned.
        first_done: called with the name of a model and what came of its first training, as soon
            as that is done, if others are still to come.

    Returns:
        What came of each task, in their order.

    Raises:
        FailedError: memory was not enough.
        UsageError: the cluster cannot be used.
        KeyboardInterrupt: with the number of tasks that are done.
    """
    report, done = progress.Trainings(len(tasks)), {}
    # The first seed of each model first, to show something early; of them the last model first, as
    # models grow and long trainings should not wait.
    is_first = {task: task[1] == settings.seeds[task[0]][0] for task in tasks}
    order = [task for first in (True, False) for task in tasks[::-1] if is_first[task] == first]

    def note(task: tuple, measured: Measured) -> None:
        done[task] = measured
        report()
        is_new = len(done) < len(tasks) and not measured.result.restored
        if is_new and is_first[task] and not task[2]:
            first_done(task[0], measured.result)

    try:
        if settings.cluster:
            with report:
                for place, measured in cluster.run(function, order, shared, settings, versions):
                    note(order[place], measured)
            return [done[task] for task in tasks]
        for i, task in enumerate(order):
            left = order[i:]
            jobs = min(settings.jobs or _jobs(versions, settings.threads), len(left))
            is_long = _seconds_each(done) * len(left) > WORTH_PROCESSES
            wanted = settings.jobs or progress.suite or is_long
            if jobs > 1 and wanted and _processes_can_start():
                with report:
                    for other, measured in _in_processes(function, left, shared, settings, jobs):
                        note(other, measured)
                break
            note(task, measure(function, task, shared))
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(_what_is_saved(report, settings)) from error
    return [done[task] for task in tasks]


def _jobs(versions: Mapping[str, Any], threads: int) -> int:
    """Return how many trainings run at once where the user does not say."""
    return 1 if versions["device"] == "gpu" else (os.cpu_count() or 1) // threads


def _what_is_saved(report: progress.Trainings, settings: Settings) -> str:
    """Say to a user who interrupts a run what is saved and how to go on."""
    if settings.cluster:
        return (
            f"{report} were done; what is saved lies with the workers, and the same command goes on"
            " from there"
        )
    if not checkpoints.store.folder:
        return f"{report} were done, and none is saved; the same command begins anew"
    without = " without --fresh" if settings.fresh else ""
    return (
        f"{report} were done; what has been trained is saved, of a long one the epochs until"
        f" a few seconds ago; the same command{without} goes on from there"
    )


def _seconds_each(done: Mapping[tuple, Measured]) -> float:
    """Estimate what one of the trainings that are left takes, without its compiling."""
    trained = {task: one.seconds for task, one in done.items() if not one.result.restored}
    first = {name: seconds for (name, *_), seconds in reversed(trained.items())}
    again = [seconds for (name, *_), seconds in trained.items() if seconds != first[name]]
    if again:
        return min(again[-2:])
    return sum(first.values()) / len(first) - STARTING if first else 0.0


@functools.cache
def _processes_can_start() -> bool:
    """Tell whether processes can share semaphores, which lie in /dev/shm; say so if they cannot."""
    import joblib

    if joblib.effective_n_jobs(2) > 1:
        return True
    print(
        "warning: /dev/shm: expected room for several processes, found none; training one after"
        " the other. Free some, or use --jobs 1.",
        file=sys.stderr,
    )
    return False


def _in_processes(function, tasks, shared, settings, jobs) -> Iterator[tuple[tuple, Measured]]:
    """Yield each task and what comes of it, as soon as it is done.

    As compiling takes seconds, a process leaves a model that another has compiled to that one while
    other models are left, unless its trainings are long: these must not wait for one process.
    """
    from concurrent.futures import FIRST_COMPLETED, wait

    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left, running, owners, began, ended = list(tasks), {}, {}, {}, {}

    def is_for_another(task: tuple, place: int) -> bool:
        name, now = task[0], time.monotonic()
        return owners.get(name, place) != place and ended.get(name, now) - began[name] < LONG

    try:
        while left or running:
            for place in sorted({*range(jobs)} - {*running.values()})[: len(left)]:
                task = min(left, key=lambda task: is_for_another(task, place))
                left.remove(task)
                owners.setdefault(task[0], place)
                began.setdefault(task[0], time.monotonic())
                work = os.getpid(), function, task, shared, settings
                running[_submit(place, _in_worker, *work)] = place
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                del running[future]
                ended.setdefault(future.result()[0][0], time.monotonic())
                yield future.result()
    except BaseException as error:
        while _processes:
            _processes.pop().shutdown(kill_workers=True)
        if not isinstance(error, TerminatedWorkerError):
            raise
        raise FailedError(
            "a training's process was killed, as the system does when memory runs out;"
            " --jobs 1 needs less, and the same command goes on with what is saved."
        ) from error


_processes: list = []  # an executor for each, which the next lesson finds started


def _submit(place: int, *call):
    """Start a call in a process, by its number; start processes up to it if need be."""
    import multiprocessing.resource_tracker
    from concurrent.futures import BrokenExecutor

    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.backend import resource_tracker

    # The processes inherit that Ctrl-C is not for them: this one ends them. The trackers of their
    # resources are started before, as their start would lift the ban.
    for tracker in (multiprocessing.resource_tracker, resource_tracker):
        tracker.ensure_running()
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        start = functools.partial(ProcessPoolExecutor, 1, env=threads, initializer=_stay)
        while len(_processes) <= place:
            _processes.append(start())
        try:
            return _processes[place].submit(*call)
        except BrokenExecutor:  # killed since the last lesson
            _processes[place] = start()
            return _processes[place].submit(*call)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def _stay() -> None:
    """Keep loky from ending this process when it grows: compiled models and data are no leak."""
    from joblib.externals.loky import process_executor

    process_executor._USE_PSUTIL = False


def _in_worker(parent: int, function, task: tuple, shared: tuple, settings: Settings):
    """Run a task in a process of its own, which is set up as the first one is."""
    end_with(parent)
    paths.use_keras_home(settings.data_dir)
    set_up(settings)
    return task, measure(function, task, shared)

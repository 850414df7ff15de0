"""Run independent trainings, one after the other or several at once in processes of their own.

The results do not depend on how many run at once: every training has its own seed and its own
number of threads.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from common import checkpoints, data, environment, progress, training
from common.cli import Settings
from common.errors import FailedError

STARTING = 10.0  # seconds that a process spends on TensorFlow's start and on compiling, at most
WORTH_PROCESSES = 60.0  # seconds of training left; each process takes 1 GB, too
WATCH_EVERY = 0.5  # seconds after which a process asks whether its parent still lives


class Task(NamedTuple):
    """What came of one task.

    Attributes:
        result: what the function has returned.
        seconds: how long it took, with epochs that an earlier run trained and saved.
        saving: seconds of them that were spent on saving and restoring.
        reused: whether an earlier run had trained all of it.
    """

    result: training.Result
    seconds: float
    saving: float
    reused: bool


def run(
    function: Callable[..., training.Result],
    tasks: Sequence[tuple],
    shared: tuple,
    settings: Settings,
) -> list[Task]:
    """Call `function(*task, *shared)` for each task.

    Without `--jobs`, the first tasks run here; if the others look long enough, they run in as many
    processes as there are cores for.

    Returns:
        What came of each task, in their order.

    Raises:
        FailedError: memory was not enough.
        KeyboardInterrupt: with the number of tasks that are done.
    """
    report = progress.Tasks(len(tasks))
    done: list[Task] = []
    try:
        for i, task in enumerate(tasks):
            left = tasks[i:]
            jobs = min(settings.jobs or (os.cpu_count() or 1) // settings.threads, len(left))
            wanted = settings.jobs or _seconds_each(done) * len(left) > WORTH_PROCESSES
            if jobs > 1 and wanted:
                rest = []
                for finished in _run_in_processes(function, left, shared, settings, jobs):
                    rest.append(finished)
                    report()
                return done + rest[::-1]
            done.append(_measured(function, task, shared))
            report()
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(_what_is_saved(report, settings)) from error
    return done


def _what_is_saved(report: progress.Tasks, settings: Settings) -> str:
    """Say to a user who interrupts a run what is saved and how to go on."""
    if not checkpoints.store.folder:
        return f"{report} were done, and none is saved; the same command begins anew"
    without = " without --fresh" if settings.fresh else ""
    return (
        f"{report} were done; what has been trained is saved, of a long one the epochs until"
        f" a few seconds ago; the same command{without} goes on from there"
    )


def _seconds_each(done: list[Task]) -> float:
    """Estimate what one of the trainings that are left takes, without its compiling."""
    trained = [task.seconds for task in done if not task.reused]
    if len(trained) < 2:
        return trained[0] - STARTING if trained else 0.0
    return min(trained[-2:])


def _run_in_processes(function, tasks, shared, settings, jobs) -> Iterator[Task]:
    """Yield what comes of the tasks, the last first: models grow, and long ones should not wait."""
    import multiprocessing.resource_tracker

    from joblib import Parallel, delayed
    from joblib.externals.loky import backend as loky
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    work = (
        delayed(_in_worker)(os.getpid(), function, task, shared, settings)
        for task in reversed(tasks)
    )
    # The processes inherit that Ctrl-C is not for them: this one ends them. The trackers of their
    # resources are started before, as their start would lift the ban.
    for tracker in (multiprocessing.resource_tracker, loky.resource_tracker):
        tracker.ensure_running()
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        results = Parallel(n_jobs=jobs, backend="loky", return_as="generator")(work)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
    try:
        yield from results
    except TerminatedWorkerError as error:
        raise FailedError(
            "a training's process was killed, as the system does when memory runs out;"
            " --jobs 1 needs less, and the same command goes on with what is saved."
        ) from error


def _in_worker(parent: int, function, task: tuple, shared: tuple, settings: Settings) -> Task:
    """Run a task in a process of its own, which is set up as the first one is."""
    progress.use_lines()
    _end_with(parent)
    data.set_keras_home(settings.data_dir)
    versions = environment.configure(settings.device, settings.threads)
    if not checkpoints.store.folder:  # this process's first task
        checkpoints.configure(versions, settings.fresh)
    return _measured(function, task, shared)


def _end_with(parent: int) -> None:
    """End this process soon after its parent, which may be killed, has gone."""

    def watch():
        while os.getppid() == parent:
            time.sleep(WATCH_EVERY)
        os._exit(1)

    if not any(thread.name == "parent" for thread in threading.enumerate()):
        threading.Thread(target=watch, name="parent", daemon=True).start()


def _measured(function, task: tuple, shared: tuple) -> Task:
    store = checkpoints.store
    trained, reused, saving = store.trained, store.reused, store.saving
    started = time.monotonic()
    with environment.memory_named():
        result = function(*task, *shared)
    elapsed = time.monotonic() - started
    return Task(
        result,
        elapsed + store.reused - reused,
        store.saving - saving,
        reused=store.reused > reused and store.trained == trained,
    )

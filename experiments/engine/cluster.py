"""Run independent trainings on the workers of a Dask cluster.

Each thread of a worker has a process in which it trains, with the same code and versions as this
machine, so that the results do not depend on where a training ran. The arrays that all trainings
share travel as a task of their own: the scheduler can have it done again when the worker that holds
them is lost, which it cannot with scattered data.
"""

import contextlib
import logging
import pickle
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from base.errors import FailedError, OneLineError, UsageError
from base.settings import Settings
from engine import process, progress
from engine.cluster_process import Child

CONNECT = 10.0  # seconds in which a scheduler must answer
_of_thread = threading.local()  # on a worker: its process for trainings


def run(
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    shared: tuple,
    settings: Settings,
    versions: Mapping[str, Any],
) -> Iterator[tuple[int, process.Measured]]:
    """Call `function(*task, *shared)` for each task on the workers.

    A worker that is lost has its task done again by another. Without any worker it waits for one.

    Args:
        function: builds, trains and tests one model.
        tasks: the arguments of each call.
        shared: further arguments, the same for all calls.
        settings: with `cluster`, the address of the scheduler.
        versions: what `environment.configure` has returned; the workers' must be the same.

    Yields:
        The place of a task and what came of it, as they end.

    Raises:
        UsageError: no scheduler answers, or a worker is not set up as this machine is.
        FailedError: memory was not enough, or the scheduler is gone.
    """
    import cloudpickle
    from distributed import Client, as_completed
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    expected = {"code": process.code(), **versions}
    with _quiet(), _connected(Client, settings.cluster) as client:
        if not client.ncores():
            progress.say(
                f"no worker has come to {settings.cluster} yet; waiting for one, started with"
                f" PYTHONPATH=experiments .venv/bin/dask worker {settings.cluster} --nthreads 1"
            )
        # As bytes, since the scheduler reads the arguments of a task but has no module of ours.
        arrays = client.submit(pickle.loads, cloudpickle.dumps(shared), pure=False)
        call = cloudpickle.dumps((function, settings, expected))
        places = {
            client.submit(_carrier(), call, task, arrays, pure=False): place
            for place, task in enumerate(tasks)
        }
        try:
            for future in as_completed(list(places), loop=client.loop):
                yield places[future], future.result()
        except KilledWorker as error:
            raise FailedError(
                "a training lost one worker after the other, as when memory runs out; give each"
                " worker more of it."
            ) from error
        except FutureCancelledError as error:
            raise FailedError(
                f"the scheduler at {settings.cluster} is gone; the same command begins with what"
                " the workers have saved."
            ) from error
        except ModuleNotFoundError as error:
            raise UsageError(
                f"a worker of {settings.cluster} has no module {error.name!r}; start it in a"
                " checkout like this one, with PYTHONPATH=experiments."
            ) from error


@contextlib.contextmanager
def _connected(client_type, address: str):
    try:
        client = client_type(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--jobs dask:{address}: expected a Dask scheduler there, found none within"
            f" {CONNECT:.0f} s; start one: .venv/bin/dask scheduler"
        ) from error
    with client:
        yield client


@contextlib.contextmanager
def _quiet():
    """Hold back what Dask logs of lost connections, and its advice on large arguments."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _carrier() -> Callable[[bytes, tuple, tuple], process.Measured]:
    """Return what calls `work` on a worker; as a local function it travels by value."""

    def carrier(call, task, shared):
        from engine import cluster

        return cluster.work(call, task, shared)

    return carrier


def work(call: bytes, task: tuple, shared: tuple) -> process.Measured:
    """Run a task in a process that belongs to this thread of a worker.

    The process serves all tasks of the same call; then it makes room for another. It is ended if
    the task is no longer wanted, as after Ctrl-C, since Dask cannot end a thread.

    Raises:
        OneLineError: the task failed; says which worker.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def is_wanted() -> bool:
        known = worker.state.tasks.get(key)
        return known is not None and known.state != "cancelled"

    child = getattr(_of_thread, "child", None)
    if child is None or child.call != call or not child.is_fit():
        if child:
            child.end()
        child = _of_thread.child = Child(call)
    try:
        return child.run(task, shared, is_wanted)
    except OneLineError as error:
        raise type(error)(f"worker {worker.address}: {error}") from error

"""A process that runs trainings on a worker of a cluster, with nothing else in it.

A Dask worker has threads of its own, which draw from the random numbers that Keras seeds: trained
there, a network would now and then begin with other weights.
"""

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from common import data, tasks
from common.errors import FailedError, OneLineError, UsageError
from common.fetching import DATA_DIR
from common.settings import Settings

EXPERIMENTS = Path(__file__).resolve().parents[1]
IDLE = 60.0  # seconds after which a process without a task ends and frees its memory


class Child:
    """A process that waits for the tasks of one run and ends with this one.

    Args:
        call: what its tasks share: function, settings and expected versions, pickled.
    """

    def __init__(self, call: bytes):
        self.call = call
        self._connection, theirs = Pipe()
        with theirs:
            arguments = [str(theirs.fileno()), str(os.getpid())]
            command = [sys.executable, "-c", "from common import child; child.serve()", *arguments]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd=EXPERIMENTS
            )

    def run(self, task: tuple, shared: tuple) -> tasks.Task:
        """Run a task there; return what comes of it.

        Args:
            task: arguments of the function.
            shared: further arguments of it.

        Raises:
            OneLineError: as the task has raised it, or the process was killed.
            RuntimeError: the task failed otherwise; with the traceback as its message.
        """
        try:
            self._connection.send((self.call, task, shared))
            result = self._connection.recv()
        except (EOFError, OSError) as error:
            raise FailedError(
                f"a training's process ended with status {self._process.wait()}, as when memory"
                " runs out; use fewer workers on a machine."
            ) from error
        if isinstance(result, Exception):
            raise result
        return result

    def has_ended(self) -> bool:
        """Tell whether the process is gone."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """Run tasks as they come, in a process that `Child` has started."""
    descriptor, parent = map(int, sys.argv[1:])
    tasks.end_with(parent)
    data.set_keras_home(DATA_DIR)
    connection = Connection(descriptor)
    while connection.poll(IDLE):
        try:
            call, task, shared = connection.recv()
        except EOFError:
            return
        try:
            answer = _run(*pickle.loads(call), task, shared)
        except OneLineError as error:
            answer = error
        except Exception:
            answer = RuntimeError(traceback.format_exc())
        connection.send(answer)


def _run(
    function: Callable[..., Any],
    settings: Settings,
    expected: Mapping[str, Any],
    task: tuple,
    shared: tuple,
) -> tasks.Task:
    found = {"code": tasks.CODE, **tasks.set_up(settings)}
    for name, value in expected.items():
        if found[name] != value:
            raise UsageError(
                f"expected {name} {value} as on the machine that asks, found {found[name]}; update"
                " checkout and environment here."
            )
    return tasks.measure(function, task, shared)

"""A process that runs trainings on a worker of a cluster, with nothing else in it.

A Dask worker has threads of its own, which draw from the random numbers that Keras seeds: trained
there, a network would now and then begin with other weights.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from base import errors, paths
from base.errors import FailedError, OneLineError, UsageError
from base.paths import DATA_DIR, EXPERIMENTS
from base.settings import Settings
from engine import process

ASK_EVERY = 1.0  # seconds between questions whether a task is still wanted
IDLE = 60.0  # seconds after which a process without a task ends and frees its memory


class Child:
    """A process that waits for the tasks of one run and ends with this one.

    Args:
        call: what its tasks share: function, settings and expected versions, pickled.
    """

    def __init__(self, call: bytes):
        self.call = call
        self._used = time.monotonic()
        self._connection, theirs = Pipe()
        with theirs:
            arguments = [str(theirs.fileno()), str(os.getpid())]
            code = "from engine.cluster_process import serve; serve()"
            command = [sys.executable, "-c", code, *arguments]
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=EXPERIMENTS,
            )

    def run(self, task: tuple, shared: tuple, is_wanted: Callable[[], bool]) -> process.Measured:
        """Run a task there; return what comes of it.

        Args:
            task: arguments of the function.
            shared: further arguments of it.
            is_wanted: asked now and then; if not, the process is ended.

        Raises:
            OneLineError: as the task has raised it, or the process has ended.
            RuntimeError: the task failed otherwise; with the traceback as its message.
        """
        try:
            self._connection.send((self.call, task, shared))
            while not self._connection.poll(ASK_EVERY):
                if not is_wanted():
                    self.end()
                    raise FailedError("the run was interrupted.")
            result = self._connection.recv()
        except (EOFError, OSError) as error:
            status = self._process.wait()
            killed = ", as when memory runs out; use fewer workers on a machine"
            raise FailedError(
                f"a training's process ended with status {status}"
                f"{killed if status == -signal.SIGKILL else '; see the log of the worker'}."
            ) from error
        self._used = time.monotonic()
        if isinstance(result, Exception):
            raise result
        return result

    def is_fit(self) -> bool:
        """Tell whether the process lives and is not about to end, idle for too long."""
        return self._process.poll() is None and time.monotonic() - self._used < IDLE / 2

    def end(self) -> None:
        """End the process, whatever it does."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """Run tasks as they come, in a process that `Child` has started."""
    errors.prepare_program()
    process.code()  # of what this process has loaded, whatever the files hold later
    descriptor, parent = map(int, sys.argv[1:])
    process.end_with(parent)
    paths.use_keras_home(DATA_DIR)
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
        try:
            connection.send(answer)
        except Exception:  # it cannot be pickled
            connection.send(RuntimeError(traceback.format_exc()))


def _run(
    function: Callable[..., Any],
    settings: Settings,
    expected: Mapping[str, Any],
    task: tuple,
    shared: tuple,
) -> process.Measured:
    found = {"code": process.code(), **process.set_up(settings)}
    for name, value in expected.items():
        if found[name] != value:
            both = "name one for both with --device"
            advice = both if name == "device" else "update checkout and environment here"
            raise UsageError(
                f"expected {name} {value} as on the machine that asks, found {found[name]};"
                f" {advice}."
            )
    return process.measure(function, task, shared)

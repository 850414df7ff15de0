"""A process that trains: set up, run one training, end with the process that has started it."""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from base import paths, source_code
from base.settings import Settings
from engine import checkpoints, environment, progress

WATCH_EVERY = 0.5  # seconds after which a process asks whether its parent still lives
WINGS = ("base", "common", "datasets", "engine", "results", "tutorials")  # a training's code


def code() -> str:
    """Return a digest of the code that trains, as it is when it is asked for first."""
    return source_code.digest(tuple(paths.EXPERIMENTS / wing for wing in WINGS))[:12]


class Measured(NamedTuple):
    """What a training has returned and how many seconds it took, with those of saved epochs."""

    result: Any
    seconds: float


def start(settings: Settings) -> dict[str, str | int]:
    """Set up the first process of a run; say what its user should know; return its versions."""
    versions = environment.configure(settings.device, settings.threads)
    if versions["device"] == "gpu":
        print("Training on the GPU.")
    if reason := checkpoints.configure(versions, settings.fresh):
        print(f"warning: {reason} A run that is ended begins anew.", file=sys.stderr)
    return versions


def set_up(settings: Settings) -> dict[str, str | int]:
    """Set up a process other than the first one as the first one is; return its versions.

    `KERAS_HOME` is to be set before.
    """
    progress.use_lines()
    versions = environment.configure(settings.device, settings.threads, first=False)
    store = checkpoints.store
    if store.folder is None or store.fresh != settings.fresh:
        checkpoints.configure(versions, settings.fresh)
    return versions


def end_with(parent: int) -> None:
    """End this process soon after its parent, which may be killed, has gone."""

    def watch():
        while os.getppid() == parent:
            time.sleep(WATCH_EVERY)
        os._exit(1)

    if not any(thread.name == "parent" for thread in threading.enumerate()):
        threading.Thread(target=watch, name="parent", daemon=True).start()


def measure(function: Callable[..., Any], task: tuple, shared: tuple) -> Measured:
    """Call `function(*task, *shared)`; return what comes of it and how long it took.

    Args:
        function: returns what has `reused`, the seconds that saved epochs took before, and
            `restored`, whether they were all.
        task: its first arguments.
        shared: its other arguments.

    Raises:
        FailedError: memory was not enough.
    """
    started = time.monotonic()
    with environment.memory_named():
        result = function(*task, *shared)
    return Measured(result, time.monotonic() - started + result.reused)

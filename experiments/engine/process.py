"""One training as a task that runs here, in another process or on another machine."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from common import checkpoints, environment, progress, training
from common.settings import Settings

WATCH_EVERY = 0.5  # seconds after which a process asks whether its parent still lives


def _digest_of_code() -> str:
    """Return a digest of the modules that trainings import."""
    digest = hashlib.sha256()
    for folder in ("claims", "common"):
        for module in sorted((Path(__file__).parents[1] / folder).glob("*.py")):
            digest.update(module.read_bytes())
    return digest.hexdigest()[:12]


CODE = _digest_of_code()  # of what this process has loaded, whatever the files hold later


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


def set_up(settings: Settings) -> dict[str, str | int]:
    """Set up a process other than the first one as the first one is; return its versions.

    `KERAS_HOME` is to be set before.
    """
    progress.use_lines()
    versions = environment.configure(settings.device, settings.threads)
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


def measure(
    function: Callable[..., training.Result], task: tuple, shared: tuple, settings: Settings
) -> Task:
    """Call `function(*task, *shared)`; return what comes of it and how long it took.

    The weights are kept of each model's first seed alone, and of no fold.

    Raises:
        FailedError: memory was not enough.
    """
    store = checkpoints.store
    trained, reused, saving = store.trained, store.reused, store.saving
    started = time.monotonic()
    with environment.memory_named():
        result = function(*task, *shared)
    elapsed = time.monotonic() - started
    model, seed, *fold = task
    if fold or seed != settings.seeds[model][0]:
        result = replace(result, weights=())
    return Task(
        result,
        elapsed + store.reused - reused,
        store.saving - saving,
        reused=store.reused > reused and store.trained == trained,
    )

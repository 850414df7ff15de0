"""Save trainings on the way, so that a run that was killed goes on where it was.

A training is known by a key of all that determines its bits. Under it the newest state is kept:
weights, optimizer, random state, and the history so far. Nothing here is ever unpickled.
"""

import hashlib
import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common import environment, files
from common.compiled import CompiledTwin
from common.damage import DAMAGE
from common.encoding import Packed
from common.errors import UsageError
from common.fetching import ROOT

SAVE_EVERY = 5.0  # seconds between saves of one training, at least
SHARE = 0.01  # of the time that saving may take
# Rooms that determine the bits of a training, or how they are saved.
CODE = ("batches", "checkpoints", "compiled", "encoding", "environment", "training")


@dataclass
class Store:
    """Where trainings are saved, and what was saved or taken from there.

    Attributes:
        folder: one file for each training; None if nothing is saved.
        fresh: whether what was saved before is ignored.
        determinants: what determines the bits of every training of this process.
        trained: epochs trained in this process.
        reused: seconds that saved epochs took when they were trained.
        saving: seconds spent on keys, saving and restoring.
    """

    folder: Path | None = None
    fresh: bool = False
    determinants: str = ""
    trained: int = 0
    reused: float = 0.0
    saving: float = 0.0


store = Store()


def folder() -> Path:
    """Return where trainings are saved: runs/cache, or the folder TRAINING_CACHE names."""
    return Path(os.environ.get("TRAINING_CACHE") or ROOT / "runs" / "cache").absolute()


def configure(versions: Mapping[str, Any], fresh: bool = False) -> str | None:
    """Save the trainings of this process from now on.

    Args:
        versions: what `environment.configure` has returned.
        fresh: train anew what was saved before.

    Returns:
        Why nothing can be saved, or None.
    """
    global store
    sources = {
        name: hashlib.sha256((Path(__file__).parent / f"{name}.py").read_bytes()).hexdigest()
        for name in CODE
    }
    determinants = json.dumps([sources, dict(versions), environment.fingerprint()], sort_keys=True)
    store = Store(folder(), fresh, determinants)
    try:
        files.make_folder(store.folder)
    except UsageError as error:
        store.folder = None
        return str(error)
    return None


class Checkpoint:
    """The saved state of one training, which is read now and replaced now and then.

    Args:
        architecture: of the model, as `compiled.architecture` gives it.
        variables: the model's, as they are before the training.
        data: the rows, targets and weights that it is trained on and validated with.
        protocol: epochs, batch size and the like.

    Attributes:
        logs: losses and metrics of the epochs that were saved.
    """

    def __init__(
        self, architecture: str, variables: list, data: Sequence, protocol: Mapping[str, Any]
    ):
        self.logs: list[dict[str, float]] = []
        self._path = None
        self._cost = 0.0
        begun = self._started = self._saved = time.monotonic()
        # Code of the user's own may change under the same name.
        if store.folder and "'registered_name': '" not in architecture:
            self._path = store.folder / _key(architecture, variables, data, protocol)
            if not store.fresh:
                self._restore(variables)
        store.saving += time.monotonic() - begun

    def _restore(self, variables: list) -> None:
        """Read what is saved into the variables; a missing or damaged file counts as none."""
        if not self._path.is_file():
            return
        try:
            content = self._path.read_bytes()
            if self._digest(content[32:]) != content[:32]:
                raise ValueError
            header, _, content = content[32:].partition(b"\n")
            names, epochs, seconds = json.loads(header)
            shapes = [((len(names), epochs), np.dtype("float64"))]
            shapes += [(tuple(variable.shape), np.dtype(variable.dtype)) for variable in variables]
            ends = np.cumsum([math.prod(shape) * kind.itemsize for shape, kind in shapes]).tolist()
            table, *values = (
                np.frombuffer(content[start:end], kind).reshape(shape)
                for start, end, (shape, kind) in zip([0, *ends], ends, shapes, strict=False)
            )
            logs = [dict(zip(names, row, strict=True)) for row in table.T.tolist()]
            self._started -= seconds
        except DAMAGE:
            self._path.unlink(missing_ok=True)
            return
        self.logs = logs
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        store.reused += seconds

    def _digest(self, content: bytes) -> bytes:
        """Return a digest of what is saved and of what it is saved as."""
        return hashlib.sha256(self._path.name.encode() + content).digest()

    def save(
        self, history: Mapping[str, Sequence[float]], twin: CompiledTwin, finished: bool = True
    ) -> None:
        """Save the state after these epochs, the last ones if it is finished."""
        if not self._path:
            return
        begun = time.monotonic()
        seconds, logs = begun - self._started, np.array(list(history.values()), np.float64)
        header = json.dumps([list(history), logs.shape[1], seconds]).encode() + b"\n"
        content = header + b"".join(array.tobytes() for array in (logs, *twin.values()))
        content = self._digest(content) + content
        # Another run may have saved more epochs of the same training.
        if not finished and self._path.is_file() and self._path.stat().st_size > len(content):
            self._saved = time.monotonic()
            return
        # After a power cut a short training is sooner done again than all were synchronised.
        files.replace({self._path: content}, durable=seconds > SAVE_EVERY)
        self._saved = time.monotonic()
        self._cost = self._saved - begun
        store.saving += self._cost

    def save_if_due(self, history: Mapping[str, Sequence[float]], twin: CompiledTwin) -> None:
        """Save the state if the last time is long enough ago, for what saving costs."""
        if time.monotonic() - self._saved > max(SAVE_EVERY, self._cost / SHARE):
            self.save(history, twin, finished=False)


def _key(
    architecture: str, variables: Sequence, data: Sequence, protocol: Mapping[str, Any]
) -> str:
    """Return a digest of everything that determines the bits of a training."""
    digest = hashlib.sha256(store.determinants.encode())
    digest.update(repr((architecture, sorted(protocol.items()))).encode())
    for part in (*data, *(variable.numpy() for variable in variables)):
        packed = isinstance(part, Packed)
        digest.update(f"{type(part).__name__ if packed else 'array'} {part.shape}".encode())
        for array in part.arrays if packed else (part,):
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:40]

"""Save trainings on the way, so that a run that was killed goes on where it was.

A training is known by a key of all that determines its bits. Under it the newest state is kept:
weights, optimizer, random state, and the history so far. Nothing here is ever unpickled.
"""

import hashlib
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from base import files, paths, source_code
from base.errors import DAMAGE, UsageError
from engine import environment
from engine.batches import Packed
from engine.compiled import CompiledTwin

SAVE_EVERY = 5.0  # seconds between saves of one training, at least
SHARE = 0.01  # of the time that saving may take
ENGINE = (Path(__file__).parent,)  # the code that determines the bits of a training


@dataclass
class Cost:
    """What a training cost beside the time that it takes now.

    Attributes:
        epochs: epochs trained now, not taken from what was saved.
        reused: seconds that saved epochs took when they were trained.
        saving: seconds spent on keys, saving and restoring.
    """

    epochs: int = 0
    reused: float = 0.0
    saving: float = 0.0


@dataclass
class Store:
    """Where trainings are saved.

    Attributes:
        folder: one file for each training; None if nothing is saved.
        fresh: whether what was saved before is ignored.
        determinants: what determines the bits of every training of this process.
    """

    folder: Path | None = None
    fresh: bool = False
    determinants: str = ""


store = Store()


def configure(versions: Mapping[str, Any], fresh: bool = False) -> str | None:
    """Save the trainings of this process from now on.

    Args:
        versions: what `environment.configure` has returned.
        fresh: train anew what was saved before.

    Returns:
        Why nothing can be saved, or None.
    """
    global store
    code = source_code.digest(ENGINE)
    determinants = json.dumps([code, dict(versions), environment.fingerprint()], sort_keys=True)
    store = Store(paths.saved_trainings(), fresh, determinants)
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
        cost: what the training cost so far.
    """

    def __init__(
        self, architecture: str, variables: list, data: Sequence, protocol: Mapping[str, Any]
    ):
        self.logs: list[dict[str, float]] = []
        self.cost = Cost()
        self._path = None
        self._seconds_to_save = 0.0
        begun = self._started = self._saved = time.monotonic()
        # Code outside the suite may change under the same name.
        if store.folder and "'registered_name': '" not in architecture:
            self._path = store.folder / _key(architecture, variables, data, protocol)
            if not store.fresh:
                self._restore(variables)
        self.cost.saving += time.monotonic() - begun

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
        self.cost.reused += seconds

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
        self._seconds_to_save = self._saved - begun
        self.cost.saving += self._seconds_to_save

    def save_if_due(self, history: Mapping[str, Sequence[float]], twin: CompiledTwin) -> None:
        """Save the state if the last time is long enough ago, for what saving costs."""
        if time.monotonic() - self._saved > max(SAVE_EVERY, self._seconds_to_save / SHARE):
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

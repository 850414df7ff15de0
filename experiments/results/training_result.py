"""What is kept of each training: its result, its layers, how long it took."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # they take seconds to import, which `predict.py` does without
    import keras
    import pandas as pd

from base import files
from base.errors import UsageError
from results.saved import KEYS, metric_order


@dataclass(frozen=True)
class TrainingResult:
    """What is kept of one training.

    Attributes:
        parameters: number of parameters: weights and biases.
        summary: the table of `model.summary()`.
        history: loss and metrics of each epoch, as in `History.history`.
        every: of more than ten times as many epochs the record keeps each such one and the last.
        test: loss and metrics on the test set; empty without one.
        test_noise: their standard errors due to the choice of test rows.
        outputs: what the model gives for the test set, float32 (rows, units), or None.
        right: for a classifier, which test rows it gets right, bool (rows,), or None.
        failed: the epoch, counted from 1, that gave no finite loss and ended the training, or None.
        architecture: what `keras.models.model_from_json` builds the network from.
        weights: its weights, as `model.get_weights` gives them; empty where they are not kept.
        rows: with weights of a network that takes a table: its training rows, before scaling.
        reused: seconds that epochs took which an earlier run has trained and saved.
        saving: seconds spent on saving and restoring epochs.
        restored: whether an earlier run had trained all of it.
        counts: how many rows there are in "training", "validation" and "test".
    """

    parameters: int
    summary: str
    history: dict[str, list[float]]
    every: int = 1
    test: dict[str, float] = field(default_factory=dict)
    test_noise: dict[str, float] = field(default_factory=dict)
    outputs: np.ndarray | None = None
    right: np.ndarray | None = None
    failed: int | None = None
    architecture: str = ""
    weights: Sequence[np.ndarray] = ()
    rows: np.ndarray | None = None
    reused: float = 0.0
    saving: float = 0.0
    restored: bool = False
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """One training: which model, seed and fold, and what came of it."""

    model: str
    seed: int
    fold: int | None
    result: TrainingResult
    seconds: float


def classes(outputs: np.ndarray) -> np.ndarray:
    """Return the class of each row of probabilities or one-hot targets.

    Args:
        outputs: float array (rows, 1), the probability of class 1, or (rows, classes).

    Returns:
        int64 array (rows,).
    """
    if outputs.shape[1] == 1:
        return (outputs[:, 0] >= 0.5).astype(np.int64)
    return outputs.argmax(axis=1)


def tested(
    kept: TrainingResult,
    model: keras.Model,
    targets: np.ndarray,
    scores: Mapping[str, float],
    outputs: np.ndarray,
) -> TrainingResult:
    """Return what is kept of a training with what the test set says of it.

    Args:
        kept: what is known without the test set.
        model: the trained model.
        targets: those of the test set, in the shape of the outputs.
        scores: loss and metrics of the test set, by name.
        outputs: what the model gives for the test set, float32 (rows, units).

    Raises:
        UsageError: the targets have another shape than the outputs.
    """
    if targets.shape != outputs.shape:  # labels by number would be read as probabilities
        raise UsageError(
            f"{model.name}: expected test targets of shape {outputs.shape}, one-hot if they are"
            f" classes, found {targets.shape}."
        )
    failed, right = kept.failed, None
    if "accuracy" in scores:
        right = classes(outputs) == classes(targets)
    if failed or not math.isfinite(scores["loss"]):  # the last update may be one too many
        failed = failed or len(kept.history["loss"])
        # A network without a finite loss has no accuracy either.
        scores = noise = dict.fromkeys(scores, math.nan)
        outputs = np.full_like(outputs, math.nan)
        right = None if right is None else np.zeros_like(right)
    else:
        noise = _standard_errors(model, targets, outputs, right)
    return replace(kept, test=scores, test_noise=noise, outputs=outputs, right=right, failed=failed)


def _standard_errors(
    model: keras.Model, targets: np.ndarray, outputs: np.ndarray, right: np.ndarray | None
) -> dict[str, float]:
    """Return the standard error of each score, whose rows are a sample of all possible rows."""
    import keras

    rows = {"loss": np.asarray(keras.losses.get(model.loss)(targets, outputs))}
    if right is not None:
        rows["accuracy"] = right  # binomial
    else:
        rows["mae"] = np.abs(targets - outputs).mean(axis=1)
    return {name: float(np.std(values) / np.sqrt(len(targets))) for name, values in rows.items()}


def summaries(trainings: Sequence[Trained]) -> str:
    """Return each network's layers once, under the names of all models that have them."""
    names: dict[str, dict[str, None]] = {}
    for one in trainings:
        _, layers = one.result.summary.strip().split("\n", 1)
        names.setdefault(layers, {})[one.model] = None
    return "\n\n".join(f"{', '.join(models)}:\n{layers}" for layers, models in names.items())


def write_timing(
    folder: Path, trainings: Sequence[Trained], wall: float, memory: Mapping[str, int]
) -> None:
    """Write how long a run took, `timing.json`, beside its record.

    Args:
        folder: where to.
        trainings: all trainings.
        wall: seconds of the whole run.
        memory: its peak memory, by name.
    """
    models: dict[str, float] = {}
    for one in trainings:
        models[one.model] = models.get(one.model, 0.0) + one.seconds
    timing = {
        "models": {name: round(seconds, 2) for name, seconds in models.items()},
        "saving": round(sum(one.result.saving for one in trainings), 2),
        "wall": round(wall, 2),
        **memory,
    }
    files.replace({folder / "timing.json": (json.dumps(timing, indent=1) + "\n").encode()})


def models_of(trainings: Iterable[Trained]) -> dict[str, Any]:
    """Return what a record keeps of trainings: for each model its runs and their last scores."""
    models: dict[str, Any] = {}
    for training in trainings:
        result = training.result
        entry = models.setdefault(training.model, {"parameters": result.parameters, "runs": []})
        final = {
            name: math.nan if result.failed else values[-1]
            for name, values in result.history.items()
        }
        entry["runs"].append(
            {
                "seed": training.seed,
                "fold": training.fold,
                "epochs": len(result.history["loss"]),
                "rows": result.counts,
                "final": final,
                "test": result.test,
                "test_noise": result.test_noise,
            }
            | ({"failed": result.failed} if result.failed else {})
        )
    return models


def history_of(trainings: Iterable[Trained]) -> pd.DataFrame:
    """Return the histories of trainings as one table, a row for each epoch."""
    import pandas as pd

    parts = []
    for training in trainings:
        part = pd.DataFrame(training.result.history)
        part.insert(0, "epoch", np.arange(1, len(part) + 1))
        if len(part) > 10 * training.result.every:
            due = part["epoch"] % training.result.every == 0
            part = part[due | (part["epoch"] == len(part))]
        part.insert(0, "fold", pd.array([training.fold] * len(part), dtype="Int64"))
        part.insert(0, "seed", training.seed)
        part.insert(0, "model", training.model)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    # One order of columns, whatever order the models' metrics came in: training, then validation.
    metrics = sorted((column for column in table if column not in KEYS), key=metric_order)
    return table[KEYS + metrics]

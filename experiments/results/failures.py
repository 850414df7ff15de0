"""Trainings that ended with a loss that is not finite: what records hold of them, and say."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple


class Failure(NamedTuple):
    """A training that failed, in an epoch counted from 1."""

    model: str
    seed: int
    fold: int | None
    epoch: int
    epochs: int

    def __str__(self) -> str:
        """Return it as "mlp, seed 3, fold 1 (epoch 12 of 30)"."""
        fold = "" if self.fold is None else f", fold {self.fold + 1}"
        return f"{self.model}, seed {self.seed}{fold} (epoch {self.epoch} of {self.epochs})"


def failures_of(record: Mapping[str, Any]) -> list[Failure]:
    """Return the trainings of a record that failed."""
    return [
        Failure(model, run["seed"], run["fold"], run["failed"], run["epochs"])
        for model, entry in record["models"].items()
        for run in entry["runs"]
        if "failed" in run
    ]


def summary(failures: list[Failure]) -> str:
    """Return failures in a line, the first three by name; "" if there are none."""
    if not failures:
        return ""
    more = f" and {len(failures) - 3} more" if len(failures) > 3 else ""
    return f"failed: {'; '.join(map(str, failures[:3]))}{more}"


def without_nan(value: Any) -> Any:
    """Return a structure with None for each number that is not finite: JSON has no word for it."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def put_nan(record: dict[str, Any]) -> None:
    """Put NaN for null into a record that was read, where numbers are expected."""
    runs = [run for entry in record["models"].values() for run in entry["runs"]]
    parts = [run[name] for run in runs for name in ("final", "test", "test_noise")]
    for part in (*parts, *record["tutorial"]):
        part |= {
            name: math.nan
            for name, value in part.items()
            if value is None and name not in ("low", "high", "verdict")
        }

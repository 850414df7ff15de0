"""Write and read the results of an experiment: record.json, history.csv, predictions.npz.

Every file is written under a temporary name and renamed, so that no reader sees half of one.
"""

import contextlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.cli import UsageError
from common.training import Result, classes

SCHEMA = 1
KEYS = ["model", "seed", "fold", "epoch"]  # first columns of a history
DIGITS = 6  # significant digits of every number in a record or a history


@dataclass(frozen=True)
class Run:
    """One training: which model, seed and fold, and what came of it."""

    model: str
    seed: int
    fold: int | None
    result: Result
    seconds: float


@dataclass(frozen=True)
class Saved:
    """The saved results of an experiment, all that its figures are drawn from."""

    folder: Path
    record: dict[str, Any]
    history: pd.DataFrame
    predictions: dict[str, np.ndarray]

    @property
    def models(self) -> list[str]:
        """The names of the trained models."""
        return list(self.record["models"])

    def curve(self, model: str, fold: int | None = None) -> pd.DataFrame:
        """Return the history of a model's first seed, a row for each epoch."""
        rows = self.history[self.history["model"] == model]
        rows = rows[rows["seed"] == rows["seed"].min()]
        return rows[rows["fold"].isna() if fold is None else rows["fold"] == fold]

    def folds(self, model: str, metric: str) -> pd.DataFrame:
        """Return a metric of a model's first seed: a row for each epoch, a column for each fold."""
        rows = self.history[(self.history["model"] == model) & self.history["fold"].notna()]
        rows = rows[rows["seed"] == rows["seed"].min()]
        return rows.pivot(index="epoch", columns="fold", values=metric)

    def first_test(self, model: str) -> dict[str, float]:
        """Return the test scores of a model's first seed, whose outputs are saved."""
        runs = self.record["models"][model]["runs"]
        return next(run["test"] for run in runs if run["fold"] is None)

    def evaluation(self) -> str:
        """Return a table of all models' scores, the tutorial's in brackets, and the baselines."""
        tutorial = {row["quantity"]: row["tutorial"] for row in self.record["tutorial"]}
        table: dict[str, dict[str, str]] = {}
        for model, entry in self.record["models"].items():
            runs = [run for run in entry["runs"] if run["fold"] is None]
            cells = table.setdefault(model, {})
            for part in ("final", "test"):
                for metric in sorted(runs[0][part], key=metric_order) if runs else ():
                    name = quantity(model, part, metric)
                    theirs = f" ({tutorial[name]:.4f})" if name in tutorial else ""
                    column = name.removeprefix(f"{model}: ")
                    cells[column] = f"{mean_score(runs, part, metric):.4f}{theirs}"
        for name, scores in self.record["baselines"].items():
            table[name] = {f"test {metric}": f"{score:.4f}" for metric, score in scores.items()}
        text = pd.DataFrame(table).T.fillna("").to_string()
        return f"In brackets: the tutorial's number.\n{text}" if tutorial else text


def mean_score(runs: Iterable[Mapping], part: str, metric: str) -> float:
    """Return the mean of a score over the runs without a fold."""
    return float(np.mean([run[part][metric] for run in runs if run["fold"] is None]))


def write(
    folder: Path,
    runs: list[Run],
    *,
    experiment: str,
    data: Mapping[str, Any],
    config: Mapping[str, Any],
    environment: Mapping[str, Any],
    baselines: Mapping[str, Mapping[str, float]],
    tutorial: Mapping[str, Mapping[str, Mapping[str, float]]],
    arrays: Mapping[str, np.ndarray],
) -> None:
    """Write the three files of a run into its folder.

    Args:
        folder: where to; made if it is missing.
        runs: all trainings.
        experiment: the script's stem.
        data: `source` and, for each file, its SHA-256.
        config: the protocol.
        environment: versions, device and threads.
        baselines: scores of simple predictors, by name and metric.
        tutorial: the tutorial's numbers, by model, part ("final" or "test") and metric.
        arrays: what else the figures need, such as targets and a few images.
    """
    models = _models(runs)
    record = {
        "schema": SCHEMA,
        "experiment": experiment,
        "data": data,
        "config": config,
        "environment": environment,
        "models": models,
        "baselines": baselines,
        "tutorial": _beside_tutorial(tutorial, models),
        "claims": [],
    }
    predictions = dict(arrays)
    for model in models:
        tested = [run for run in runs if run.model == model and run.result.outputs is not None]
        if tested:
            outputs = tested[0].result.outputs
            predictions[f"{model}.outputs"] = outputs.astype(np.float16)
            if tested[0].result.right is not None:
                predictions[f"{model}.classes"] = classes(outputs).astype(np.uint8)
                predictions[f"{model}.right"] = np.stack([run.result.right for run in tested])
    with replacing(folder / "history.csv") as file:
        _history(runs).to_csv(file, index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    with replacing(folder / "predictions.npz") as file:
        np.savez_compressed(file, **predictions)
    with replacing(folder / "record.json") as file:
        file.write((json.dumps(_rounded(record), indent=1) + "\n").encode())


def read(folder: Path) -> Saved:
    """Read the saved results in a folder.

    Raises:
        UsageError: there are none, or they are damaged.
    """
    record = read_record(folder)
    with _damage_named(folder / "history.csv") as path:
        history = pd.read_csv(path, dtype={"fold": "Int64"})
        if list(history.columns[: len(KEYS)]) != KEYS:
            raise ValueError
    with _damage_named(folder / "predictions.npz") as path, path.open("rb") as file:
        predictions = dict(np.load(file))
    return Saved(folder, record, history, predictions)


def read_record(folder: Path) -> dict[str, Any]:
    """Read the record in a folder.

    Raises:
        UsageError: there is none, or it is damaged.
    """
    with _damage_named(folder / "record.json") as path:
        record = json.loads(path.read_bytes())
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            raise ValueError
    return record


@contextlib.contextmanager
def _damage_named(path: Path) -> Iterator[Path]:
    """Turn whatever a damaged file raises into one line that names it."""
    try:
        yield path
    except FileNotFoundError as error:
        raise UsageError(f"{path}: expected saved results, found none; run it first.") from error
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{path}: expected saved results, found a damaged file; delete it and run again."
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder for results.

    Raises:
        UsageError: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}).") from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Any]:
    """Open a temporary file for bytes and give it its name when it is whole.

    Raises:
        UsageError: the folder or file cannot be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
            temporary = file.name
            yield file
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


def _models(runs: list[Run]) -> dict[str, Any]:
    models: dict[str, Any] = {}
    for run in runs:
        result = run.result
        entry = models.setdefault(run.model, {"parameters": result.parameters, "runs": []})
        entry["runs"].append(
            {
                "seed": run.seed,
                "fold": run.fold,
                "epochs": len(result.history["loss"]),
                "final": {name: values[-1] for name, values in result.history.items()},
                "test": result.test,
            }
        )
    return models


def _history(runs: list[Run]) -> pd.DataFrame:
    parts = []
    for run in runs:
        part = pd.DataFrame(run.result.history)
        part.insert(0, "epoch", np.arange(1, len(part) + 1))
        part.insert(0, "fold", pd.array([run.fold] * len(part), dtype="Int64"))
        part.insert(0, "seed", run.seed)
        part.insert(0, "model", run.model)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    # One order of columns, whatever order the models' metrics came in: training, then validation.
    metrics = sorted((column for column in table if column not in KEYS), key=metric_order)
    return table[KEYS + metrics]


def metric_order(name: str) -> tuple[bool, bool, str]:
    """Sort losses and metrics: training before validation, the loss before other metrics."""
    return name.startswith("val_"), not name.endswith("loss"), name


def _beside_tutorial(tutorial: Mapping, models: Mapping) -> list[dict[str, Any]]:
    """Put our mean beside each number of the tutorial, without an interval or verdict as yet."""
    rows = []
    for model, parts in tutorial.items():
        for part, numbers in parts.items():
            for metric, theirs in numbers.items():
                if model in models:
                    rows.append(
                        {
                            "quantity": quantity(model, part, metric),
                            "tutorial": theirs,
                            "ours": mean_score(models[model]["runs"], part, metric),
                            "low": None,
                            "high": None,
                            "verdict": None,
                        }
                    )
    return rows


def quantity(model: str, part: str, metric: str) -> str:
    """Name a number, such as "mlp: test accuracy" or "mlp: last training loss"."""
    if part == "final":
        kind = "last validation" if metric.startswith("val_") else "last training"
        return f"{model}: {kind} {metric.removeprefix('val_')}"
    return f"{model}: {part} {metric}"


def _rounded(value: Any) -> Any:
    """Round every float in a structure to the digits that are kept."""
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.{DIGITS}g}")
    return value

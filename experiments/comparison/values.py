"""Find every value and setting that two saved runs do not share."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from results.saved import KEYS, Saved


@dataclass(frozen=True)
class Change:
    """A value that two runs do not share; None where a run has no such value."""

    where: str
    first: Any
    second: Any

    @property
    def shown(self) -> tuple[str, str]:
        """Both values as text."""
        return _shown(self.first), _shown(self.second)

    def __str__(self) -> str:
        """Return the change in words."""
        return f"{self.where}: {' -> '.join(self.shown)}"


def _shown(value: Any) -> str:
    whole = isinstance(value, list) and all(type(item) is int for item in value)
    if whole and len(value) > 3 and value == list(range(value[0], value[-1] + 1)):
        return f"{value[0]} to {value[-1]}"
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return f"{value[:12]}..."
    return "-" if value is None else str(value)


def changed_values(first: Saved, second: Saved, tolerance: float = 0.0) -> list[Change]:
    """Return every result that two runs do not share: histories, scores, predictions.

    Args:
        first: the results compared with.
        second: the results compared.
        tolerance: how far numbers may be apart, as a share of the larger; with one, predictions are
            not compared, as those near a border change class.
    """
    changes = [*_changed_history(first, second, tolerance)]
    changes += _changed(_scores(first), _scores(second), tolerance)
    if not tolerance:
        changes += _changed_arrays(first.predictions, second.predictions)
    return changes


def changed_settings(first: Saved, second: Saved) -> list[Change]:
    """Return what two runs do not share of data, settings, environment, baselines and verdicts."""
    return list(_changed(*(_flat(_settings(saved)) for saved in (first, second))))


def _settings(saved: Saved) -> dict[str, Any]:
    record = saved.record
    verdicts = {row["id"]: row["verdict"] for row in record["claims"]}
    verdicts |= {row["quantity"]: row["verdict"] for row in record["tutorial"]}
    config = {name: v for name, v in record["config"].items() if name not in ("seeds", "epochs")}
    parts = {name: record[name] for name in ("data", "environment", "baselines")}
    models = {
        name: {
            "parameters": entry["parameters"],
            "seeds": saved.seeds(name),
            "epochs": max(run["epochs"] for run in entry["runs"]),
        }
        for name, entry in record["models"].items()
    }
    return parts | {"config": config, "models": models, "verdict": verdicts}


def _scores(saved: Saved) -> dict[str, Any]:
    """Return every number of the trainings in a record, by where it stands."""
    return {
        f"{_named(model, run['seed'], run['fold'])}, {name}": value
        for model, entry in saved.record["models"].items()
        for run in entry["runs"]
        for name, value in _flat({k: v for k, v in run.items() if k not in KEYS}).items()
    }


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat = {}
    for name, value in tree.items():
        nested = isinstance(value, Mapping)
        flat |= _flat(value, f"{prefix}{name}.") if nested else {f"{prefix}{name}": value}
    return flat


def _changed(
    first: Mapping[str, Any], second: Mapping[str, Any], tolerance: float = 0.0
) -> Iterator[Change]:
    for where in dict.fromkeys((*first, *second)):
        a, b = first.get(where), second.get(where)
        numbers = all(isinstance(value, int | float) for value in (a, b))
        if not (close(a, b, tolerance) if numbers else a == b):
            yield Change(where, a, b)


def _changed_history(first: Saved, second: Saved, tolerance: float) -> Iterator[Change]:
    tables = [saved.history.set_index(KEYS) for saved in (first, second)]
    rows = tables[0].index.union(tables[1].index, sort=False)
    columns = tables[0].columns.union(tables[1].columns, sort=False)
    a, b = (table.reindex(rows, columns=columns).to_numpy(float) for table in tables)
    at, column = np.nonzero(~close(a, b, tolerance))
    keys = (rows.get_level_values(name)[at] for name in KEYS)
    cells = zip(*keys, columns[column], a[at, column], b[at, column], strict=True)
    for model, seed, fold, epoch, metric, *pair in cells:
        where = f"{_named(model, seed, fold)}, epoch {epoch}, {metric}"
        yield Change(where, *(None if np.isnan(value) else float(value) for value in pair))


def _changed_arrays(
    first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]
) -> Iterator[Change]:
    for name in dict.fromkeys((*first, *second)):
        a, b = first.get(name), second.get(name)
        if a is None or b is None or a.shape != b.shape:
            yield Change(f"predictions, {name}", *(v if v is None else v.shape for v in (a, b)))
            continue
        places = np.argwhere((a != b) & ~((a != a) & (b != b)))
        if len(places):
            place = tuple(map(int, places[0]))
            where = f"predictions, {name}[{', '.join(map(str, place))}]"
            more = f" and {len(places) - 1:,} more of it" if len(places) > 1 else ""
            yield Change(where + more, a[place].item(), b[place].item())


def _named(model: str, seed: int, fold: int | None) -> str:
    return f"{model}, seed {seed}" + ("" if pd.isna(fold) else f", fold {fold}")


def close(a, b, tolerance: float):
    """Tell which numbers are equal up to a share of the larger; two NaN are."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= tolerance * np.maximum(np.abs(a), np.abs(b))
    return (near & np.isfinite(a) & np.isfinite(b)) | (a == b) | (np.isnan(a) & np.isnan(b))

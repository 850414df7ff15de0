"""Compare the scores and curves of two saved runs, with intervals; judge whether one repeats."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from common.changes import Change, changed_settings, changed_values, close
from common.records import KEYS, Saved
from common.statistics import (
    LEVEL,
    Interval,
    difference_band,
    difference_interval,
    mean_band,
    mean_interval,
)

# Of one quantity: what a run's is against the first run's.
SAME, INSIDE, BETTER, WORSE = "same", "inside the noise", "better", "worse"
EARLIER, LATER, ONE_SEED, NO_NUMBER = "earlier", "later", "one seed", "not a number"
# Of a whole experiment.
IDENTICAL, EQUIVALENT, DIFFERENT = "identical", "equivalent", "different"

LABELS = ("predictions, targets", "predictions, labels")  # arrays of the data, not of a training
BASELINE_TOLERANCE = 0.01  # of its value; a simple predictor is fitted once and has no interval


@dataclass(frozen=True)
class Row:
    """One quantity of one model in two runs.

    Attributes:
        model: its name.
        quantity: such as "last validation loss".
        metric: what it is of, such as "loss".
        first: the mean over the seeds of the first run, and its interval.
        second: the same for the second run.
        difference: second minus first.
        verdict: what the second is against the first.
    """

    model: str
    quantity: str
    metric: str
    first: Interval
    second: Interval
    difference: Interval
    verdict: str


def select(saved: Saved, names: Mapping[str, str]) -> Saved:
    """Return the results of some models alone, perhaps under other names.

    Args:
        saved: the results.
        names: the models by the names they get.
    """
    parts = [
        saved.history[saved.history["model"] == model].assign(model=name)
        for name, model in names.items()
    ]
    arrays = {}
    for key, array in saved.predictions.items():
        model, _, rest = key.partition(".")
        if model not in saved.models:
            arrays[key] = array
        arrays |= {f"{name}.{rest}": array for name, of in names.items() if of == model}
    return replace(
        saved,
        record=saved.record | {"models": {n: saved.record["models"][m] for n, m in names.items()}},
        history=pd.concat(parts, ignore_index=True) if parts else saved.history.iloc[:0],
        predictions=arrays,
    )


def lower_is_better(metric: str) -> bool:
    """Tell errors from scores."""
    return metric.endswith(("loss", "mae", "mse"))


def mean_over_folds(saved: Saved, model: str) -> dict[str, pd.DataFrame]:
    """Return each metric of a model by epoch, a column for each seed; the mean over its folds."""
    rows = saved.history[saved.history["model"] == model]
    if rows["fold"].notna().any():
        rows = rows[rows["fold"].notna()]
    means = rows.groupby(["epoch", "seed"])[list(rows.columns[len(KEYS) :])].mean().unstack("seed")
    tables = {name: means[name].dropna(axis=1, how="all") for name in rows.columns[len(KEYS) :]}
    return {name: table for name, table in tables.items() if not table.empty}


def by_seed(saved: Saved, model: str) -> dict[tuple[str, str], pd.Series]:
    """Return what is compared of a model: by quantity and metric, a value for each seed."""
    rows = saved.history[saved.history["model"] == model]
    entries = saved.record["models"][model]["runs"]
    found: dict[tuple[str, str], pd.Series] = {}
    for folded, prefix in ((False, ""), (True, "folds: ")):
        part = rows[rows["fold"].notna() == folded]
        for name, metric, values in _of_history(part) if len(part) else ():
            found[prefix + name, metric] = values
        tests = [run for run in entries if (run["fold"] is not None) == folded]
        for metric in tests[0]["test"] if tests else ():
            values = pd.Series([run["test"][metric] for run in tests])
            seeds = [run["seed"] for run in tests]
            found[f"{prefix}test {metric}", metric] = values.groupby(seeds).mean()
    return found


def _of_history(rows: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series]]:
    """Return last and best values and the epoch of the best, for each seed; means over folds."""
    metrics = [name for name in rows.columns[len(KEYS) :] if rows[name].notna().any()]
    last = rows.loc[rows.groupby(["seed", "fold"], dropna=False)["epoch"].idxmax()]
    last = last.groupby("seed")[metrics].mean()
    for name in metrics:
        metric = name.removeprefix("val_")
        kind = f"{'validation' if name.startswith('val_') else 'training'} {metric}"
        yield f"last {kind}", metric, last[name]
        if name == metric and f"val_{name}" in metrics:
            continue  # the best of a training is its last epoch, or nearly
        curves = rows.pivot_table(index="epoch", columns="seed", values=name)
        lower = lower_is_better(metric)
        best = f"{'lowest' if lower else 'highest'} {kind}"
        yield best, metric, curves.min() if lower else curves.max()
        epochs = curves.idxmin() if lower else curves.idxmax()
        yield f"epoch of the {best}", metric, epochs.astype(float)


def rows(first: Saved, second: Saved, tolerance: float = 0.0) -> list[Row]:
    """Compare every quantity of the models that two runs share.

    With the same seeds the difference is taken in pairs; else it is Welch's. For a test accuracy on
    the same rows, the choice of rows counts, too.

    Args:
        first: the results compared with.
        second: the results compared.
        tolerance: how far values may be apart to be the same, as a share of the larger.
    """
    found = []
    for model in (name for name in first.models if name in second.models):
        quantities = by_seed(first, model), by_seed(second, model)
        for key in (key for key in quantities[0] if key in quantities[1]):
            a, b = (values[key] for values in quantities)
            noise = _noise_of_rows(first, second, model) if key[0] == "test accuracy" else 0.0
            paired = a.index.equals(b.index)
            a, b = a.to_numpy(), b.to_numpy()  # pandas would pass over what is no number
            gap = mean_interval(b - a, noise=noise) if paired else difference_interval(b, a, noise)
            same = paired and close(a, b, tolerance).all()
            verdict = SAME if same else _verdict(gap, *key)
            found.append(Row(model, *key, mean_interval(a), mean_interval(b), gap, verdict))
    return found


def _verdict(gap: Interval, quantity: str, metric: str) -> str:
    if np.isnan(gap.mean):
        return NO_NUMBER
    if np.isnan(gap.low):
        return ONE_SEED
    if gap.low <= 0 <= gap.high:
        return INSIDE
    if quantity.removeprefix("folds: ").startswith("epoch"):
        return EARLIER if gap.mean < 0 else LATER
    return BETTER if (gap.mean < 0) == lower_is_better(metric) else WORSE


def _noise_of_rows(first: Saved, second: Saved, model: str) -> float:
    """Return the standard error that the choice of test rows adds to a difference of accuracies."""
    right = [saved.predictions.get(f"{model}.right") for saved in (first, second)]
    known = all(array is not None and array.ndim == 2 for array in right)
    same_data = first.record["data"]["files"] == second.record["data"]["files"]
    if known and same_data and right[0].shape[1] == right[1].shape[1]:
        by_row = right[1].mean(axis=0) - right[0].mean(axis=0)
        return float(by_row.std(ddof=1) / np.sqrt(len(by_row)))
    runs = (*first.runs(model), *second.runs(model))
    return float(np.sqrt(2 * np.mean([run["test_noise"].get("accuracy", 0) ** 2 for run in runs])))


def difference_curve(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the difference of mean curves by epoch, and the ends of its interval.

    Args:
        first: a row for each epoch, a column for each seed.
        second: the same; only epochs that both have are compared.

    Returns:
        A row for each epoch: `mean`, and with two seeds or more `low` and `high`.
    """
    epochs = first.index.intersection(second.index)
    a, b = first.loc[epochs], second.loc[epochs]
    curve = pd.DataFrame({"mean": b.mean(axis=1) - a.mean(axis=1)})
    if min(a.shape[1], b.shape[1]) > 1:
        paired = a.columns.equals(b.columns)
        low, high = (
            mean_band((b - a).to_numpy()) if paired else difference_band(b.to_numpy(), a.to_numpy())
        )
        curve = curve.assign(low=low, high=high)
    return curve


def judge(first: Saved, second: Saved) -> tuple[str, str]:
    """Judge whether a run repeats another: to the value, within its intervals, or not.

    Two runs are equivalent if data, settings, models, seeds and epochs are the same and for every
    quantity the simultaneous 95% intervals of both means overlap.

    Returns:
        The verdict and the reason in words.
    """
    settings = [c for c in changed_settings(first, second) if not c.where.startswith("verdict.")]
    results = changed_values(first, second)
    fixed = [change for change in settings if not _may_vary(change)]
    fixed += [change for change in results if change.where.startswith(LABELS)]
    fixed += [change for change in results if change.first is None or change.second is None]
    if fixed:
        return DIFFERENT, f"{fixed[0]}{_more(len(fixed))}"
    if not results:
        elsewhere = "; another environment or last digits of the baselines" if settings else ""
        size = f"{len(first.history):,} epochs, {len(first.models)} models"
        return IDENTICAL, size + elsewhere
    if any(_number_of_seeds(first, name) == 1 for name in first.models):
        return DIFFERENT, f"{results[0]}{_more(len(results))}; one seed has no interval"
    if apart := list(_apart(first, second)):
        return DIFFERENT, f"{apart[0]}{_more(len(apart))}"
    return EQUIVALENT, f"values that differ: {len(results):,}; all intervals overlap"


def _number_of_seeds(saved: Saved, model: str) -> int:
    return len({run["seed"] for run in saved.record["models"][model]["runs"]})


def _may_vary(change: Change) -> bool:
    """Tell whether equivalent runs may differ in this: the machine, the last digits of a score."""
    if change.where.startswith("environment."):
        return True
    numbers = change.where.startswith("baselines.") and None not in (change.first, change.second)
    return numbers and bool(close(change.first, change.second, BASELINE_TOLERANCE))


def _apart(first: Saved, second: Saved) -> Iterator[str]:
    """Return the quantities whose intervals do not overlap, simultaneous for all of them."""
    pairs = [
        (f"{model}, {quantity}", values, by_seed(second, model)[quantity, metric])
        for model in first.models
        for (quantity, metric), values in by_seed(first, model).items()
    ]
    level = 1 - (1 - LEVEL) / len(pairs)  # Bonferroni
    for name, *values in pairs:
        a, b = (mean_interval(of_seeds.to_numpy(), level) for of_seeds in values)
        if not (values[0].equals(values[1]) or (a.low <= b.high and b.low <= a.high)):
            yield f"{name}: {a.text()} -> {b.text()}"


def _more(number: int) -> str:
    return f" (and {number - 1} more)" if number > 1 else ""

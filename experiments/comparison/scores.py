"""Compare the scores and curves of two saved runs, with intervals."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from comparison import seeds
from comparison.values import close
from results.saved import KEYS, Arrays, Saved
from results.statistics import Interval, mean_interval, noise_of_rows

# Of one quantity: what a run's is against the first run's.
SAME, INSIDE, BETTER, WORSE = "same", "inside the noise", "better", "worse"
OTHER_DATA = "other data"
EARLIER, LATER, ONE_SEED, NO_NUMBER = "earlier", "later", "one seed", "not a number"
BEYOND = (BETTER, WORSE, EARLIER, LATER)  # the noise
ERRORS = ("loss", "mae", "mse", "mape", "msle", "error", "crossentropy", "divergence", "hinge")
ERRORS += ("poisson", "cosh", "false_positives", "false_negatives")


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
        predictions=Arrays(saved.predictions.path, arrays),
    )


def lower_is_better(metric: str) -> bool:
    """Tell errors from scores, also of Keras's other losses and of names that it has numbered."""
    return re.sub(r"_\d+$", "", metric).endswith(ERRORS)


def mean_over_folds(saved: Saved, model: str) -> dict[str, pd.DataFrame]:
    """Return each metric of a model by epoch, a column for each seed; the mean over its folds."""
    rows = saved.history[saved.history["model"] == model]
    if has_folds(saved, model):
        rows = rows[rows["fold"].notna()]
    metrics = _metrics_of(saved, model)
    means = rows.groupby(["epoch", "seed"])[metrics].mean(skipna=False).unstack("seed")
    return {name: means[name] for name in metrics}


def has_folds(saved: Saved, model: str) -> bool:
    """Tell whether a model was trained on folds."""
    return any(run["fold"] is not None for run in saved.record["models"][model]["runs"])


def shared_models(first: Saved, second: Saved) -> list[str]:
    """Return the models that two runs share and trained alike, both on folds or both without."""
    return [
        name
        for name in first.models
        if name in second.models and has_folds(first, name) == has_folds(second, name)
    ]


def _metrics_of(saved: Saved, model: str) -> list[str]:
    """Return the columns of the history that a model has, also where all its values are NaN."""
    recorded = {name for run in saved.record["models"][model]["runs"] for name in run["final"]}
    return [name for name in saved.history.columns[len(KEYS) :] if name in recorded]


def by_seed(saved: Saved, model: str) -> dict[tuple[str, str], pd.Series]:
    """Return what is compared of a model: by quantity and metric, a value for each seed."""
    rows = saved.history[saved.history["model"] == model]
    entries = saved.record["models"][model]["runs"]
    found: dict[tuple[str, str], pd.Series] = {}
    for folded, prefix in ((False, ""), (True, "folds: ")):
        part = rows[rows["fold"].notna() == folded]
        tests = [run for run in entries if (run["fold"] is not None) == folded]
        metrics = [
            name
            for name in _metrics_of(saved, model)
            if tests and all(name in run["final"] for run in tests)
        ]
        for name, metric, values in _of_history(part, metrics):
            found[prefix + name, metric] = values
        for metric in tests[0]["test"] if tests else ():
            values = pd.Series([run["test"].get(metric, np.nan) for run in tests], dtype=float)
            of_seed = values.groupby([run["seed"] for run in tests])
            found[f"{prefix}test {metric}", metric] = of_seed.mean(skipna=False)
    return found


def _of_history(rows: pd.DataFrame, metrics: list[str]) -> Iterator[tuple[str, str, pd.Series]]:
    """Return last and best values and the epoch of the best, for each seed; means over folds.

    What is no number in one fold or epoch makes none of the mean or the best.
    """
    last = rows.loc[rows.groupby(["seed", "fold"], dropna=False)["epoch"].idxmax()]
    last = last.groupby("seed")[metrics].mean(skipna=False)
    curves = rows.groupby(["epoch", "seed"])[metrics].mean(skipna=False)
    for name in metrics:
        metric = name.removeprefix("val_")
        kind = f"{'validation' if name.startswith('val_') else 'training'} {metric}"
        yield f"last {kind}", metric, last[name]
        if name == metric and f"val_{name}" in metrics:
            continue  # the best of a training is its last epoch, or nearly
        lower = lower_is_better(metric)
        best = f"{'lowest' if lower else 'highest'} {kind}"
        of_seeds = curves[name].groupby("seed")
        broken = of_seeds.apply(lambda values: values.isna().any())
        of_seeds = curves[name].fillna(np.inf if lower else -np.inf).groupby("seed")
        value = of_seeds.min() if lower else of_seeds.max()
        yield best, metric, value.mask(broken)
        place = of_seeds.idxmin() if lower else of_seeds.idxmax()
        yield f"epoch of the {best}", metric, place.str[0].astype(float).mask(broken)


def rows(first: Saved, second: Saved, tolerance: float = 0.0) -> list[Row]:
    """Compare every quantity of the models that two runs share.

    Which seeds are compared and how, `comparison.seeds` says. For a test accuracy the choice of
    rows counts, too. No verdict comes of sample data beside real ones.

    Args:
        first: the results compared with.
        second: the results compared.
        tolerance: how far values may be apart to be the same, as a share of the larger.
    """
    found = []
    # Of histories alone nobody knows.
    sources = {saved.record["data"]["source"] for saved in (first, second)} - {""}
    for model in shared_models(first, second):
        quantities = by_seed(first, model), by_seed(second, model)
        chosen = seeds.choose(first.seeds(model), second.seeds(model))
        for key in (key for key in quantities[0] if key in quantities[1]):
            a, b = (values[key] for values in quantities)
            of_rows = key[0] == "test accuracy"
            noise = _noise_of_rows(first, second, model, chosen) if of_rows else 0.0
            with np.errstate(invalid="ignore", over="ignore"):  # of a training that broke down
                gap = seeds.differences(
                    a.to_frame().T, b.to_frame().T, lower_is_better(key[1]), noise
                )
                gap = Interval(*map(float, gap.iloc[0]))
                means = mean_interval(a[chosen.first]), mean_interval(b[chosen.second])
            shared = a.index.intersection(b.index)
            same = chosen.how != seeds.APART and len(shared) > 0
            same = same and close(a[shared], b[shared], tolerance).all()
            verdict = SAME if same else _verdict(gap, *key)
            if len(sources) > 1:
                verdict = OTHER_DATA
            found.append(Row(model, *key, *means, gap, verdict))
    return found


def _verdict(gap: Interval, quantity: str, metric: str) -> str:
    if not np.isfinite(gap.mean):
        return NO_NUMBER
    if not np.isfinite(gap.low):
        return ONE_SEED
    if gap.low <= 0 <= gap.high:
        return INSIDE
    if quantity.removeprefix("folds: ").startswith("epoch"):
        return EARLIER if gap.mean < 0 else LATER
    return BETTER if (gap.mean < 0) == lower_is_better(metric) else WORSE


def _noise_of_rows(first: Saved, second: Saved, model: str, chosen: seeds.Chosen) -> float:
    """Return the standard error that the choice of test rows adds to a difference of accuracies.

    Of generated data each seed draws rows of its own, so that the seeds' spread has it.
    """
    if all(saved.record["data"]["source"] == "generated" for saved in (first, second)):
        return 0.0
    right = [saved.predictions.get(f"{model}.right") for saved in (first, second)]
    known = all(array is not None and array.ndim == 2 for array in right)
    same_data = first.record["data"]["files"] == second.record["data"]["files"]
    if known and same_data and right[0].shape[1] == right[1].shape[1]:
        places = [
            [run["seed"] in some for run in saved.trainings(model)]
            for saved, some in zip((first, second), chosen, strict=False)
        ]
        return noise_of_rows(*(rows[place] for rows, place in zip(right, places, strict=True)))
    variances = [
        np.mean([run["test_noise"].get("accuracy", 0) ** 2 for run in saved.trainings(model)])
        for saved in (first, second)
    ]
    return float(np.sqrt(sum(variances)))


def stretches(chosen: pd.Series) -> list[tuple[int, int]]:
    """Return the first and the last epoch of each stretch of chosen ones, bool by epoch."""
    parts = [part for _, part in chosen.groupby(chosen.ne(chosen.shift()).cumsum())]
    return [(part.index[0], part.index[-1]) for part in parts if part.iloc[0]]

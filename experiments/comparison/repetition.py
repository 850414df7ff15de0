"""Judge whether one saved run repeats another."""

from collections.abc import Iterator

import numpy as np

from comparison import scores
from comparison.values import Change, changed_settings, changed_values, close
from results.saved import Saved
from results.statistics import LEVEL, difference_interval

IDENTICAL, EQUIVALENT, DIFFERENT = "identical", "equivalent", "different"

LABELS = ("predictions, targets", "predictions, labels")  # arrays of the data, not of a training
ROUNDING = 1e-6  # numbers below may be nothing but rounding
BASELINE_TOLERANCE = 0.01  # of its value; a simple predictor is fitted once and has no interval


def judge(first: Saved, second: Saved) -> tuple[str, str]:
    """Judge whether a run repeats another: to the value, within its intervals, or not.

    Two runs are equivalent if data, settings, models, seeds and epochs are the same and for every
    quantity the simultaneous 95% interval of the difference (Welch) has zero in it. That asks for
    more than that the intervals of both means overlap.

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
        size = f"{len(first.history):,} rows of history, models: {len(first.models)}"
        return IDENTICAL, size + elsewhere
    if any(len(first.seeds(name)) == 1 for name in first.models):
        return DIFFERENT, f"{results[0]}{_more(len(results))}; one seed has no interval"
    if apart := list(_apart(first, second)):
        return DIFFERENT, f"{apart[0]}{_more(len(apart))}"
    return EQUIVALENT, f"values that differ: {len(results):,}, by no more than the noise"


def _may_vary(change: Change) -> bool:
    """Tell whether equivalent runs may differ in this: the machine, the last digits of a number.

    Facts follow from the files, which are compared, or from what a network predicts.
    """
    if change.where.startswith(("environment.", "data.facts.")):
        return True
    pair = change.first, change.second
    numbers = all(isinstance(value, float) for value in pair)
    return numbers and (bool(close(*pair, BASELINE_TOLERANCE)) or max(map(abs, pair)) < ROUNDING)


def _apart(first: Saved, second: Saved) -> Iterator[str]:
    """Return the quantities whose difference is more than noise, for all of them at once."""
    pairs = []
    for model in first.models:
        a, b = (scores.by_seed(saved, model) for saved in (first, second))
        pairs += [(f"{model}, {key[0]}", values, b[key]) for key, values in a.items()]
    level = 1 - (1 - LEVEL) / len(pairs)  # Bonferroni
    for name, *values in pairs:
        if not values[0].equals(values[1]):
            a, b = (of_seeds.to_numpy() for of_seeds in values)
            with np.errstate(invalid="ignore"):
                gap = difference_interval(b, a, level=level)
            if not gap.low <= 0 <= gap.high:
                yield f"{name}: {a.mean():.4g} -> {b.mean():.4g}, by {gap.text()}"


def _more(number: int) -> str:
    return f" (and {number - 1} more)" if number > 1 else ""

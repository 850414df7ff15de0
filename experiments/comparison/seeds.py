"""Set the values of two runs against each other: which seeds count, and with what interval.

Seeds that both runs have are compared in pairs, unless each has more seeds of its own; then those
are compared, as independent runs. A single run is set against the band in which 95% of single runs
of the other side fall.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from results.statistics import LEAST, difference_band, mean_band, new_run_band, widened

OF_FILES = 2**31  # and above: trainings of files, which their values name
PAIRS, APART, SINGLE = "in pairs", "apart", "a single run"


class Chosen(NamedTuple):
    """Which seeds of two runs are compared, and how: `PAIRS`, `APART` or `SINGLE`."""

    first: list[int]
    second: list[int]
    how: str


def choose(first: Collection[int], second: Collection[int]) -> Chosen:
    """Choose the seeds that are compared, so that runs that are apart share no training."""
    shared = sorted({*first} & {*second})
    own = [sorted({*seeds} - {*shared}) for seeds in (first, second)]
    if 1 in (len(first), len(second)) and len(first) != len(second):
        return Chosen(sorted(first), sorted(second), SINGLE)
    few = len(shared) < max(2, min(map(len, own)))
    if all(own) and (few or shared[0] >= OF_FILES):  # pairs of the same values tell nothing
        is_single = 1 in map(len, own) and len(own[0]) != len(own[1])
        return Chosen(*own, SINGLE if is_single else APART)
    return Chosen(shared, shared, PAIRS)


def in_words(model: str, letter: str, first: Collection[int], second: Collection[int]) -> str:
    """Say in a sentence which seeds are compared and how; nothing where all are, as usual."""
    chosen = choose(first, second)
    if chosen.how == SINGLE:
        one, many = (letter, "A") if len(chosen.second) == 1 else ("A", letter)
        number = max(len(chosen.first), len(chosen.second))
        return (
            f"{model}: {one} is a single run. It is set against the band in which 95% of single"
            f" runs fall, by {many}'s {number}:"
        )
    left = [len(first) - len(chosen.first), len(second) - len(chosen.second)]
    if not any(left):
        return ""
    kept = "both have, in pairs" if chosen.how == PAIRS else "only one of them has"
    out = " and ".join(f"{n} of {name}" for n, name in zip(left, ("A", letter), strict=True) if n)
    return f"{model}: compared by the seeds that {kept}; left out: {out}."


def differences(
    first: pd.DataFrame, second: pd.DataFrame, lower_is_better: bool, noise: float = 0.0
) -> pd.DataFrame:
    """Return second minus first by row, with the ends of its 95% interval.

    Args:
        first: a row for each epoch or quantity, a column for each seed.
        second: the same of the other run; only rows that both have are compared.
        lower_is_better: of a loss or an error; else values from 0 to 1 are shares.
        noise: the standard error that the choice of test rows adds.

    Returns:
        A row for each row: `mean`, `low` and `high`, both NaN where both are single runs.
    """
    rows = first.index.intersection(second.index)
    chosen = choose(first.columns, second.columns)
    a, b = first.loc[rows, chosen.first].to_numpy(), second.loc[rows, chosen.second].to_numpy()
    mean = b.mean(axis=1) - a.mean(axis=1)
    if chosen.how == SINGLE:
        low, high = _of_single_run(a, b, lower_is_better)
    elif 1 in (a.shape[1], b.shape[1]):
        low = high = np.full(len(rows), np.nan)
    else:
        low, high = mean_band(b - a) if chosen.how == PAIRS else difference_band(b, a)
    if noise:
        low, high = widened(mean, low, high, noise)
    return pd.DataFrame({"mean": mean, "low": low, "high": high}, index=rows)


def _of_single_run(a: np.ndarray, b: np.ndarray, lower_is_better: bool) -> tuple:
    """Return the ends, which leave out zero where the single run is outside of the others' band."""
    many = a if a.shape[1] > 1 else b
    is_share = not lower_is_better and np.nanmax(many, initial=0) <= 1
    low, high = new_run_band(many, is_share)
    if many.shape[1] < LEAST:  # those that there are lie inside
        low, high = np.minimum(low, many.min(axis=1)), np.maximum(high, many.max(axis=1))
    return (b[:, 0] - high, b[:, 0] - low) if many is a else (low - a[:, 0], high - a[:, 0])


def beyond(gap: pd.DataFrame) -> pd.Series:
    """Tell where the interval of a difference leaves out zero; not where it is unknown."""
    return (gap["low"] > 0) | (gap["high"] < 0)

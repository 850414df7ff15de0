"""Intervals and comparisons that say how far a number can be trusted.

Two things move a test score: the seed of the training and the choice of test rows. Repeating the
training averages out the first alone, so both are kept apart here and added where both count.
"""

from typing import NamedTuple

import numpy as np
import scipy  # which imports its parts when they are used

LEVEL = 0.95


class Interval(NamedTuple):
    """A mean and the ends of its interval.

    The ends are NaN where one run shows no spread, and the mean, too, where a training failed.
    """

    mean: float
    low: float
    high: float

    def plus_minus(self, digits: int, sign: str) -> str:
        """Return the mean and, if it is known, half the width, as "0.8771 +-0.0069"."""
        if np.isnan(self.mean):
            return "failed"
        half = self.high - self.mean
        known = "" if np.isnan(half) else f" {sign}{half:.{digits}f}"
        return f"{self.mean:.{digits}f}{known}"

    def text(self, digits: int = 4) -> str:
        """Return the interval as "0.8771 [0.8702, 0.8840]"."""
        if np.isnan(self.mean):
            return "failed"
        return f"{self.mean:.{digits}f} [{self.low:.{digits}f}, {self.high:.{digits}f}]"


class McNemar(NamedTuple):
    """What two classifiers get right that the other does not, and the exact p-value."""

    only_first: int
    only_second: int
    p_value: float


def mean_interval(values: np.ndarray, level: float = LEVEL, noise: float = 0.0) -> Interval:
    """Return Student's t interval for the mean of independent runs, for normal values.

    At 3, 5 and 10 runs it covers the mean 95 times in 100, where a percentile bootstrap covers it
    76, 84 and 90 times. Source: Student, "The probable error of a mean", Biometrika 6 (1908).

    Args:
        values: one number for each run, (runs,).
        level: how often the interval is to cover the mean.
        noise: the standard error that the choice of test rows adds.
    """
    values = np.asarray(values, float)
    variance, degrees = _variance(values) / len(values), len(values) - 1
    return _t_interval(values.mean(), variance, degrees, noise, level)


def mean_band(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the t interval of the mean of each row of a table.

    Args:
        table: float (epochs, runs), two runs or more.
    """
    runs = table.shape[1]
    mean = table.mean(axis=1)
    half = scipy.stats.t.ppf((1 + LEVEL) / 2, runs - 1) * table.std(axis=1, ddof=1) / np.sqrt(runs)
    return mean - half, mean + half


def difference_band(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Welch's interval for the mean of each row of one table minus another's.

    Args:
        first: float (epochs, runs), two runs or more.
        second: the same of the other runs; their number may differ.
    """
    ends = [difference_interval(*rows) for rows in zip(first, second, strict=True)]
    return np.array([end.low for end in ends]), np.array([end.high for end in ends])


def prediction_interval(values: np.ndarray, noise: float = 0.0) -> Interval:
    """Return the interval in which one new run falls at least 95 times in 100, for normal values.

    For the seeds it is Student's t interval of a new observation. The choice of test rows widens it
    once: a new run on the same rows would need none of that, one on new rows twice as much.
    Sources: Hahn and Meeker, "Statistical Intervals", 2nd edition (2017), section 4.8; for the sum
    Zou and Donner, "Construction of confidence limits about effect measures", Statistics in
    Medicine 27 (2008).

    Args:
        values: one number for each run, (runs,).
        noise: the standard error that the choice of test rows adds.
    """
    values = np.asarray(values, float)
    runs = len(values)
    return _t_interval(values.mean(), _variance(values) * (1 + 1 / runs), runs - 1, noise)


def proportion_interval(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Return Wilson's interval for a proportion, such as the accuracy on a test set.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927).
    """
    ends = scipy.stats.binomtest(int(successes), int(trials)).proportion_ci(level, method="wilson")
    return Interval(successes / trials, float(ends.low), float(ends.high))


def difference_interval(
    first: np.ndarray, second: np.ndarray, noise: float = 0.0, level: float = LEVEL
) -> Interval:
    """Return Welch's t interval for the mean of the first runs minus that of the second.

    Source: Welch, "The generalization of Student's problem", Biometrika 34 (1947).

    Args:
        first: one number for each run, (runs,).
        second: the same for the other model; the number of runs may differ.
        noise: the standard error that the choice of test rows adds to the difference.
        level: how often the interval is to cover the difference.
    """
    parts = [(_variance(np.asarray(v, float)) / len(v), len(v) - 1) for v in (first, second)]
    total = sum(variance for variance, _ in parts)
    uncertain = sum(variance**2 / max(degrees, 1) for variance, degrees in parts)
    degrees = total**2 / uncertain if uncertain else 1.0
    return _t_interval(np.mean(first) - np.mean(second), total, degrees, noise, level)


def difference_on_test_set(first: np.ndarray, second: np.ndarray) -> Interval:
    """Return the interval for the difference of two models' mean scores on one test set.

    Both uncertainties count: the seeds (Welch) and the rows, which both models share, so that the
    spread of the difference from row to row is what the choice of rows adds. What seeds do to
    single rows is in both, which makes the interval somewhat too wide.

    Args:
        first: what each run of the first model scores on each row, such as whether it is right or
            its absolute error, (runs, rows).
        second: the same for the second model, (runs, rows).
    """
    by_row = first.mean(axis=0) - second.mean(axis=0)
    noise = float(by_row.std(ddof=1) / np.sqrt(len(by_row)))
    return difference_interval(first.mean(axis=1), second.mean(axis=1), noise)


def mcnemar(first: np.ndarray, second: np.ndarray) -> McNemar:
    """Compare two classifiers on one test set by the rows on which they differ.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947); exact, by the binomial distribution.

    Args:
        first: which rows the first classifier gets right, bool (rows,).
        second: the same for the second, bool (rows,).
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    differing = only_first + only_second
    p_value = scipy.stats.binomtest(only_first, differing).pvalue if differing else 1.0
    return McNemar(only_first, only_second, float(p_value))


def fold_interval(differences: np.ndarray, test_share: float) -> Interval:
    """Return the corrected resampled t interval for a mean over folds.

    Folds share most of their training rows, so that they are not independent: the variance of the
    mean is s^2 (1/n + test rows / training rows). Source: Nadeau and Bengio, "Inference for the
    generalization error", Machine Learning 52 (2003).

    Args:
        differences: one number for each fold, (folds,); means over the seeds of a fold.
        test_share: rows of a fold that are validated on, over rows that are trained on.
    """
    values = np.asarray(differences, float)
    variance = _variance(values) * (1 / len(values) + test_share)
    return _t_interval(values.mean(), variance, len(values) - 1)


def _variance(values: np.ndarray) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else float("nan")


def _t_interval(
    mean: float, variance: float, degrees: float, noise: float = 0.0, level: float = LEVEL
) -> Interval:
    """Return a t interval, widened by the normal interval of a noise that is known."""
    if np.isnan(variance):
        return Interval(float(mean), float("nan"), float("nan"))
    own = scipy.stats.t.ppf((1 + level) / 2, degrees) * np.sqrt(variance)
    half = np.hypot(own, scipy.stats.norm.ppf((1 + level) / 2) * noise)
    return Interval(float(mean), float(mean - half), float(mean + half))

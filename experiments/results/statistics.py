"""Intervals and comparisons that say how far a number can be trusted.

Two things move a test score: the seed of the training and the choice of test rows. Repeating the
training averages out the first alone, so both are kept apart here and added where both count.
"""

from typing import NamedTuple

import numpy as np
import scipy  # which imports its parts when they are used

LEVEL = 0.95
LEAST = round(2 / (1 - LEVEL)) - 1  # runs whose smallest and largest are such an interval's ends


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


UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


def mean_interval(values: np.ndarray, level: float = LEVEL, noise: float = 0.0) -> Interval:
    """Return Student's t interval for the mean of independent runs, for normal values.

    At 3, 5 and 10 runs it covers the mean 95 times in 100, where a percentile bootstrap covers it
    76, 84 and 90 times. Source: Student, "The probable error of a mean", Biometrika 6 (1908).

    Args:
        values: one number for each run, (runs,).
        level: how often the interval is to cover the mean.
        noise: the standard error that the choice of test rows adds.
    """
    values, runs = np.asarray(values, float), len(values)
    return _t_interval(values.mean(), _variance(values) / runs, runs - 1, noise, level)


def mean_band(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the t interval of the mean of each row of a table.

    Args:
        table: float (epochs, runs), two runs or more.
    """
    runs, mean = table.shape[1], table.mean(axis=1)
    half = scipy.stats.t.ppf((1 + LEVEL) / 2, runs - 1) * table.std(axis=1, ddof=1) / np.sqrt(runs)
    return mean - half, mean + half


def difference_band(
    first: np.ndarray, second: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Welch's interval for the mean of each row of one table minus another's.

    Args:
        first: float (epochs, runs), two runs or more.
        second: the same of the other runs; their number may differ.
        level: how often the interval is to cover the difference.
    """
    gap, total, uncertain = first.mean(axis=1) - second.mean(axis=1), 0, 0
    for table in (first, second):
        variance = table.var(axis=1, ddof=1) / table.shape[1]
        total = total + variance
        uncertain = uncertain + variance**2 / (table.shape[1] - 1)
    degrees = np.divide(total**2, uncertain, out=np.ones_like(gap), where=uncertain > 0)
    half = scipy.stats.t.ppf((1 + level) / 2, degrees) * np.sqrt(total)
    return gap - half, gap + half


def new_run_band(table: np.ndarray, share: bool, rows: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of one new run for each row of a table.

    It is `new_run`'s inner one, of which the sources are there.

    Args:
        table: float (epochs, runs), two runs or more.
        share: as in `new_run`.
        rows: as in `new_run`.
    """
    inwards = int((table.shape[1] + 1) * (1 - LEVEL) / 2 + 1e-9)
    if inwards:
        ordered = np.sort(table, axis=1)
        return ordered[:, inwards - 1], ordered[:, -inwards]
    if np.nanmin(table, initial=0) < 0:  # neither losses nor shares
        return _new_observation(table, 0.0)
    return _new_share(table, rows) if share else _new_loss(table)


class NewRun(NamedTuple):
    """Where one new run falls, 95 times in 100.

    Attributes:
        inner: tested on the same rows.
        outer: tested on new rows, whose choice counts, too.
    """

    inner: Interval
    outer: Interval


def new_run(values: np.ndarray, share: bool, rows: int = 0, noise: float = 0.0) -> NewRun:
    """Return the intervals in which one new run falls, for losses and for shares.

    Of 39 runs or more it lies between the smallest and the largest, or as many inwards as 95%
    allow: for any distribution, and never out of the possible range. Of fewer it
    is Student's t interval of a new observation, on the log of losses and the logit of shares;
    with `rows` shares are counts, half a count is added, and the ends are whole counts outwards.
    Sources: Wilks, "Determination of sample sizes for setting tolerance limits", Annals of
    Mathematical Statistics 12 (1941); Hahn and Meeker, "Statistical Intervals", 2nd edition (2017),
    section 4.8; for the outer one Zou and Donner, "Construction of confidence limits about effect
    measures", Statistics in Medicine 27 (2008).

    Args:
        values: one number for each run, (runs,).
        share: whether they lie between 0 and 1, as accuracies and probabilities; else above 0.
        rows: how many rows an accuracy is a share of.
        noise: the standard error that the choice of test rows adds. Ours and those of the new run
            are both a choice.
    """
    values = np.asarray(values, float)
    runs, mean = len(values), float(values.mean())
    unknown = Interval(mean, float("nan"), float("nan"))
    if runs == 1 or not np.isfinite(mean):
        return NewRun(unknown, unknown)
    (low,), (high,) = new_run_band(values[None], share, rows)
    inner = Interval(mean, float(low), float(high))
    slope = mean * (1 - mean) if share else mean
    if not noise * slope:  # where all runs are right on all rows, so it is on others
        return NewRun(inner, inner)
    scale, back = (scipy.special.logit, scipy.special.expit) if share else (np.log, np.exp)
    half = scipy.stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(2) * noise / slope
    with np.errstate(divide="ignore"):  # the log of 0
        middle, *ends = scale(np.array(inner))
    reach = np.hypot(np.subtract(ends, middle), half)
    outer = Interval(mean, float(back(middle - reach[0])), float(back(middle + reach[1])))
    return NewRun(inner, outer)


def _new_loss(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = _new_observation(np.log(np.maximum(table, np.finfo(np.float32).tiny)), 0.0)
    return np.exp(low), np.exp(high)


def _new_share(table: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends for shares; equal ones still vary by half a count."""
    count = rows or 10**7  # of probabilities, which are no counts, as fine as float32 is
    shares = (np.rint(table * count) + 0.5) / (count + 1)
    mean = shares.mean(axis=1)
    half_a_count = 0.5 / ((count + 1) * mean * (1 - mean))
    ends = _new_observation(scipy.special.logit(shares), half_a_count)
    low, high = (scipy.special.expit(end) * (count + 1) - 0.5 for end in ends)
    return np.clip(np.floor(low), 0, count) / count, np.clip(np.ceil(high), 0, count) / count


def _new_observation(table: np.ndarray, least: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the t interval of a new observation; their deviation is this at least."""
    runs = table.shape[1]
    deviation = np.maximum(table.std(axis=1, ddof=1), least) * np.sqrt(1 + 1 / runs)
    half = scipy.stats.t.ppf((1 + LEVEL) / 2, runs - 1) * deviation
    return table.mean(axis=1) - half, table.mean(axis=1) + half


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
    first, second = np.asarray(first, float)[None], np.asarray(second, float)[None]
    (gap,) = first.mean(axis=1) - second.mean(axis=1)
    if 1 in (first.size, second.size):
        return UNKNOWN._replace(mean=float(gap))
    (low,), (high,) = difference_band(first, second, level)
    return Interval(float(gap), *map(float, widened(gap, low, high, noise, level)))


def difference_on_test_set(
    first: np.ndarray, second: np.ndarray, same_rows: bool = True
) -> tuple[Interval, float]:
    """Return the interval for the difference of two models' mean scores on their test sets.

    Both uncertainties count: the seeds (Welch) and the rows. Where both models share them, the
    spread of the difference from row to row is what the choice of rows adds, less what seeds do to
    single rows, which is in the first already; else that of each model's own scores.

    Args:
        first: what each run of the first model scores on each row, such as whether it is right or
            its absolute error, (runs, rows).
        second: the same for the second model.
        same_rows: whether both are tested on the same rows.

    Returns:
        The interval, and the half width that it keeps with any number of seeds.
    """
    if 1 in (len(first), len(second)):
        return UNKNOWN._replace(mean=float(first.mean() - second.mean())), float("nan")
    noise = noise_of_rows(first, second, same_rows)
    interval = difference_interval(first.mean(axis=1), second.mean(axis=1), noise)
    return interval, float(scipy.stats.norm.ppf((1 + LEVEL) / 2) * noise)


def noise_of_rows(first: np.ndarray, second: np.ndarray, same_rows: bool = True) -> float:
    """Return the standard error that the rows add to `difference_on_test_set`, of its arguments."""
    by_row = [runs.mean(axis=0) for runs in (first, second)]
    of_seeds = [
        np.var(runs, axis=0, ddof=1).mean() / len(runs) if len(runs) > 1 else 0.0
        for runs in (first, second)
    ]
    if same_rows:
        by_row, of_seeds = [by_row[0] - by_row[1]], [sum(of_seeds)]
    of_rows = [
        max(rows.var(ddof=1) - seeds, 0) / len(rows)
        for rows, seeds in zip(by_row, of_seeds, strict=True)
    ]
    return float(np.sqrt(sum(of_rows)))


def fold_interval(
    values: np.ndarray, test_share: float, own_folds: bool = False
) -> tuple[Interval, float]:
    """Return the corrected resampled t interval for a mean over folds.

    Folds share most of their training rows, so that they are not independent: the variance of the
    mean is s^2 (1/n + test rows / training rows). Source: Nadeau and Bengio, "Inference for the
    generalization error", Machine Learning 52 (2003).

    Args:
        values: one number for each seed and fold, (seeds, folds).
        test_share: rows of a fold that are validated on, over rows that are trained on.
        own_folds: whether each seed splits the rows anew, so that n counts all of them; else each
            fold's mean over the seeds counts once.

    Returns:
        The interval, and the half width that it keeps with any number of seeds.
    """
    values = np.asarray(values, float)
    means = values.ravel() if own_folds else values.mean(axis=0)
    n, variance = len(means), _variance(means)
    if own_folds:
        kept = variance * test_share
    else:
        of_seeds = values.var(axis=0, ddof=1).mean() / len(values) if len(values) > 1 else 0.0
        kept = max(variance - of_seeds, 0) * (1 / n + test_share)
    floor = scipy.stats.t.ppf((1 + LEVEL) / 2, n - 1) * np.sqrt(kept)
    return _t_interval(values.mean(), variance * (1 / n + test_share), n - 1), float(floor)


def _variance(values: np.ndarray) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else float("nan")


def _t_interval(mean, variance, degrees, noise: float = 0.0, level: float = LEVEL) -> Interval:
    """Return a t interval, widened by the normal interval of a noise that is known."""
    if np.isnan(variance):
        return Interval(float(mean), float("nan"), float("nan"))
    half = scipy.stats.t.ppf((1 + level) / 2, degrees) * np.sqrt(variance)
    return Interval(float(mean), *map(float, widened(mean, mean - half, mean + half, noise, level)))


def widened(mean, low, high, noise: float, level: float = LEVEL) -> tuple:
    """Return the ends of an interval with the normal interval of a known noise added to them."""
    reach = scipy.stats.norm.ppf((1 + level) / 2) * noise
    return mean - np.hypot(mean - low, reach), mean + np.hypot(high - mean, reach)

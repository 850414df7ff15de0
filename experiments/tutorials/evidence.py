"""Test what a tutorial concludes, from saved results alone.

Nothing here trains: change a saved history and the verdicts change with it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy  # which imports its parts when they are used

from results.failures import summary
from results.saved import Saved
from results.statistics import Interval, mean_interval, proportion_interval
from results.verdicts import CANNOT_DECIDE, DOES_NOT_HOLD, HOLDS, HOLDS_WITHIN, UNDECIDED

if TYPE_CHECKING:
    import pandas as pd

SAME = 0.05  # of a loss: epochs whose losses differ by less are equally good


class Part(NamedTuple):
    """A quantity that a claim says something of, and between which bounds it then lies.

    Attributes:
        name: what it is.
        interval: where it lies, 95 times in 100.
        low: the lower bound, or minus infinity.
        high: the upper bound, or infinity.
        floor: the half width that its interval keeps with any number of seeds.
        degrees: of freedom of its interval; 0 for those that the seeds leave.
    """

    name: str
    interval: Interval
    low: float = -math.inf
    high: float = math.inf
    floor: float = 0.0
    degrees: int = 0

    @property
    def verdict(self) -> str:
        """Judge it: it needs the whole interval within the bounds, or beyond one of them."""
        _, low, high = self.interval
        if low > self.low and high < self.high:
            return HOLDS
        if high < self.low or low > self.high:
            return DOES_NOT_HOLD
        return CANNOT_DECIDE if self.floor > abs(self.distance) else UNDECIDED

    @property
    def distance(self) -> float:
        """How far inside the bounds the estimate lies; below 0 where it is outside."""
        return min(self.interval.mean - self.low, self.high - self.interval.mean)

    @property
    def half(self) -> float:
        """The width of the interval on the side of the nearest bound."""
        mean, low, high = self.interval
        bound = min((self.low, self.high), key=lambda bound: abs(mean - bound))
        return mean - low if mean > bound else high - mean

    def p_value(self, degrees: int) -> float:
        """Return how often chance would put it so far from the nearest bound, if it were there.

        Args:
            degrees: of freedom that the seeds leave, for an interval that names none.
        """
        t = scipy.stats.t(self.degrees or max(degrees, 1))
        errors = t.ppf(0.975) * abs(self.distance) / self.half if self.half else math.inf
        return float(2 * t.sf(errors))

    @property
    def more_seeds(self) -> float:
        """How many times as many seeds would decide it, about; NaN where no number would."""
        if not abs(self.distance) > self.floor:
            return math.nan
        of_seeds = max(self.half**2 - self.floor**2, 0)
        return of_seeds / (self.distance**2 - self.floor**2)


@dataclass(frozen=True)
class Claim:
    """A sentence that the tutorial concludes with, and how it is tested.

    Attributes:
        id: the experiment's number and a letter.
        text: the sentence.
        needs: the models whose results the test reads.
        epochs: how many epochs they must have been trained for.
        over: what the runs are a sample of, such as "seeds" or "seeds and test rows".
        within: the margin in words, where it holds give or take that alone.
        test: returns, for saved results, its parts and the evidence in words.
    """

    id: str
    text: str
    needs: tuple[str, ...]
    epochs: int
    over: str
    within: str
    test: Callable[[Saved], tuple[list[Part], str]]

    def judge(self, saved: Saved) -> dict[str, Any] | None:
        """Return the claim with its verdict and evidence; None where a model was not trained."""
        if not set(self.needs) <= set(saved.models):
            return None
        row = {"id": self.id, "claim": self.text, "verdict": UNDECIDED}
        trained = [saved.record["models"][model]["runs"] for model in self.needs]
        seeds = [len(saved.seeds(model)) for model in self.needs]
        epochs = min((max(run["epochs"] for run in runs) for runs in trained), default=self.epochs)
        if failed := [failure for failure in saved.failures if failure.model in self.needs]:
            return row | {"evidence": summary(failed)}
        if 1 in seeds:
            return row | {"evidence": "one run shows no spread; repeat it with --seeds 39"}
        if epochs < self.epochs:
            return row | {"evidence": f"needs {self.epochs} epochs, found {epochs}"}
        parts, words = self.test(saved)
        verdict = together(part.verdict for part in parts)
        if verdict == HOLDS and self.within:
            row |= {"within": self.within}
            verdict = HOLDS_WITHIN
        if verdict in (UNDECIDED, CANNOT_DECIDE):
            words += "; " + _what_it_takes(parts, seeds)
        return row | {
            "verdict": verdict,
            "evidence": f"{words} (over {self.over})",
            "over": self.over,
            "parts": [_as_record(part) for part in parts],
            "p": _p_value(parts, verdict, min(seeds, default=1) - 1),
        }


def _as_record(part: Part) -> dict[str, Any]:
    """Return a part as a record keeps it; a bound that there is not is null."""
    bounds = [bound if math.isfinite(bound) else None for bound in (part.low, part.high)]
    mean, low, high = part.interval
    return {
        "name": part.name,
        "mean": mean,
        "low": low,
        "high": high,
        "holds": bounds,
        "floor": part.floor,
    }


def _p_value(parts: Iterable[Part], verdict: str, degrees: int) -> float | None:
    """Return how sure a verdict is: of a claim that holds by its least sure part."""
    if verdict in (HOLDS, HOLDS_WITHIN):
        return max(part.p_value(degrees) for part in parts)
    against = [part.p_value(degrees) for part in parts if part.verdict == DOES_NOT_HOLD]
    return min(1.0, len(parts) * min(against)) if against else None


def _what_it_takes(parts: Iterable[Part], seeds: Sequence[int]) -> str:
    """Say what would decide the parts that are not decided."""
    words = []
    for part in parts:
        if part.verdict == CANNOT_DECIDE:
            words.append(
                f"no number of seeds decides on {part.name}: its interval stays {part.floor:.2g}"
                " to either side"
            )
        elif part.verdict == UNDECIDED and math.isnan(part.more_seeds):
            words.append(f"{part.name}: it lies on the bound, where no number of seeds decides")
        elif part.verdict == UNDECIDED:
            times = max(part.more_seeds, 1.1)
            number = f" ({math.ceil(times * seeds[0])})" if len({*seeds}) == 1 else ""
            words.append(f"about {times:.1f} times as many seeds{number} decide on {part.name}")
    return "; ".join(words)


def claim(key: str, text: str, *needs: str, epochs: int = 1, over: str = "seeds", within: str = ""):
    """Make a claim of a function that takes saved results and returns parts and evidence.

    Args:
        key: the experiment's number and a letter.
        text: the sentence that is tested.
        needs: the models whose results the function reads.
        epochs: how many epochs they must have been trained for.
        over: what the runs are a sample of.
        within: the margin in words, where it holds give or take that alone.
    """

    def make(test: Callable[[Saved], tuple[list[Part], str]]) -> Claim:
        return Claim(key, text, needs, epochs, over, within, test)

    return make


def needs(*models: str):
    """Let a function that says in a sentence what was found be empty where it has no ground.

    Args:
        models: those whose results it reads; each has to be there with several seeds, and none may
            have failed.
    """

    def make(sentence: Callable[[Saved], str]) -> Callable[[Saved], str]:
        @functools.wraps(sentence)
        def found(saved: Saved) -> str:
            failed = {failure.model for failure in saved.failures}
            sound = {name for name in saved.models if len(saved.seeds(name)) > 1} - failed
            return sentence(saved) if {*models} <= sound else ""

        return found

    return make


def together(verdicts: Iterable[str]) -> str:
    """Judge a claim that has parts: it holds if all of them do, and not if one does not."""
    found = {*verdicts}
    order = (DOES_NOT_HOLD, CANNOT_DECIDE, UNDECIDED)
    return next((verdict for verdict in order if verdict in found), HOLDS)


def share_of_runs(name: str, runs: np.ndarray) -> Part:
    """Return the part that most runs do something, bool (runs,), by Wilson's interval."""
    return Part(name, proportion_interval(runs.sum(), len(runs)), low=0.5)


def lowest_epochs(table: pd.DataFrame) -> np.ndarray:
    """Return the epoch of the lowest value in each column of a table with a row for each epoch."""
    return table.idxmin().to_numpy(float)


def slopes(table: pd.DataFrame, epochs: int) -> np.ndarray:
    """Return the slope of each column over its last epochs, per epoch.

    It is the median of the slopes between all pairs of epochs, which a single spike does not move.
    Source: Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the
    American Statistical Association 63 (1968).
    """
    last = table.iloc[-epochs:]
    return np.array([scipy.stats.theilslopes(last[one], last.index).slope for one in last])


def best_by_others(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each column, the lowest epoch of the mean of all others, and its value there."""
    epochs = np.array([table.drop(columns=one).mean(axis=1).idxmin() for one in table])
    return epochs, np.diagonal(table.loc[epochs])


def turns_up_after(table: pd.DataFrame, epoch: int, tolerance: int) -> tuple[list[Part], str]:
    """Test whether validation losses are lowest after an epoch and have risen by the last.

    Args:
        table: validation loss, a row for each epoch, a column for each seed.
        epoch: the epoch that the tutorial names.
        tolerance: epochs that it may be off.
    """
    lowest = lowest_epochs(table)
    where = mean_interval(lowest)
    last = table.index[-1]
    rise = mean_interval(table.loc[last] - table.loc[epoch])
    bounds = epoch - tolerance, epoch + tolerance
    return [Part("the epoch of the lowest loss", where, *bounds), Part("the rise", rise, low=0)], (
        f"the validation loss is lowest after epoch {where.text(1)} (mean over {len(lowest)} seeds;"
        f" single runs {lowest.min():.0f} to {lowest.max():.0f}) and rises by {rise.text(3)} from"
        f" epoch {epoch} to {last}; holds within {tolerance} of {epoch}"
    )


def as_good_as_the_best(table: pd.DataFrame, epoch: int) -> tuple[Part, str]:
    """Test how much is lost by stopping at an epoch, not at the best, which other seeds choose.

    Args:
        table: validation loss or error, a row for each epoch, a column for each seed.
        epoch: the epoch that the tutorial names.
    """
    chosen, best = best_by_others(table)
    regret = mean_interval(table.loc[epoch].to_numpy() / best - 1)
    found = sorted({*chosen})
    at = f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}"
    return Part(f"what epoch {epoch} loses", regret, high=SAME), (
        f"after epoch {epoch} is {regret.mean:.1%} [{regret.low:.1%}, {regret.high:.1%}] above that"
        f" of the best epoch, which the other seeds choose ({at}); holds below {SAME:.0%}"
    )

"""Set our numbers beside the tutorial's and test what it concludes, from saved results alone.

Nothing here trains: change a saved history and the verdicts change with it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from results.failures import summary
from results.saved import Saved
from results.statistics import Interval, mean_interval, prediction_interval
from results.verdicts import (
    DIFFERS,
    DOES_NOT_HOLD,
    HOLDS,
    NOT_COMPARABLE,
    REPRODUCED,
    UNDECIDED,
    quantity,
)

if TYPE_CHECKING:
    import pandas as pd

Numbers = Mapping[str, Mapping[str, Mapping[str, float]]]  # by model, part and metric


@dataclass(frozen=True)
class Claim:
    """A sentence that the tutorial concludes with, and how it is tested.

    Attributes:
        id: the experiment's number and a letter.
        text: the sentence.
        needs: the models whose results the test reads.
        epochs: how many epochs they must have been trained for.
        test: returns, for saved results, a verdict and the evidence in words.
    """

    id: str
    text: str
    needs: tuple[str, ...]
    epochs: int
    test: Callable[[Saved], tuple[str, str]]

    def judge(self, saved: Saved) -> dict[str, str] | None:
        """Return the claim with its verdict and evidence; None where a model was not trained."""
        if not set(self.needs) <= set(saved.models):
            return None
        trained = [saved.record["models"][model]["runs"] for model in self.needs]
        seeds = [len(saved.seeds(model)) for model in self.needs]
        epochs = min((max(run["epochs"] for run in runs) for runs in trained), default=self.epochs)
        if failed := [failure for failure in saved.failures if failure.model in self.needs]:
            verdict, words = UNDECIDED, summary(failed)
        elif 1 in seeds:
            verdict, words = UNDECIDED, "one run shows no spread; repeat it with --seeds 10"
        elif epochs < self.epochs:
            verdict, words = UNDECIDED, f"needs {self.epochs} epochs, found {epochs}"
        else:
            verdict, words = self.test(saved)
        return {"id": self.id, "claim": self.text, "verdict": verdict, "evidence": words}


def claim(key: str, text: str, *needs: str, epochs: int = 1):
    """Make a claim of a function that takes saved results and returns verdict and evidence.

    Args:
        key: the experiment's number and a letter.
        text: the sentence that is tested.
        needs: the models whose results the function reads.
        epochs: how many epochs they must have been trained for.
    """

    def make(test: Callable[[Saved], tuple[str, str]]) -> Claim:
        return Claim(key, text, needs, epochs, test)

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


def above(interval: Interval, bound: float = 0.0) -> str:
    """Judge whether a quantity is above a bound: does its whole interval lie there?"""
    return HOLDS if interval.low > bound else DOES_NOT_HOLD if interval.high < bound else UNDECIDED


def below(interval: Interval, bound: float = 0.0) -> str:
    """Judge whether a quantity is below a bound."""
    return HOLDS if interval.high < bound else DOES_NOT_HOLD if interval.low > bound else UNDECIDED


def near(interval: Interval, target: float, tolerance: float) -> str:
    """Judge whether a quantity is a target, give or take a tolerance."""
    return together(above(interval, target - tolerance), below(interval, target + tolerance))


def together(*verdicts: str) -> str:
    """Judge a claim that has parts: it holds if all of them do, and not if one does not."""
    if DOES_NOT_HOLD in verdicts:
        return DOES_NOT_HOLD
    return UNDECIDED if UNDECIDED in verdicts else HOLDS


def largest(columns: np.ndarray, index: int) -> tuple[str, int, Interval]:
    """Judge whether one column has the largest mean, in pairs with each other one by row.

    Args:
        columns: float (seeds, columns).
        index: the column that is said to be largest.

    Returns:
        The verdict, the strongest rival and the lead over it; intervals are simultaneous.
    """
    rivals = [i for i in range(columns.shape[1]) if i != index]
    level = 1 - 0.05 / len(rivals)  # Bonferroni: the strongest rival is not known beforehand
    leads = {i: mean_interval(columns[:, index] - columns[:, i], level) for i in rivals}
    rival = min(rivals, key=lambda i: leads[i].mean)
    return together(*map(above, leads.values())), rival, leads[rival]


def lowest_epochs(table: pd.DataFrame) -> np.ndarray:
    """Return the epoch of the lowest value in each column of a table with a row for each epoch."""
    return table.idxmin().to_numpy(float)


def slopes(table: pd.DataFrame, epochs: int) -> np.ndarray:
    """Return the slope of each column over its last epochs, by least squares, per epoch."""
    last = table.iloc[-epochs:]
    return np.polyfit(last.index.to_numpy(float), last.to_numpy(), 1)[0]


def turns_up_after(table: pd.DataFrame, epoch: int, tolerance: int) -> tuple[str, str]:
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
    verdict = together(near(where, epoch, tolerance), above(rise))
    return verdict, (
        f"the validation loss is lowest after epoch {where.text(1)} (mean over {len(lowest)} seeds;"
        f" single runs {lowest.min():.0f} to {lowest.max():.0f}) and rises by {rise.text(3)} from"
        f" epoch {epoch} to {last}; holds within {tolerance} of {epoch}"
    )


def best_epoch_is(table: pd.DataFrame, epoch: int) -> tuple[str, str]:
    """Test whether another epoch has a lower mean validation loss than the one that is named."""
    others = [other for other in table.index if other != epoch]
    level = 1 - 0.05 / len(others)  # Bonferroni: one false alarm in twenty, whatever the epoch
    gaps = {other: mean_interval(table.loc[other] - table.loc[epoch], level) for other in others}
    best = min(gaps, key=lambda other: gaps[other].mean)
    better = [other for other, gap in gaps.items() if gap.high < 0]
    as_good = [other for other, gap in gaps.items() if gap.low <= 0]
    words = (
        f"against epoch {epoch}, the best other epoch, {best}, changes the validation loss by"
        f" {gaps[best].text()} (simultaneous for {len(others)} epochs)"
    )
    if better:
        return DOES_NOT_HOLD, f"{words}; clearly better: epochs {', '.join(map(str, better))}"
    if as_good:
        return UNDECIDED, f"{words}; not clearly worse: epochs {', '.join(map(str, as_good))}"
    return HOLDS, f"{words}; all others are worse"


def scores_beside(
    saved: Saved,
    numbers: Numbers,
    *,
    not_comparable: Mapping[str, str] | None = None,
    test_rows_vary: bool = False,
) -> list[dict[str, Any]]:
    """Return a row for each number of the tutorial, with ours, its interval and a verdict.

    The interval is that of one new run. For a test score it counts the test rows, too.

    Args:
        saved: the saved results.
        numbers: the tutorial's numbers, by model, part ("final" or "test") and metric.
        not_comparable: why a number is no measurement of what the tutorial says, by its quantity.
        test_rows_vary: whether each seed has test rows of its own, which its spread then shows.
    """
    rows = []
    for model, parts in numbers.items():
        for part, metrics in parts.items():
            for metric, theirs in metrics.items() if model in saved.models else ():
                name = quantity(model, part, metric)
                noise = 0.0
                if part == "test" and not test_rows_vary:
                    squares = [run["test_noise"][metric] ** 2 for run in saved.trainings(model)]
                    noise = float(np.sqrt(np.mean(squares)))
                row = beside(name, theirs, saved.scores(model, part, metric), noise)
                if name in (not_comparable or {}):
                    row |= {"verdict": NOT_COMPARABLE, "reason": not_comparable[name]}
                rows.append(row)
    return rows


def with_reasons(rows: Iterable[dict[str, Any]], reasons: Mapping[str, str]):
    """Return the rows; those that differ get the reason that is known for their quantity."""
    return [
        row | {"reason": reasons[row["quantity"]]}
        if row["verdict"] == DIFFERS and row["quantity"] in reasons
        else row
        for row in rows
    ]


def beside(name: str, theirs: float, ours: np.ndarray, noise: float = 0.0) -> dict[str, Any]:
    """Return a row with a number of the tutorial and the interval of one new run of ours.

    Args:
        name: what is measured.
        theirs: the tutorial's number.
        ours: one number for each seed, (seeds,).
        noise: the standard error that the choice of test rows adds.
    """
    new = prediction_interval(ours, noise)
    row = {"quantity": name, "tutorial": theirs, "ours": new.mean}
    if np.isnan(new.low):
        return row | {"low": None, "high": None, "verdict": None}
    inside = new.low <= theirs <= new.high
    return row | {
        "low": new.low,
        "high": new.high,
        "verdict": REPRODUCED if inside else DIFFERS,
    }


def facts_beside(saved: Saved, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each fact about the data that the tutorial prints; ours must be equal."""
    found = saved.record["data"]["facts"]
    return [
        {
            "quantity": f"data: {name}",
            "tutorial": theirs,
            "ours": found[name],
            "low": None,
            "high": None,
            "verdict": REPRODUCED if found[name] == theirs else DIFFERS,
        }
        for name, theirs in facts.items()
        if name in found
    ]

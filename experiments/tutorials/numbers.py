"""Set our numbers beside the tutorial's, from saved results alone."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from results.saved import Saved
from results.statistics import new_run
from results.verdicts import DIFFERS, NOT_COMPARABLE, REPRODUCED, TOO_WIDE, is_fact, quantity

Numbers = Mapping[str, Mapping[str, Mapping[str, float]]]  # by model, part and metric
HALF = 0.5  # of the possible range: an interval of a share that is wider tells nothing
TENFOLD = 10  # an interval of a loss whose ends differ by a larger factor tells nothing


def scores_beside(
    saved: Saved,
    numbers: Numbers,
    *,
    not_comparable: Mapping[str, str] | None = None,
    by_chance: bool = False,
    data_of: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each number of the tutorial, with ours, its intervals and a verdict.

    Args:
        saved: the saved results.
        numbers: the tutorial's numbers, by model, part ("final" or "test") and metric.
        not_comparable: why a number is no measurement of what the tutorial says, by its quantity.
        by_chance: whether there is nothing to learn: no number has to beat a simple predictor, and
            each seed has test rows of its own, whose choice its spread shows.
        data_of: the data set of each model, where there are several: simple predictors' names end
            with it, in brackets.
    """
    rows = []
    for model, parts in numbers.items():
        for part, metrics in parts.items():
            for metric, theirs in metrics.items() if model in saved.models else ():
                name, runs, noise = quantity(model, part, metric), saved.trainings(model), 0.0
                of = f"({data_of[model]})" if data_of else ""
                if part == "test" and not by_chance:
                    noise = np.sqrt(np.mean([run["test_noise"][metric] ** 2 for run in runs]))
                row = beside(
                    name,
                    theirs,
                    saved.scores(model, part, metric),
                    share=metric.endswith("accuracy"),
                    rows=runs[0].get("rows", {}).get(rows_of(part, metric), 0),
                    noise=float(noise),
                    simple=[] if by_chance or part != "test" else simple(saved, metric, of),
                )
                if name in (not_comparable or {}):
                    row |= {"verdict": NOT_COMPARABLE, "reason": not_comparable[name]}
                rows.append(row)
    return rows


def rows_of(part: str, metric: str) -> str:
    """Return which rows a score is of: training, validation or test."""
    if part == "test":
        return part
    return "validation" if metric.startswith("val_") else "training"


def simple(saved: Saved, metric: str, ending: str = "") -> list[float]:
    """Return a score of the simple predictors whose names end with this."""
    known = saved.record["baselines"].items()
    return [scores[metric] for name, scores in known if name.endswith(ending) and metric in scores]


def beside(
    name: str,
    theirs: float,
    ours: np.ndarray,
    *,
    share: bool,
    rows: int = 0,
    noise: float = 0.0,
    simple: Iterable[float] = (),
) -> dict[str, Any]:
    """Return a row with a number of the tutorial and the intervals of one new run of ours.

    It is reproduced where it lies in the inner interval, that of the same test rows: the tutorial's
    are ours. An interval tells nothing that holds what a simple predictor gets, which the number is
    better than; or half of the possible range; or a loss and ten times that.

    Args:
        name: what is measured.
        theirs: the tutorial's number.
        ours: one number for each seed, (seeds,).
        share: whether it lies between 0 and 1, else above 0.
        rows: how many rows an accuracy is a share of.
        noise: the standard error that the choice of test rows adds.
        simple: the scores of simple predictors.
    """
    inner, outer = new_run(ours, share, rows, noise)
    row = {"quantity": name, "tutorial": theirs, "ours": inner.mean, "low": None, "high": None}
    if np.isnan(inner.low):
        return row | {"verdict": None}
    row |= {"low": inner.low, "high": inner.high, "outer": [outer.low, outer.high]}
    row |= {"share": share, "runs": np.asarray(ours, float).tolist()}
    if not inner.low <= theirs <= inner.high:
        nearest = ours[np.abs(ours - theirs).argmin()]
        reason = f"the nearest of our {len(ours)} runs has {nearest:.4f}"
        return row | {"verdict": DIFFERS, "reason": reason}
    beaten = [one for one in simple if (theirs > one if share else theirs < one)]
    if any(inner.low <= one <= inner.high for one in beaten):
        return row | {"verdict": TOO_WIDE, "reason": "a simple predictor's score lies inside, too"}
    if share and inner.high - inner.low > HALF:
        return row | {"verdict": TOO_WIDE, "reason": "more than half of the possible range"}
    if not share and inner.high > TENFOLD * inner.low:
        return row | {"verdict": TOO_WIDE, "reason": "the ends differ by more than tenfold"}
    return row | {"verdict": REPRODUCED}


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


def verdicts_by_seeds(
    saved: Saved, numbers: Callable[[Saved], Iterable[Mapping[str, Any]]]
) -> list[list[str | None]]:
    """Return the numbers' verdicts after one seed, after two, and so on to all seeds.

    Args:
        saved: the saved results; of sample data or another protocol nothing is judged.
        numbers: the function of a lesson's module that returns its rows.
    """
    if saved.is_sample or not saved.record["config"]["as_published"]:
        return []
    most = max(len(saved.seeds(model)) for model in saved.models)
    return [
        [row["verdict"] for row in numbers(saved.of_first_seeds(seeds)) if not is_fact(row)]
        for seeds in range(1, most + 1)
    ]

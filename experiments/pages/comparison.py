"""Write a comparison of runs as one page, which can be sent: findings, tables, and the viewer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from comparison import scores, tables
from comparison.pair import Pair
from pages import site
from results.saved import Saved


def write(path: Path, runs: Mapping[str, Saved], names: Mapping[str, str], metric: str | None):
    """Write the page of some runs.

    Args:
        path: where to.
        runs: the runs by their letters; the first is what the others are compared with.
        names: what they are called, by letter.
        metric: the metric whose scores are compared, or all where None.

    Raises:
        UsageError: the page cannot be written.
    """
    first, *others = runs
    pairs = [Pair(runs[first], runs[letter], letter, metric=metric) for letter in others]
    site.render(
        "comparison.html",
        path,
        title=", ".join(names.values()),
        names=names,
        experiment=runs[first].record["experiment"],
        pairs=[_parts(pair) for pair in pairs],
        curves=site.viewer_data(_together(runs, names)),
        is_sample=any(run.is_sample for run in runs.values()),
    )


def _parts(pair: Pair) -> dict[str, Any]:
    return {
        "letter": pair.letter,
        "headline": pair.headline,
        "notes": [*pair.notes()],
        "settings": _html(pair.settings.to_html(index=False, border=0))
        if len(pair.settings)
        else "",
        "scores": _html(tables.scores_html(pair.rows, pair.letter)) if pair.rows else "",
        "reading": tables.notes(pair.rows) if pair.rows else [],
    }


def _html(table: str) -> Markup:
    """Return a table whose cells are escaped already."""
    return Markup(table)


def _together(runs: Mapping[str, Saved], names: Mapping[str, str]) -> Saved:
    """Return the models of all runs as those of one, named after their run, for the viewer."""
    several = len(next(iter(runs.values())).models) > 1
    first, *others = (
        scores.select(
            saved,
            {
                f"{letter}: {saved.name(model) if several else names[letter]}": model
                for model in saved.models
            },
        )
        for letter, saved in runs.items()
    )
    for other in others:
        first = first.joined(other)
    return first

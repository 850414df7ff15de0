"""Write a comparison of runs as one page, which can be sent: findings, tables, and the viewer."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from comparison import curves, scores, tables
from comparison.pair import Pair
from pages import embedding, site
from results.saved import Saved


def write(
    path: Path, runs: Mapping[str, Saved], pairs: Sequence[Pair], names: Mapping[str, str]
) -> None:
    """Write the page of some runs.

    Args:
        path: where to.
        runs: the runs by their letters.
        pairs: the first beside each of the others.
        names: what the runs are called, by letter.

    Raises:
        UsageError: the page cannot be written.
    """
    site.render(
        "comparison.html",
        path,
        title=", ".join(names.values()),
        names=names,
        experiment=next(iter(runs.values())).record["experiment"],
        pairs=pairs,
        tables=tables,
        curves=embedding.curves(_together(runs, names)),
        is_sample=any(run.is_sample for run in runs.values()),
    )


def _together(runs: Mapping[str, Saved], names: Mapping[str, str]) -> Saved:
    """Return the models that are compared as those of one run, named after theirs."""
    shared, parts = curves.models_to_draw(runs), []
    for letter, saved in runs.items():
        labels = {
            f"{letter}: {saved.name(model) if len(shared) > 1 else names[letter]}": model
            for model in shared
            if model in saved.models
        }
        parts.append(scores.select(saved, labels))
    first, *others = parts
    for other in others:
        first = first.joined(other)
    return first

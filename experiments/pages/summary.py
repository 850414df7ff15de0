"""Sum up saved results: the main score of each model beside the tutorial's."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from base import terminal
from results import records
from results.statistics import Interval, mean_interval
from results.verdicts import quantity


class Score(NamedTuple):
    """The main score of a model: over its seeds, and in the tutorial."""

    model: str
    name: str  # "test accuracy", "test mae", or "last training accuracy" where nothing is tested
    ours: Interval
    tutorial: float | None
    verdict: str | None


def scores(record: Mapping) -> list[Score]:
    """Return the main score of each model of a record, without those that only cross-validate."""
    theirs = {row["quantity"]: row for row in record["tutorial"]}
    rows = []
    for model, entry in record["models"].items():
        runs = [run for run in entry["runs"] if run["fold"] is None]
        if runs:
            part = "test" if runs[0]["test"] else "final"
            known = ("accuracy", "mae") if part == "test" else ("accuracy", "val_mae")
            metric = next(metric for metric in known if metric in runs[0][part])
            name = quantity(model, part, metric)
            ours = mean_interval([run[part][metric] for run in runs])
            row = theirs.get(name, {"tutorial": None, "verdict": None})
            name = name.removeprefix(f"{model}: ")
            rows.append(Score(model, name, ours, row["tutorial"], row["verdict"]))
    return rows


def print_summary(folders: Sequence[Path], seconds: Mapping[str, float] | None = None) -> None:
    """Print a table: experiment, data source, model, score, the tutorial's, verdict, seconds."""
    seconds = seconds or {}
    columns = ["experiment", "data", "model", "score", "ours, 95%", "tutorial", "verdict"]
    table = Table(*columns, *(["seconds"] if seconds else []))
    for folder in folders:
        record = records.read_record(folder)
        first = record["experiment"], record["data"]["source"]
        known = record["experiment"] in seconds
        last = [f"{seconds[record['experiment']]:.0f}"] if known else []
        for score in scores(record):
            tutorial = "" if score.tutorial is None else f"{score.tutorial:.4f}"
            cells = (
                score.model,
                score.name,
                score.ours.plus_minus(4, "± "),
                tutorial,
                score.verdict or "",
            )
            table.add_row(*first, *cells, *last)
            first, last = ("", ""), []
        for claim in record["claims"]:
            table.add_row("", "", f"claim {claim['id']}", "", "", "", claim["verdict"])
        table.add_section()
    terminal.console().print(table)

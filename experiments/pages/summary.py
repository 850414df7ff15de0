"""Sum up saved results: the main score of each model beside the tutorial's."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from base import terminal
from results import records
from results.statistics import Interval, mean_interval
from results.verdicts import main_score, quantity


class Score(NamedTuple):
    """The main score of a model: over its seeds, and in the tutorial."""

    model: str
    name: str  # "test accuracy", "test mae", or "last training accuracy" where nothing is tested
    ours: Interval
    tutorial: float | None
    verdict: str | None


def scores(record: Mapping) -> list[Score]:
    """Return the main score of each model of a record, without those that only cross-validate."""
    rows = []
    for model in record["models"]:
        if runs := _whole_runs(record, model):
            rows.append(score(record, model, *main_score(runs[0])))
    return rows


def score(record: Mapping, model: str, part: str, metric: str) -> Score:
    """Return one score of a model: its part is "test", or "final" for the last epoch."""
    name = quantity(model, part, metric)
    ours = mean_interval([run[part][metric] for run in _whole_runs(record, model)])
    theirs = {row["quantity"]: row for row in record["tutorial"]}
    row = theirs.get(name, {"tutorial": None, "verdict": None})
    return Score(model, name.removeprefix(f"{model}: "), ours, row["tutorial"], row["verdict"])


def _whole_runs(record: Mapping, model: str) -> list[Mapping]:
    """Return the runs of a model that are not of a fold."""
    return [run for run in record["models"][model]["runs"] if run["fold"] is None]


def print_summary(folders: Sequence[Path], seconds: Mapping[str, float] | None = None) -> None:
    """Print a table: experiment, data source, model, score, the tutorial's, verdict, seconds."""
    seconds = seconds or {}
    columns = ["experiment", "data", "model", "score", "ours, 95%", "tutorial", "verdict"]
    table = Table(*columns, *(["seconds"] if seconds else []))
    for folder in folders:
        record = records.read_record(folder)
        names = record.get("names", {})
        first = record["experiment"], record["data"]["source"]
        known = record["experiment"] in seconds
        last = [f"{seconds[record['experiment']]:.0f}"] if known else []
        for score in scores(record):
            tutorial = "" if score.tutorial is None else f"{score.tutorial:.4f}"
            cells = (
                names.get(score.model, score.model),
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

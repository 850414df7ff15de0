"""Sum up saved results: the main score of each model beside the tutorial's."""

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from common import records
from common.evidence import quantity
from common.fetching import ROOT
from common.statistics import Interval, mean_interval


class Description(NamedTuple):
    """What a script says of itself at its top."""

    title: str
    question: str
    parts: dict[str, str]  # Data, Models, Expect: a paragraph each


def describe(stem: str) -> Description:
    """Read an experiment's title, question and description from the script of this name."""
    source = (ROOT / "experiments" / f"{stem}.py").read_text(encoding="utf-8")
    first, _, rest = ast.get_docstring(ast.parse(source)).partition("\n\n")
    title, _, question = first.partition(": ")
    prose = re.split(r"^(Data|Models|Expect): ", rest.partition("\n\n")[0], flags=re.MULTILINE)
    parts = {
        name: " ".join(text.split()) for name, text in zip(prose[1::2], prose[2::2], strict=True)
    }
    return Description(title.partition(" ")[2], question, parts)


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


def print_summary(folders: Sequence[Path], seconds: Mapping[str, float]) -> None:
    """Print a table: experiment, data source, model, score, the tutorial's, verdict, seconds."""
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
    Console(width=None if sys.stdout.isatty() else 150, markup=False).print(table)

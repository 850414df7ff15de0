"""Sum up saved results: the main score of each model beside the tutorial's."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from base import terminal
from results import records
from results.statistics import Interval, mean_interval
from results.verdicts import in_words, main_score, quantity, score_name

LINE = "{:<40} {:>15} {:>8} {}"  # of a table: name, ours, the tutorial's, verdict


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
    name = score_name(part, metric)
    ours = mean_interval([run[part][metric] for run in _whole_runs(record, model)])
    theirs = {row["quantity"]: row for row in record["tutorial"]}
    row = theirs.get(quantity(model, part, metric), {"tutorial": None, "verdict": None})
    return Score(model, name, ours, row["tutorial"], row["verdict"])


def _whole_runs(record: Mapping, model: str) -> list[Mapping]:
    """Return the runs of a model that are not of a fold."""
    return [run for run in record["models"][model]["runs"] if run["fold"] is None]


def print_summary(folders: Sequence[Path], seconds: Mapping[str, float] | None = None) -> None:
    """Print of each experiment data source, seconds, scores beside the tutorial's, and claims."""
    for folder in folders:
        record = records.read_record(folder)
        stem, names = record["experiment"], record.get("names", {})
        took = f", {seconds[stem]:.0f} s" if stem in (seconds or {}) else ""
        print(f"\n{stem}: {record['data']['source']} data{took}")
        shown, rows = None, scores(record)
        for score in rows:
            if score.name != shown:
                printed = any(row.tutorial is not None for row in rows if row.name == score.name)
                tutorial = "tutorial" if printed else ""
                print(LINE.format(f"  {score.name}", "ours, 95%", tutorial, "").rstrip())
                shown = score.name
            tutorial = "" if score.tutorial is None else f"{score.tutorial:.4f}"
            name, ours = names.get(score.model, score.model), score.ours.plus_minus(4, "± ")
            print(LINE.format(f"   {name}", ours, tutorial, score.verdict or "").rstrip())
        claims = [f"{claim['id']} {in_words(claim)}" for claim in record["claims"]]
        if claims:
            text = f"  claims: {'; '.join(claims)}"
            print(textwrap.fill(text, terminal.WIDTH, subsequent_indent="   "))

"""Say in the terminal how two runs differ."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup
from rich.table import Table
from rich.text import Text

from comparison import scores
from comparison.values import Change, changed_settings
from results.saved import Saved
from results.statistics import Interval

COLOURS = {scores.BETTER: "green", scores.WORSE: "red"}
SHOWN = 12  # changes that are listed one by one


def summary(first: Saved, second: Saved, letter: str) -> list[str]:
    """Return what can be said of two runs before their scores: sample data, other epochs."""
    lines = [
        f"{name} holds results of SAMPLE DATA."
        for name, run in (("A", first), (letter, second))
        if run.is_sample
    ]
    for model in first.models:
        runs = (saved.record["models"][model]["runs"] for saved in (first, second))
        a, b = (max(run["epochs"] for run in of_model) for of_model in runs)
        if a != b:
            lines.append(f"{model}: epoch {b} is the last of {letter}, {a} of A.")
    return lines


def changed_lines(
    first: Saved, letter: str, changes: Sequence[Change], tolerance: float
) -> list[str]:
    """Return which values of two runs are not the same."""
    if not changes:
        how = f"within {tolerance:g}; predictions not compared" if tolerance else "predictions, too"
        size = f"{len(first.history):,} rows of history, scores of: {', '.join(first.models)}"
        return [f"Values of A and {letter}: identical ({size}; {how})."]
    if len(changes) <= SHOWN:
        listed = (f"  {change}" for change in changes)
        return [f"Values that differ, A -> {letter}: {len(changes)}", *listed]
    return [f"Values that differ, A -> {letter}: {len(changes):,}; the first: {changes[0]}"]


def settings(first: Saved, second: Saved, letter: str) -> pd.DataFrame:
    """Return the settings, data and environment that differ, a row each.

    What one run has and the other has not is shown for settings alone.
    """
    rows = [
        (change.where, *change.shown)
        for change in changed_settings(first, second)
        if change.where.startswith("config.") or None not in (change.first, change.second)
    ]
    return pd.DataFrame(rows, columns=["what differs", "A", letter])


def settings_table(rows: pd.DataFrame) -> Table:
    """Return rows of text as a table for the terminal."""
    table = Table(*rows.columns)
    for row in rows.itertuples(index=False):
        table.add_row(*row)
    return table


def scores_table(rows: Sequence[scores.Row], letter: str) -> Table:
    """Return a table of quantities: both runs, the difference with its interval, the verdict."""
    table = Table(*_head(letter))
    model = None
    for row in rows:
        if model not in (None, row.model):
            table.add_section()
        name, *cells, verdict = cells_of(row)
        name = "" if row.model == model else name
        table.add_row(name, *cells, Text(verdict, COLOURS.get(verdict, "")))
        model = row.model
    return table


def scores_frame(rows: Sequence[scores.Row], letter: str) -> pd.DataFrame:
    """Return the same table as text, for a page."""
    return pd.DataFrame([cells_of(row) for row in rows], columns=_head(letter))


def as_html(table: pd.DataFrame) -> Markup:
    """Return a table of text for a page; its cells are escaped."""
    return Markup(table.to_html(index=False, border=0))


def _head(letter: str) -> list[str]:
    """Return the heads of the columns of a table of scores."""
    return ["model", "quantity", "A", letter, f"{letter} - A, 95%", "verdict"]


def cells_of(row: scores.Row) -> list[str]:
    """Return the cells of a line in a table of scores."""
    digits = _digits(row)
    values = [value.plus_minus(digits, "± ") for value in (row.first, row.second)]
    gap = "" if row.verdict == scores.SAME else _difference(row.difference, digits)
    return [row.model, row.quantity, *values, gap, row.verdict]


def _digits(row: scores.Row) -> int:
    """Return how many decimals show four digits of a value, one for an epoch."""
    if "epoch of" in row.quantity:
        return 1
    size = np.max(np.abs([row.first.mean, row.second.mean]))
    known = np.isfinite(size) and size > 0
    return int(np.clip(3 - np.floor(np.log10(size)), 2, 12)) if known else 4


def _difference(gap: Interval, digits: int) -> str:
    if np.isnan(gap.mean):
        return ""
    if np.isnan(gap.low):
        return f"{gap.mean:+.{digits}f}"
    return f"{gap.mean:+.{digits}f} [{gap.low:+.{digits}f}, {gap.high:+.{digits}f}]"


def reading(rows: Sequence[scores.Row]) -> list[str]:
    """Return how to read the table."""
    lines = ["± is half the width of the mean's 95% interval over seeds."]
    verdicts = {row.verdict for row in rows}
    if verdicts - {scores.SAME, scores.ONE_SEED}:
        lines[0] += " By chance alone about one difference in twenty leaves the noise."
        lines.append("Of test accuracies the choice of rows counts, too; others are of these rows.")
    if scores.ONE_SEED in verdicts:
        lines.append("One seed shows no spread: repeat the run, such as with --seeds 10.")
    return lines

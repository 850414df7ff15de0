"""Compare saved runs: draw their histories over each other, say how they differ and why.

Each argument is a run (a folder with record.json) or a folder of runs; the first is what the others
are compared with.

Usage:
    python experiments/compare.py figures runs/quick
    python experiments/compare.py figures/02_imdb_binary runs/wide --models held_out --metric loss
    python experiments/compare.py figures/02_imdb_binary figures --models held_out=units_64
    python experiments/compare.py before after --assert-equal --tolerance 1e-4
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase

import numpy as np
from rich.console import Console
from rich.table import Table

from common import cli, comparison, overlay, plotting, records
from common.changes import Change, changed_settings, changed_values
from common.fetching import ROOT
from common.records import Saved
from common.statistics import Interval

COLOURS = {comparison.BETTER: "green", comparison.WORSE: "red"}
SHOWN = 12  # changes that are listed one by one
Runs = Mapping[str, Saved]  # by the letter they are called by: A, B, ...


def folders_of(path: Path) -> dict[str, Path]:
    """Return the folders of the runs in a folder, or of itself, by experiment.

    Raises:
        UsageError: there is no run, or there are two of an experiment.
    """
    if (path / "record.json").exists():
        folders = [path]
    else:
        folders = sorted(record.parent for record in path.glob("*/record.json"))
    if not folders:
        raise cli.UsageError(f"{path}: expected a run, or a folder of runs, found no record.json.")
    found: dict[str, Path] = {}
    for folder in folders:
        name = records.read_record(folder)["experiment"]
        if name in found:
            raise cli.UsageError(f"{path}: holds two runs of {name}; name one of them.")
        found[name] = folder
    return found


def chosen_models(runs: Runs, wanted: Sequence[tuple[str, str]]) -> dict[str, Saved]:
    """Return the runs with the wanted models alone, in pairs of another name if that is wanted.

    Raises:
        UsageError: a wanted model is not in the first run, or in none of the others.
    """
    if not wanted:
        return dict(runs)
    chosen = {}
    for letter, saved in runs.items():
        is_first = not chosen
        names = {
            (first if is_first else other): first if first == other else f"{first}={other}"
            for first, other in wanted
        }
        known = {name: label for name, label in names.items() if name in saved.models}
        missing = [name for name in names if name not in known]
        if missing and (is_first or not known):
            models = ", ".join(saved.models)
            raise cli.UsageError(
                f"{saved.folder}: expected models of {models}, found {missing[0]}."
            )
        chosen[letter] = comparison.select(saved, known)
    return chosen


def summary(first: Saved, second: Saved, letter: str, changes: Sequence[Change]) -> list[str]:
    """Return what can be said of two runs before their scores: which values are not the same."""
    lines = [
        f"{name} holds results of SAMPLE DATA."
        for name, run in (("A", first), (letter, second))
        if run.record["data"]["source"] == "sample"
    ]
    if not changes:
        size = f"{len(first.history):,} epochs of {len(first.models)} models"
        lines.append(f"Values of A and {letter}: identical ({size}, scores and predictions).")
    elif len(changes) <= SHOWN:
        lines.append(f"Values that differ, A -> {letter}: {len(changes)}")
        lines += [f"  {change}" for change in changes]
    else:
        lines.append(
            f"Values that differ, A -> {letter}: {len(changes):,}; the first: {changes[0]}"
        )
    return lines


def settings_table(first: Saved, second: Saved, letter: str) -> Table | None:
    """Return a table of the settings, data and environment that differ; None if none does.

    What one run has and the other has not is shown for settings alone.
    """
    table = Table("what differs", "A", letter)
    for change in changed_settings(first, second):
        if change.where.startswith("config.") or None not in (change.first, change.second):
            table.add_row(change.where, *change.shown)
    return table if table.row_count else None


def scores_table(rows: Sequence[comparison.Row], letter: str) -> Table:
    """Return a table of quantities: both runs, the difference with its interval, the verdict."""
    table = Table("model", "quantity", "A", letter, f"{letter} - A, 95%", "verdict")
    model = None
    for row in rows:
        digits = 1 if "epoch of" in row.quantity else 4
        values = (value.plus_minus(digits, "± ") for value in (row.first, row.second))
        style = COLOURS.get(row.verdict)
        verdict = f"[{style}]{row.verdict}[/]" if style else row.verdict
        if model not in (None, row.model):
            table.add_section()
        name = "" if row.model == model else row.model
        gap = "" if row.verdict == comparison.SAME else _difference(row.difference, digits)
        table.add_row(name, row.quantity, *values, gap, verdict)
        model = row.model
    return table


def _difference(gap: Interval, digits: int) -> str:
    if np.isnan(gap.low):
        return f"{gap.mean:+.{digits}f}"
    return f"{gap.mean:+.{digits}f} [{gap.low:+.{digits}f}, {gap.high:+.{digits}f}]"


def notes(rows: Sequence[comparison.Row]) -> list[str]:
    """Return how to read the table."""
    lines = ["± is half the 95% interval of the mean over seeds."]
    if any(not np.isnan(row.difference.low) for row in rows):
        lines[0] += " By chance alone about one difference in twenty leaves the noise."
    if any(row.verdict == comparison.ONE_SEED for row in rows):
        lines.append("One seed shows no spread: repeat the run with --seeds 10.")
    return lines


def compare(runs: Runs, given: argparse.Namespace) -> int:
    """Print how runs of one experiment differ; return how many of their values do."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    first, *others = runs
    differing = 0
    for letter in others:
        models = [name for name in runs[first].models if name in runs[letter].models]
        for name in (first, letter):
            if alone := [model for model in runs[name].models if model not in models]:
                print(f"Not in both, not compared: {', '.join(alone)} (of {name}).")
                differing += len(alone)
        pair = [
            comparison.select(runs[name], dict(zip(models, models, strict=True)))
            for name in (first, letter)
        ]
        changes = changed_values(*pair, given.tolerance)
        differing += len(changes)
        print("\n".join(summary(*pair, letter, changes)))
        if settings := settings_table(*pair, letter):
            console.print(settings)
        rows = comparison.rows(*pair, given.tolerance)
        rows = [row for row in rows if given.metric in (None, row.metric)]
        if rows:
            console.print(scores_table(rows, letter))
            print("\n".join(notes(rows)))
    return differing


def check(names: Sequence[str], found: Mapping[str, Mapping[str, Path]]) -> int:
    """Print for each experiment whether one run repeats the other; return the exit status."""
    verdicts = []
    for name in names:
        verdict, reason = comparison.DIFFERENT, "only one of the two has it"
        if all(name in folders for folders in found.values()):
            verdict, reason = comparison.judge(*opened(name, found).values())
        print(f"{name}: {verdict} ({reason})")
        verdicts.append(verdict)
    return int(comparison.DIFFERENT in verdicts)


def wanted_runs(names: Sequence[str], found: Mapping[str, Mapping[str, Path]], given) -> dict:
    """Return the runs of the experiments that have the wanted models and metric.

    Raises:
        UsageError: no experiment has them.
    """
    runs, problems = {}, []
    for name in names:
        try:
            some = chosen_models(opened(name, found), given.models)
        except cli.UsageError as error:
            problems.append(error)
            continue
        known = some["A"].history.columns[len(records.KEYS) :]
        if given.metric in (None, *known):
            runs[name] = some
        else:
            text = f"--metric: expected one of {', '.join(known)}, found {given.metric!r}."
            problems.append(cli.UsageError(text))
    if runs:
        return runs
    if len(problems) == 1:
        raise problems[0]
    wanted = "with these models and this metric" if problems else "that all runs have"
    raise cli.UsageError(f"nothing to compare: expected an experiment {wanted}, found none.")


def opened(name: str, found: Mapping[str, Mapping[str, Path]]) -> dict[str, Saved]:
    """Read the results of one experiment in all runs."""
    return {
        letter: records.with_ablations(records.read(folders[name]))
        for letter, folders in found.items()
    }


def _pairs(text: str) -> list[tuple[str, str]]:
    """Parse "mlp,cnn=deep_cnn": names in the first run and in the others."""
    pairs = [part.strip().partition("=") for part in text.split(",")]
    return [(first.strip(), (other or first).strip()) for first, _, other in pairs]


def _arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = cli.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    text = "two to four runs or folders of runs; the others are compared with the first"
    parser.add_argument("runs", type=Path, nargs="+", help=text, metavar="RUN")
    text = "models to compare; A=B compares A of the first run with B of the others"
    parser.add_argument("--models", type=_pairs, default=[], help=text, metavar="A,B")
    text = "loss, accuracy or another metric alone (the figure: loss)"
    parser.add_argument("--metric", help=text)
    text = "one experiment alone, such as 05"
    parser.add_argument("--experiment", default="", help=text, metavar="NN")
    text = "where the figure goes (default: runs/compare.png); with several experiments the name"
    text += " of each is added"
    out = ROOT / "runs" / "compare.png"
    parser.add_argument("--out", type=Path, default=out, help=text, metavar="FILE.png")
    text = "exit with 1 unless histories, scores and predictions are the same"
    parser.add_argument("--assert-equal", action="store_true", help=text)
    text = "numbers this far apart, as a share of the larger, are the same (default: 0)"
    parser.add_argument("--tolerance", type=cli.number, default=0.0, help=text, metavar="SHARE")
    text = "only say whether each experiment is repeated: identical, equivalent (intervals"
    text += " overlap) or different; exit with 1 if one is different"
    parser.add_argument("--check", action="store_true", help=text)
    given = parser.parse_args()
    most = 2 if given.check else len(overlay.STYLES)
    if not 2 <= len(given.runs) <= most:
        parser.error(f"expected 2 to {most} runs, found {len(given.runs)}")
    if given.out.suffix != ".png":
        parser.error(f"--out: expected a name that ends in .png, found {str(given.out)!r}")
    return given


def main() -> int:
    """Compare the runs that the command line names; return the exit status."""
    sys.excepthook = cli.one_line
    given = _arguments()
    paths = dict(zip(ascii_uppercase, given.runs, strict=False))
    found = {letter: folders_of(path) for letter, path in paths.items()}
    names = sorted(set().union(*found.values()))
    common = [name for name in names if all(name in folders for folders in found.values())]
    if any((path / "record.json").exists() for path in given.runs):
        names = common  # a single run: what else the others hold is not meant
    names, common = (
        [n for n in some if n.startswith(given.experiment)] for some in (names, common)
    )
    if given.check and names:
        return check(names, found)
    different = [name for name in names if name not in common]
    if different:
        print(f"Not compared, as not all runs have them: {', '.join(different)}.")
    runs = wanted_runs(common, found, given)
    for name, some in runs.items():
        print(f"\n=== {name}", *(f"{letter}: {path}" for letter, path in paths.items()), sep="\n")
        if compare(some, given):
            different.append(name)
        out = given.out.with_stem(f"{given.out.stem}_{name}") if len(runs) > 1 else given.out
        plotting.save(overlay.draw(some, paths, given.metric or "loss"), out)
        print(f"Figure: {out}")
    if given.assert_equal and different:
        text = f"error: expected equal results, found others in {', '.join(different)}; see above."
        print(text, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Compare saved runs: draw their histories over each other, say how they differ and why.

Each argument is a run (a folder with record.json) or a folder of runs; the first is what the others
are compared with.

Usage:
    python experiments/compare.py figures runs/quick
    python experiments/compare.py figures/02_imdb_binary runs/wide --models held_out --metric loss
    python experiments/compare.py figures/02_imdb_binary figures --models held_out=units_64
    python experiments/compare.py figures/02_imdb_binary my_history.json --models held_out
    python experiments/compare.py before after --assert-equal --tolerance 1e-4

A run of your own code is a file: Keras's CSVLogger writes one, or save `hist.history` as JSON. A
folder of such files is several trainings of one model.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase

from base import argument_types, command_line, errors, terminal
from base.errors import UsageError
from base.paths import RUNS
from common import plotting
from comparison import curves, repetition, tables
from comparison.pair import Pair
from comparison.runs import (
    Folders,
    Runs,
    chosen_models,
    folders_of,
    opened,
    shared_experiments,
)
from tutorials import catalogue


def show(pairs: Sequence[Pair]) -> None:
    """Print how runs of one experiment differ."""
    console = terminal.console()
    for pair in pairs:
        print(pair.headline, *pair.notes(), sep="\n")
        if len(pair.settings):
            console.print(tables.settings_table(pair.settings))
        if pair.rows:
            console.print(tables.scores_table(pair.rows, pair.letter))
            print(*tables.reading(pair.rows), sep="\n")


def check(names: Sequence[str], found: Folders) -> int:
    """Print for each experiment whether one run repeats the other; return the exit status."""
    verdicts = []
    for name in names:
        verdict, reason = repetition.DIFFERENT, "only one of the two has it"
        if all(name in folders for folders in found.values()):
            try:
                verdict, reason = repetition.judge(*opened(name, found).values())
            except UsageError as error:
                reason = str(error)
        print(f"{name}: {verdict} ({reason})")
        verdicts.append(verdict)
    return int(repetition.DIFFERENT in verdicts)


def wanted_runs(names: Sequence[str], found: Folders, given) -> dict[str, Runs]:
    """Return the runs of the experiments that have the wanted models and metric.

    Raises:
        UsageError: no experiment has them.
    """
    runs, problems = {}, []
    for name in names:
        some = opened(name, found)
        try:
            some = chosen_models(some, given.models)
            curves.metric_to_draw(some, given.metric)
            runs[name] = some
        except UsageError as error:
            problems.append(error)
    if runs:
        if problems:
            print(f"Not compared, without these models or this metric: {len(problems)} others.")
        return runs
    if len(problems) == 1:
        raise problems[0]
    wanted = "with these models and this metric" if problems else "that all runs have"
    raise UsageError(f"nothing to compare: expected an experiment {wanted}, found none.")


def _pairs(text: str) -> list[tuple[str, str]]:
    """Parse "mlp,cnn=deep_cnn": names in the first run and in the others."""
    parts = [[name.strip() for name in part.split("=")] for part in text.split(",")]
    if not all(len(names) in (1, 2) and all(names) for names in parts):
        raise argparse.ArgumentTypeError(f"expected names such as mlp,cnn=deep_cnn, found {text!r}")
    return [(names[0], names[-1]) for names in parts]


def _arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = command_line.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    text = "two to four runs or folders of runs; the others are compared with the first"
    parser.add_argument("runs", type=Path, nargs="+", help=text, metavar="RUN")
    text = "what the figure calls the runs, in their order (default: their paths)"
    parser.add_argument("--names", type=lambda text: text.split(","), help=text, metavar="A,B")
    text = "models to compare; A=B compares A of the first run with B of the others"
    parser.add_argument("--models", type=_pairs, default=[], help=text, metavar="A,B")
    text = "loss, accuracy or another metric alone (the figure: loss)"
    parser.add_argument("--metric", type=lambda name: name.removeprefix("val_"), help=text)
    text = "one experiment alone, such as 05"
    parser.add_argument("--experiment", type=catalogue.number, help=text, metavar="NN")
    text = "where the figure goes (default: runs/compare.png); with several experiments the name"
    text += " of each is added"
    out = RUNS / "compare.png"
    parser.add_argument("--out", type=Path, default=out, help=text, metavar="FILE.png")
    text = "write a page of these runs, too, which needs nothing else; it is named as --out is"
    parser.add_argument("--html", type=Path, help=text, metavar="FILE.html")
    text = "exit with 1 unless histories, scores and predictions are the same"
    parser.add_argument("--assert-equal", action="store_true", help=text)
    text = "numbers this far apart, as a share of the larger, are the same (default: 0)"
    parser.add_argument(
        "--tolerance", type=argument_types.number, default=0.0, help=text, metavar="SHARE"
    )
    text = "only say whether each experiment is repeated: identical, equivalent (within the"
    text += " noise) or different; exit with 1 if one is different"
    parser.add_argument("--check", action="store_true", help=text)
    given = parser.parse_args()
    given.experiment = given.experiment or ""  # which all names begin with
    if given.check and len(given.runs) != 2:
        parser.error(f"--check: expected 2 runs, found {len(given.runs)}")
    if not 2 <= len(given.runs) <= len(curves.STYLES):
        parser.error(f"expected 2 to {len(curves.STYLES)} runs, found {len(given.runs)}")
    others = (
        given.models,
        given.metric,
        given.assert_equal,
        given.tolerance,
        given.names,
        given.html,
    )
    if given.check and any(others):
        parser.error("--check compares all of two runs: leave out the options beside it")
    if given.names and len(given.names) != len(given.runs):
        parser.error(f"--names: expected {len(given.runs)} names, found {len(given.names)}")
    for option, path, suffix in (("--out", given.out, ".png"), ("--html", given.html, ".html")):
        if path and path.suffix != suffix:
            parser.error(f"{option}: expected a name that ends in {suffix}, found {str(path)!r}")
    return given


def write(runs: Runs, pairs: Sequence[Pair], labels: Mapping[str, str], given, name: str) -> None:
    """Write the figure of some runs and, if it is wanted, their page; `name` ends the files'."""
    out = _named(given.out, name)
    sample = any(run.is_sample for run in runs.values())
    figure = curves.draw(runs, labels, curves.metric_to_draw(runs, given.metric))
    plotting.save(figure, out, watermark="SAMPLE DATA" if sample else "")
    print(f"Figure: {out}")
    if given.html:
        from pages import comparison  # which takes half a second

        page = _named(given.html, name)
        comparison.write(page, runs, pairs, labels)
        print(f"Page: {page}")


def _named(path: Path, experiment: str) -> Path:
    """Return the name of a file, with the experiment's in it where there is one."""
    return path.with_stem(f"{path.stem}_{experiment}") if experiment else path


def main() -> int:
    """Compare the runs that the command line names; return the exit status."""
    errors.prepare_program()
    given = _arguments()
    paths = dict(zip(ascii_uppercase, given.runs, strict=False))
    names = [os.fsencode(name).decode(errors="replace") for name in given.names or given.runs]
    labels = dict(zip(paths, names, strict=True))
    found = {letter: folders_of(path, given.experiment) for letter, path in paths.items()}
    common, different = shared_experiments(found, given.experiment)
    if any(paths[letter] in folders.values() for letter, folders in found.items()):
        different = []  # a single run: what else the others hold is not meant
    if given.check and "" in set().union(*found.values()):
        raise UsageError("--check: expected two runs, found histories; use --assert-equal.")
    if given.check and (common or different):
        return check(sorted([*common, *different]), found)
    if different:
        print(f"Not compared, as not all runs have them: {', '.join(different)}.")
    runs = wanted_runs(common, found, given)
    for name, some in runs.items():
        lines = (f"{letter}: {label}" for letter, label in labels.items())
        print(f"\n=== {name or 'histories'}", *lines, "", sep="\n")
        first, *others = some
        options = {"tolerance": given.tolerance, "metric": given.metric}
        pairs = [Pair(some[first], some[letter], letter, **options) for letter in others]
        show(pairs)
        if given.assert_equal and any(pair.differing for pair in pairs):
            different.append(name or "histories")
        if curves.models_to_draw(some):
            write(some, pairs, labels, given, name if len(runs) > 1 else "")
    if given.assert_equal and different:
        text = f"error: expected equal results, found others in {', '.join(different)}; see above."
        print(text, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

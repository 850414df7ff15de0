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

from base import argument_types, command_line, errors, terminal
from base.errors import UsageError
from base.paths import RUNS
from common import plotting
from comparison import curves, repetition, scores, tables
from comparison.values import changed_values
from results import records
from results.saved import KEYS, Saved
from tutorials import catalogue

Runs = Mapping[str, Saved]  # by the letter they are called by: A, B, ...


def folders_of(path: Path, wanted: str) -> dict[str, Path]:
    """Return the folders of the runs in a folder, or of itself, by experiment.

    Args:
        path: a run or a folder of runs.
        wanted: how the names of the folders in it begin that are wanted.

    Raises:
        UsageError: there is no run, or there are two of an experiment.
    """
    try:
        is_run = (path / "record.json").exists()
    except OSError as error:  # such as a name too long
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    folders = [path] if is_run else sorted(file.parent for file in path.glob("*/record.json"))
    folders = [folder for folder in folders if is_run or folder.name.startswith(wanted)]
    if not folders:
        raise UsageError(f"{path}: expected a run, or a folder of runs, found no record.json.")
    found: dict[str, Path] = {}
    for folder in folders:
        name = records.read_record(folder)["experiment"]
        if name in found:
            raise UsageError(f"{path}: holds two runs of {name}; name one of them.")
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
        names = {a if a == b else f"{a}={b}": b if chosen else a for a, b in wanted}
        known = {label: model for label, model in names.items() if model in saved.models}
        missing = [model for model in names.values() if model not in saved.models]
        if missing and not (chosen and known):
            models = ", ".join(saved.models)
            raise UsageError(f"{saved.folder}: expected models of {models}, found {missing[0]}.")
        chosen[letter] = scores.select(saved, known)
    return chosen


def compare(runs: Runs, given: argparse.Namespace) -> int:
    """Print how runs of one experiment differ; return how many of their values do."""
    console = terminal.console()
    first, *others = runs
    differing = 0
    for letter in others:
        models = scores.shared_models(runs[first], runs[letter])
        for name in (first, letter):
            if alone := [model for model in runs[name].models if model not in models]:
                print(f"Not in both alike, not compared: {', '.join(alone)} (of {name}).")
                differing += len(alone)
        pair = [
            scores.select(runs[name], dict(zip(models, models, strict=True)))
            for name in (first, letter)
        ]
        if not models:
            continue
        changes = changed_values(*pair, given.tolerance)
        differing += len(changes)
        print("\n".join(tables.summary(*pair, letter, changes, given.tolerance)))
        if settings := tables.settings_table(*pair, letter):
            console.print(settings)
        rows = scores.rows(*pair, given.tolerance)
        rows = [row for row in rows if given.metric in (None, row.metric)]
        if rows:
            console.print(tables.scores_table(rows, letter))
            print("\n".join(tables.notes(rows)))
    return differing


def check(names: Sequence[str], found: Mapping[str, Mapping[str, Path]]) -> int:
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


def wanted_runs(names: Sequence[str], found: Mapping[str, Mapping[str, Path]], given) -> dict:
    """Return the runs of the experiments that have the wanted models and metric.

    Raises:
        UsageError: no experiment has them.
    """
    runs, problems = {}, []
    for name in names:
        some = opened(name, found)
        try:
            some = chosen_models(some, given.models)
        except UsageError as error:
            problems.append(error)
            continue
        known = some["A"].history.columns[len(KEYS) :]
        if given.metric in (None, *known):
            runs[name] = some
        else:
            text = f"--metric: expected one of {', '.join(known)}, found {given.metric!r}."
            problems.append(UsageError(text))
    if runs:
        if problems:
            print(f"Not compared, without these models or this metric: {len(problems)} others.")
        return runs
    if len(problems) == 1:
        raise problems[0]
    wanted = "with these models and this metric" if problems else "that all runs have"
    raise UsageError(f"nothing to compare: expected an experiment {wanted}, found none.")


def opened(name: str, found: Mapping[str, Mapping[str, Path]]) -> dict[str, Saved]:
    """Read the results of one experiment in all runs."""
    return {
        letter: records.with_ablations(records.read(folders[name]))
        for letter, folders in found.items()
    }


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
    if given.check and (given.models or given.metric or given.assert_equal or given.tolerance):
        parser.error("--check compares all of two runs: leave out the options beside it")
    if given.out.suffix != ".png":
        parser.error(f"--out: expected a name that ends in .png, found {str(given.out)!r}")
    return given


def main() -> int:
    """Compare the runs that the command line names; return the exit status."""
    errors.prepare_program()
    given = _arguments()
    paths = dict(zip(ascii_uppercase, given.runs, strict=False))
    found = {letter: folders_of(path, given.experiment) for letter, path in paths.items()}
    names = sorted(set().union(*found.values()))
    common = [name for name in names if all(name in folders for folders in found.values())]
    if any(paths[letter] in folders.values() for letter, folders in found.items()):
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
        if not curves.models_to_draw(some):
            continue
        out = given.out.with_stem(f"{given.out.stem}_{name}") if len(runs) > 1 else given.out
        sample = any(run.is_sample for run in some.values())
        figure = curves.draw(some, paths, given.metric or "loss")
        plotting.save(figure, out, watermark="SAMPLE DATA" if sample else "")
        print(f"Figure: {out}")
    if given.assert_equal and different:
        text = f"error: expected equal results, found others in {', '.join(different)}; see above."
        print(text, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

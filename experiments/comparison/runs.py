"""Find the runs that are to be compared: by experiment, with the models that all of them have."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from base.errors import UsageError
from comparison import history_files, scores
from results import records
from results.saved import Saved

Runs = Mapping[str, Saved]  # by the letter they are called by: A, B, ...
Folders = Mapping[str, Mapping[str, Path]]  # by letter and experiment


def folders_of(path: Path, wanted: str) -> dict[str, Path]:
    """Return the folders of the runs in a folder, or of itself, by experiment.

    Args:
        path: a run, a folder of runs, or a file or folder of histories, whose experiment is "".
        wanted: how the names of the folders in it begin that are wanted.

    Raises:
        UsageError: there is no run, or there are two of an experiment.
    """
    try:
        is_run = (path / "record.json").exists()
        folders = [path] if is_run else sorted(file.parent for file in path.glob("*/record.json"))
        if not folders and history_files.is_there(path):
            return {"": path}
    except OSError as error:  # such as a name too long
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    if folders and not is_run:
        folders = [folder for folder in folders if folder.name.startswith(wanted)]
        if not folders:
            raise UsageError(f"{path}: expected a run of {wanted}, found only others.")
    if not folders:
        raise UsageError(
            f"{path}: expected a run (a folder with record.json), a folder of runs, or histories as"
            f" {history_files.FORMATS}, found none."
        )
    found: dict[str, Path] = {}
    for folder in folders:
        name = records.read_record(folder)["experiment"]
        if name in found:
            raise UsageError(f"{path}: holds two runs of {name}; name one of them.")
        found[name] = folder
    return found


def opened(name: str, found: Folders) -> dict[str, Saved]:
    """Read the results of one experiment in all runs; histories alone belong to any."""
    return {
        letter: history_files.read(folders[""])
        if "" in folders
        else records.with_ablations(records.read(folders[name]))
        for letter, folders in found.items()
    }


def shared_experiments(found: Folders, wanted: str) -> tuple[list[str], list[str]]:
    """Return the experiments that all runs have, and those that only some have.

    Args:
        found: the folders of all runs.
        wanted: how the names begin that are wanted.

    Raises:
        UsageError: it is not clear which of several experiments histories are to be compared with.
    """
    named = {letter: folders for letter, folders in found.items() if "" not in folders}
    if not named:
        return [""], []
    names = sorted(name for name in set().union(*named.values()) if name.startswith(wanted))
    common = [name for name in names if all(name in folders for folders in named.values())]
    if len(named) < len(found) and len(common) > 1:
        files = next(folders[""] for folders in found.values() if "" in folders)
        raise UsageError(
            f"{files}: expected one experiment to compare it with, found {', '.join(common)};"
            " name its folder, or choose with --experiment."
        )
    return common, [name for name in names if name not in common]


def chosen_models(runs: Runs, wanted: Sequence[tuple[str, str]]) -> dict[str, Saved]:
    """Return the runs with the wanted models alone, in pairs of another name if that is wanted.

    Histories alone are of one model, which is compared with the only one of the others.

    Raises:
        UsageError: a wanted model is not in the first run, or in none of the others; or there are
            histories alone, and of the others' models none is chosen.
    """
    if any(map(history_files.is_foreign, runs.values())):
        return _of_one_model(runs, wanted)
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


def _of_one_model(runs: Runs, wanted: Sequence[tuple[str, str]]) -> dict[str, Saved]:
    """Return runs, some of them histories alone, with one model of one name."""
    named = [saved for saved in runs.values() if not history_files.is_foreign(saved)]
    models = [*named, *runs.values()][0].models
    (label, _), *more = wanted or [(models[0], "")]
    if label not in models:
        raise UsageError(f"--models: expected one of {', '.join(models)}, found {label!r}.")
    if more or (not wanted and len(models) > 1):
        raise UsageError(
            f"{named[0].folder if named else 'histories'}: expected one of its models to compare"
            f" the histories with, found {', '.join(models)}; choose a model (--models)."
        )
    folded = any(scores.has_folds(saved, label) for saved in named)
    chosen = {}
    for letter, saved in runs.items():
        foreign = history_files.is_foreign(saved)
        one = scores.select(saved, {label: saved.models[0] if foreign else label})
        if foreign and named:
            one = history_files.beside(one, scores.mean_over_folds(named[0], label), folded)
        chosen[letter] = one
    return chosen

"""Read histories that Keras or a reader's own code has saved, as runs to compare.

A file holds one training, or several of one model; a folder holds several. What Keras 1 to 3 call
a metric is known by one name.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from base.errors import DAMAGE, UsageError
from comparison.seeds import OF_FILES
from results.saved import KEYS, Arrays, Saved, metric_order
from results.tensorboard import EVENTS
from results.tensorboard import read as read_events

FORMATS = ".csv (CSVLogger, pandas), .json (History.history), .npz, or a folder of event files"
PICKLES = (".pkl", ".pickle", ".joblib", ".npy")
MOST_BYTES = 2**28
MOST_FOLDERS = 3  # inside each other, down to event files
OLD_NAMES = {  # whose new name a later Keras writes
    "acc": "accuracy",
    "mean_absolute_error": "mae",
    "mean_squared_error": "mse",
}
NO_METRICS = (*KEYS, "lr", "learning_rate", "step", "time", "")

History = Mapping[str, Any]  # values of each epoch by metric, as in `keras.callbacks.History`


def is_there(path: Path) -> bool:
    """Tell whether this is a file, or a folder of files, that may hold histories."""
    return path.is_file() or (path.is_dir() and bool(_files(path)))


def read(path: Path) -> Saved:
    """Read a file or a folder of files as the trainings of one model, named as it is.

    Raises:
        UsageError: it holds no histories, or is damaged.
    """
    trainings = [history for file in _files(path) for history in _read_file(file)]
    name = os.fsencode(path.stem).decode(errors="replace")
    return from_histories(trainings, name, path)


def from_histories(trainings: list[History], name: str, source: Path | str) -> Saved:
    """Return histories as the saved results of one model.

    Equal values are one training, whatever their file, so that none is compared with itself.

    Args:
        trainings: of each training the values of each epoch, by metric.
        name: the model's.
        source: where they come from, for errors.

    Raises:
        UsageError: one has no metric, or metrics of different lengths.
    """
    if not trainings:
        raise UsageError(f"{source}: expected a history, found none.")
    tables = {}
    for number, history in enumerate(trainings, 1):
        where = f"{source}, history {number}" if len(trainings) > 1 else f"{source}"
        table = _table(history, where)
        tables[_seed_of(table)] = table
    runs = [
        {
            "seed": seed,
            "fold": None,
            "epochs": len(table),
            "rows": {},
            "final": table.iloc[-1].to_dict(),
            "test": {},
            "test_noise": {},
        }
        for seed, table in tables.items()
    ]
    columns = dict.fromkeys(metric for table in tables.values() for metric in table)
    history = pd.concat(
        [
            table.assign(model=name, seed=seed, fold=pd.array([None] * len(table), dtype="Int64"))
            for seed, table in tables.items()
        ]
    ).reset_index(names="epoch")
    record = {
        "experiment": "",
        "data": {"source": "", "files": {}, "facts": {}},
        "config": {},
        "environment": {},
        "models": {name: {"parameters": None, "runs": runs}},
        "baselines": {},
        "tutorial": [],
        "claims": [],
    }
    ordered = history[KEYS + sorted(columns, key=metric_order)]
    return Saved(Path(source), record, ordered, Arrays(Path(source), {}))


def beside(saved: Saved, curves: Mapping[str, pd.DataFrame], folded: bool) -> Saved:
    """Return histories alone as a run's are, which they are compared with.

    Args:
        saved: the histories.
        curves: of the run, each metric by epoch and seed. Of a long training it may have kept every
            fifth epoch alone; and some of its trainings may be the same.
        folded: whether the run's are of folds; then the histories are means over folds.
    """
    epochs, fold = next(iter(curves.values())).index, 0 if folded else None
    left_out = {*range(1, epochs.max() + 1)} - {*epochs}
    history = saved.history[~saved.history["epoch"].isin(left_out)]
    of_run = pd.concat(curves, axis=1).swaplevel(axis=1)
    seeds = {_seed_of(of_run[seed].dropna(axis=1)): seed for seed in of_run.columns.unique(0)}
    (entry,) = saved.record["models"].values()
    runs = [
        run | {"fold": fold, "seed": seeds.get(run["seed"], run["seed"])} for run in entry["runs"]
    ]
    history = history.assign(
        fold=pd.array([fold] * len(history), dtype="Int64"),
        seed=history["seed"].map(lambda seed: seeds.get(seed, seed)),
    )
    models = dict.fromkeys(saved.models, entry | {"runs": runs})
    return replace(saved, record=saved.record | {"models": models}, history=history)


def _seed_of(table: pd.DataFrame) -> int:
    """Return the number that stands for the seed of a training: equal values are one training."""
    values = table[sorted(table)].to_numpy(np.float32)
    return OF_FILES + zlib.crc32(values.tobytes())


def is_foreign(saved: Saved) -> bool:
    """Tell whether these results are of histories alone."""
    return not saved.record["experiment"]


def _files(path: Path) -> list[Path]:
    """Return the files in a folder that may hold histories, or the file itself."""
    if not path.is_dir():
        return [path]
    levels = (path.glob(f"{'*/' * depth}{EVENTS}*") for depth in range(MOST_FOLDERS + 1))
    events = sorted({file.parent for level in levels for file in level})
    if events:
        trainings = sorted({folder.parent if _is_part(folder) else folder for folder in events})
        if len(places := sorted({str(training.parent) for training in trainings})) > 1:
            raise UsageError(f"{path}: expected event files of one model, found {places[:2]}.")
        return trainings
    known = (".csv", ".json", ".npz", *PICKLES)
    found = (file for file in path.iterdir() if file.is_file() and file.name[0] != ".")
    return sorted(file for file in found if file.suffix.lower() in known)


def _is_part(folder: Path) -> bool:
    return folder.name in ("train", "validation")


def _read_file(path: Path) -> list[History]:
    """Read one file, or the folder of one training's event files."""
    if path.is_dir():
        return [read_events(path)]
    suffix = path.suffix.lower()
    if suffix in PICKLES:
        raise UsageError(
            f"{path}: expected {FORMATS}, found a pickle, which may run any code when it is read;"
            " save hist.history as JSON."
        )
    readers = {".csv": _of_csv, ".json": _of_json, ".npz": _of_arrays}
    if suffix not in readers:
        raise UsageError(f"{path}: expected {FORMATS}, found another file.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: expected at most {MOST_BYTES >> 20} MB, found more.")
        return list(readers[suffix](path))
    except UsageError:
        raise
    except PermissionError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    except DAMAGE as error:
        kind = suffix[1:].upper()
        text = f"{path}: expected a history as {kind}, found something else or a damaged file."
        raise UsageError(text) from error


def _of_csv(path: Path) -> Iterator[History]:
    with path.open(encoding="utf-8-sig") as file:
        header = file.readline()
    separator = max(",;\t", key=header.count)
    table = pd.read_csv(path, sep=separator, encoding="utf-8-sig")
    if {*KEYS} <= {*table}:
        raise UsageError(
            f"{path}: expected a history of one model, found a run's; name its folder."
        )
    unnamed = [name for name in table if name.startswith("Unnamed:")]  # pandas's index
    yield table.drop(columns=unnamed).to_dict("list")


def _of_json(path: Path) -> Iterator[History]:
    found = json.loads(path.read_bytes())
    if isinstance(found, Mapping) and not _is_history(found):
        found = list(found.values())  # of several trainings, by name
    for history in found if isinstance(found, list) else [found]:
        if not isinstance(history, Mapping) or not _is_history(history):
            raise ValueError
        yield {
            name: [values[i] for i in sorted(values, key=int)]
            if isinstance(values, Mapping)
            else values
            for name, values in history.items()
        }


def _is_history(found: Mapping[str, Any]) -> bool:
    """Tell a history from several by name; pandas writes each metric by epoch."""
    return all(
        isinstance(values, list)
        or (isinstance(values, Mapping) and all(name.isdecimal() for name in values))
        for values in found.values()
    )


def _of_arrays(path: Path) -> Iterator[History]:
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
            raise ValueError
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: np.atleast_2d(file[name]) for name in file.files}  # runs x epochs
    for number in range(max((len(array) for array in arrays.values()), default=0)):
        yield {name: array[number] for name, array in arrays.items() if number < len(array)}


def _table(history: History, where: str) -> pd.DataFrame:
    """Return the metrics of a training by epoch, counted from 1."""
    found = {}
    for key, values in history.items():
        name = str(key).strip()
        prefix = "val_" if name.startswith("val_") else ""
        name = name.removeprefix("val_")
        if name in NO_METRICS:
            continue
        try:
            numbers = np.array(values, float)
            if numbers.ndim != 1:
                raise ValueError
            found[prefix + OLD_NAMES.get(name, name)] = numbers
        except (TypeError, ValueError, OverflowError) as error:
            text = f"{where}: expected numbers for {key!r}, found something else."
            raise UsageError(text) from error
    lengths = {len(values) for values in found.values()}
    if lengths in (set(), {0}):
        raise UsageError(f"{where}: expected a loss or another metric by epoch, found none.")
    if len(lengths) > 1:
        text = f"{where}: expected as many epochs of each metric, found {sorted(lengths)}."
        raise UsageError(text)
    return pd.DataFrame(found, index=_epochs(history, max(lengths), where))


def _epochs(history: History, number: int, where: str) -> list[int]:
    """Return the epochs of a history counted from 1, as it has them if it does."""
    given = pd.to_numeric(pd.Series(history.get("epoch", range(number))), errors="coerce")
    if len(given) != number or not (given.diff().iloc[1:] > 0).all() or (given % 1 != 0).any():
        raise UsageError(
            f"{where}: expected the epochs of one training, found others; save each training in a"
            " file of its own."
        )
    return (given + (given.iloc[0] == 0)).astype(int).tolist()

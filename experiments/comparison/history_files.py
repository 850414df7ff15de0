"""Read histories that Keras or a reader's own code has saved, as runs to compare.

A file holds one training, or several of one model; a folder holds several. What Keras 1 to 3 call
a metric is known by one name.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from base import terminal
from base.errors import DAMAGE, UsageError
from results.saved import KEYS, Arrays, Saved, metric_order

FORMATS = ".csv (CSVLogger, pandas), .json (History.history), .npz, or TensorBoard's event files"
EVENTS = "events.out.tfevents."  # begins the names of TensorBoard's files
PICKLES = (".pkl", ".pickle", ".joblib", ".npy")
MOST_BYTES = 2**28
OLD_NAMES = {  # whose new name a later Keras writes
    "acc": "accuracy",
    "mean_absolute_error": "mae",
    "mean_squared_error": "mse",
}
NO_METRICS = ("epoch", "lr", "learning_rate", "step", "time")

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
    if not trainings:
        raise UsageError(f"{path}: expected histories as {FORMATS}, found none.")
    return from_histories(trainings, path.stem, path)


def from_histories(trainings: list[History], name: str, source: Path | str) -> Saved:
    """Return histories as the saved results of one model.

    A training is known by its values: whatever its file, and so that none is compared with itself.

    Args:
        trainings: of each training the values of each epoch, by metric.
        name: the model's.
        source: where they come from, for errors.

    Raises:
        UsageError: one has no metric, or metrics of different lengths.
    """
    tables = {}
    for number, history in enumerate(trainings, 1):
        where = f"{source}, history {number}" if len(trainings) > 1 else f"{source}"
        table = _table(history, where)
        tables[2**31 + zlib.crc32(table.to_csv().encode())] = table
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


def as_folds(saved: Saved) -> Saved:
    """Return histories alone as those of a model on folds, whose means over the folds they are."""
    models = {
        name: entry | {"runs": [run | {"fold": 0} for run in entry["runs"]]}
        for name, entry in saved.record["models"].items()
    }
    history = saved.history.assign(fold=pd.array([0] * len(saved.history), dtype="Int64"))
    return replace(saved, record=saved.record | {"models": models}, history=history)


def is_foreign(saved: Saved) -> bool:
    """Tell whether these results are of histories alone."""
    return not saved.record["experiment"]


def _files(path: Path) -> list[Path]:
    """Return the files in a folder that may hold histories, or the file itself."""
    if not path.is_dir():
        return [path]
    events = sorted({file.parent for file in path.rglob(f"{EVENTS}*")})
    if events:
        return sorted({folder.parent if _is_part(folder) else folder for folder in events})
    known = (".csv", ".json", ".npz", *PICKLES)
    return sorted(file for file in path.iterdir() if file.suffix in known)


def _is_part(folder: Path) -> bool:
    return folder.name in ("train", "validation")


def _read_file(path: Path) -> list[History]:
    """Read one file, or the folder of one training's event files."""
    if path.is_dir():
        return [_of_events(path)]
    if path.suffix in PICKLES:
        raise UsageError(
            f"{path}: expected {FORMATS}, found a pickle, which may run any code when it is read;"
            " save hist.history as JSON."
        )
    readers = {".csv": _of_csv, ".json": _of_json, ".npz": _of_arrays}
    if path.suffix not in readers:
        raise UsageError(f"{path}: expected {FORMATS}, found another file.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: expected at most {MOST_BYTES >> 20} MB, found more.")
        return list(readers[path.suffix](path))
    except UsageError:
        raise
    except (*DAMAGE, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        kind = path.suffix[1:].upper()
        text = f"{path}: expected a history as {kind}, found an empty or damaged file."
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
    if "epoch" in table and not table["epoch"].is_monotonic_increasing:
        raise UsageError(
            f"{path}: expected epochs that rise, found several trainings in one file; a file each."
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
            name: list(values.values()) if isinstance(values, Mapping) else values  # pandas's
            for name, values in history.items()
        }


def _is_history(found: Mapping[str, Any]) -> bool:
    """Tell a history from several by name; pandas writes each metric by epoch."""
    return all(
        isinstance(values, list) or (isinstance(values, Mapping) and "0" in values)
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


def _of_events(folder: Path) -> History:
    """Read what Keras's TensorBoard callback, or this suite's `--tensorboard`, has written."""
    try:
        with terminal.quiet():  # it loads TensorFlow, if there is one
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            from tensorboard.util.tensor_util import make_ndarray
    except ImportError as error:
        raise UsageError(
            f"{folder}: expected TensorBoard, which reads its files, found none; install"
            " tensorboard, or save hist.history as JSON."
        ) from error
    history = {}
    for part, prefix in (("train", ""), ("validation", "val_")):
        place = folder / part if (folder / part).is_dir() else folder
        events = EventAccumulator(str(place), {"scalars": 0, "tensors": 0}).Reload()  # all of them
        tags = events.Tags()
        found = {tag: [event.value for event in events.Scalars(tag)] for tag in tags["scalars"]}
        for tag in tags["tensors"]:  # as TensorFlow 2 writes scalars
            if tag.startswith("epoch_"):
                found[tag] = [float(make_ndarray(e.tensor_proto)) for e in events.Tensors(tag)]
        for tag, values in found.items():
            if tag.startswith("epoch_"):
                history[prefix + tag.removeprefix("epoch_")] = values
        if place == folder:
            break
    return history


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
            found[prefix + OLD_NAMES.get(name, name)] = np.array(values, float).ravel()
        except (TypeError, ValueError) as error:
            text = f"{where}: expected numbers for {key!r}, found something else."
            raise UsageError(text) from error
    lengths = {len(values) for values in found.values()}
    if lengths in (set(), {0}):
        raise UsageError(f"{where}: expected a loss or another metric by epoch, found none.")
    if len(lengths) > 1:
        text = f"{where}: expected as many epochs of each metric, found {sorted(lengths)}."
        raise UsageError(text)
    return pd.DataFrame(found, index=range(1, max(lengths) + 1))

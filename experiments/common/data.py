"""Load the data sets; arrays out.

Keras's own loaders parse the verified files, so the arrays are Keras's own; a data set that cannot
be had is replaced by its sample, which says so.
"""

import atexit
import functools
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.encoding import INDEX_FROM, START, UNKNOWN, VOCABULARY
from common.errors import DataError, UnreachableError
from common.fetching import DATA_DIR, fetch, read_arff


@dataclass(frozen=True)
class Dataset:
    """A data set as arrays, and where it came from.

    Attributes:
        name: its key in `data/registry.toml`.
        source: "real" or "sample".
        files: SHA-256 of each verified file, by name; empty for a sample.
        arrays: what the loader returns: for most `(x_train, y_train), (x_test, y_test)`, the texts
            as arrays of word indexes, uint16; for the thoracic data one table.
        words: the word of each index, for the two text data sets.
    """

    name: str
    source: str
    files: dict[str, str]
    arrays: Any
    words: dict[int, str] | None = None


def load(name: str, choice: str = "auto", data_dir: Path = DATA_DIR) -> Dataset:
    """Load a data set.

    Args:
        name: a key of `data/registry.toml`.
        choice: "real", "sample", or "auto": real where it can be had, else the sample.
        data_dir: the folder whose `datasets/` holds the files.

    Raises:
        DataError: a file is damaged, or "real" is asked for and cannot be had.
    """
    if choice != "sample":
        try:
            files = {file: digest for file, (_, digest) in fetch(name, data_dir).items()}
            return _load_real(name, files, data_dir)
        except UnreachableError as error:
            if choice == "real":
                raise
            print(f"warning: {error} Going on with sample data.", file=sys.stderr)
    from common import samples

    arrays, words = getattr(samples, name)()
    return Dataset(name, "sample", {}, _compact(arrays) if words else arrays, words)


def _load_real(name: str, files: dict[str, str], data_dir: Path) -> Dataset:
    if name == "thoracic_surgery":
        table = thoracic_table(read_arff(data_dir / "datasets" / "ThoraricSurgery.arff"))
        return Dataset(name, "real", files, table)
    set_keras_home(data_dir)
    import keras

    module = getattr(keras.datasets, name)
    if name not in ("imdb", "reuters"):
        return Dataset(name, "real", files, module.load_data())
    words = {index + INDEX_FROM: word for word, index in module.get_word_index().items()}
    if name == "imdb":
        arrays = _load_imdb(data_dir / "datasets" / "imdb.npz")
    else:
        arrays = _compact(module.load_data(num_words=VOCABULARY))
    return Dataset(name, "real", files, arrays, words)


def _load_imdb(path: Path):
    """Read the reviews as `keras.datasets.imdb.load_data` does, in a third of its 600 MB."""
    random = np.random.RandomState(113)  # Keras's seed: both halves in a new order
    halves = []
    with np.load(path, allow_pickle=True) as file:  # `fetch` has verified its digest
        for half in ("train", "test"):
            texts, labels = file[f"x_{half}"], file[f"y_{half}"]
            order = np.arange(len(texts))
            random.shuffle(order)
            reviews = np.empty(len(texts), object)
            for place, row in enumerate(order):
                words = np.array(texts[row]) + INDEX_FROM
                words[words >= VOCABULARY] = UNKNOWN
                reviews[place] = np.concatenate([[START], words]).astype(np.uint16)
                texts[row] = None
            halves.append((reviews, labels[order]))
    return tuple(halves)


def _compact(arrays):
    """Turn Keras's lists of Python integers, 36 bytes a word, into arrays of 2 bytes a word."""
    parts = []
    for sequences, labels in arrays:
        compact = np.empty(len(sequences), object)
        compact[:] = [np.array(sequence, np.uint16) for sequence in sequences]
        parts.append((compact, labels))
    return tuple(parts)


def set_keras_home(data_dir: Path) -> None:
    """Make Keras's loaders read `<data_dir>/datasets`; call it before Keras is imported.

    Raises:
        DataError: Keras is imported already and reads another folder.
    """
    home = _keras_home(data_dir)
    if "keras" in sys.modules and os.environ.get("KERAS_HOME") != home:
        raise DataError(f"--data-dir {data_dir}: Keras already reads another folder; start anew.")
    os.environ["KERAS_HOME"] = home


@functools.cache
def _keras_home(data_dir: Path) -> str:
    """Return the data folder or, as Keras passes over one that it cannot write to, a link to it."""
    if not data_dir.exists() or os.access(data_dir, os.W_OK):
        return str(data_dir)
    home = tempfile.mkdtemp(prefix="keras-home-")
    os.symlink(data_dir / "datasets", Path(home) / "datasets")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def thoracic_table(arff: pd.DataFrame) -> pd.DataFrame:
    """Return the tutorial's 18 columns from the 17 of UCI data set 277.

    The tutorial's file codes DGNn as n, PRZn as n, OC11-OC14 as 11-14 and T/F as 1/0, puts the
    row's number in front, and is sorted by diagnosis.

    Returns:
        470 rows, float64: `id`, the 16 attributes, and `Risk1Yr` (1 = died within a year).
    """
    prefixes = "DGN|PRZ|OC"
    codes = arff.replace({"T": "1", "F": "0"}).replace(prefixes, "", regex=True).astype("float64")
    codes.insert(0, "id", np.arange(1.0, len(codes) + 1))
    return codes.sort_values(["DGN", "id"], ignore_index=True)

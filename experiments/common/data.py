"""Fetch, verify and load the data sets; arrays out.

A file is looked for in `<data-dir>/datasets`, then in the folder or address that DATA_MIRROR names,
then in `~/.keras/datasets`, then at its publisher. Wherever it comes from, its digest is checked
before anything parses it. Keras's own loaders then parse it, so the arrays are Keras's own.
"""

import functools
import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common import progress

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = ROOT / "data"
TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte
VOCABULARY = 10_000  # words kept by the two text tutorials
INDEX_FROM = 3  # Keras shifts word indexes by 3: 0 is padding, 1 the start, 2 an unknown word


class DataError(Exception):
    """A file is not what it should be; the message says which, what was found and what to do."""


class UnreachableError(DataError):
    """A file is on none of the places where it is looked for."""


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


@functools.cache
def registry() -> dict[str, dict]:
    """Return the registry of data sets, `data/registry.toml`, as a dictionary by name."""
    return tomllib.loads((DATA_DIR / "registry.toml").read_text(encoding="utf-8"))


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def table_digest(path: Path) -> str:
    """Return the SHA-256 of an ARFF file's parsed table, so that line endings may differ.

    Raises:
        DataError: the file cannot be parsed.
    """
    text = read_arff(path).to_csv(index=False, float_format="%g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def read_arff(path: Path) -> pd.DataFrame:
    """Return an ARFF file as a table of strings and float64 numbers.

    Raises:
        DataError: the file cannot be parsed.
    """
    from scipy.io import arff

    try:
        rows, _ = arff.loadarff(path)
    except (arff.ArffError, ValueError, StopIteration, NotImplementedError, IndexError) as error:
        raise DataError(f"{path}: expected an ARFF table, but it cannot be parsed.") from error
    columns = {name: rows[name] for name in rows.dtype.names}
    return pd.DataFrame(
        {name: c.astype(str) if c.dtype.kind == "S" else c for name, c in columns.items()}
    )


def verify(path: Path, expected: dict) -> str:
    """Return the digest of a file that is what the registry says it is.

    Args:
        path: the file.
        expected: its entry in the registry, with `bytes` and `sha256` or `table_sha256`.

    Raises:
        DataError: it is not; one line with the path, both digests and the remedy.
    """
    remedy = "Delete or replace it, then run `make data`."
    try:
        size = path.stat().st_size
        if "table_sha256" in expected:
            kind, digest, wanted = "table SHA-256", table_digest(path), expected["table_sha256"]
        else:
            kind, digest, wanted = "SHA-256", file_digest(path), expected["sha256"]
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). {remedy}") from error
    except DataError as error:
        raise DataError(f"{error} {remedy}") from error
    if digest != wanted:
        raise DataError(
            f"{path}: expected {kind} {wanted[:12]}... and {expected['bytes']:,} bytes,"
            f" found {digest[:12]}... and {size:,} bytes. {remedy}"
        )
    return digest


def fetch(name: str, data_dir: Path = DATA_DIR) -> dict[str, tuple[str, str]]:
    """Bring the files of a data set into `<data_dir>/datasets`, each verified.

    Returns:
        For each file, where it was found and its digest.

    Raises:
        UnreachableError: a file is on none of the places where it is looked for.
        DataError: a file in the cache or in the mirror is damaged.
    """
    entry = registry()[name]
    return {file: _fetch_file(file, entry, data_dir) for file in entry["files"]}


def _fetch_file(name: str, entry: dict, data_dir: Path) -> tuple[str, str]:
    expected = entry["files"][name]
    target = data_dir / "datasets" / name
    if target.exists():
        return "cache", verify(target, expected)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-")
    except OSError as error:
        raise DataError(f"{target.parent}: cannot be written ({error.strerror}).") from error
    with temporary as folder:
        part = Path(folder) / target.name
        for place, bring in _places(name, entry):
            if bring(part):
                digest = verify_arrival(part, expected, place)
                os.replace(part, target)
                return place, digest
    raise UnreachableError(
        f"{name}: not in {target.parent}, and no mirror or publisher can be reached."
        " Set DATA_MIRROR to a folder that holds it (`make mirror` makes one) or try again later."
    )


def verify_arrival(part: Path, expected: dict, place: str) -> str:
    """Return the digest of a newly arrived file, or say from where the wrong one came."""
    try:
        return verify(part, expected)
    except DataError as error:
        raise DataError(f"from {place}: {str(error).replace(str(part), part.name)}") from None


def _places(name: str, entry: dict) -> Iterable[tuple[str, Callable[[Path], bool]]]:
    """Yield where a file may be, in order, each with the function that brings it from there."""
    mirror = os.environ.get("DATA_MIRROR", "")
    if mirror.startswith(("http://", "https://")):
        yield mirror, lambda part: _download(mirror.rstrip("/") + "/" + name, part)
    elif mirror:
        folder = Path(mirror).expanduser()
        if not folder.is_dir():
            raise DataError(f"DATA_MIRROR={mirror}: expected a folder or an address, found none.")
        yield str(folder / name), lambda part: _copy(folder / name, part)
    home = Path.home() / ".keras" / "datasets" / name
    if home.exists():
        try:
            verify(home, entry["files"][name])
            yield str(home), lambda part: _copy(home, part)
        except DataError as error:
            print(f"warning: ignored {error}", file=sys.stderr)
    address = entry["publisher"] + Path(name).name
    yield address, lambda part: _download(address, part)
    if "archive" in entry:
        yield entry["archive"], lambda part: _download(entry["archive"], part, member=part.name)


def _copy(source: Path, part: Path) -> bool:
    if not source.exists():
        return False
    try:
        shutil.copyfile(source, part)
    except OSError as error:
        raise DataError(f"{source}: cannot be copied ({error.strerror}).") from error
    return True


def _download(address: str, part: Path, member: str | None = None) -> bool:
    """Download an address, or a member of the zip archive there; return whether it was there."""
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")
    unzip = pooch.Unzip(members=[member], extract_dir=".") if member else None
    try:
        with progress.Download(part.name) as bar:
            pooch.retrieve(
                address,
                known_hash=None,
                fname=f"{part.name}.zip" if member else part.name,
                path=part.parent,
                processor=unzip,
                downloader=pooch.HTTPDownloader(progressbar=bar, timeout=TIMEOUT),
            )
    except requests.RequestException as error:
        print(f"warning: {address}: {type(error).__name__}", file=sys.stderr)
        return False
    return part.exists()


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
    return Dataset(name, "real", files, _compact(module.load_data(num_words=VOCABULARY)), words)


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
    home = str(data_dir)
    if "keras" in sys.modules and os.environ.get("KERAS_HOME") != home:
        raise DataError(f"--data-dir {home}: Keras already reads another folder; start anew.")
    os.environ["KERAS_HOME"] = home


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


def multi_hot(sequences: Sequence[Sequence[int]], dimension: int = VOCABULARY) -> np.ndarray:
    """Encode each sequence as the set of its words.

    Returns:
        uint8 array (sequences, dimension) of 0 and 1.

    Raises:
        ValueError: an index is negative or not below `dimension`.
    """
    encoded = np.zeros((len(sequences), dimension), np.uint8)
    for row, sequence in zip(encoded, sequences, strict=True):
        indexes = np.asarray(sequence, np.int64)
        if indexes.size and not 0 <= indexes.min() <= indexes.max() < dimension:
            raise ValueError(f"multi_hot: expected indexes from 0 to {dimension - 1}")
        row[indexes] = 1
    return encoded


class MultiHot:
    """Multi-hot rows at a bit for each word; `training` unpacks each batch as it comes.

    25,000 reviews take 31 MB, against 2 GB for the tutorial's float64 rows.
    """

    def __init__(self, bits: np.ndarray, dimension: int):
        self.bits, self.dimension = bits, dimension

    @classmethod
    def encode(cls, sequences: Sequence[Sequence[int]], dimension: int = VOCABULARY) -> "MultiHot":
        """Encode sequences of word indexes; raises ValueError as `multi_hot` does."""
        chunks = range(0, len(sequences), 1_000)
        bits = [
            np.packbits(multi_hot(sequences[start : start + 1_000], dimension), axis=1)
            for start in chunks
        ]
        return cls(np.concatenate(bits), dimension)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.bits)

    def __getitem__(self, rows: slice) -> "MultiHot":
        """Return some of the rows, packed."""
        return MultiHot(self.bits[rows], self.dimension)

    def unpack(self) -> np.ndarray:
        """Return the rows as `multi_hot` gives them, uint8 (rows, dimension)."""
        return np.unpackbits(self.bits, axis=1, count=self.dimension)


def decode(sequence: Sequence[int], words: dict[int, str]) -> str:
    """Return a sequence of word indexes as text; padding and the start mark are left out."""
    return " ".join(words.get(int(i), "[?]") for i in sequence if int(i) not in (0, 1))


def standardise(train: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Scale features by the mean and standard deviation of the training rows alone.

    Args:
        train: float array (rows, features); no feature is constant.
        others: arrays of the same features, scaled with the statistics of `train`.

    Returns:
        The scaled arrays, float32, `train` first.
    """
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return [((array - mean) / deviation).astype(np.float32) for array in (train, *others)]

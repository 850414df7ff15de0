"""Fetch and verify the files of the data sets.

A file is looked for in `<data-dir>/datasets`, then in the folder or address that DATA_MIRROR names,
then in `~/.keras/datasets`, then at its publisher. Wherever it comes from, its digest is checked
before anything else reads it.
"""

import functools
import hashlib
import importlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from base import files, paths
from base.errors import DataError, UnreachableError
from base.paths import DATA_DIR
from datasets import downloads

FETCHING = ".fetch-"  # begins the name of a folder in which a file is being fetched


@functools.cache
def registry() -> dict[str, dict]:
    """Return what each module of a data set says of its files, by the module's name.

    `PUBLISHED` names the publisher's folder and for each file `bytes` and `sha256`. Where line
    endings may differ at the source, `table_sha256` is the digest of the parsed table instead.
    """
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    modules = {name: importlib.import_module(f"datasets.{name}") for name in names}
    return {
        name: module.PUBLISHED for name, module in modules.items() if hasattr(module, "PUBLISHED")
    }


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
    target, expected = data_dir / "datasets" / name, entry["files"][name]
    try:
        if not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with files.lock(target.parent, "fetches data"):
                if not os.path.lexists(target):  # else another program has just brought it
                    return _bring(name, entry, target)
    except OSError as error:
        reason = files.reason_of(error, expected["bytes"])
        raise DataError(f"{target}: cannot be read or written ({reason}).") from error
    return "cache", verify(target, expected, "Delete or replace it, then run `make data`.")


def _bring(name: str, entry: dict, target: Path) -> tuple[str, str]:
    """Bring a file from the first place that has it; return that place and the file's digest."""
    for folder in target.parent.glob(f"{FETCHING}*"):
        if files.is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    expected = entry["files"][name]
    remedy, failures = "Repair it there, or set DATA_MIRROR to another place.", []
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=FETCHING) as folder:
        part = Path(folder) / target.name
        for place, bring in _places(name, entry):
            try:
                if not bring(part):
                    continue
                digest = verify(part, expected, remedy, place)
            except DataError as error:
                if isinstance(place, Path):  # a mirror: no other place replaces it unasked
                    raise
                failures.append(str(error).rstrip(". "))
                if not isinstance(error, UnreachableError):
                    print(f"warning: ignored {failures[-1]}.", file=sys.stderr)
                continue
            with part.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(part, target)
            return str(place), digest
    raise UnreachableError(
        f"{name}: not in {target.parent} and not to be had ({'; '.join(failures)})."
        f"{_misnamed(target, expected['bytes'])}"
        " Set DATA_MIRROR to a folder that holds it (`make mirror` makes one) or try again later."
    )


def _misnamed(target: Path, size: int) -> str:
    """Name a file beside the target that has the size of the missing one."""
    for path in sorted(target.parent.iterdir()):
        if path.is_file() and path.stat().st_size == size:
            return f" {path.name} there has its size: if it is the file, rename it."
    return ""


def _places(name: str, entry: dict) -> Iterable[tuple[Path | str, Callable[[Path], bool]]]:
    """Yield where a file may be, in order, each with the function that brings it from there."""
    most = 2 * entry["files"][name]["bytes"]  # line endings may differ

    def downloader(address: str, archived: bool = False):
        def bring(part: Path) -> bool:
            downloads.download(address, most, part, archived)
            return True

        return address, bring

    mirror = os.environ.get("DATA_MIRROR", "")
    if re.match("https?://[^/]", mirror, re.IGNORECASE):
        yield downloader(mirror.rstrip("/") + "/" + name)
    elif mirror:
        try:
            folder = Path(mirror).expanduser()
            found = folder.is_dir()
        except (OSError, RuntimeError):
            found = False
        if not found:
            raise DataError(f"DATA_MIRROR={mirror}: expected a folder or an address, found none.")
        yield folder / name, functools.partial(_copy, folder / name)
    home = Path.home() / ".keras" / "datasets" / name
    if os.path.lexists(home):
        try:
            verify(home, entry["files"][name], "Delete or replace it.")
            yield home, functools.partial(_copy, home)
        except DataError as error:
            print(f"warning: ignored {error}", file=sys.stderr)
    yield downloader(entry["publisher"] + Path(name).name)
    if "archive" in entry:
        yield downloader(entry["archive"], archived=True)


def _copy(source: Path, part: Path) -> bool:
    if not os.path.lexists(source):
        return False
    try:
        shutil.copyfile(source, part)
    except OSError as error:
        reason = files.reason_of(error, source.stat().st_size)
        raise DataError(f"{source}: cannot be copied to {part.parent} ({reason}).") from error
    return True


def keras_datasets(folder: Path):
    """Return Keras's own loaders, `keras.datasets`, which read this folder from now on.

    Raises:
        DataError: Keras is imported already and reads another folder.
    """
    paths.use_keras_home(folder.parent)
    import keras

    return keras.datasets


def verify(path: Path, expected: dict, remedy: str, place: Path | str | None = None) -> str:
    """Return the digest of a file that is what the registry says it is.

    Args:
        path: the file.
        expected: its entry in the registry, with `bytes` and `sha256` or `table_sha256`.
        remedy: what the user can do if it is not.
        place: where it came from, to be named instead of `path`.

    Raises:
        DataError: it is not; one line with the file, what was expected and found, and the remedy.
    """
    named = place or path
    try:
        if not path.is_file():
            raise DataError(f"{named}: expected a file, found {_what_else(path)}. {remedy}")
        found = f"{path.stat().st_size:,} bytes"
        with path.open("rb") as file:
            if file.read(256).lstrip().lower().startswith((b"<!doctype", b"<html")):
                found = f"an HTML page of {found}"
        wanted = expected.get("sha256") or expected["table_sha256"]
        try:
            digest = (file_digest if "sha256" in expected else table_digest)(path)
        except DataError:
            digest = ""
            found += ", no ARFF table"
    except OSError as error:
        raise DataError(f"{named}: cannot be read ({error.strerror}). {remedy}") from error
    if digest != wanted:
        raise DataError(
            f"{named}: expected SHA-256 {wanted[:12]}... and {expected['bytes']:,} bytes,"
            f" found {digest[:12] + '...' if digest else 'none'} and {found}. {remedy}"
        )
    return digest


def _what_else(path: Path) -> str:
    if path.is_dir():
        return "a folder"
    return "a link to nothing" if path.is_symlink() else "no regular file"


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

"""Fetch and verify the files of the data sets.

A file is looked for in `<data-dir>/datasets`, then in the folder or address that DATA_MIRROR names,
then in `~/.keras/datasets`, then at its publisher. Wherever it comes from, its digest is checked
before anything else reads it.
"""

import functools
import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from common import progress
from common.errors import DataError, UnreachableError

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = ROOT / "data"
TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte


@functools.cache
def registry() -> dict[str, dict]:
    """Return the registry of data sets, `data/registry.toml`, as a dictionary by name."""
    return tomllib.loads((DATA_DIR / "registry.toml").read_text(encoding="utf-8"))


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
    try:
        if target.exists():
            return "cache", verify(target, expected, "Delete or replace it, then run `make data`.")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-")
    except OSError as error:
        raise DataError(f"{target}: cannot be read or written ({error.strerror}).") from error
    with temporary as folder:
        part = Path(folder) / target.name
        failures = []
        for place, bring in _places(name, entry):
            try:
                found = bring(part)
            except UnreachableError as error:
                failures.append(str(error))
                continue
            if found:
                remedy = f"It came from {place}: repair that, or set DATA_MIRROR to another place."
                digest = verify(part, expected, remedy)
                os.replace(part, target)
                return place, digest
    raise UnreachableError(
        f"{name}: not in {target.parent} and not to be had ({'; '.join(failures)})."
        " Set DATA_MIRROR to a folder that holds it (`make mirror` makes one) or try again later."
    )


def _places(name: str, entry: dict) -> Iterable[tuple[str, Callable[[Path], bool]]]:
    """Yield where a file may be, in order, each with the function that brings it from there."""
    mirror = os.environ.get("DATA_MIRROR", "")
    if mirror.startswith(("http://", "https://")):
        yield mirror, lambda part: _download(mirror.rstrip("/") + "/" + name, part)
    elif mirror:
        try:
            folder = Path(mirror).expanduser()
            found = folder.is_dir()
        except (OSError, RuntimeError):
            found = False
        if not found:
            raise DataError(f"DATA_MIRROR={mirror}: expected a folder or an address, found none.")
        yield str(folder / name), lambda part: _copy(folder / name, part)
    home = Path.home() / ".keras" / "datasets" / name
    if home.exists():
        try:
            verify(home, entry["files"][name], "Delete or replace it.")
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
    import urllib3

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
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise UnreachableError(f"{address}: {type(error).__name__}") from error
    return part.exists()


def verify(path: Path, expected: dict, remedy: str) -> str:
    """Return the digest of a file that is what the registry says it is.

    Args:
        path: the file.
        expected: its entry in the registry, with `bytes` and `sha256` or `table_sha256`.
        remedy: what the user can do if it is not.

    Raises:
        DataError: it is not; one line with the path, both digests and the remedy.
    """
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

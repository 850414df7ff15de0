"""Tell damaged files of results from whole ones, in one line."""

import contextlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from common.errors import UsageError

DAMAGE = (
    *(OSError, LookupError, ValueError, EOFError, TypeError, AttributeError),
    *(RecursionError, MemoryError, zipfile.BadZipFile, zlib.error),
)


@contextlib.contextmanager
def damage_named(path: Path, expected: str = "saved results") -> Iterator[Path]:
    """Turn whatever a damaged file raises into one line that names it."""
    try:
        yield path
    except FileNotFoundError as error:
        raise UsageError(f"{path}: expected {expected}, found none; run it first.") from error
    except DAMAGE as error:
        raise UsageError(
            f"{path}: expected {expected}, found a damaged file; delete it and run again."
        ) from error


def is_sound(record: Mapping[str, Any]) -> bool:
    """Tell whether the parts of a record that others rely on have their form."""
    models, claims = record["models"].values(), record["claims"]
    runs = [run for entry in models for run in entry["runs"]]
    scores = [value for run in runs for name in ("final", "test") for value in run[name].values()]
    parts = [record["data"]["files"], record["config"].get("seeds", {}), record["environment"]]
    parts += [record["baselines"], record.get("figures", {})]
    verdicts = [row["verdict"] or "" for row in (*claims, *record["tutorial"])]
    plain = all(Path(name).name == name for name in record.get("figures", {}))
    forms = (
        (int | float, scores),
        (int, [entry["parameters"] for entry in models] + [run["epochs"] for run in runs]),
        (str, [record["experiment"], *(row["id"] for row in claims), *verdicts]),
        (dict, parts),
    )
    return (
        bool(runs)
        and plain
        and all(isinstance(value, form) for form, all_ in forms for value in all_)
    )

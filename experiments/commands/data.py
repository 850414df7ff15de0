"""Fetch and verify every data set, or copy the verified files for machines without internet.

Usage:
    python -m experiments data
    python -m experiments data --mirror /media/usb
"""

import shlex
import shutil
import sys
from pathlib import Path

from rich.table import Table

from base import argument_types, command_line, errors, files, paths, terminal
from datasets import fetching


def main(arguments: list[str]) -> int:
    """Print a table of all files: where each came from, its size, whether it is verified."""
    parser = command_line.Parser(
        prog="python -m experiments data", description=__doc__.splitlines()[0]
    )
    text = "folder whose datasets/ takes the files (default: data/)"
    parser.add_argument(
        "--data-dir",
        type=argument_types.folder,
        default=paths.DATA_DIR,
        metavar="DIR",
        help=text,
    )
    text = "copy the verified files there, to be used as DATA_MIRROR"
    parser.add_argument("--mirror", type=argument_types.folder, metavar="DIR", help=text)
    text = "end with status 0 though files are missing"
    parser.add_argument("--allow-missing", action="store_true", help=text)
    given = parser.parse_args(arguments)

    table = Table("file", "from", "bytes", "SHA-256", title="Data sets")
    missing = []
    for name, entry in fetching.registry().items():
        try:
            fetched = fetching.fetch(name, given.data_dir)
        except errors.UnreachableError as error:
            missing.append(str(error))
            fetched = {}
        for file in entry["files"]:
            place, digest = fetched.get(file, ("[red]missing[/]", "-"))
            path = given.data_dir / "datasets" / file
            size = f"{path.stat().st_size:,}" if digest != "-" else "-"
            table.add_row(file, place, size, digest[:12] + (" verified" if digest != "-" else ""))
            if given.mirror and digest != "-":
                copy(path, given.mirror / file)
    terminal.console(markup=True).print(table)
    for message in missing:
        print(f"warning: {message}", file=sys.stderr)
    if missing and not given.allow_missing:
        raise errors.DataError(
            f"{len(missing)} of {len(fetching.registry())} data sets are missing."
        )
    if given.mirror:
        print(f"Copied. There, use it with: export DATA_MIRROR={shlex.quote(str(given.mirror))}")
    return 0


def copy(source: Path, target: Path) -> None:
    """Copy a file under a temporary name and rename it."""
    with source.open("rb") as original, files.replacing(target) as file:
        shutil.copyfileobj(original, file)

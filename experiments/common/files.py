"""Write files so that no reader sees half of one."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.cli import UsageError


def make_folder(folder: Path) -> None:
    """Make a folder for results.

    Raises:
        UsageError: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}).") from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Any]:
    """Open a temporary file for bytes and give it its name when it is whole.

    Raises:
        UsageError: the folder or file cannot be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
            temporary = file.name
            yield file
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)

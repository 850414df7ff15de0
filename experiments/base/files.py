"""Write files so that no reader sees half of one, and take turns in a folder."""

import contextlib
import errno
import fcntl
import io
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from base.errors import UsageError

PART = ".part-"  # begins the name of a file that is being written
ABANDONED = 3600.0  # seconds after which such a file is one that a killed program has left


def make_folder(folder: Path) -> None:
    """Make a folder for results and remove what killed programs have left there half written.

    Raises:
        UsageError: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        for part in folder.glob(f"{PART}*"):
            if is_abandoned(part):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}).") from error


def is_abandoned(path: Path) -> bool:
    """Tell whether a temporary file or folder is so old that its program must have been killed."""
    try:
        return time.time() - path.stat().st_mtime > ABANDONED
    except FileNotFoundError:  # another program has removed it
        return False


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[io.BytesIO]:
    """Give a buffer whose bytes become the file's at the end of the `with` block.

    Raises:
        UsageError: the folder or file cannot be written; an old file is left as it is.
    """
    buffer = io.BytesIO()
    yield buffer
    replace({path: buffer.getvalue()})


def replace(contents: Mapping[Path, bytes], durable: bool = True) -> None:
    """Write files under temporary names; when all are whole, rename them.

    Args:
        contents: the bytes of each file.
        durable: whether they must be on the disk before, for the case of a power cut.

    Raises:
        UsageError: one cannot be written; all old files are left as they are.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path] = path.parent / f"{PART}{uuid.uuid4().hex}"
            with parts[path].open("xb") as file:  # with the rights that the umask leaves
                file.write(content)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
        for path in contents:
            os.replace(parts[path], path)
    except OSError as error:
        reason = reason_of(error, sum(map(len, contents.values())))
        raise UsageError(f"{path}: cannot be written ({reason}).") from error
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                os.unlink(part)


def reason_of(error: OSError, size: int) -> str:
    """Say why so many bytes could not be written."""
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason += f"; {size:,} bytes needed"
    return reason


@contextlib.contextmanager
def lock(folder: Path, doing: str) -> Iterator[None]:
    """Wait until no other program works in a folder, and keep others waiting.

    Args:
        folder: an existing folder.
        doing: what the others do there, for the message to a user who has to wait.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        # A file system may be without locks of folders: then files are whole, of either run.
        with contextlib.suppress(OSError):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"{folder}: another program {doing} there; waiting for it.", file=sys.stderr)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

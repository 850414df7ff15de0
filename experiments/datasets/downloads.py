"""Download a file: no wait without an end, another try where it helps, no more than is expected."""

import time
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TransferSpeedColumn,
)

from base import terminal
from base.errors import DAMAGE, UnreachableError

TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte
PAUSES = (1, 3)  # seconds before another try
CHUNK = 2**13  # bytes
NO_ANSWER = {  # what urllib3 raises where a host does not answer
    "NameResolutionError": "name not found",
    "NewConnectionError": "no connection",
    "ConnectTimeoutError": f"no connection within {TIMEOUT[0]} s",
    "ReadTimeoutError": f"no byte for {TIMEOUT[1]} s",
    "ProxyError": "the proxy does not answer",
}
silent: dict[str, str] = {}  # hosts that did not answer, and why: they are not asked again


def download(address: str, most: int, part: Path, archived: bool = False) -> None:
    """Download an address.

    Args:
        address: of the file, or of a zip archive that holds it.
        most: bytes that file and archive may have.
        part: where it is written.
        archived: whether the address is that of an archive, with a member of the file's name.

    Raises:
        UnreachableError: it cannot be had from there.
    """
    import requests
    import urllib3

    try:
        host = urlsplit(address).netloc
    except ValueError as error:
        raise UnreachableError(f"{address}: not an address") from error
    if host in silent:
        raise UnreachableError(f"{address}: {silent[host]}")
    for pause in (*PAUSES, None):
        try:
            _receive(address, most, part)
            break
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            kind = _kind(error)
            status = getattr(getattr(error, "response", None), "status_code", 0)
            if kind in NO_ANSWER:
                silent[host] = NO_ANSWER[kind]
            # Another try helps where the answer was cut off, or the server has a bad moment.
            if pause is None or not (status >= 500 or kind == "ProtocolError"):
                reason = NO_ANSWER.get(kind) or (f"HTTP {status}" if status else kind)
                raise UnreachableError(f"{address}: {reason}") from error
            time.sleep(pause)
    if archived:
        _unpack(address, most, part)


def _receive(address: str, most: int, part: Path) -> None:
    """Write what an address sends into a file."""
    import requests

    with (
        requests.get(address, stream=True, timeout=TIMEOUT) as response,
        _bar() as bar,
        part.open("wb") as file,
    ):
        response.raise_for_status()
        size = response.headers.get("content-length", "")
        task = bar.add_task(part.name, total=int(size) if size.isdecimal() else None)
        for chunk in response.iter_content(CHUNK):
            file.write(chunk)
            bar.advance(task, len(chunk))
            if file.tell() > most:
                raise UnreachableError(f"{address}: sends more than {most:,} bytes")


def _bar() -> Progress:
    console = terminal.for_progress()
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    return Progress(
        *columns, TransferSpeedColumn(), console=console, disable=not console.is_terminal
    )


def _kind(error: Exception) -> str:
    """Name the error of urllib3 that is behind one of requests."""
    cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    cause = getattr(cause, "reason", None) or cause
    return type(cause).__name__


def _unpack(address: str, most: int, part: Path) -> None:
    """Replace an archive by its member of the file's name; no other name in it is used."""
    try:
        with zipfile.ZipFile(part) as archive:
            if archive.getinfo(part.name).file_size > most:
                raise UnreachableError(f"{address}: unpacks to more than {most:,} bytes")
            content = archive.read(part.name)
    except (*DAMAGE, NotImplementedError, RuntimeError) as error:
        raise UnreachableError(f"{address}: expected an archive with {part.name}") from error
    part.write_bytes(content)

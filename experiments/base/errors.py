"""Errors that are one line for the user, and what ends a program because of them."""

import contextlib
import errno
import io
import os
import sys
import traceback
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

DAMAGE = (  # what reading a damaged file may raise
    OSError,
    LookupError,
    ValueError,
    EOFError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)


class OneLineError(Exception):
    """What ends a program with a message instead of a traceback.

    The message is one line: what is wrong, what was expected and found, what to do.
    """

    status = 2


class UsageError(OneLineError):
    """What the user asks for cannot be done."""


class DataError(OneLineError):
    """A file is not what it should be."""


class UnreachableError(DataError):
    """A file is on none of the places where it is looked for."""


class FailedError(OneLineError):
    """An experiment failed."""

    status = 1


def one_line(kind, error, trace) -> None:
    """End the program: for an expected error with one line, else with a traceback."""
    if issubclass(kind, OneLineError):
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(kind.status)
    if issubclass(kind, KeyboardInterrupt):
        text = str(error) or "what was written is whole; the same command begins anew"
        print(f"\ninterrupted: {text}.", file=sys.stderr)
        raise SystemExit(130)
    if issubclass(kind, MemoryError):
        print("error: out of memory; use --jobs 1, or close other programs.", file=sys.stderr)
        raise SystemExit(1)
    if issubclass(kind, BrokenPipeError):  # the reader of our output, such as `head`, has left
        print("error: the output was closed before the end; run it again.", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1)
    if issubclass(kind, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        print(f"error: {error.filename or 'the output'}: {error.strerror}.", file=sys.stderr)
        raise SystemExit(2)
    traceback.print_exception(kind, error, trace)


def prepare_program() -> None:
    """Let this program end with one line for what a user can fix, and print what it can.

    What the output cannot show is replaced. A program calls it first; no module does by being
    imported.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever has started the program
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
        if isinstance(getattr(sys, name), io.TextIOWrapper):  # not in a notebook
            getattr(sys, name).reconfigure(errors="replace")
    sys.excepthook = one_line


@contextlib.contextmanager
def damage_named(path: Path, expected: str = "saved results") -> Iterator[Path]:
    """Turn whatever a damaged file raises into one line that names it."""
    try:
        yield path
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"{path}: expected {expected}, found none; run it first.") from error
    except DAMAGE as error:
        raise UsageError(
            f"{path}: expected {expected}, found a damaged file; delete it and run again."
        ) from error

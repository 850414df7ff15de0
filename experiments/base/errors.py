"""Errors that are one line for the user, and what ends a program because of them."""

import errno
import os
import sys
import traceback


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
    """End the program: for an error that users can mend with one line, else with a traceback."""
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

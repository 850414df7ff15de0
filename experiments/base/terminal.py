"""Print to a terminal or a file: tables, progress, and TensorFlow's start without its notes."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from rich.console import Console

from base.errors import UsageError

WIDTH = 80  # of texts
WIDE = 150  # of tables that go into a file or through a pipe


def console(markup: bool = False) -> Console:
    """Return what prints tables to standard output, as wide as the terminal where it is one.

    Args:
        markup: whether "[red]" and the like steer colours.
    """
    return Console(width=None if sys.stdout.isatty() else WIDE, markup=markup)


def for_progress() -> Console:
    """Return what shows progress on standard error."""
    # A notebook's kernel says that it is a terminal, but shows each state of a bar below the last.
    in_notebook = {"force_jupyter": False, "force_terminal": False}
    return Console(stderr=True, **(in_notebook if "ipykernel" in sys.modules else {}))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back what TensorFlow's C++ code writes on start-up; show it if the start fails."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
        except (UsageError, KeyboardInterrupt):
            raise
        except BaseException:
            notes.seek(0)
            os.write(saved, notes.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)

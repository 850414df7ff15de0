"""Print to a terminal or a file: tables, progress, and TensorFlow's start without its notes."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator

from rich.console import Console, RenderableType

from base.errors import UsageError

WIDTH = 80  # of what goes into a file or through a pipe


def console(markup: bool = False) -> Console:
    """Return what prints tables to standard output, as wide as the terminal where it is one.

    Args:
        markup: whether "[red]" and the like steer colours.
    """
    return Console(width=None if sys.stdout.isatty() else WIDTH, markup=markup)


def as_text(table: RenderableType) -> str:
    """Return a table as lines of text, as wide as those of a file."""
    lines = io.StringIO()
    Console(width=WIDTH, file=lines, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in lines.getvalue().splitlines())


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

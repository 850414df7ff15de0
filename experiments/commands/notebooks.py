"""Turn the lessons into executed notebooks, with prose, figures and numbers in one page.

The scripts stay the source: a notebook is written anew each time. Further arguments go to the
lessons; what has been trained and saved before is not trained again.

Usage:
    python -m experiments notebooks
    python -m experiments notebooks --experiment 07 --models mnist --epochs 3
"""

import itertools
import os
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from base import argument_types, command_line, files
from base.errors import FailedError, UsageError
from base.paths import EXPERIMENTS, ROOT
from tutorials import catalogue

SETUP = """\
# Written by `make notebooks` from {script}, which is the place to change it.
import sys

sys.path.insert(0, "{experiments}")"""


def main(arguments: list[str]) -> int:
    """Write the notebooks of all lessons or of one; return the exit status.

    Raises:
        FailedError: a cell failed; the notebook shows it.
    """
    prog, text = "python -m experiments notebooks", __doc__.splitlines()[0]
    parser = command_line.Parser(prog=prog, description=text, allow_abbrev=False)
    text = "only this one, such as 07"
    parser.add_argument("--experiment", help=text, type=catalogue.number, metavar="NN")
    text = "folder for the notebooks (default: notebooks/)"
    parser.add_argument("--to", help=text, type=argument_types.folder, default=ROOT / "notebooks")
    given, arguments = parser.parse_known_args(arguments)
    for package in ("ipykernel", "jupytext", "nbclient"):
        if missing := argument_types.missing_package(package, "notebooks"):
            parser.error(missing)
    lessons = catalogue.lessons()
    if given.experiment:  # whose own parser checks the arguments, and knows more options
        lessons = (catalogue.find(given.experiment),)
    else:
        command_line.parse(prog, __doc__, epochs={"all": 1500}, models=(), arguments=arguments)
    files.make_folder(given.to)
    failed = []
    for lesson in lessons:
        path = given.to / f"{lesson.stem}.ipynb"
        print(f"{lesson.stem} ...", flush=True)
        if error := write(lesson.script, path, arguments):
            failed.append(f"{path.name}: {error}")
        print(f"Notebook: {path}", flush=True)
    if failed:
        raise FailedError(f"{'; '.join(failed)}; the notebook shows where.")
    return 0


def write(script: Path, path: Path, arguments: Sequence[str] = ()) -> str | None:
    """Turn a script into a notebook and execute it.

    Args:
        script: in jupytext's percent format.
        path: of the notebook; its folder is the working folder of its cells.
        arguments: for the script.

    Returns:
        The error that ended it, in one line, or None.

    Raises:
        UsageError: the script refuses its arguments; nothing is written.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from traitlets.config import Config

    notebook, error = convert(script, path.parent), None
    environment = os.environ | {command_line.NOTEBOOK_ARGUMENTS: shlex.join(arguments)}
    with tempfile.TemporaryDirectory() as sockets:
        options = {
            "config": Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"}),
            "resources": {"metadata": {"path": str(path.parent)}},
            "record_timing": False,
            "timeout": None,
        }
        try:
            NotebookClient(notebook, **options).execute(env=environment)
        except CellExecutionError as failure:
            if failure.ename == "SystemExit":  # wrong options, as the cell has printed
                raise UsageError(_printed(notebook)) from failure
            error = " ".join(f"{failure.ename}: {failure.evalue}".split())
        except DeadKernelError:
            error = "the kernel was killed, as when memory runs out"
    for cell in notebook.cells:
        if cell.cell_type == "code":  # Keras's summary leaves an empty output
            shown = [o.get("data", {}).get("text/plain", "-").strip() for o in cell.outputs]
            cell.outputs = list(itertools.compress(cell.outputs, shown))
    with files.replacing(path) as file:
        file.write(f"{nbformat.writes(notebook)}\n".encode())
    return error


def _printed(notebook) -> str:
    """Return the last error that the cells of a notebook have printed as a line."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output.text for output in outputs if output.get("name") == "stderr")
    return [line for line in printed.splitlines() if line.startswith("error: ")][-1][7:]


def convert(script: Path, folder: Path):
    """Return a script as a notebook that runs in a folder: prose, code, no outputs yet."""
    import jupytext
    from nbformat.v4 import new_code_cell, new_markdown_cell

    notebook = jupytext.read(script, fmt="py:percent")
    docstring, *cells = notebook.cells
    title, _, text = docstring.source.strip('"\n').partition("\n")
    experiments = os.path.relpath(EXPERIMENTS, folder)
    setup = SETUP.format(script=f"experiments/{script.name}", experiments=experiments)
    notebook.cells = [new_markdown_cell(f"# {title}\n{text}"), new_code_cell(setup), *cells]
    for number, cell in enumerate(notebook.cells):  # else drawn at random
        cell.id = f"cell-{number}"
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    return notebook

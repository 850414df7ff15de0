"""Turn the experiments into executed notebooks, with prose, figures and numbers in one page.

The scripts stay the source: a notebook is written anew each time. Further arguments go to the
experiments; what has been trained and saved before is not trained again.

Usage:
    python experiments/notebooks.py
    python experiments/notebooks.py --experiment 07 --models mnist --epochs 3
"""

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from common import cli, files
from common.errors import FailedError
from common.fetching import ROOT

EXPERIMENTS = Path(__file__).resolve().parent
SETUP = """\
# Written by `make notebooks` from {script}, which is the place to change it.
import sys

sys.path.insert(0, "{experiments}")"""


def main() -> None:
    """Write the notebooks of all experiments or of one.

    Raises:
        FailedError: a cell failed; the notebook shows it.
    """
    scripts = {script.stem[:2]: script for script in sorted(EXPERIMENTS.glob("0?_*.py"))}
    parser = cli.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--experiment", help="only this one, such as 07", choices=scripts)
    text = "folder for the notebooks (default: notebooks/)"
    parser.add_argument("--to", help=text, type=cli.folder, default=ROOT / "notebooks")
    given, arguments = parser.parse_known_args()
    if not given.experiment:  # else its own parser checks them, which knows more options
        cli.parse("notebooks", __doc__, epochs={"all": 1500}, models=(), arguments=arguments)
    files.make_folder(given.to)
    failed = []
    for number in [given.experiment] if given.experiment else scripts:
        path = given.to / f"{scripts[number].stem}.ipynb"
        print(f"{path} ...", flush=True)
        if error := write(scripts[number], path, arguments):
            failed.append(f"{path.name}: {error}")
    if failed:
        raise FailedError(f"{'; '.join(failed)}; the notebook shows where.")


def write(script: Path, path: Path, arguments: Sequence[str] = ()) -> str | None:
    """Turn a script into a notebook and execute it.

    Args:
        script: in jupytext's percent format.
        path: of the notebook; its folder is the working folder of its cells.
        arguments: for the script.

    Returns:
        The error that ended it, in one line, or None.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    notebook, error = convert(script, path.parent), None
    environment = os.environ | {cli.NOTEBOOK_ARGUMENTS: shlex.join(arguments)}
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
            error = f"{failure.ename}: {failure.evalue}"
    for (
        cell
    ) in notebook.cells:  # Keras's summary leaves an empty output, even where it is not shown
        if cell.cell_type == "code":
            cell.outputs = [
                o for o in cell.outputs if o.get("data", {}).get("text/plain", "-").strip()
            ]
    with files.replacing(path) as file:
        file.write(f"{nbformat.writes(notebook)}\n".encode())
    return error


def convert(script: Path, folder: Path):
    """Return a script as a notebook that runs in a folder: prose, code, no outputs yet."""
    import jupytext
    from nbformat.v4 import new_code_cell, new_markdown_cell

    notebook = jupytext.read(script, fmt="py:percent")
    docstring, *cells = notebook.cells
    title, _, text = docstring.source.strip('"\n').partition("\n")
    # Markdown would join the lines that name data, models and what to expect.
    text = re.sub(r"^([A-Z]\w+): ", r"\n**\1:** ", text, flags=re.MULTILINE)
    experiments = os.path.relpath(EXPERIMENTS, folder)
    setup = SETUP.format(script=f"experiments/{script.name}", experiments=experiments)
    notebook.cells = [new_markdown_cell(f"# {title}\n{text}"), new_code_cell(setup), *cells]
    for number, cell in enumerate(notebook.cells):  # else drawn at random
        cell.id = f"cell-{number}"
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    return notebook


if __name__ == "__main__":
    sys.exit(main())

"""The scripts as executed notebooks, and the list of experiments."""

import base64
import json
import subprocess
import sys

import pytest

from base import paths
from commands import notebooks
from conftest import ROOT, assert_one_line_error, offline_environment, run_here

SCRIPT = "04_boston_regression"
OPTIONS = ["--data", "sample", "--models", "rows_100", "--epochs", "2", "--seeds", "1"]


@pytest.mark.programs
def test_an_executed_notebook_shows_what_the_script_writes(tmp_path):
    for folder, command in (
        (
            "notebook's",
            ["__main__.py", "notebooks", "--experiment", "04", "--to", str(tmp_path / "to")],
        ),
        ("script's", [f"{SCRIPT}.py"]),
    ):
        (tmp_path / folder).mkdir()  # with saved trainings of its own
        out = str(tmp_path / folder)
        done = run_here(*command, *OPTIONS, "--out", out, home=tmp_path / folder)
        assert done.returncode in (0, None), done.stderr
    notebook = json.loads((tmp_path / "to" / f"{SCRIPT}.ipynb").read_text(encoding="utf-8"))
    prose = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    assert "".join(prose[0]["source"]).startswith("# 04 Boston housing")
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    shown = [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]
    written = [tmp_path / folder / SCRIPT for folder in ("notebook's", "script's")]
    figures = {path.read_bytes() for path in written[1].glob("*.png")}
    assert {base64.b64decode(image) for image in shown} == figures
    assert len(shown) == len(figures) >= 1
    assert "\x1b" not in json.dumps(outputs, ensure_ascii=False)  # no bars
    assert any("Results: " in "".join(output.get("text", "")) for output in outputs)
    assert "SAMPLE DATA" in "".join(outputs[-1]["text"])  # what a run says last
    for file in ("record.json", "history.csv", "predictions.npz"):
        assert (written[0] / file).read_bytes() == (written[1] / file).read_bytes(), file


@pytest.mark.parametrize("script", paths.lessons())
def test_each_script_becomes_prose_and_code(script, tmp_path):
    notebook = notebooks.convert(script, ROOT / "notebooks")
    first, setup, *cells = notebook.cells
    assert first.source.startswith(f"# {script.stem[:2]} ")
    assert "\nData: " in first.source
    assert 'sys.path.insert(0, "../experiments")' in setup.source
    kinds = [cell.cell_type for cell in cells]
    assert kinds.count("markdown") >= 5
    code = "".join("".join(cell.source.split()) for cell in cells if cell.cell_type == "code")
    for line in script.read_text(encoding="utf-8").splitlines():  # nothing is lost
        if line.startswith((" ", "def ", "experiment.")) and "python experiments/" not in line:
            assert "".join(line.split()) in code


def test_a_cell_that_fails_is_named_and_the_notebook_written(tmp_path):
    script = tmp_path / "08_broken.py"
    script.write_text('"""08 Broken: why?"""\n\n# %%\nprint("before")\n\n# %%\n1 / 0\n')
    path = tmp_path / "08_broken.ipynb"
    assert notebooks.write(script, path) == "ZeroDivisionError: division by zero"
    assert "before" in path.read_text()
    assert sorted(tmp_path.iterdir()) == [path, script]


def test_a_killed_kernel_is_named(tmp_path):
    script = tmp_path / "08_killed.py"
    script.write_text('"""08 Killed: why?"""\n\n# %%\nimport os\n\nos.kill(os.getpid(), 9)\n')
    assert "killed" in notebooks.write(script, tmp_path / "08_killed.ipynb")


@pytest.mark.programs
def test_an_option_that_a_script_refuses_leaves_the_notebook_as_it_was(tmp_path):
    path = tmp_path / "04_boston_regression.ipynb"
    path.write_text("as it was")
    options = ["--experiment", "04", "--to", str(tmp_path), "--models", "nosuch"]
    done = run_here("__main__.py", "notebooks", *options, home=tmp_path)
    assert_one_line_error(done, "--models", "'nosuch'")
    assert path.read_text() == "as it was"


def test_wrong_arguments_are_said_before_anything_runs(tmp_path):
    done = run_here(
        "__main__.py", "notebooks", "--to", str(tmp_path / "to"), "--nosuch", home=tmp_path
    )
    assert done.returncode == 2
    assert "unrecognized arguments: --nosuch" in done.stderr
    assert not (tmp_path / "to").exists()


def test_the_experiments_are_listed(tmp_path):
    command = [sys.executable, "-m", "experiments"]
    done = subprocess.run(
        command, cwd=ROOT, env=offline_environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for script in paths.lessons():
        assert f"python experiments/{script.name}" in done.stdout

"""An eighth and a tenth lesson are two files each; everything else finds them."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from base.paths import ROOT
from conftest import offline_environment
from tutorials import catalogue

pytestmark = pytest.mark.programs
NUMBERS = [f"x{i}=0.1" for i in range(1, 31)]


def files_of(folder):
    """Return the bytes of what a lesson's author may have to touch."""
    parts = ("experiments", "migration", "Makefile", "pyproject.toml")
    found = [path for part in parts for path in (folder / part, *(folder / part).rglob("*"))]
    return {p: p.read_bytes() for p in found if p.is_file() and "__pycache__" not in p.parts}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Copy the checkout, add two lessons, run them; return the copy and what `run` has done."""
    copy = tmp_path_factory.mktemp("checkout")
    left_out = shutil.ignore_patterns("index.html", "ablations")
    shutil.copytree(ROOT / "figures", copy / "figures", ignore=left_out)
    shutil.copytree(ROOT / "experiments", copy / "experiments")
    (copy / "data").mkdir()
    (copy / "tests" / "benchmarks").mkdir(parents=True)
    for name in (
        "Makefile",
        "README.md",
        "pyproject.toml",
        "requirements.lock",
        "tests/benchmarks/README.md",
    ):
        shutil.copy2(ROOT / name, copy / name)
    before = files_of(copy)
    for name in ("08_tumours", "10_more_tumours"):
        run(copy, "-m", "experiments", "new", name)
    new = files_of(copy).keys() - before.keys()
    assert {path.relative_to(copy).as_posix() for path in new} == {
        "experiments/08_tumours.py",
        "experiments/tutorials/tumours.py",
        "experiments/10_more_tumours.py",
        "experiments/tutorials/more_tumours.py",
    }
    venv = ROOT / ".venv"
    options = [f"VENV={venv}", f"--old-file={venv}/ready", "SEEDS=2", "OUT=figures"]
    for number in ("08", "10"):
        run(copy, *options, number, program="make")
    after = files_of(copy)
    assert {path: after[path] for path in before} == before  # no other file is touched
    return copy


def run(folder, *arguments, program=sys.executable):
    environment = {k: v for k, v in os.environ.items() if k not in ("DATA_MIRROR", "KERAS_HOME")}
    environment |= offline_environment(folder)
    command = [program, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


def test_their_record_says_that_a_package_brings_the_data(checkout):
    record = json.loads((checkout / "figures/08_tumours/record.json").read_text())
    assert record["data"]["source"] == "bundled"
    assert record["config"]["as_published"]
    assert [row["verdict"] for row in record["claims"]] == ["holds"]


def test_they_are_listed_in_the_order_of_their_numbers(checkout):
    done = run(checkout, "-m", "experiments")
    lines = [line for line in done.stdout.splitlines() if line[:2].isdigit()]
    assert [line[:2] for line in lines][-3:] == ["07", "08", "10"]
    lacks = f"lacks {catalogue.ANSWERS}."
    assert done.stderr.splitlines() == [
        f"warning: 08_tumours.py: {lacks}",
        f"warning: 10_more_tumours.py: {lacks}",
    ]
    assert "08 ... 10" not in run(checkout, "help", program="make").stdout
    assert "01 ... 10" in run(checkout, "help", program="make").stdout


def test_report_and_readme_show_them(checkout):
    page = run(checkout, "experiments/report.py").stdout
    assert "08_tumours" in page
    assert "10_more_tumours" in (checkout / "figures/index.html").read_text(encoding="utf-8")
    run(checkout, "experiments/report.py", "--readme")
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    assert "(figures/10_more_tumours/histories.png)" in readme
    assert "one hidden layer: test accuracy 0." in readme
    assert "| 08a |" in (checkout / "figures/README.md").read_text(encoding="utf-8")


def test_their_networks_answer_and_their_runs_are_compared(checkout):
    options = ["--row", ",".join(NUMBERS), "--run", "figures", "--json"]
    answer = json.loads(run(checkout, "experiments/predict.py", "08", *options).stdout)
    assert answer["answer"] in ("malignant", "benign")
    options = ["--experiment", "10", "--out", "compared.png", "--assert-equal"]
    compared = run(checkout, "experiments/compare.py", "figures", "figures", *options).stdout
    assert "10_more_tumours" in compared
    assert "identical" in compared

"""The commands in the scripts' docstrings and exercises: each is accepted, none trains anything."""

import ast
import re
import runpy
import shlex
import sys

import pytest

import compare
import run_all
from common import experiment
from base.paths import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NUMBERS = re.search(r"^EXPERIMENTS = (.*)", MAKEFILE, re.MULTILINE)[1].split()
TARGETS = {*re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)[1].split(), *NUMBERS}
VARIABLES = set(re.search(r"^export (.*)", MAKEFILE, re.MULTILINE)[1].split())
HEADING = "# %% [markdown]\n# ## What to try next\n"
scripts = pytest.mark.parametrize("path", run_all.SCRIPTS, ids=lambda path: path.stem)


class Begun(Exception):  # noqa: N818  no error: it ends a script where its work would begin
    """Holds the settings of the experiment that would begin."""


def docstring_commands(path):
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return re.findall(r"^ +((?:python|make) .*)", text, re.MULTILINE)


def exercises(path):
    """Return the text of each exercise in the script's last cell."""
    _, cell = path.read_text(encoding="utf-8").split(HEADING)
    assert all(line.startswith("#") for line in cell.splitlines()), "expected the last cell"
    text = re.sub(r"^# ?", "", cell, flags=re.MULTILINE)
    return re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]


def exercise_commands(exercise):
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", exercise, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines]


def begin(script, *arguments):
    """Run a script up to where its experiment would begin; return the settings of that."""

    def stop(settings):
        raise Begun(settings)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        monkeypatch.setattr(experiment, "Experiment", stop)
        try:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        except Begun as begun:
            return begun.args[0]
        except SystemExit as end:
            raise ValueError(f"{script} {arguments}: refused") from end
    raise ValueError(f"{script}: begins no experiment")


def compare_runs(trained, *arguments):
    """Check that what is to be compared has been trained, in all runs."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "argv", ["compare.py", *arguments])
        try:
            given = compare._arguments()
        except SystemExit as end:
            raise ValueError(f"compare {arguments}: refused") from end
    models = [
        {name for (folder, stem), names in trained.items() if folder == ROOT / run
         for name in names if stem.startswith(given.experiment)}
        for run in given.runs
    ]  # fmt: skip
    wanted = given.models or [(name, name) for name in set.intersection(*models)]
    if not wanted:
        raise ValueError(f"compare {arguments}: expected models that all runs have, found none")
    for first, other in wanted:
        if first not in models[0] or not all(other in names for names in models[1:]):
            raise ValueError(f"compare {arguments}: {first}={other} is not trained")


def check(commands, trained):
    """Check commands in their order.

    Args:
        commands: as a user types them.
        trained: models by the folder that holds them and the script's stem; it is added to.

    Raises:
        ValueError: a command would be refused, or would find nothing to work on.
    """
    for command in commands:
        program, *words = shlex.split(command)
        if program == "python" and words[0] == "experiments/compare.py":
            compare_runs(trained, *words[1:])
        elif program == "python":
            if not (ROOT / words[0]).is_file():
                raise ValueError(f"{words[0]}: no such script")
            settings = begin(*words)
            trained[settings.folder("real").parent, settings.experiment] = settings.models
        else:
            variables = dict(word.split("=", 1) for word in words if "=" in word)
            targets = {word for word in words if "=" not in word}
            if program != "make" or not targets <= TARGETS or not variables.keys() <= VARIABLES:
                raise ValueError(f"{command}: no such command, target or variable")
            if targets == {"compare"}:
                runs = variables["A"], variables["B"]
                compare_runs(trained, *runs, "--experiment", variables["EXP"])


def published(path):
    script = str(path.relative_to(ROOT))
    settings = begin(script)
    return script, {(ROOT / "figures", settings.experiment): settings.models}


@scripts
def test_the_commands_of_the_docstring_are_accepted(path):
    script, trained = published(path)
    commands = docstring_commands(path)
    assert len(commands) >= 3
    assert all(command.startswith(f"python {script}") for command in commands)
    check(commands, trained)


@scripts
def test_a_script_ends_with_three_exercises_whose_commands_are_accepted(path):
    script, trained = published(path)
    found = exercises(path)
    assert len(found) == 3
    for exercise in found:
        commands = exercise_commands(exercise)
        assert "?" in exercise
        assert any(command.startswith(f"python {script}") for command in commands)
        check(commands, trained)


COMPARE = "make compare A=figures B=figures EXP=01"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("python experiments/01_random_binari.py", "no such script"),
        ("python experiments/01_random_binary.py --epoch 3", "refused"),
        ("python experiments/01_random_binary.py --models nlp", "refused"),
        ("python experiments/01_random_binary.py --models perceptron --hidden 3", "refused"),
        ("python experiments/compare.py figures figures --model mlp", "refused"),
        ("python experiments/compare.py figures figures --models mlp=nlp", "is not trained"),
        (COMPARE.replace("compare", "compar"), "no such command, target or variable"),
        (COMPARE.replace("EXP", "EXPERIMENT"), "no such command, target or variable"),
        (COMPARE.replace("B=figures", "B=runs/wide"), "expected models that all runs have"),
        (COMPARE.replace("01", "02"), "expected models that all runs have"),
        ("sh experiments/01_random_binary.py", "no such command, target or variable"),
    ],
)
def test_a_mistake_in_a_command_is_found(command, problem):
    _, trained = published(run_all.SCRIPTS[0])
    check([COMPARE], trained)
    with pytest.raises(ValueError, match=problem):
        check([command], trained)

"""The commands in the lessons' docstrings and exercises: read, and checked without training."""

import ast
import re
import runpy
import shlex
import sys

import pytest

import compare
from base import command_line, protocol
from base.paths import ROOT
from common import experiment
from tutorials import catalogue

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = {*re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)[1].split(), *catalogue.numbers()}
VARIABLES = set(re.search(r"^export (.*)", MAKEFILE, re.MULTILINE)[1].split())
HEADING = "# %% [markdown]\n# ## What to try next\n"
SCRIPTS = [lesson.script for lesson in catalogue.lessons()]


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


def question(exercise):
    """Return what an exercise asks, before its commands, as one line."""
    return " ".join(exercise.partition("```sh")[0].split())


def exercise_commands(exercise):
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", exercise, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines]


def begin(script, *arguments):
    """Run a script up to where its experiment would begin; return the settings of that."""

    def stop(name, description, models, tutorial, **options):
        options |= protocol.command_line_options(models)
        raise Begun(command_line.parse(name, description, **options))

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
        {
            name
            for (folder, stem), names in trained.items()
            if folder == ROOT / run
            for name in names
            if stem.startswith(given.experiment)
        }
        for run in given.runs
    ]
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

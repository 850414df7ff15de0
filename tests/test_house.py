"""The house: which wing may import which, how large rooms are, one vocabulary."""

import ast
import re
import subprocess
import sys

import pytest

from base import paths
from tutorials import catalogue

# What the modules of a wing may import beside those of their own.
MAY_IMPORT = {
    "base": set(),
    "engine": {"base"},
    "datasets": {"base"},
    "results": {"base"},
    "common": {"base", "engine", "datasets", "results"},
    "tutorials": {"base", "results"},
    "comparison": {"base", "results", "common"},
    "prediction": {"base", "common", "results", "tutorials"},
    "pages": {"base", "common", "results", "tutorials", "comparison", "prediction"},
    "commands": {"base", "common", "datasets", "engine", "results", "tutorials", "pages"},
}
LESSONS = {"common", "tutorials"}  # what a lesson may import
MOST_ROOMS = 10  # of a wing, beside those of single lessons and data sets
LINES = range(40, 301)  # of a room

WINGS = [wing.name for wing in paths.wings()]
LESSON_NAMES = {lesson.tutorial.partition(".")[2] for lesson in catalogue.lessons()}


def rooms(wing):
    return [p for p in sorted((paths.EXPERIMENTS / wing).glob("*.py")) if p.stem != "__init__"]


def imported(path):
    """Return the wings and scripts of the project that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
    return names & {*WINGS, *(script.stem for script in paths.EXPERIMENTS.glob("*.py"))}


def test_the_table_names_every_wing():
    assert sorted(MAY_IMPORT) == WINGS


@pytest.mark.parametrize("wing", WINGS)
def test_arrows_between_wings_run_downward(wing):
    for path in (paths.EXPERIMENTS / wing).glob("*.py"):
        not_allowed = imported(path) - MAY_IMPORT[wing] - {wing}
        assert not not_allowed, f"{path.name} imports {', '.join(sorted(not_allowed))}"


def test_no_wing_is_above_itself():
    for wing, below in MAY_IMPORT.items():
        for other in below:
            assert wing not in MAY_IMPORT[other], f"{wing} and {other} may import each other"


def test_lessons_import_the_common_module_and_their_tutorial_alone():
    for lesson in catalogue.lessons():
        assert imported(lesson.script) <= LESSONS, lesson.stem
        others = re.findall(r"^from tutorials import (\w+)", lesson.source, re.MULTILINE)
        assert {f"tutorials.{name}" for name in others} <= {lesson.tutorial}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_has_few_rooms_and_says_what_it_is_for(wing):
    shared = [path for path in rooms(wing) if not is_of_one(wing, path)]
    assert len(shared) <= MOST_ROOMS, [path.stem for path in shared]
    text = ast.get_docstring(ast.parse((paths.EXPERIMENTS / wing / "__init__.py").read_text()))
    assert text.count("\n\n") == 1, "expected what it is for, and what it may not know"


def is_of_one(wing, path):
    """Tell whether a room belongs to one lesson or one data set."""
    if wing == "datasets":
        return "PUBLISHED = " in path.read_text(encoding="utf-8")
    return wing == "tutorials" and path.stem in LESSON_NAMES


@pytest.mark.parametrize("path", [p for wing in WINGS for p in rooms(wing)], ids=lambda p: p.stem)
def test_a_room_fits_its_size(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    small = path.parent.name in ("commands", "datasets", "tutorials")  # a part of one thing each
    assert lines in (range(1, LINES.stop) if small else LINES), f"{path}: {lines} lines"


def test_the_common_module_is_small():
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in rooms("common"))
    assert lines < 1_600


def test_importing_rooms_changes_nothing_in_the_interpreter():
    """No module sets a hook, a style or a variable by being imported: programs do."""
    modules = [f"{wing}.{path.stem}" for wing in WINGS for path in rooms(wing)]
    code = f"""
import importlib, os, sys
import matplotlib as mpl
sys.path.insert(0, {str(paths.EXPERIMENTS)!r})
state = lambda: (sys.excepthook, sys.stdout, dict(mpl.rcParams), dict(os.environ))
before = state()
for name in {modules}:
    importlib.import_module(name)
assert state() == before
assert "tensorflow" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_lessons_are_found_on_the_disk_alone():
    """No list of the lessons is kept by hand in code, Makefile or workflow."""
    stems = [lesson.stem for lesson in catalogue.lessons()]
    files = [path for wing in WINGS for path in (paths.EXPERIMENTS / wing).glob("*.py")]
    files += [paths.ROOT / "Makefile", paths.EXPERIMENTS / "__main__.py"]
    for path in files:
        named = {stem for stem in stems if f'"{stem}"' in path.read_text(encoding="utf-8")}
        assert not named, f"{path.name} names {', '.join(sorted(named))}"


def test_programs_import_no_lesson_and_no_other_program():
    for name in ("__main__", "compare", "predict", "report"):
        assert imported(paths.EXPERIMENTS / f"{name}.py") <= set(WINGS), name


def test_every_published_lesson_is_complete():
    lacking = {lesson.stem: set(lesson.missing()) for lesson in catalogue.lessons()}
    # Those that have answers are tested in lessons/test_exercise_answers.py.
    assert set().union(*lacking.values()) <= {catalogue.ANSWERS}, lacking


def test_calls_are_written_as_everyone_writes_them():
    """No tuple or dict is unpacked where it is written, which only steers the formatter."""
    for path in [*paths.EXPERIMENTS.rglob("*.py"), *(paths.ROOT / "tests").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert "# fmt: " not in text.replace('"# fmt: "', ""), path.name
        for node in ast.walk(ast.parse(text)):
            steers = isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple | ast.List)
            if isinstance(node, ast.Call):
                unpacked = [word.value for word in node.keywords if word.arg is None]
                names = [part.keys for part in unpacked if isinstance(part, ast.Dict)]
                steers |= any(all(isinstance(key, ast.Constant) for key in keys) for keys in names)
            assert not steers, f"{path.name}:{node.lineno}"

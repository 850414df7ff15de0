"""The catalogue finds lessons on the disk, and names what one of them lacks."""

import argparse
import ast
import sys

import pytest

from base import errors, paths
from commands import new
from tutorials import catalogue

LESSON = '"""08 Wine: which?\n\nData: wine.\n\n    python experiments/08_wine.py\n"""\n'


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Return a folder that is taken for experiments/, with a lesson that is being written."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "EXPERIMENTS", tmp_path)
    (tmp_path / "tutorials").mkdir()
    (tmp_path / "08_wine.py").write_text(LESSON)
    catalogue.lessons.cache_clear()
    yield tmp_path
    catalogue.lessons.cache_clear()


def test_each_docstring_begins_with_number_title_and_question():
    for lesson in catalogue.lessons():
        first = ast.get_docstring(ast.parse(lesson.source)).splitlines()[0]
        assert first == f"{lesson.number} {lesson.about.title}: {lesson.about.question}"
        assert [*lesson.description] == ["Data", "Models", "Expect"]


def test_covers_and_display_names_are_those_of_the_published_results():
    for lesson in catalogue.lessons():
        assert (paths.FIGURES / lesson.stem / f"{lesson.about.cover}.png").exists()
        assert set(lesson.about.networks) <= set(lesson.about.models)
        assert lesson.about.score[0] in lesson.about.models


def test_a_lesson_without_a_module_is_shown_by_its_name(house):
    (lesson,) = catalogue.lessons()
    assert lesson.about.title == "wine"
    assert lesson.description == {"Data": "wine."}
    assert catalogue.warnings() == ["08_wine.py: lacks a module tutorials/wine.py."]


def test_a_lesson_without_answers_to_its_exercises_is_named(tmp_path, monkeypatch):
    lesson = catalogue.find("01")
    assert catalogue.ANSWERS not in lesson.missing()
    monkeypatch.setattr(paths, "ROOT", tmp_path.parent)
    monkeypatch.setattr(paths, "EXPERIMENTS", tmp_path)
    (tmp_path / "tutorials").mkdir()
    (tmp_path / "tutorials" / "random_binary.py").touch()
    assert catalogue.Lesson(lesson.script).missing() == [catalogue.ANSWERS]
    (tmp_path / "EXERCISES.md").write_text("# Answers\n\n## 02 IMDB reviews\n")
    assert catalogue.Lesson(lesson.script).missing() == [catalogue.ANSWERS]


@pytest.mark.parametrize("text", ["ABOUT = 1 / 0", "x = (", "", "import nosuch", "ABOUT = {}"])
def test_a_broken_module_is_named_and_ends_nothing(house, text, monkeypatch):
    monkeypatch.setattr("tutorials.__path__", [str(house / "tutorials")])
    monkeypatch.delitem(sys.modules, "tutorials.wine", raising=False)
    (house / "tutorials" / "wine.py").write_text(text)
    (lesson,) = catalogue.lessons()
    assert lesson.about.title == "wine"
    (warning,) = catalogue.warnings()
    assert "lacks a module tutorials/wine.py with ABOUT (" in warning


def test_a_script_that_is_no_python_has_no_description(house):
    (house / "08_wine.py").write_text("x = (")
    assert catalogue.lessons()[0].description == {}


def test_two_lessons_with_one_number_are_refused(house):
    (house / "08_beer.py").write_text(LESSON)
    with pytest.raises(errors.UsageError, match=r"beer\.py and 08_wine\.py: expected one"):
        catalogue.lessons()


@pytest.mark.parametrize("name", ["8_x", "08-name", "08_Name", "", "08_class", "08_wine", "x" * 99])
def test_a_name_that_is_no_lessons_is_refused(house, name):
    with pytest.raises(errors.UsageError, match="expected"):
        new.main([name])
    assert sorted(path.name for path in house.iterdir()) == ["08_wine.py", "tutorials"]


def test_a_module_that_is_there_is_not_replaced(house):
    (house / "tutorials" / "beer.py").write_text("mine")
    with pytest.raises(errors.UsageError, match=r"tutorials/beer\.py: expected no such file"):
        new.main(["09_beer"])
    assert (house / "tutorials" / "beer.py").read_text() == "mine"


@pytest.mark.parametrize(("text", "number"), [("01", "01"), ("1", "01"), ("9", None), ("", None)])
def test_a_lesson_is_called_by_its_number(text, number):
    if number:
        assert catalogue.number(text) == number
        return
    with pytest.raises(argparse.ArgumentTypeError, match=f"one of 01, .* found '{text}'"):
        catalogue.number(text)

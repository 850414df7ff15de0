"""The commands in the scripts' docstrings and exercises: each is accepted, none trains anything."""

from pathlib import Path

import pytest

from commands import new
from lesson_commands import (
    SCRIPTS,
    check,
    docstring_commands,
    exercise_commands,
    exercises,
    published,
    question,
)

MOST_LINES = 28  # of a section with three exercises

scripts = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)


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
        assert question(exercise).endswith("?")
        assert exercise.rstrip().endswith((".", "?"))  # what to look at, after the commands
        assert any(command.startswith(f"python {script}") for command in commands)
        check(commands, trained)


TEMPLATE = Path(new.__file__).with_name("new_lesson.txt")


@pytest.mark.parametrize("path", [*SCRIPTS, TEMPLATE], ids=lambda path: path.stem)
def test_the_exercises_are_short_and_leave_the_answers_to_their_page(path):
    """Whoever reads an exercise wants to try it first."""
    text = path.read_text(encoding="utf-8")
    section = text[text.index("# ## What to try next") :]
    assert len(section.splitlines()) <= MOST_LINES
    assert "`experiments/EXERCISES.md`" in section
    assert "you should see" not in text.lower()


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
    _, trained = published(SCRIPTS[0])
    check([COMPARE], trained)
    with pytest.raises(ValueError, match=problem):
        check([command], trained)

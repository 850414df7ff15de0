"""What the exercises' answers state is what a run of their commands gives, number by number."""

import re

import pytest
from exercise_runs import train

from base.paths import EXPERIMENTS
from lesson_commands import SCRIPTS, exercise_commands, exercises, question
from tutorials import catalogue

pytest.register_assert_rewrite("exercise_answers")  # so that a failure shows its values
from exercise_answers import ANSWERS

PAGE = (EXPERIMENTS / "EXERCISES.md").read_text(encoding="utf-8")
FOLDED = re.compile(
    r"\*\*(\d)\. ([^*]+)\*\*\n\n"
    r"<details><summary>What one sees</summary>\n\n([^<]+)\n\n</details>\n"
)
# Names such as mlp_2, 64-64-46 or 06b hold no numbers.
NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")
# Of the last digit written: one half is rounding; the means moved by one when the networks were
# trained with the instructions of another processor.
UNITS = 2
TEXTS = {
    f"{path.stem[:2]}.{number}": (path, text)
    for path in SCRIPTS
    for number, text in enumerate(exercises(path), 1)
}


def sections(page):
    """Return the heading and the text of what the page has for each lesson."""
    _, *found = re.split(r"^## (.*)\n", page, flags=re.MULTILINE)
    return list(zip(found[::2], found[1::2], strict=True))


def answers(page):
    """Return the question and the answer of each exercise as single lines, by its name.

    Raises:
        ValueError: an exercise has two answers, or a section holds something else.
    """
    found = {}
    for heading, text in sections(page):
        if FOLDED.sub("", text).strip():
            raise ValueError(f"{heading}: expected questions with folded answers alone")
        for number, *parts in FOLDED.findall(text):
            name = f"{heading[:2]}.{number}"
            if name in found:
                raise ValueError(f"{name}: expected one answer, found two")
            found[name] = [" ".join(part.split()) for part in parts]
    return found


def check_numbers(answer, computed):
    """Check every number in an answer, in order: a count (int) exactly, others nearly."""
    written = [number.replace(",", "") for number in NUMBER.findall(answer)]
    assert len(written) == len(computed), f"{written} are stated, {computed} computed"
    for number, value in zip(written, computed, strict=True):
        unit = 10.0 ** -len(number.partition(".")[2])
        allowed = 0 if isinstance(value, int) else UNITS * unit
        assert abs(float(number) - value) <= allowed, f"{number} is stated, {value} computed"


def test_every_exercise_has_one_answer_under_its_question():
    found = answers(PAGE)
    of_lessons = {name[:2] for name in (*ANSWERS, *found)}  # a new one may be without for a while
    questions = {name: question(text) for name, (_, text) in TEXTS.items()}
    assert {name: asked for name, (asked, _) in found.items()} == {
        name: asked for name, asked in questions.items() if name[:2] in of_lessons
    }
    assert all(answer.endswith(".") for _, answer in found.values())


def test_the_page_has_the_lessons_in_their_order():
    headings = [f"{lesson.number} {lesson.about.title}" for lesson in catalogue.lessons()]
    found = [heading for heading, _ in sections(PAGE)]
    assert found == [heading for heading in headings if heading in found]


def test_every_number_of_an_answer_is_computed():
    of_lessons = {name[:2] for name in ANSWERS}
    assert ANSWERS.keys() == {name for name in answers(PAGE) if name[:2] in of_lessons}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("**2. ", "**1. "),  # two answers to one exercise
        ("</details>\n", "\n"),  # not folded to its end
        ("</summary>\n\n", "</summary>\n"),  # no Markdown for GitHub
        ("**2. ", "2. "),
    ],
)
def test_a_page_that_is_not_well_formed_is_found(old, new):
    with pytest.raises(ValueError, match="expected"):
        answers(PAGE.replace(old, new, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        "After 4 epochs 0.877, not 0.859, in 64-64-46.",
        "After 5 epochs 0.863, not 0.859, in 64-64-46.",
        "After 5 epochs 0.877, not 0.859, at 0.95.",
        "After 5 epochs 0.877.",
        "After 5 epochs 0.859, not 0.877.",
    ],
)
def test_a_wrong_number_in_an_answer_is_found(wrong):
    computed = [5, 0.8765, 0.8585]
    check_numbers("After 5 epochs 0.877, not 0.859, in 64-64-46.", computed)
    with pytest.raises(AssertionError):
        check_numbers(wrong, computed)


@pytest.mark.long
@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_answer_states_is_what_its_commands_give(name, real_data_dir, tmp_path):
    _, text = TEXTS[name]
    runs = train(exercise_commands(text), tmp_path, real_data_dir)
    _, answer = answers(PAGE)[name]
    check_numbers(answer, ANSWERS[name](runs))

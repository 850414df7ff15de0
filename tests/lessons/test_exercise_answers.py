"""What the exercises' answers state is what a run of their commands gives, number by number."""

import re

import pytest
from exercise_runs import train

from lesson_commands import SCRIPTS, exercise_commands, exercises

pytest.register_assert_rewrite("exercise_answers")  # so that a failure shows its values
from exercise_answers import ANSWERS

BEGIN = "You should see: "
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


def answer_of(text):
    """Return the answer at the end of an exercise as one line."""
    _, found = text.split(BEGIN)
    return " ".join(found.split())


def check_numbers(answer, computed):
    """Check every number in an answer, in order: a count (int) exactly, others nearly."""
    written = [number.replace(",", "") for number in NUMBER.findall(answer)]
    assert len(written) == len(computed), f"{written} are stated, {computed} computed"
    for number, value in zip(written, computed, strict=True):
        unit = 10.0 ** -len(number.partition(".")[2])
        allowed = 0 if isinstance(value, int) else UNITS * unit
        assert abs(float(number) - value) <= allowed, f"{number} is stated, {value} computed"


def test_every_exercise_has_an_answer_whose_numbers_are_computed():
    of_lessons = {name[:2] for name in ANSWERS}  # a new lesson may be without for a while
    assert ANSWERS.keys() == {name for name in TEXTS if name[:2] in of_lessons}
    for _, text in TEXTS.values():
        assert re.fullmatch(r".+\.", answer_of(text))


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
    check_numbers(answer_of(text), ANSWERS[name](runs))

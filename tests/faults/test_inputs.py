"""What users give to `predict.py` that no network can read, or should not be asked."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

import drawing
from base import errors
from common import models
from conftest import assert_one_line_error, run_script
from networks import COLUMNS, FEATURES, saved, text_network
from prediction import images, rows, texts
from prediction.answers import Trained


@pytest.fixture
def row_network(tmp_path):
    card = {"features": FEATURES, "columns": COLUMNS, "unit": "thousand dollars"}
    network = models.dense(3, (8,), 1, name="n")
    return saved(tmp_path, network, takes="row", answers=[], **card)


@pytest.mark.parametrize("text", ["", "  \n", "xyzzy qqq", "?!", "\x00", "漢字"])
def test_a_text_without_a_known_word_is_refused(text, tmp_path):
    _, trained = text_network(tmp_path, "sigmoid")
    with pytest.raises(errors.UsageError, match=r"at least one of the 12 words .*, found none"):
        texts.answer(trained, text)


def test_a_text_of_mostly_unknown_words_is_answered_with_a_warning(tmp_path):
    _, trained = text_network(tmp_path, "sigmoid")
    answer = texts.answer(trained, "a good " + " ".join(f"zz{i}" for i in range(9)))
    assert answer.warnings == ["9 of 11 different words are not known to the network."]


def test_a_text_of_unusual_length_is_answered_with_a_warning(tmp_path):
    _, trained = text_network(tmp_path, "sigmoid")
    for text, number in (("good", 1), ("good " * 100, 100)):
        (warning,) = texts.answer(trained, text).warnings
        assert warning.startswith(f"words: {number}; nine tenths of the test texts have 2 to 99")


def test_a_text_of_more_than_a_megabyte_is_refused(tmp_path):
    _, trained = text_network(tmp_path, "sigmoid")
    with pytest.raises(errors.UsageError, match="at most 1,048,576 characters"):
        texts.answer(trained, "good " * 300_000)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("RM=6", "missing CHAS"),
        ("", "missing RM, CHAS"),
        ("RM=6,CHAS=0,B=390", "unknown feature 'B'"),
        ("RM=6,CHAS=0,rm=7", "rm is given twice"),
        ("RM=six,CHAS=0", "NAME=number, found 'RM=six'"),
        ("RM=nan,CHAS=0", "NAME=number"),
        ("RM=inf,CHAS=0", "NAME=number"),
        ("RM=1e999,CHAS=0", "NAME=number"),
        ("RM,CHAS", "NAME=number"),
        ("RM=1e300,CHAS=0", r"RM=1e\+300 is too large to compute with; .* 3 to 9"),
        ("RM=6,5 CHAS=0", "found '5'"),
        (f"RM=6{' ' * 5000}CHAS=0", "at most 2,000 characters"),
    ],
)
def test_a_row_that_is_not_complete_is_refused(row_network, row, problem):
    with pytest.raises(errors.UsageError, match=problem):
        rows.answer(row_network, row)


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        ("RM=65,CHAS=0", "RM=65 lies outside the training rows, 3 to 9"),
        ("RM=6,CHAS=-1", "CHAS=-1 lies outside"),
        ("RM=6,CHAS=0.5", "CHAS=0.5: the training rows have 0, 1 alone"),
        ("RM=8.9,CHAS=0", "RM=8.9 is 6 standard deviations from the mean"),
    ],
)
def test_a_value_that_was_never_seen_is_answered_with_a_warning(row_network, row, warning):
    answer = rows.answer(row_network, row)
    assert np.isfinite(answer.answer)
    assert len(answer.warnings) == 1
    assert answer.warnings[0].startswith(warning)


def pictures(folder):
    """Make files that are no picture of anything; return each with what is said of it."""
    made = {}

    def add(name, content, problem):
        path = folder / name
        path.write_bytes(content) if isinstance(content, bytes) else content.save(path)
        made[path] = problem

    drawing.digit(3).save(folder / "whole.png")
    add("empty.png", b"", "found something else")
    add("text.png", b"not a picture", "found something else")
    add("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "found something else")
    add("cut.png", (folder / "whole.png").read_bytes()[:400], "cannot read it")
    add("white.png", Image.new("RGB", (300, 200), "white"), "found nothing")
    add("clear.png", Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "found nothing")
    add("one.png", Image.new("L", (1, 1), 0), "found nothing")
    for side in (10_000, 20_000):
        problem = f"at most 50 million pixels, found {side:,}"
        add(f"{side}.png", Image.new("1", (side, side)), problem)
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (300, 300), dtype=np.uint8)
    add("noise.png", Image.fromarray(noise), "found nothing")
    made |= {folder / "missing.png": "No such file", folder: "Is a directory"}
    return made


@pytest.mark.parametrize("prepare", [images.digit, images.clothing])
def test_a_file_that_is_no_picture_is_refused(prepare, tmp_path):
    for path, problem in pictures(tmp_path).items():
        with pytest.raises(errors.UsageError, match=problem):
            prepare(images.read_grey(path))


def test_clothes_on_any_ground_are_seen(tmp_path):
    for ground, cloth in ((250, 90), (115, 30), (140, 250), (230, 250), (60, 5), (20, 200)):
        picture = np.full((300, 240), ground, np.uint8)
        picture[40:280, 60:180] = cloth
        Image.fromarray(picture).save(tmp_path / "shirt.png")
        seen = images.clothing(images.read_grey(tmp_path / "shirt.png"))
        assert seen[:, 8:20].all(), (ground, cloth)


def test_two_digits_a_frame_and_a_blot_are_answered_with_a_warning(tmp_path):
    network = models.dense((28, 28), (8,), 10, "softmax", name="n")
    trained = saved(tmp_path, network, takes="digit", answers=[str(i) for i in range(10)])
    two = Image.new("L", (600, 300), 255)
    for place, which in enumerate((4, 2)):
        two.paste(drawing.digit(which), (300 * place, 0))
    framed = drawing.digit(3, side=400, scale=0.6)
    ImageDraw.Draw(framed).rectangle([20, 20, 380, 380], outline=0, width=12)
    blot = drawing.digit(0, width=110)
    for picture, warning in ((two, "several"), (framed, "several"), (blot, "more ink")):
        picture.save(tmp_path / "picture.png")
        (found,) = images.answer(trained, tmp_path / "picture.png").warnings
        assert found.startswith(warning)
    drawing.digit(5).save(tmp_path / "picture.png")
    assert images.answer(trained, tmp_path / "picture.png").warnings == []


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["02", "--image", "digit.png"], ("expected --text", "found --image")),
        (["07", "--text", "good"], ("expected --image", "found --text")),
        (["04", "--row", "RM=6", "--text", "good"], ("expected --row", "found --text")),
        (["02"], ("expected --text", "found nothing")),
        (["07"], ("expected --image", "found nothing")),
        (["02", "--file", "nowhere.txt"], ("nowhere.txt", "cannot be read")),
        (["07", "--image", "a", "b", "--plot", "c.png"], ("--plot", "found 2")),
        (["07", "--image", "a.png", "--plot", "a.png"], ("--plot", "another file")),
        (["07", "--image", "a.png", "--plot", "/dev/full"], ("--plot", "answer.png")),
        (["07", "--image", "a.png", "--model", "../mnist"], ("--model", "expected one of mnist")),
        (["02", "--file", "/dev/zero"], ("/dev/zero", "at most")),
        (
            ["08", "--text", "good"],
            (
                "expected a lesson's number",
                "found '08'",
            ),
        ),
    ],
)
def test_a_question_of_the_wrong_kind_trains_nothing(arguments, parts, tmp_path):
    done = run_script("predict.py", *arguments, home=tmp_path)
    assert_one_line_error(done, *parts)


def test_a_run_without_networks_is_named(tmp_path):
    options = ["--text", "good", "--run", str(tmp_path)]
    done = run_script("predict.py", "02", *options, home=tmp_path)
    assert_one_line_error(done, str(tmp_path), "expected a trained network, found none")


def test_damaged_networks_and_cards_are_named(row_network, tmp_path):
    path = row_network.path
    for file in (path, path.with_suffix(".json")):
        whole = file.read_bytes()
        for damaged in (b"", b"{}", whole[: len(whole) // 2]):
            file.write_bytes(damaged)
            with pytest.raises(errors.UsageError, match="damaged"):
                Trained.read(path)
        file.write_bytes(whole)
    assert Trained.read(path).card == json.loads(path.with_suffix(".json").read_text())
    other = tmp_path / "other"
    other.mkdir()
    saved(other, models.dense(3, (8,), 1, name="n"), takes="row", answers=[])
    path.write_bytes((other / path.name).read_bytes())
    with pytest.raises(errors.UsageError, match="a trained network, found a damaged file"):
        Trained.read(path)

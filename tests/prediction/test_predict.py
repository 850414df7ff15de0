"""A review, a digit, a patient of one's own: right answers, true explanations, clear refusals."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import drawing
from base.paths import ROOT
from conftest import offline_environment, run_script
from lesson_commands import SCRIPTS, begin, check, published
from pages import readme
from questions import DISTRICT, row
from tutorials import catalogue

REVIEWS = [
    ("positive", "A lovely, funny film with a wonderful cast. I enjoyed every minute of it."),
    ("positive", "One of the best dramas I have seen in years: moving, honest, beautifully acted."),
    ("positive", "My kids loved it and so did I! Great music, and the ending is perfect."),
    (
        "positive",
        "Superb. The story is simple, but it is told with warmth and a great sense of fun.",
    ),
    ("positive", "An excellent thriller; the tension never drops, and the lead is brilliant."),
    ("negative", "What a waste of time. The plot makes no sense and the acting is terrible."),
    ("negative", "Boring from start to finish; I have rarely seen such an awful script."),
    ("negative", "The worst sequel ever made. Poor effects, bad jokes, and nothing happens."),
    ("negative", "I wanted to like it, but it was dull, badly cut and far too long. Avoid it."),
    ("negative", "A lame comedy without a single laugh. Even the good actors look embarrassed."),
]
# Pen, place, size and polarity of each digit differ.
DIGITS = {
    0: {"side": 300, "width": 30},
    1: {"side": 500, "width": 12, "slant": 0.2, "light_on_dark": True},
    2: {"side": 200, "width": 18, "scale": 0.7, "shift": (12, -8)},
    3: {"side": 400, "width": 40, "slant": 0.1},
    4: {"side": 600, "width": 10, "shift": (-6, 4), "light_on_dark": True},
    5: {"side": 280, "width": 22, "scale": 0.6, "shift": (-15, 15)},
    6: {"side": 350, "width": 16, "slant": 0.15},
    7: {"side": 120, "width": 9, "scale": 0.8, "light_on_dark": True},
    8: {"side": 800, "width": 50, "scale": 0.5, "shift": (20, 20)},
    9: {"side": 240, "width": 20, "slant": 0.1},
}


def predict(run, *arguments, home, **options):
    return run_script("predict.py", *arguments, "--run", str(run), home=home, **options)


def answers(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ten_drawn_digits_are_read(real_networks, tmp_path):
    paths = []
    for digit, how in DIGITS.items():
        paths.append(tmp_path / f"{digit}.png")
        drawing.digit(digit, **how).save(paths[-1])
    done = predict(real_networks, "07", "--json", "--image", *map(str, paths), home=tmp_path)
    found = answers(done)
    assert sum(answer["answer"] == str(digit) for digit, answer in enumerate(found)) >= 8
    for answer in found:
        assert np.shape(answer["seen"]) == np.shape(answer["because"]["change_if_hidden"])
        bin_ = answer["reliability"]
        assert bin_["low"] <= answer["probability"] <= bin_["high"]


def test_ten_plain_reviews_are_understood(real_networks, tmp_path):
    file = tmp_path / "reviews.txt"
    file.write_text("\n\n".join(text for _, text in REVIEWS), encoding="utf-8")
    found = answers(predict(real_networks, "02", "--json", "--file", str(file), home=tmp_path))
    right = [a["answer"] == expected for a, (expected, _) in zip(found, REVIEWS, strict=True)]
    assert sum(right) >= 9


def test_a_text_that_is_refused_has_its_line_of_json_too(sample_runs, tmp_path):
    folder, _ = sample_runs("02_imdb_binary")
    file = tmp_path / "texts.txt"
    file.write_text("a good film\nxyzzy\nthe worst\n")
    done = predict(folder.parent, "02", "--json", "--file", str(file), home=tmp_path)
    assert done.returncode == 2
    first, refused, last = map(json.loads, done.stdout.splitlines())
    assert refused == {"input": "xyzzy", "error": refused["error"]}
    assert {"answer", "because"} <= first.keys() & last.keys()


def test_an_answer_for_people_names_words_trust_and_limits(real_networks, tmp_path):
    text = "What a wonderful film! But the ending is boring, says xyzzy."
    done = predict(real_networks, "02", "--text", text, home=tmp_path)
    assert done.returncode == 0, done.stderr
    for part in (
        "wonderful",
        "boring",
        "xyzzy",
        "with probability",
        "test rows answered",
        "test accuracy",
        "Not for",
        "retrained.md",
    ):
        assert part in done.stdout
    assert "SAMPLE" not in done.stdout
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 100


@pytest.mark.programs
@pytest.mark.parametrize(
    "stem", [lesson.stem for lesson in catalogue.lessons() if lesson.about.networks]
)
def test_networks_of_sample_data_answer_and_say_so(sample_runs, stem, tmp_path):
    folder, _ = sample_runs(stem)
    run, about, number = folder.parent, catalogue.find(stem).about, stem[:2]
    kept = {path.stem for path in (run / "models" / stem).glob("*.keras")}
    assert kept <= set(about.networks)
    model = next(name for name in about.networks if name in kept)
    card = json.loads((run / "models" / stem / f"{model}.json").read_text())
    if card["takes"] == "text":
        known = [word for word in card["words"] if word.isalpha()][:20]
        arguments = ["--text", " ".join(known)]
    elif card["takes"] == "row":
        arguments = ["--row", row({f["name"]: f["mean"] for f in card["features"]})]
    else:
        drawing.digit(4).save(tmp_path / "four.png")
        arguments = ["--image", str(tmp_path / "four.png")]
    plot = tmp_path / "answer.png"
    options = ["--model", model, "--plot", str(plot)]
    done = predict(run, number, *arguments, *options, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ("SAMPLE DATA" in done.stdout) is (card["data"]["source"] == "sample")
    assert plot.stat().st_size > 2_000
    text = (run / "models" / stem / f"{model}.md").read_text()
    assert ("SAMPLE DATA" in text) is (card["data"]["source"] == "sample")
    assert "must not be used for" in text


@pytest.mark.programs
def test_the_network_is_trained_first_if_there_is_none(tmp_path):
    """In a copy of the project, whose runs/ is empty."""
    shutil.copytree(ROOT / "experiments", tmp_path / "experiments")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("datasets"))
    card = tmp_path / "runs/sample/models/04_boston_regression/rows_100.json"
    command = [sys.executable, str(tmp_path / "experiments" / "predict.py"), "04", "--json"]
    command += ["--data", "sample", "--model", "rows_100", "--row", row(DISTRICT)]

    def run():
        environment = {
            k: v for k, v in os.environ.items() if k not in ("DATA_MIRROR", "KERAS_HOME")
        }
        environment |= offline_environment(tmp_path)
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    first, second = run(), run()
    assert "training it first" in first.stderr
    assert "Trained in" in first.stderr
    assert second.stderr == ""  # the sample was asked for
    assert answers(first) == answers(second)
    assert answers(second)[0]["data"] == "sample"
    assert json.loads(card.read_text())["as_published"] is False  # a sample has fewer epochs


def test_all_networks_that_a_script_keeps_can_be_asked_for():
    for lesson in catalogue.lessons():
        names = lesson.about.networks
        settings = begin(str(lesson.script.relative_to(ROOT)))
        assert set(names) <= set(settings.known_models)
        left_out = set(settings.known_models) - set(names)
        of_folds = {name for name in left_out if name.startswith(("cv_", "leaky"))}
        assert left_out - of_folds <= {"check_already_seen"}


def test_the_paths_for_a_class_are_accepted_and_measured():
    measured = pd.read_csv(ROOT / "figures" / "benchmark_lessons.csv")
    trained = {folder: names for path in SCRIPTS for folder, names in published(path)[1].items()}
    paths = readme.commands_for_a_class(ROOT)
    assert len(paths) == 2
    for path, commands in paths.items():
        assert measured.loc[measured["path"] == path, "command"].tolist() == commands
        check([c.removeprefix(".venv/bin/") for c in commands if "predict.py" not in c], trained)

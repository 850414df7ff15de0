"""Losses that are no number: the training ends, everything says so, and the rest goes on."""

import json
import math

import keras
import numpy as np
import pytest

from base.paths import ROOT
from common import models, training
from conftest import run_here
from results import records, statistics

DIVERGING = ["--optimizer", "sgd", "--learning-rate", "100", "--epochs", "5"]


def diverging(loss="mse"):
    keras.utils.set_random_seed(0)
    model = models.dense(12, (8,), 1, name="diverging")
    model.compile(optimizer=keras.optimizers.SGD(100.0), loss=loss, metrics=["mae"])
    return model


@pytest.mark.parametrize("epochs", [1, 40, 400])
@pytest.mark.parametrize("validated", [False, True])
def test_a_training_ends_with_the_epoch_that_fails(epochs, validated, capsys):
    rng = np.random.default_rng(1)
    x, y = rng.random((40, 12), np.float32), rng.random((40, 1), np.float32)
    options = {"validation_data": (x, y)} if validated else {}
    model = diverging()
    history = training.fit(model, x, y, epochs=epochs, batch_size=4, **options)
    failed = training.failed_epoch(history.history)
    assert failed is not None
    assert f"diverging: failed, the loss of epoch {failed} is not finite" in capsys.readouterr().err
    for values in history.history.values():
        assert len(values) == epochs
        assert all(map(math.isnan, values[failed:]))
    result = training.result(model, history, (x, y))
    assert result.failed == failed
    assert all(map(math.isnan, result.test.values()))
    assert all(map(math.isnan, result.test_noise.values()))
    assert np.isnan(result.outputs).all()
    model.optimizer.learning_rate = 0.001  # what goes on from there fails, too
    again = training.fit(model, x, y, epochs=1, batch_size=4)
    assert training.failed_epoch(again.history) == 1


def test_a_validation_loss_that_is_infinite_fails_too():
    history = {"loss": [1.0, 1.0, 1.0], "val_loss": [1.0, math.inf, 1.0]}
    assert training.failed_epoch(history) == 2
    assert training.failed_epoch(history, first=2) is None
    assert training.failed_epoch({"loss": [1.0], "accuracy": [math.nan]}) is None


def refuse(word):
    raise ValueError(word)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("stem", "model", "options"),
    [
        ("04_boston_regression", "without_b_4_folds", ["--seeds", "1"]),
        pytest.param(
            "06_thoracic_surgery",
            "cv_scaled",
            ["--seeds", "1", "--hidden", "64,64,64,64"],
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_failed_training_is_shown_as_such(stem, model, options, tmp_path):
    options = [*DIVERGING, *options, "--models", model, "--data", "sample"]
    options += ["--out", str(tmp_path)]
    done = run_here(f"{stem}.py", *options, home=tmp_path)
    assert done.returncode == 1, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"error: failed: {model.split(',')[0]}, seed ")
    assert "try a smaller --learning-rate" in last
    folder = tmp_path / stem
    assert f"Results: {folder}" in done.stdout.splitlines()  # the rest went on
    record = json.loads((folder / "record.json").read_text(), parse_constant=refuse)
    saved = records.read(folder)
    runs = [run for entry in record["models"].values() for run in entry["runs"]]
    failed = [run for run in runs if "failed" in run]
    assert failed
    assert len(saved.failures) == len(failed)
    for run in failed:
        assert set(run["final"].values()) == {None}
    for text in folder.glob("*.txt"):
        assert text.name == "model_summary.txt" or "failed: " in text.read_text(), text
    again = run_here(f"{stem}.py", *options, "--plots-only", home=tmp_path)
    assert again.returncode == 1
    assert again.stderr.strip().splitlines()[-1] == last


def test_a_test_loss_that_is_infinite_fails_too():
    """The last update may break a network that had finite losses up to then."""
    x, y = np.ones((40, 12), np.float32), np.ones((40, 1), np.float32)
    keras.utils.set_random_seed(0)
    model = models.dense(12, (64,) * 8, 1, name="diverging")
    model.compile(optimizer=keras.optimizers.SGD(1e6), loss="mse", metrics=["mae"])
    history = training.fit(model, x, y, epochs=1, batch_size=40)
    assert training.failed_epoch(history.history) is None
    result = training.result(model, history, (x, y))
    assert result.failed == 1
    assert all(map(math.isnan, result.test.values()))


def test_no_row_is_right_where_a_training_failed():
    x, y = np.ones((40, 12), np.float32), np.eye(2, dtype="float32")[np.arange(40) % 2]
    keras.utils.set_random_seed(0)
    model = models.dense(12, (64, 64, 64), 2, "softmax", name="classes")
    model.compile(optimizer=keras.optimizers.SGD(1e30), loss="mse", metrics=["accuracy"])
    result = training.result(model, training.fit(model, x, y, epochs=9, batch_size=4), (x, y))
    assert result.failed
    assert not result.right.any()


def test_a_failed_mean_is_called_failed():
    interval = statistics.mean_interval([0.5, math.nan])
    assert interval.text() == interval.plus_minus(4, "+-") == "failed"


def test_no_published_training_failed():
    for folder in sorted((ROOT / "figures").glob("0*")):
        assert records.with_ablations(records.read(folder)).failures == []

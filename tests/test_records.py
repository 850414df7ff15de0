"""Records: what is written is read back, whole or not at all."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import records
from common.cli import UsageError
from common.training import Result


def result(epochs=3, test=True, scale=1.0):
    history = {
        "accuracy": [scale * epoch for epoch in range(epochs)],
        "loss": [1 / 3] * epochs,
        "val_accuracy": [0.123456789] * epochs,
        "val_loss": [2.0] * epochs,
    }
    if not test:
        return Result(7, "summary", history)
    outputs = np.array([[0.9], [0.2], [0.6]], np.float32)
    right = np.array([True, True, False])
    return Result(7, "summary", history, {"accuracy": scale, "loss": 0.5}, outputs, right)


def write(folder, runs, **changes):
    settings = {
        "experiment": "05_mnist_odd_even",
        "data": {"source": "real", "files": {"mnist.npz": "731c"}},
        "config": {"epochs": {"mlp": 3}},
        "environment": {"python": "3.11"},
        "baselines": {"majority class": {"accuracy": 0.5}},
        "tutorial": {"mlp": {"test": {"accuracy": 0.99}, "final": {"val_loss": 1.5}}},
        "arrays": {"targets": np.array([1, 0, 0], np.uint8)},
    }
    records.write(folder, runs, **settings | changes)
    return records.read(folder)


RUNS = [
    records.Run("mlp", 4, None, result(), 1.0),
    records.Run("mlp", 5, None, result(scale=0.5), 1.0),
    records.Run("cnn", 4, 0, result(test=False), 1.0),
    records.Run("cnn", 4, 1, result(test=False, scale=3.0), 1.0),
]


def test_what_is_written_is_read_back(tmp_path):
    saved = write(tmp_path, RUNS)
    assert (tmp_path / "history.csv").read_text().splitlines()[:2] == [
        "model,seed,fold,epoch,loss,accuracy,val_loss,val_accuracy",
        "mlp,4,,1,0.333333,0,2,0.123457",
    ]
    assert saved.models == ["mlp", "cnn"]
    assert saved.curve("mlp")["epoch"].tolist() == [1, 2, 3]
    assert saved.curve("mlp")["seed"].unique().tolist() == [4]
    assert saved.curve("cnn", fold=1)["accuracy"].tolist() == [0, 3, 6]
    assert saved.folds("cnn", "accuracy").to_numpy().tolist() == [[0, 0], [1, 3], [2, 6]]
    assert saved.first_test("mlp") == {"accuracy": 1.0, "loss": 0.5}
    np.testing.assert_allclose(saved.predictions["mlp.outputs"][:, 0], [0.9, 0.2, 0.6], atol=1e-3)
    assert saved.predictions["mlp.classes"].tolist() == [1, 0, 1]
    assert saved.predictions["mlp.right"].tolist() == [[True, True, False]] * 2
    assert saved.predictions["targets"].tolist() == [1, 0, 0]


def test_the_record_has_the_promised_form(tmp_path):
    record = write(tmp_path, RUNS).record
    assert list(record) == [
        "schema", "experiment", "data", "config", "environment", "models", "baselines",
        "tutorial", "claims",
    ]  # fmt: skip
    run = record["models"]["mlp"]["runs"][1]
    assert (run["seed"], run["fold"], run["epochs"]) == (5, None, 3)
    assert run["final"]["val_accuracy"] == 0.123457
    assert record["tutorial"][0] == {
        "quantity": "mlp: test accuracy",
        "tutorial": 0.99,
        "ours": 0.75,
        "low": None,
        "high": None,
        "verdict": None,
    }
    assert record["tutorial"][1]["quantity"] == "mlp: last validation loss"


def test_the_same_results_give_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write(tmp_path / folder, RUNS)
    for file in ("record.json", "history.csv", "predictions.npz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_evaluation_sets_ours_beside_the_tutorials(tmp_path):
    lines = write(tmp_path, RUNS[:2]).evaluation().splitlines()
    assert "0.7500 (0.9900)" in lines[2]
    assert lines[3].split() == ["majority", "class", "0.5000"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_six_digits(number):
    rounded = json.loads(json.dumps(records._rounded({"a": [number]})))["a"][0]
    assert rounded == pytest.approx(number, rel=1e-5)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with records.replacing(path) as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("record.json", b"{"),
        ("record.json", b"{}"),
        ("record.json", b"[]"),
        ("record.json", b"\xff\xfe"),
        ("history.csv", b""),
        ("history.csv", b"a,b\n1,2\n"),
        ("predictions.npz", b""),
        ("predictions.npz", b"PK\x03\x04 cut off"),
        ("predictions.npz", b"no archive"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, file, content):
    write(tmp_path, RUNS)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(UsageError, match=file):
        records.read(tmp_path)


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    (tmp_path / "record.json").mkdir()
    with pytest.raises(UsageError, match=r"record\.json"):
        records.read(tmp_path)


def test_nothing_saved_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"record\.json: expected saved results, found none"):
        records.read(tmp_path)

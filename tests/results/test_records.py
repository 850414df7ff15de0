"""Records: what is written is read back, whole or not at all."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from base import files
from base.errors import UsageError
from results import records
from results.training_result import Trained, TrainingResult
from saved_runs import write


def result(epochs=3, test=True, scale=1.0):
    history = {
        "accuracy": [scale * epoch for epoch in range(epochs)],
        "loss": [1 / 3] * epochs,
        "val_accuracy": [0.123456789] * epochs,
        "val_loss": [2.0] * epochs,
    }
    if not test:
        return TrainingResult(7, "summary", history)
    outputs = np.array([[0.9], [0.2], [0.6]], np.float32)
    right = np.array([True, True, False])
    noise = {"accuracy": 0.1, "loss": 0.2}
    return TrainingResult(
        7, "summary", history, 1, {"accuracy": scale, "loss": 0.5}, noise, outputs, right
    )


RUNS = [
    Trained("mlp", 4, None, result(), 1.0),
    Trained("mlp", 5, None, result(scale=0.5), 1.0),
    Trained("cnn", 4, 0, result(test=False), 1.0),
    Trained("cnn", 4, 1, result(test=False, scale=3.0), 1.0),
]


def test_what_is_written_is_read_back(tmp_path):
    saved = write(tmp_path, RUNS)
    assert (tmp_path / "history.csv").read_text().splitlines()[:2] == [
        "model,seed,fold,epoch,loss,accuracy,val_loss,val_accuracy",
        "mlp,4,,1,0.333333,0,2,0.123457",
    ]
    assert saved.models == ["mlp", "cnn"]
    assert saved.curves("mlp")["epoch"].tolist() == [1, 2, 3] * 2
    assert saved.by_seed("mlp", "accuracy").to_dict("list") == {4: [0, 1, 2], 5: [0, 0.5, 1]}
    assert saved.curves("cnn", fold=1)["accuracy"].tolist() == [0, 3, 6]
    by_fold = saved.by_fold("cnn", "accuracy")
    assert by_fold.columns.tolist() == [(4, 0), (4, 1)]
    assert by_fold.to_numpy().tolist() == [[0, 0], [1, 3], [2, 6]]
    assert saved.scores("mlp", "test", "accuracy").tolist() == [1, 0.5]
    assert saved.scores("mlp", "final", "val_loss").tolist() == [2, 2]
    assert saved.record["data"]["facts"] == {"rows": 3}
    assert saved.first_test("mlp") == {"accuracy": 1.0, "loss": 0.5}
    np.testing.assert_allclose(saved.predictions["mlp.outputs"][:, 0], [0.9, 0.2, 0.6], atol=1e-3)
    assert saved.predictions["mlp.classes"].tolist() == [1, 0, 1]
    assert saved.predictions["mlp.right"].tolist() == [[True, True, False]] * 2
    assert saved.predictions["targets"].tolist() == [1, 0, 0]


def test_the_record_has_the_promised_form(tmp_path):
    record = write(tmp_path, RUNS).record
    assert list(record) == [
        "schema",
        "experiment",
        "data",
        "config",
        "environment",
        "models",
        "baselines",
        "tutorial",
        "claims",
    ]
    run = record["models"]["mlp"]["runs"][1]
    assert (run["seed"], run["fold"], run["epochs"]) == (5, None, 3)
    assert run["final"]["val_accuracy"] == 0.123457
    assert run["test_noise"] == {"accuracy": 0.1, "loss": 0.2}
    assert (record["tutorial"], record["claims"]) == ([], [])


def test_a_thinned_history_keeps_the_numbers_of_its_epochs(tmp_path):
    long = replace(result(epochs=52, test=False), every=5)
    saved = write(tmp_path, [Trained("mlp", 0, 0, long, 1.0)])
    table = saved.by_fold("mlp", "accuracy")[0, 0]
    assert table.index.tolist() == [*range(5, 51, 5), 52]
    assert table[10] == 9
    assert saved.record["models"]["mlp"]["runs"][0]["epochs"] == 52
    short = replace(long, history=result(epochs=50, test=False).history)
    saved = write(tmp_path, [Trained("mlp", 0, 0, short, 1.0)])
    assert len(saved.by_fold("mlp", "accuracy")) == 50


def test_ablations_join_without_changing_what_they_join(tmp_path):
    saved = write(tmp_path / "a", RUNS[:2])
    other = write(tmp_path / "b", [Trained("wide", 4, None, result(), 1.0)])
    joined = saved.joined(other)
    assert joined.models == ["mlp", "wide"]
    assert saved.models == ["mlp"]
    assert joined.by_seed("wide", "accuracy")[4].tolist() == [0, 1, 2]
    assert joined.predictions["wide.right"].shape == (1, 3)


def test_the_same_results_give_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write(tmp_path / folder, RUNS)
    for file in ("record.json", "history.csv", "predictions.npz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_six_digits(number):
    rounded = json.loads(json.dumps(records._rounded({"a": [number]})))["a"][0]
    assert rounded == pytest.approx(number, rel=1e-5)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with files.replacing(path) as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


HEADER = b"model,seed,fold,epoch,loss\n"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("record.json", b"{"),
        ("record.json", b"{}"),
        ("record.json", b"[]"),
        ("record.json", b"\xff\xfe"),
        ("history.csv", b""),
        ("history.csv", b"a,b\n1,2\n"),
        ("history.csv", HEADER + b"mlp,4,,1,0.5\n"),  # cut off: the record has three epochs
        ("history.csv", HEADER + b"mlp,4,,3,0.5\n" * 2),
        ("history.csv", HEADER + b"mlp,4,,3,low\n"),
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


@pytest.mark.parametrize("part", ["models", "baselines", "config", "data", "claims"])
def test_a_record_without_one_of_its_parts_is_damaged(tmp_path, part):
    write(tmp_path, RUNS)
    record = json.loads((tmp_path / "record.json").read_text())
    del record[part]
    (tmp_path / "record.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=r"record\.json"):
        records.read(tmp_path)


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    (tmp_path / "record.json").mkdir()
    with pytest.raises(UsageError, match=r"record\.json"):
        records.read(tmp_path)


def test_nothing_saved_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"record\.json: expected saved results, found none"):
        records.read(tmp_path)


def test_what_was_concluded_of_the_same_results_stays(tmp_path):
    """A run that ends between its training and its verdicts leaves those of the last one."""
    record = write(tmp_path, RUNS).record
    claims = [{"id": "05a", "claim": "it holds", "verdict": "holds", "evidence": "seen"}]
    records.write_record(tmp_path, record | {"claims": claims, "figures": {"history": "a caption"}})
    whole = (tmp_path / "record.json").read_bytes()
    assert write(tmp_path, RUNS).record["claims"] == claims
    assert (tmp_path / "record.json").read_bytes() == whole
    assert write(tmp_path, RUNS[:1]).record["claims"] == []


def test_figures_that_a_new_record_does_not_name_go(tmp_path):
    """Those of models that are not trained any more; a picture that is no figure stays."""

    def draw():
        for name in ("mlp", "cnn", "own"):
            (tmp_path / f"{name}.png").touch()

    def left():
        return sorted(path.stem for path in tmp_path.glob("*.png"))

    record = write(tmp_path, RUNS).record
    draw()
    records.write_record(tmp_path, record | {"figures": {"mlp": "a caption", "cnn": "another"}})
    write(tmp_path, RUNS)  # the same results, of which figures are drawn
    assert left() == ["cnn", "mlp", "own"]
    records.write_record(tmp_path, record | {"figures": {"mlp": "a caption"}})
    assert left() == ["mlp", "own"]
    write(tmp_path, RUNS[:1])
    assert left() == ["own"]

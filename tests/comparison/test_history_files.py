"""Histories that Keras or a reader has saved: every format gives the same comparison."""

import json
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest

from base.errors import UsageError
from base.paths import ROOT
from comparison import history_files, scores, tables
from comparison.notebook import compare
from comparison.runs import chosen_models
from results import records
from saved_runs import LOSSES, mlp

HISTORY = {"loss": [0.9, 0.5], "accuracy": [0.5, 0.75], "val_loss": [0.8, 0.6]}


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """Train the first model of 07 five times with stock Keras; save all that Keras can."""
    import keras
    from keras import callbacks

    from common import models

    folder = tmp_path_factory.mktemp("stock")
    rng = np.random.default_rng(0)
    x, y = (
        rng.random((200, 784), np.float32),
        np.eye(10, dtype=np.float32)[rng.integers(10, size=200)],
    )
    fitted = []
    for seed in range(5):
        keras.utils.set_random_seed(seed)
        model = models.dense(784, (64, 32), 10, "softmax")
        options = {"metrics": ["acc"], "run_eagerly": True}  # it compiles nothing, in no time
        model.compile("adam", "categorical_crossentropy", **options)
        (folder / "csv").mkdir(exist_ok=True)
        logger = callbacks.CSVLogger(folder / "csv" / f"{seed}.csv")
        options = {"validation_split": 0.2, "verbose": 0, "callbacks": [logger]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy, about Keras
            fitted.append(model.fit(x, y, epochs=3, **options))
    for name in ("json", "npz", "pandas"):
        (folder / name).mkdir()
    for seed, history in enumerate(one.history for one in fitted):
        (folder / "json" / f"{seed}.json").write_text(json.dumps(history))
        np.savez(folder / "npz" / f"{seed}.npz", **history)
        _write_events(folder / "events" / f"{seed}", history)
        pd.DataFrame(history).to_csv(folder / "pandas" / f"{seed}.csv")
    (folder / "all.json").write_text(json.dumps([one.history for one in fitted]))
    (folder / "named.json").write_text(
        json.dumps({f"run {i}": f.history for i, f in enumerate(fitted)})
    )
    stacked = {name: np.stack([f.history[name] for f in fitted]) for name in fitted[0].history}
    np.savez(folder / "all.npz", **stacked)
    return folder, fitted


def _write_events(folder, history):
    """Write event files as Keras's TensorBoard callback does."""
    import tensorflow as tf

    for part, prefix in (("train", ""), ("validation", "val_")):
        with tf.summary.create_file_writer(str(folder / part)).as_default():
            for name, values in history.items():
                if name.startswith("val_") == bool(prefix):
                    for epoch, value in enumerate(values):
                        tf.summary.scalar(f"epoch_{name.removeprefix('val_')}", value, epoch)


def cells(saved):
    """Return the table of scores beside the published run of the same model."""
    published = records.read(ROOT / "figures" / "07_mnist_fashion_multiclass")
    wanted = [("first_model", "first_model")]
    runs = chosen_models({"A": published, "B": saved}, wanted)
    return [tables.cells_of(row) for row in scores.rows(*runs.values())]


def test_every_format_gives_the_same_table(stock):
    folder, fitted = stock
    whole = history_files.from_histories([one.history for one in fitted], "csv", "csv")
    expected = cells(whole)
    assert len(expected) == 8
    assert {row[-1] for row in expected} <= {*scores.BEYOND, scores.INSIDE}
    names = ("csv", "json", "npz", "pandas", "events", "all.json", "named.json", "all.npz")
    for name in names:
        saved = history_files.read(folder / name)
        assert sorted(saved.seeds(saved.models[0])) == sorted(whole.seeds("csv")), name
        assert cells(saved) == expected, name


def test_a_notebook_compares_what_fit_returns(stock):
    folder, fitted = stock
    shown = compare(fitted[:3], fitted[3:], names=["three", "two"])
    assert re.match(r"\w+ of 8 scores of B differs? from A's beyond the noise", repr(shown))
    page = shown._repr_html_()
    assert "A: three, B: two" in page
    assert page.count("<table") == 1
    assert 'src="data:image/png;base64,' in page
    shown = compare(ROOT / "figures/07_mnist_fashion_multiclass", fitted[0], model="first_model")
    assert "single run" in shown._repr_html_()
    assert (
        repr(compare(folder / "json", fitted[0])) == "All 8 scores of B that are compared are A's."
    )


def test_the_same_training_is_known_in_any_file(stock):
    folder, _ = stock
    whole, part = history_files.read(folder / "csv"), history_files.read(folder / "json" / "3.json")
    runs = chosen_models({"A": whole, "B": part}, [])
    assert {row.verdict for row in scores.rows(*runs.values())} == {scores.SAME}


def test_old_names_of_metrics_are_known_and_rates_are_none(tmp_path):
    history = {"acc": [0.5], "val_mean_absolute_error": [2.0], "learning_rate": [0.1], "lr": [1.0]}
    saved = history_files.from_histories([history], "old", "old")
    assert list(saved.history.columns[4:]) == ["accuracy", "val_mae"]
    frame = pd.DataFrame(HISTORY)
    frame.to_json(tmp_path / "pandas.json")
    frame.to_csv(tmp_path / "semicolons.csv", sep=";", index_label="epoch")
    for name in ("pandas.json", "semicolons.csv"):
        found = history_files.read(tmp_path / name).history
        assert found["val_loss"].tolist() == HISTORY["val_loss"]
        assert found["epoch"].tolist() == [1, 2]


def test_histories_are_compared_with_the_mean_over_folds():
    published = records.read(ROOT / "figures" / "04_boston_regression")
    name = "all_features_4_folds"
    kept = published.by_fold(name, "val_mae")[104].mean(axis=1)  # every fifth epoch
    every = np.interp(range(1, kept.index[-1] + 1), kept.index, kept) - 0.5
    every[kept.index - 1] = kept
    mine = history_files.from_histories([{"val_mae": every}], "mine", "mine")
    runs = chosen_models({"A": published, "B": mine}, [(name, name)])
    rows = scores.rows(*runs.values())
    assert [row.quantity for row in rows][:2] == [
        "folds: last validation mae",
        "folds: lowest validation mae",
    ]
    assert {row.verdict for row in rows} == {scores.INSIDE}


def test_a_training_of_one_epoch_or_without_a_number_is_compared(tmp_path):
    first = mlp(tmp_path, LOSSES, epochs=3)
    for history, verdict in (
        ({"loss": [0.3]}, scores.INSIDE),
        ({"loss": [0.3, float("nan")]}, scores.NO_NUMBER),
    ):
        runs = chosen_models(
            {"A": first, "B": history_files.from_histories([history], "b", "b")}, []
        )
        assert [row.verdict for row in scores.rows(*runs.values())] == [verdict]


def test_epochs_are_those_of_the_file(tmp_path):
    """As a resumed training and a thinned one have them."""
    for given, expected in (([0, 1], [1, 2]), ([5, 10], [5, 10]), (["1", "2"], [1, 2])):
        saved = history_files.from_histories([{"epoch": given, "loss": [2, 1]}], "a", "a")
        assert saved.history["epoch"].tolist() == expected


def test_trainings_of_a_saved_run_are_known_in_a_file(tmp_path):
    """Some seeds of a published run, saved again, are never better or worse."""
    published = records.read(ROOT / "figures" / "02_imdb_binary")
    curves = published.curves("held_out")
    lowest = curves[curves["epoch"] == 20].nsmallest(5, "val_loss")["seed"]
    mine = [
        curves[curves["seed"] == seed][["loss", "accuracy", "val_loss", "val_accuracy"]]
        for seed in lowest
    ]
    saved = history_files.from_histories(mine, "mine", "mine")
    runs = chosen_models({"A": published, "B": saved}, [("held_out", "held_out")])
    assert runs["B"].seeds("held_out") == lowest.tolist()
    found = [row.verdict for row in scores.rows(*runs.values()) if "test" not in row.quantity]
    assert found == [scores.SAME] * 8


def test_trainings_that_are_equal_in_both_files_hide_no_others():
    """Pairs of the same values say nothing; the others are compared."""
    rng = np.random.default_rng(3)
    shared = [{"loss": rng.random(3)} for _ in range(3)]
    first = shared + [{"loss": rng.random(3)} for _ in range(3)]
    second = shared + [{"loss": 9 + rng.random(3)} for _ in range(3)]
    assert "lowest training loss worse" in repr(compare(first, second))


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_run_that_is_as_all_others_lies_inside(value):
    many = [{"loss": [value, value], "x": [i, i]} for i in range(6)]
    found = compare(many, {"loss": [value, value], "x": [9, 9]}, metric="loss")
    rows = {row.quantity: row.verdict for row in found.pairs[0].rows if row.metric == "loss"}
    assert {*rows.values()} == {scores.INSIDE}


def test_names_that_a_figure_or_a_table_could_stumble_over(tmp_path):
    path = tmp_path / "a$\\frac$.json"
    path.write_text(json.dumps(HISTORY | {"fold": [1, 2], "model": [3, 4]}))
    shown = compare(path, HISTORY)
    assert shown._repr_html_()
    assert [
        row.metric for row in shown.pairs[0].rows if row.metric not in ("loss", "accuracy")
    ] == []


def test_histories_without_a_loss_are_drawn():
    shown = compare({"accuracy": [0.5, 0.6]}, {"accuracy": [0.4, 0.5]})
    assert shown.figure.axes[0].get_ylabel() == "accuracy"


def written(folder, name, content):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", "", "a.csv: expected a history as CSV, found something else or a damaged"),
        ("a.csv", "epoch,loss\n", "expected a loss or another metric by epoch, found none"),
        ("a.csv", "epoch,loss\n0,much\n", "expected numbers for 'loss'"),
        ("a.csv", "epoch,loss\n0,1\n1,2\n0,1\n", "expected the epochs of one training"),
        ("a.csv", "epoch,loss\n0,1\n0,2\n", "expected the epochs of one training"),
        ("a.csv", "model,seed,fold,epoch,loss\n", "found a run's; name its folder"),
        ("a.json", "", "expected a history as JSON, found something else or a damaged file"),
        ("a.json", "[1, 2]", "expected a history as JSON"),
        ("a.json", "{}", "expected a loss or another metric"),
        ("a.json", '{"loss": [1], "acc": [1, 2]}', "as many epochs of each metric, found [1, 2]"),
        ("a.json", '{"loss": ["high"]}', "expected numbers for 'loss'"),
        ("a.json", '{"loss": [[1, 2], [3, 4]]}', "expected numbers for 'loss'"),
        ("a.npz", b"PK", "expected a history as NPZ"),
        ("a.pkl", pickle.dumps(HISTORY), "found a pickle, which may run any code"),
        ("a.npy", b"", "found a pickle"),
        ("a.txt", "loss", "found another file"),
        ("a.json", '{"loss": [1' + "0" * 400 + "]}", "expected numbers for 'loss'"),
        ("runs/readme.txt", "", "expected a run"),
    ],
)
def test_what_is_no_history_is_said_in_a_line(tmp_path, name, content, problem):
    path = written(tmp_path, name, content)
    with pytest.raises(UsageError) as raised:
        compare(path.parent if "/" in name else path, [HISTORY])
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_pickle_in_an_npz_is_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", history=np.array(HISTORY, object))
    with pytest.raises(UsageError, match="expected a history as NPZ"):
        history_files.read(tmp_path / "a.npz")


def test_without_anything_in_common_it_is_said_what_there_is(tmp_path):
    with pytest.raises(UsageError, match="A has loss; B has mae"):
        compare({"loss": [1.0]}, {"mae": [1.0]})
    with pytest.raises(UsageError, match="choose a model"):
        compare(ROOT / "figures" / "02_imdb_binary", HISTORY)
    with pytest.raises(UsageError, match="choose with --experiment"):
        compare(ROOT / "figures", HISTORY)
    with pytest.raises(UsageError, match="expected 2 to 4 histories, found 1"):
        compare(HISTORY)
    with pytest.raises(UsageError, match="expected a history, found none"):
        compare([], HISTORY)
    with pytest.raises(UsageError, match="B: expected what fit returns or a path, found None"):
        compare(HISTORY, None)
    with pytest.raises(UsageError, match="names: expected 2, found 1"):
        compare(HISTORY, HISTORY, names=["one"])
    with pytest.raises(UsageError, match="expected one of loss, accuracy, found 'mae'"):
        compare(HISTORY, HISTORY, metric="mae")

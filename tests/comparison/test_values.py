"""Every value that two saved runs do not share is found, and no other."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from base.paths import ROOT
from comparison import repetition, scores, values
from comparison.repetition import IDENTICAL
from comparison.values import Change
from results import records
from results.saved import KEYS
from results.training_result import Trained
from saved_runs import mlp, training, with_value, write


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the runs of a model with two seeds and of one with two folds and no validation."""
    folds = [training(0.5 + fold / 10, validated=False) for fold in range(2)]
    folds = [replace(fold, test={}, test_noise={}, outputs=None, right=None) for fold in folds]
    runs = [Trained("mlp", seed, None, training(0.3 + seed / 100), 1.0) for seed in (4, 5)]
    runs += [Trained("cnn", 4, fold, result, 1.0) for fold, result in enumerate(folds)]
    return write(tmp_path_factory.mktemp("saved"), runs)


@pytest.mark.parametrize("stem", ["01_random_binary", "04_boston_regression", "05_mnist_odd_even"])
def test_a_published_run_is_the_same_as_itself(stem):
    first, second = (
        records.with_ablations(records.read(ROOT / "figures" / stem)) for _ in range(2)
    )
    assert values.changed_values(first, second) == values.changed_settings(first, second) == []
    rows = scores.rows(first, second)
    assert {row.model for row in rows} == set(first.models)
    assert {row.verdict for row in rows} == {scores.SAME}
    assert {row.difference.mean for row in rows} == {0}
    assert repetition.judge(first, second)[0] == IDENTICAL


NEW = st.one_of(st.none(), st.floats(1e-6, 1e6))  # None: the value is taken away
CELLS = st.dictionaries(st.tuples(st.integers(0, 11), st.integers(0, 3)), NEW, max_size=8)


@given(CELLS, st.randoms(use_true_random=False))
def test_exactly_the_changed_cells_are_listed(saved, cells, random):
    history = saved.history.copy()
    assert history.shape == (12, 8)
    expected = {}
    for (row, column), new in cells.items():
        model, seed, fold, epoch = history.loc[row, KEYS]
        metric = history.columns[4 + column]
        old = None if pd.isna(history.loc[row, metric]) else history.loc[row, metric]
        history.loc[row, metric] = np.nan if new is None else new
        if new != old:
            fold = "" if pd.isna(fold) else f", fold {fold}"
            expected[f"{model}, seed {seed}{fold}, epoch {epoch}, {metric}"] = (old, new)
    in_any_order = history.loc[random.sample(range(12), 12)]
    found = values.changed_values(saved, replace(saved, history=in_any_order))
    assert {change.where: (change.first, change.second) for change in found} == expected
    assert len(found) == len(expected)


def test_each_changed_score_of_a_record_is_listed_alone(saved):
    for model, entry in saved.record["models"].items():
        for i, run in enumerate(entry["runs"]):
            fold = "" if run["fold"] is None else f", fold {run['fold']}"
            for part in ("final", "test", "test_noise"):
                for metric, old in run[part].items():
                    other = with_value(saved, old + 1e-6, "models", model, "runs", i, part, metric)
                    where = f"{model}, seed {run['seed']}{fold}, {part}.{metric}"
                    expected = [Change(where, old, old + 1e-6)]
                    assert values.changed_values(saved, other) == expected


@pytest.mark.parametrize(
    ("name", "place", "old", "new"),
    [
        ("mlp.outputs", (7, 0), 0.75, 0.5),
        ("mlp.outputs", (7, 0), 0.75, np.nan),
        ("mlp.classes", (399,), 1, 0),
        ("mlp.right", (1, 0), True, False),
        ("targets", (2,), 0, 1),
    ],
)
def test_one_changed_element_of_the_predictions_is_listed(saved, name, place, old, new):
    arrays = saved.predictions | {name: saved.predictions[name].copy()}
    arrays[name][place] = new
    (change,) = values.changed_values(saved, replace(saved, predictions=arrays))
    assert change.where == f"predictions, {name}[{', '.join(map(str, place))}]"
    assert (change.first, change.second) == (old, pytest.approx(new, nan_ok=True))
    other = replace(saved, predictions=arrays)
    assert values.changed_values(other, other) == []


def test_several_changed_elements_of_an_array_are_counted(saved):
    outputs = saved.predictions["mlp.outputs"].copy()
    outputs[[3, 5, 8]] = 0.25
    other = replace(saved, predictions=saved.predictions | {"mlp.outputs": outputs})
    (change,) = values.changed_values(saved, other)
    assert str(change) == "predictions, mlp.outputs[3, 0] and 2 more of it: 0.75 -> 0.25"


def test_arrays_that_are_missing_or_of_another_shape_are_listed(saved):
    arrays = {name: array for name, array in saved.predictions.items() if name != "mlp.right"}
    arrays["targets"] = np.zeros(5)
    found = values.changed_values(saved, replace(saved, predictions=arrays))
    assert sorted(map(str, found)) == [
        "predictions, mlp.right: (2, 400) -> -",
        "predictions, targets: (3,) -> (5,)",
    ]


def test_of_longer_runs_the_epochs_that_the_other_lacks_are_listed(tmp_path):
    first = mlp(tmp_path / "a", [0.3], epochs=3)
    longer = pd.concat([first.history, first.history.tail(1).assign(epoch=4)], ignore_index=True)
    found = values.changed_values(first, replace(first, history=longer))
    metrics = ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert [change.where for change in found] == [f"mlp, seed 0, epoch 4, {m}" for m in metrics]
    assert [change.first for change in found] == [None] * 4
    assert [change.second for change in found] == first.history[metrics].iloc[-1].tolist()


def test_with_a_tolerance_small_changes_and_predictions_do_not_count(saved):
    near = saved.history.assign(loss=saved.history["loss"] * 1.001)
    arrays = saved.predictions | {"targets": 1 - saved.predictions["targets"]}
    other = with_value(saved, 0.303, "models", "mlp", "runs", 0, "test", "loss")
    other = replace(other, history=near, predictions=arrays)
    # The losses of 12 epochs, a score (0.34 -> 0.303: a share of 0.109) and an array.
    assert len(values.changed_values(saved, other)) == 12 + 1 + 1
    (change,) = values.changed_values(saved, other, 0.01)
    assert change.where == "mlp, seed 4, test.loss"
    assert len(values.changed_values(saved, other, 0.0005)) == 12 + 1
    assert values.changed_values(saved, other, 0.11) == []


NUMBERS = st.floats(-1e100, 1e100)


@given(NUMBERS, NUMBERS, st.floats(0, 2))
@example(1.0, 1.0 + 1e-6, 0.0)
@example(100.0, 99.0, 0.01)
def test_numbers_are_as_close_as_the_standard_library_says(a, b, tolerance):
    assert bool(values.close(a, b, tolerance)) == math.isclose(a, b, rel_tol=tolerance)
    assert values.close(a, b, tolerance) == values.close(b, a, tolerance)


def test_what_is_no_number_is_the_same_as_itself_alone():
    numbers = np.array([np.nan, np.inf, -np.inf, 1.0])
    for tolerance in (0.0, 0.5):
        equal = [values.close(number, numbers, tolerance).tolist() for number in numbers]
        assert equal == np.eye(4, dtype=bool).tolist()


def test_changed_settings_are_listed_with_those_that_one_run_has_alone(saved):
    other = with_value(saved, 64, "config", "batch_size")
    other = with_value(other, "3.12", "environment", "python")
    other = with_value(other, {"majority class": {"accuracy": 0.6}}, "baselines")
    assert set(map(str, values.changed_settings(saved, other))) == {
        "config.batch_size: - -> 64",
        "environment.python: 3.11 -> 3.12",
        "baselines.majority class.accuracy: 0.5 -> 0.6",
    }
    assert values.changed_values(saved, other) == []


def test_changed_verdicts_seeds_and_epochs_are_settings(saved):
    claims = [{"id": "05a", "verdict": "holds"}], [{"id": "05a", "verdict": "undecided"}]
    first, other = (with_value(saved, rows, "claims") for rows in claims)
    other = with_value(other, 6, "models", "mlp", "runs", 1, "seed")
    other = with_value(other, 9, "models", "cnn", "runs", 1, "epochs")
    assert set(map(str, values.changed_settings(first, other))) == {
        "verdict.05a: holds -> undecided",
        "models.mlp.seeds: [4, 5] -> [4, 6]",
        "models.cnn.epochs: 3 -> 9",
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (0.5, "0.5"),
        (list(range(10)), "0 to 9"),
        ([3, 4, 6, 7], "[3, 4, 6, 7]"),
        ([1, 2], "[1, 2]"),
        ("731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", "731c5ac60275..."),
        ([0.5, 1.5, 2.5, 3.5], "[0.5, 1.5, 2.5, 3.5]"),
        (["a", "b", "c", "d"], "['a', 'b', 'c', 'd']"),
    ],
)
def test_values_are_shown_in_short(value, shown):
    assert Change("here", value, None).shown == (shown, "-")

"""Two saved runs side by side: every changed value is found, and chance is told from change."""

import copy
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from common import changes, comparison, records, repetition
from common.changes import Change
from common.fetching import ROOT
from common.repetition import DIFFERENT, EQUIVALENT, IDENTICAL
from common.training import Result
from test_records import write

ROWS = 400  # of the test set
LOSSES = [0.30, 0.34, 0.31, 0.33]
ACCURACIES = [0.80, 0.78, 0.79, 0.76]


def training(loss, accuracy=0.8, *, epochs=3, lowest=2, metric="accuracy", validated=True):
    """Make a training that ends with these scores; its validation loss is lowest where said."""
    after = np.arange(1, epochs + 1)
    history = {
        "loss": (loss * epochs / after).tolist(),
        metric: (accuracy + 0.01 * (after - epochs)).tolist(),
    }
    if validated:
        history["val_loss"] = (loss + 0.01 * np.abs(after - lowest)).tolist()
        history[f"val_{metric}"] = history[metric]
    noise = {"loss": 0.01, metric: math.sqrt(abs(accuracy * (1 - accuracy)) / ROWS)}
    outputs = np.full((ROWS, 1), 0.75, np.float32)
    right = np.arange(ROWS) < round(accuracy * ROWS) if metric == "accuracy" else None
    return Result(7, "summary", history, 1, {"loss": loss, metric: accuracy}, noise, outputs, right)


def mlp(folder, losses, accuracies=None, *, first_seed=0, model="mlp", parts=None, **options):
    """Save and read runs of one model, one for each loss; their seeds follow each other."""
    accuracies = [0.8] * len(losses) if accuracies is None else accuracies
    scores = zip(losses, accuracies, strict=True)
    runs = [
        records.Run(model, seed, None, training(*score, **options), 1.0)
        for seed, score in enumerate(scores, first_seed)
    ]
    return write(folder, runs, **parts or {})


def row_of(rows, quantity):
    (row,) = [row for row in rows if row.quantity == quantity]
    return row


def with_value(saved, value, *path):
    """Return results in whose record one value is another."""
    record = copy.deepcopy(saved.record)
    part = record
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return replace(saved, record=record)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the runs of a model with two seeds and of one with two folds and no validation."""
    folds = [training(0.5 + fold / 10, validated=False) for fold in range(2)]
    folds = [replace(fold, test={}, test_noise={}, outputs=None, right=None) for fold in folds]
    runs = [records.Run("mlp", seed, None, training(0.3 + seed / 100), 1.0) for seed in (4, 5)]
    runs += [records.Run("cnn", 4, fold, result, 1.0) for fold, result in enumerate(folds)]
    return write(tmp_path_factory.mktemp("saved"), runs)


# Values


@pytest.mark.parametrize("stem", ["01_random_binary", "04_boston_regression", "05_mnist_odd_even"])
def test_a_published_run_is_the_same_as_itself(stem):
    first, second = (
        records.with_ablations(records.read(ROOT / "figures" / stem)) for _ in range(2)
    )
    assert changes.changed_values(first, second) == changes.changed_settings(first, second) == []
    rows = comparison.rows(first, second)
    assert {row.model for row in rows} == set(first.models)
    assert {row.verdict for row in rows} == {comparison.SAME}
    assert {row.difference.mean for row in rows} == {0}
    assert repetition.judge(first, second)[0] == IDENTICAL


NEW = st.one_of(st.none(), st.floats(1e-6, 1e6))  # None: the value is taken away
CELLS = st.dictionaries(st.tuples(st.integers(0, 11), st.integers(0, 3)), NEW, max_size=8)


@settings(deadline=None)
@given(CELLS, st.randoms(use_true_random=False))
def test_exactly_the_changed_cells_are_listed(saved, cells, random):
    history = saved.history.copy()
    assert history.shape == (12, 8)
    expected = {}
    for (row, column), new in cells.items():
        model, seed, fold, epoch = history.loc[row, records.KEYS]
        metric = history.columns[4 + column]
        old = None if pd.isna(history.loc[row, metric]) else history.loc[row, metric]
        history.loc[row, metric] = np.nan if new is None else new
        if new != old:
            fold = "" if pd.isna(fold) else f", fold {fold}"
            expected[f"{model}, seed {seed}{fold}, epoch {epoch}, {metric}"] = (old, new)
    in_any_order = history.loc[random.sample(range(12), 12)]
    found = changes.changed_values(saved, replace(saved, history=in_any_order))
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
                    assert changes.changed_values(saved, other) == expected


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
    (change,) = changes.changed_values(saved, replace(saved, predictions=arrays))
    assert change.where == f"predictions, {name}[{', '.join(map(str, place))}]"
    assert (change.first, change.second) == (old, pytest.approx(new, nan_ok=True))
    other = replace(saved, predictions=arrays)
    assert changes.changed_values(other, other) == []


def test_several_changed_elements_of_an_array_are_counted(saved):
    outputs = saved.predictions["mlp.outputs"].copy()
    outputs[[3, 5, 8]] = 0.25
    other = replace(saved, predictions=saved.predictions | {"mlp.outputs": outputs})
    (change,) = changes.changed_values(saved, other)
    assert str(change) == "predictions, mlp.outputs[3, 0] and 2 more of it: 0.75 -> 0.25"


def test_arrays_that_are_missing_or_of_another_shape_are_listed(saved):
    arrays = {name: array for name, array in saved.predictions.items() if name != "mlp.right"}
    arrays["targets"] = np.zeros(5)
    found = changes.changed_values(saved, replace(saved, predictions=arrays))
    assert sorted(map(str, found)) == [
        "predictions, mlp.right: (2, 400) -> -",
        "predictions, targets: (3,) -> (5,)",
    ]


def test_of_longer_runs_the_epochs_that_the_other_lacks_are_listed(tmp_path):
    first = mlp(tmp_path / "a", [0.3], epochs=3)
    longer = pd.concat([first.history, first.history.tail(1).assign(epoch=4)], ignore_index=True)
    found = changes.changed_values(first, replace(first, history=longer))
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
    assert len(changes.changed_values(saved, other)) == 12 + 1 + 1
    (change,) = changes.changed_values(saved, other, 0.01)
    assert change.where == "mlp, seed 4, test.loss"
    assert len(changes.changed_values(saved, other, 0.0005)) == 12 + 1
    assert changes.changed_values(saved, other, 0.11) == []


NUMBERS = st.floats(-1e100, 1e100)


@given(NUMBERS, NUMBERS, st.floats(0, 2))
@example(1.0, 1.0 + 1e-6, 0.0)
@example(100.0, 99.0, 0.01)
def test_numbers_are_as_close_as_the_standard_library_says(a, b, tolerance):
    assert bool(changes.close(a, b, tolerance)) == math.isclose(a, b, rel_tol=tolerance)
    assert changes.close(a, b, tolerance) == changes.close(b, a, tolerance)


def test_what_is_no_number_is_the_same_as_itself_alone():
    values = np.array([np.nan, np.inf, -np.inf, 1.0])
    for tolerance in (0.0, 0.5):
        equal = [changes.close(value, values, tolerance).tolist() for value in values]
        assert equal == np.eye(4, dtype=bool).tolist()


def test_changed_settings_are_listed_with_those_that_one_run_has_alone(saved):
    other = with_value(saved, 64, "config", "batch_size")
    other = with_value(other, "3.12", "environment", "python")
    other = with_value(other, {"majority class": {"accuracy": 0.6}}, "baselines")
    assert set(map(str, changes.changed_settings(saved, other))) == {
        "config.batch_size: - -> 64",
        "environment.python: 3.11 -> 3.12",
        "baselines.majority class.accuracy: 0.5 -> 0.6",
    }
    assert changes.changed_values(saved, other) == []


def test_changed_verdicts_seeds_and_epochs_are_settings(saved):
    claims = [{"id": "05a", "verdict": "holds"}], [{"id": "05a", "verdict": "undecided"}]
    first, other = (with_value(saved, rows, "claims") for rows in claims)
    other = with_value(other, 6, "models", "mlp", "runs", 1, "seed")
    other = with_value(other, 9, "models", "cnn", "runs", 1, "epochs")
    assert set(map(str, changes.changed_settings(first, other))) == {
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


# Scores


def test_the_quantities_of_a_history_are_those_computed_by_hand(tmp_path):
    first = mlp(tmp_path, [0.2, 0.4], [0.7, 0.9], epochs=4, lowest=2)
    rows = comparison.rows(first, first)
    assert {row.quantity: row.first.mean for row in rows} == {
        "last training loss": pytest.approx(0.3),
        "last training accuracy": pytest.approx(0.8),
        "last validation loss": pytest.approx(0.32),
        "lowest validation loss": pytest.approx(0.3),
        "epoch of the lowest validation loss": 2,
        "last validation accuracy": pytest.approx(0.8),
        "highest validation accuracy": pytest.approx(0.8),
        "epoch of the highest validation accuracy": 4,
        "test loss": pytest.approx(0.3),
        "test accuracy": pytest.approx(0.8),
    }
    assert {row.metric for row in rows} == {"loss", "accuracy"}


def test_without_validation_the_best_of_the_training_is_compared(tmp_path):
    first = mlp(tmp_path, [0.2, 0.4], validated=False)
    quantities = [row.quantity for row in comparison.rows(first, first)]
    assert "lowest training loss" in quantities
    assert not [name for name in quantities if "validation" in name]


def test_folds_are_averaged_within_a_seed(tmp_path):
    losses = {0: (0.2, 0.4), 1: (0.3, 0.7)}
    runs = [
        records.Run("mlp", seed, fold, training(loss, metric="mae", lowest=fold + 1), 1.0)
        for seed, folds in losses.items()
        for fold, loss in enumerate(folds)
    ]
    saved = write(tmp_path, runs)
    rows = comparison.rows(saved, saved)
    assert {row.quantity.split(": ")[0] for row in rows} == {"folds"}
    assert row_of(rows, "folds: last training loss").first.mean == pytest.approx(0.4)
    by_seed = comparison.by_seed(saved, "mlp")["folds: test loss", "loss"]
    assert by_seed.to_dict() == {0: pytest.approx(0.3), 1: pytest.approx(0.5)}
    # Of the mean curve: the folds' own minima lie at epochs 1 and 2, 0.01 an epoch away.
    lowest = comparison.by_seed(saved, "mlp")["folds: lowest validation loss", "loss"]
    assert lowest.to_dict() == {0: pytest.approx(0.305), 1: pytest.approx(0.505)}


SHIFTS = [0.02, 0.03, 0.01, 0.025]


def test_with_the_same_seeds_differences_are_taken_in_pairs(tmp_path):
    others = np.add(LOSSES, SHIFTS)
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", others)
    row = row_of(comparison.rows(first, second), "test loss")
    expected = stats.ttest_rel(others, LOSSES).confidence_interval(0.95)
    assert row.difference == pytest.approx((np.mean(SHIFTS), *expected))
    assert row.first.mean == pytest.approx(np.mean(LOSSES))
    assert row.second.mean == pytest.approx(np.mean(others))
    assert row.verdict == comparison.WORSE


@pytest.mark.parametrize("number", [4, 3])
def test_with_other_seeds_differences_are_welchs(tmp_path, number):
    others = np.add(LOSSES, SHIFTS)[:number]
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", others, first_seed=100)
    row = row_of(comparison.rows(first, second), "test loss")
    expected = stats.ttest_ind(others, LOSSES, equal_var=False).confidence_interval(0.95)
    assert row.difference == pytest.approx((np.mean(others) - np.mean(LOSSES), *expected))
    assert row.verdict == comparison.INSIDE  # the same shift, in pairs, is worse


@pytest.mark.parametrize("first_seed", [0, 100])
def test_a_difference_of_test_accuracies_counts_the_rows_too(tmp_path, first_seed):
    others = np.add(ACCURACIES, [0.05, 0.06, 0.05, 0.07])
    first = mlp(tmp_path / "a", LOSSES, ACCURACIES)
    second = mlp(tmp_path / "b", LOSSES, others, first_seed=first_seed)
    right = [
        np.arange(ROWS) < np.round(np.multiply(a, ROWS))[:, None] for a in (ACCURACIES, others)
    ]
    rows = stats.sem(right[1].mean(axis=0) - right[0].mean(axis=0))
    paired = stats.ttest_rel(others, ACCURACIES)
    welch = stats.ttest_ind(others, ACCURACIES, equal_var=False)
    seeds = (welch if first_seed else paired).confidence_interval(0.95)
    half = math.hypot((seeds.high - seeds.low) / 2, stats.norm.ppf(0.975) * rows)
    gap = row_of(comparison.rows(first, second), "test accuracy").difference
    assert gap == pytest.approx((0.0575, 0.0575 - half, 0.0575 + half))
    assert gap.high - gap.mean > (seeds.high - seeds.low) / 2


def test_on_other_rows_the_noise_of_both_test_sets_counts(tmp_path):
    others = np.add(ACCURACIES, [0.05, 0.06, 0.05, 0.07])
    elsewhere = {"data": {"source": "real", "files": {"mnist.npz": "0000"}, "facts": {}}}
    first = mlp(tmp_path / "a", LOSSES, ACCURACIES)
    second = mlp(tmp_path / "b", LOSSES, others, parts=elsewhere)
    variances = [np.mean([a * (1 - a) / ROWS for a in some]) for some in (ACCURACIES, others)]
    seeds = stats.ttest_rel(others, ACCURACIES).confidence_interval(0.95)
    half = math.hypot((seeds.high - seeds.low) / 2, 1.959964 * math.sqrt(sum(variances)))
    gap = row_of(comparison.rows(first, second), "test accuracy").difference
    assert gap == pytest.approx((0.0575, 0.0575 - half, 0.0575 + half), rel=1e-4)


SMALL = np.array([0.003, -0.002, 0.001, -0.002])


@pytest.mark.parametrize(
    ("metric", "quantity", "shift", "verdict"),
    [
        ("accuracy", "test loss", 0.1, comparison.WORSE),
        ("accuracy", "test loss", -0.1, comparison.BETTER),
        ("accuracy", "test loss", 0.0, comparison.INSIDE),
        ("accuracy", "lowest validation loss", -0.1, comparison.BETTER),
        ("accuracy", "test accuracy", -0.1, comparison.WORSE),
        ("accuracy", "test accuracy", 0.1, comparison.BETTER),
        ("accuracy", "test accuracy", 0.0, comparison.INSIDE),
        ("accuracy", "highest validation accuracy", 0.1, comparison.BETTER),
        ("mae", "test mae", 0.1, comparison.WORSE),
        ("mae", "lowest validation mae", -0.1, comparison.BETTER),
    ],
)
def test_lower_errors_and_higher_scores_are_better(tmp_path, metric, quantity, shift, verdict):
    def moved(values):
        return np.add(values, shift + SMALL)

    first = mlp(tmp_path / "a", LOSSES, ACCURACIES, metric=metric)
    second = mlp(tmp_path / "b", moved(LOSSES), moved(ACCURACIES), metric=metric)
    row = row_of(comparison.rows(first, second), quantity)
    assert row.verdict == verdict
    assert row.difference.mean == pytest.approx(shift, abs=1e-6)
    assert (row.difference.low <= 0 <= row.difference.high) == (verdict == comparison.INSIDE)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [(5, 2, comparison.EARLIER), (2, 5, comparison.LATER), (2, 2, comparison.SAME)],
)
def test_epochs_are_earlier_or_later(tmp_path, first, second, verdict):
    runs = [
        mlp(tmp_path / str(i), LOSSES, epochs=6, lowest=lowest)
        for i, lowest in enumerate((first, second))
    ]
    row = row_of(comparison.rows(*runs), "epoch of the lowest validation loss")
    assert row.verdict == verdict
    assert (row.first.mean, row.second.mean) == (first, second)


@pytest.mark.parametrize(("losses", "seed"), [([0.9], 0), ([0.9], 100), (LOSSES, 100)])
def test_of_one_seed_there_is_a_difference_and_no_verdict(tmp_path, losses, seed):
    first = mlp(tmp_path / "a", [0.3])
    row = row_of(comparison.rows(first, mlp(tmp_path / "b", losses, first_seed=seed)), "test loss")
    assert row.verdict == comparison.ONE_SEED
    assert row.difference.mean == pytest.approx(np.mean(losses) - 0.3)
    assert np.isnan([row.difference.low, row.difference.high]).all()


@pytest.mark.parametrize("seed", [0, 100])
def test_a_training_that_broke_down_is_named(tmp_path, seed):
    first = mlp(tmp_path / "a", LOSSES)
    second = mlp(tmp_path / "b", [*LOSSES[:3], np.nan], first_seed=seed)
    for quantity in ("last training loss", "test loss"):
        assert row_of(comparison.rows(first, second), quantity).verdict == comparison.NO_NUMBER
    assert repetition.judge(first, second)[0] == DIFFERENT


def test_within_the_tolerance_scores_are_the_same(tmp_path):
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", np.multiply(LOSSES, 1.001))
    for tolerance, verdict in ((0.0, comparison.WORSE), (0.01, comparison.SAME)):
        row = row_of(comparison.rows(first, second, tolerance), "test loss")
        assert row.verdict == verdict


def test_models_are_selected_under_other_names(tmp_path):
    runs = [records.Run(name, 0, None, training(0.3), 1.0) for name in ("mlp", "cnn")]
    saved = write(tmp_path, runs)
    chosen = comparison.select(saved, {"mlp=cnn": "cnn"})
    assert chosen.models == ["mlp=cnn"]
    assert set(chosen.history["model"]) == {"mlp=cnn"}
    assert len(chosen.history) == 3
    names = {"targets", "mlp=cnn.outputs", "mlp=cnn.classes", "mlp=cnn.right"}
    assert set(chosen.predictions) == names
    assert saved.models == ["mlp", "cnn"]


def test_a_difference_by_epoch_is_in_pairs_for_the_same_seeds():
    rng = np.random.default_rng(0)
    a = pd.DataFrame(rng.random((3, 4)), index=[1, 2, 3], columns=range(4))
    b = pd.DataFrame(rng.random((4, 4)), index=[2, 3, 4, 5], columns=range(4))
    curve = comparison.difference_curve(a, b)
    assert curve.index.tolist() == [2, 3]
    for epoch in (2, 3):
        expected = stats.ttest_rel(b.loc[epoch], a.loc[epoch]).confidence_interval(0.95)
        assert curve.loc[epoch, ["low", "high"]].tolist() == pytest.approx(list(expected))
    b.columns = range(10, 14)
    curve = comparison.difference_curve(a, b)
    for epoch in (2, 3):
        test = stats.ttest_ind(b.loc[epoch], a.loc[epoch], equal_var=False)
        expected = test.confidence_interval(0.95)
        assert curve.loc[epoch, ["low", "high"]].tolist() == pytest.approx(list(expected))
    assert curve["mean"].tolist() == pytest.approx((b.mean(axis=1) - a.mean(axis=1)).loc[[2, 3]])


def test_a_difference_by_epoch_of_one_seed_has_no_band():
    a, b = (pd.DataFrame({0: values}, index=[1, 2]) for values in ([3.0, 2.0], [4.0, 1.0]))
    curve = comparison.difference_curve(a, b)
    assert curve.columns.tolist() == ["mean"]
    assert curve["mean"].tolist() == [1, -1]


# Verdicts of whole experiments

RNG = np.random.default_rng(7)
DRAWN = RNG.normal(0.3, 0.01, (2, 6))


def test_what_repeats_to_the_value_is_identical(tmp_path):
    first, second = (mlp(tmp_path / name, DRAWN[0]) for name in "ab")
    assert repetition.judge(first, second) == (IDENTICAL, "18 rows of history, models: 1")
    verdicts = with_value(second, [{"id": "05a", "verdict": "holds"}], "claims")
    assert repetition.judge(first, verdicts)[0] == IDENTICAL  # they follow from the values


def test_what_repeats_within_the_intervals_is_equivalent(tmp_path):
    first, second = (mlp(tmp_path / name, drawn) for name, drawn in zip("ab", DRAWN, strict=True))
    assert repetition.judge(first, second)[0] == EQUIVALENT
    elsewhere = with_value(second, "3.12", "environment", "python")
    assert repetition.judge(first, elsewhere)[0] == EQUIVALENT
    refitted = with_value(second, 0.502, "baselines", "majority class", "accuracy")
    assert repetition.judge(first, refitted)[0] == EQUIVALENT


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("data", "source"), "sample"),
        (("data", "files", "mnist.npz"), "0000"),
        (("config", "batch_size"), 64),
        (("config", "as_published"), False),
        (("models", "mlp", "parameters"), 8),
        (("models", "mlp", "runs", 5, "seed"), 9),
        (("models", "mlp", "runs", 5, "epochs"), 9),
        (("baselines", "majority class", "accuracy"), 0.51),
    ],
)
def test_with_other_settings_an_experiment_is_different(tmp_path, path, value):
    first = mlp(tmp_path, DRAWN[0])
    verdict, reason = repetition.judge(first, with_value(first, value, *path))
    assert verdict == DIFFERENT
    assert reason.startswith(path[0])


def test_shifted_scores_are_different_and_named(tmp_path):
    first, second = mlp(tmp_path / "a", DRAWN[0]), mlp(tmp_path / "b", DRAWN[1] + 0.1)
    verdict, reason = repetition.judge(first, second)
    assert verdict == DIFFERENT
    assert reason.startswith("mlp, last training loss: 0.2961 ")
    assert reason.endswith("(and 3 more)")  # of the validation the last and lowest; of the test


@pytest.mark.parametrize(
    ("losses", "options"),
    [
        (DRAWN[0][:5], {}),
        (DRAWN[0], {"epochs": 4}),
        (DRAWN[0], {"first_seed": 1}),
        (DRAWN[0], {"model": "cnn"}),
        (DRAWN[0], {"validated": False}),
    ],
)
def test_with_other_seeds_epochs_models_or_metrics_an_experiment_is_different(
    tmp_path, losses, options
):
    first, second = mlp(tmp_path / "a", DRAWN[0]), mlp(tmp_path / "b", losses, **options)
    assert repetition.judge(first, second)[0] == DIFFERENT
    assert repetition.judge(second, first)[0] == DIFFERENT


def test_with_other_labels_the_data_are_different(tmp_path):
    first = mlp(tmp_path, DRAWN[0])
    arrays = first.predictions | {"targets": 1 - first.predictions["targets"]}
    assert repetition.judge(first, replace(first, predictions=arrays))[0] == DIFFERENT


def test_of_one_seed_no_interval_is_claimed(tmp_path):
    first, second = mlp(tmp_path / "a", [0.3]), mlp(tmp_path / "b", [0.3001])
    _, reason = repetition.judge(first, second)
    assert "nan" not in reason
    assert "by no more than the noise" not in reason


def test_of_one_seed_the_same_values_on_another_machine_are_no_difference(tmp_path):
    first = mlp(tmp_path, [0.3])
    elsewhere = with_value(first, "3.12", "environment", "python")
    assert repetition.judge(first, elsewhere)[0] in (IDENTICAL, EQUIVALENT)


def test_chance_alone_makes_no_repetition_different(tmp_path):
    rng = np.random.default_rng(3)
    found = []
    for i in range(8):
        runs = [
            mlp(tmp_path / f"{i}{name}", rng.normal(0.3, 0.02, 3), rng.normal(0.8, 0.02, 3))
            for name in "ab"
        ]
        found.append(repetition.judge(*runs)[0])
    assert found == [EQUIVALENT] * 8


# What breaks down


def published(stem):
    return records.read(ROOT / "figures" / stem)


def test_a_fold_that_broke_down_is_not_averaged_away():
    first = published("04_boston_regression")
    model = "all_features_3_folds"
    where = first.history.eval("model == @model and fold == 0 and epoch > 5 and seed == 0")
    broken = first.history.assign(loss=first.history["loss"].mask(where))
    rows = comparison.rows(first, replace(first, history=broken))
    verdicts = {row.quantity: row.verdict for row in rows if row.model == model}
    assert verdicts["folds: last training loss"] == comparison.NO_NUMBER
    assert verdicts["folds: last validation loss"] == comparison.SAME


def test_a_metric_that_broke_down_is_compared_all_the_same(tmp_path):
    first = mlp(tmp_path, LOSSES)
    broken = replace(first, history=first.history.assign(loss=np.nan))
    for pair in ((first, broken), (broken, first)):
        row = row_of(comparison.rows(*pair), "last training loss")
        assert row.verdict == comparison.NO_NUMBER


def test_infinite_losses_are_no_numbers(tmp_path):
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", [np.inf, *LOSSES[1:]])
    assert row_of(comparison.rows(first, second), "test loss").verdict == comparison.NO_NUMBER


def test_sample_data_beside_real_ones_get_no_verdict(tmp_path):
    parts = {"data": {"source": "sample", "files": {}, "facts": {}}}
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", LOSSES, parts=parts)
    assert {row.verdict for row in comparison.rows(first, second)} == {comparison.OTHER_DATA}


def test_a_model_trained_on_folds_is_not_compared_with_one_that_is_not(tmp_path):
    runs = [records.Run("mlp", 0, fold, training(0.3), 1.0) for fold in range(2)]
    first, second = mlp(tmp_path / "a", LOSSES), write(tmp_path / "b", runs)
    assert comparison.shared_models(first, second) == []
    assert comparison.rows(first, second) == []


def test_where_each_seed_draws_its_own_rows_they_are_not_counted_twice(tmp_path):
    parts = {"data": {"source": "generated", "files": {}, "facts": {}}}
    others = np.add(ACCURACIES, [0.05, 0.06, 0.05, 0.07])
    first = mlp(tmp_path / "a", LOSSES, ACCURACIES, parts=parts)
    second = mlp(tmp_path / "b", LOSSES, others, parts=parts)
    gap = row_of(comparison.rows(first, second), "test accuracy").difference
    expected = stats.ttest_rel(others, ACCURACIES).confidence_interval(0.95)
    assert (gap.low, gap.high) == pytest.approx(tuple(expected))


def test_a_percent_of_the_cnns_test_accuracy_is_no_noise():
    first = published("05_mnist_odd_even")
    runs = copy.deepcopy(first.record["models"])
    for run in runs["cnn"]["runs"]:
        run["test"]["accuracy"] -= 0.01
    worse = replace(first, record=first.record | {"models": runs})
    verdict, reason = repetition.judge(first, worse)
    assert verdict == DIFFERENT
    assert reason.startswith("cnn, test accuracy")


def test_rounding_and_predictions_of_other_machines_are_no_other_settings():
    first = published("01_random_binary")
    elsewhere = with_value(first, 2.98e-08, "config", "perceptron_spellings_differ_by")
    assert repetition.judge(first, elsewhere)[0] == IDENTICAL
    first = published("07_mnist_fashion_multiclass")
    fact = "mnist: class of test image 5 as predicted"
    assert repetition.judge(first, with_value(first, 7, "data", "facts", fact))[0] == IDENTICAL

"""Scores of two saved runs side by side: chance is told from change."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from comparison import repetition, scores, seeds
from comparison.repetition import DIFFERENT
from results.statistics import new_run
from results.training_result import Trained
from saved_runs import ACCURACIES, LOSSES, ROWS, mlp, published, row_of, training, write


def test_the_quantities_of_a_history_are_those_computed_by_hand(tmp_path):
    first = mlp(tmp_path, [0.2, 0.4], [0.7, 0.9], epochs=4, lowest=2)
    rows = scores.rows(first, first)
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
    quantities = [row.quantity for row in scores.rows(first, first)]
    assert "lowest training loss" in quantities
    assert not [name for name in quantities if "validation" in name]


def test_folds_are_averaged_within_a_seed(tmp_path):
    losses = {0: (0.2, 0.4), 1: (0.3, 0.7)}
    runs = [
        Trained("mlp", seed, fold, training(loss, metric="mae", lowest=fold + 1), 1.0)
        for seed, folds in losses.items()
        for fold, loss in enumerate(folds)
    ]
    saved = write(tmp_path, runs)
    rows = scores.rows(saved, saved)
    assert {row.quantity.split(": ")[0] for row in rows} == {"folds"}
    assert row_of(rows, "folds: last training loss").first.mean == pytest.approx(0.4)
    by_seed = scores.by_seed(saved, "mlp")["folds: test loss", "loss"]
    assert by_seed.to_dict() == {0: pytest.approx(0.3), 1: pytest.approx(0.5)}
    # Of the mean curve: the folds' own minima lie at epochs 1 and 2, 0.01 an epoch away.
    lowest = scores.by_seed(saved, "mlp")["folds: lowest validation loss", "loss"]
    assert lowest.to_dict() == {0: pytest.approx(0.305), 1: pytest.approx(0.505)}


SHIFTS = [0.02, 0.03, 0.01, 0.025]


def test_with_the_same_seeds_differences_are_taken_in_pairs(tmp_path):
    others = np.add(LOSSES, SHIFTS)
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", others)
    row = row_of(scores.rows(first, second), "test loss")
    expected = stats.ttest_rel(others, LOSSES).confidence_interval(0.95)
    assert row.difference == pytest.approx((np.mean(SHIFTS), *expected))
    assert row.first.mean == pytest.approx(np.mean(LOSSES))
    assert row.second.mean == pytest.approx(np.mean(others))
    assert row.verdict == scores.WORSE


@pytest.mark.parametrize("number", [4, 3])
def test_with_other_seeds_differences_are_welchs(tmp_path, number):
    others = np.add(LOSSES, SHIFTS)[:number]
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", others, first_seed=100)
    row = row_of(scores.rows(first, second), "test loss")
    expected = stats.ttest_ind(others, LOSSES, equal_var=False).confidence_interval(0.95)
    assert row.difference == pytest.approx((np.mean(others) - np.mean(LOSSES), *expected))
    assert row.verdict == scores.INSIDE  # the same shift, in pairs, is worse


@pytest.mark.parametrize("first_seed", [0, 100])
def test_a_difference_of_test_accuracies_counts_the_rows_too(tmp_path, first_seed):
    others = np.add(ACCURACIES, [0.05, 0.06, 0.05, 0.07])
    first = mlp(tmp_path / "a", LOSSES, ACCURACIES)
    second = mlp(tmp_path / "b", LOSSES, others, first_seed=first_seed)
    right = [
        np.arange(ROWS) < np.round(np.multiply(a, ROWS))[:, None] for a in (ACCURACIES, others)
    ]
    of_seeds = sum(part.var(axis=0, ddof=1).mean() / len(part) for part in right)
    by_row = right[1].mean(axis=0) - right[0].mean(axis=0)
    rows = math.sqrt((by_row.var(ddof=1) - of_seeds) / ROWS)
    paired = stats.ttest_rel(others, ACCURACIES)
    welch = stats.ttest_ind(others, ACCURACIES, equal_var=False)
    seeds = (welch if first_seed else paired).confidence_interval(0.95)
    half = math.hypot((seeds.high - seeds.low) / 2, stats.norm.ppf(0.975) * rows)
    gap = row_of(scores.rows(first, second), "test accuracy").difference
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
    gap = row_of(scores.rows(first, second), "test accuracy").difference
    assert gap == pytest.approx((0.0575, 0.0575 - half, 0.0575 + half), rel=1e-4)


SMALL = np.array([0.003, -0.002, 0.001, -0.002])


@pytest.mark.parametrize(
    ("metric", "quantity", "shift", "verdict"),
    [
        ("accuracy", "test loss", 0.1, scores.WORSE),
        ("accuracy", "test loss", -0.1, scores.BETTER),
        ("accuracy", "test loss", 0.0, scores.INSIDE),
        ("accuracy", "lowest validation loss", -0.1, scores.BETTER),
        ("accuracy", "test accuracy", -0.1, scores.WORSE),
        ("accuracy", "test accuracy", 0.1, scores.BETTER),
        ("accuracy", "test accuracy", 0.0, scores.INSIDE),
        ("accuracy", "highest validation accuracy", 0.1, scores.BETTER),
        ("mae", "test mae", 0.1, scores.WORSE),
        ("mae", "lowest validation mae", -0.1, scores.BETTER),
    ],
)
def test_lower_errors_and_higher_scores_are_better(tmp_path, metric, quantity, shift, verdict):
    def moved(values):
        return np.add(values, shift + SMALL)

    first = mlp(tmp_path / "a", LOSSES, ACCURACIES, metric=metric)
    second = mlp(tmp_path / "b", moved(LOSSES), moved(ACCURACIES), metric=metric)
    row = row_of(scores.rows(first, second), quantity)
    assert row.verdict == verdict
    assert row.difference.mean == pytest.approx(shift, abs=1e-6)
    assert (row.difference.low <= 0 <= row.difference.high) == (verdict == scores.INSIDE)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [(5, 2, scores.EARLIER), (2, 5, scores.LATER), (2, 2, scores.SAME)],
)
def test_epochs_are_earlier_or_later(tmp_path, first, second, verdict):
    runs = [
        mlp(tmp_path / str(i), LOSSES, epochs=6, lowest=lowest)
        for i, lowest in enumerate((first, second))
    ]
    row = row_of(scores.rows(*runs), "epoch of the lowest validation loss")
    assert row.verdict == verdict
    assert (row.first.mean, row.second.mean) == (first, second)


@pytest.mark.parametrize("seed", [0, 100])
def test_of_two_single_runs_there_is_a_difference_and_no_verdict(tmp_path, seed):
    first, second = mlp(tmp_path / "a", [0.3]), mlp(tmp_path / "b", [0.9], first_seed=seed)
    row = row_of(scores.rows(first, second), "test loss")
    assert row.verdict == scores.ONE_SEED
    assert row.difference.mean == pytest.approx(0.6)
    assert np.isnan([row.difference.low, row.difference.high]).all()


@pytest.mark.parametrize("seed", [1, 100])
@pytest.mark.parametrize(
    ("loss", "verdict"), [(0.33, scores.INSIDE), (0.6, scores.WORSE), (0.1, scores.BETTER)]
)
def test_a_single_run_is_set_against_where_new_runs_fall(tmp_path, seed, loss, verdict):
    many, one = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", [loss], first_seed=seed)
    row = row_of(scores.rows(many, one), "test loss")
    expected = new_run(np.array(LOSSES), share=False).inner
    assert row.difference.mean == pytest.approx(loss - np.mean(LOSSES))
    assert row.difference[1:] == pytest.approx((loss - expected.high, loss - expected.low))
    assert row.verdict == verdict
    other = {scores.BETTER: scores.WORSE, scores.WORSE: scores.BETTER}
    row = row_of(scores.rows(one, many), "test loss")
    assert row.verdict == other.get(verdict, verdict)


@pytest.mark.parametrize("number", [1, 2, 7, 11])
def test_a_run_is_never_better_or_worse_than_a_part_of_itself(tmp_path, number):
    rng = np.random.default_rng(number)
    names, epochs = {*map(int, rng.permutation(30)[:12])}, {"epochs": 4}
    runs = [
        Trained("mlp", seed, None, training(loss, 1 - loss, **epochs), 1.0)
        for seed, loss in zip(sorted(names), rng.uniform(0.1, 0.9, 12), strict=True)
    ]
    part = sorted(rng.permutation(12)[:number])
    whole, some = write(tmp_path / "a", runs), write(tmp_path / "b", [runs[i] for i in part])
    for pair in ((whole, some), (some, whole)):
        assert {row.verdict for row in scores.rows(*pair)} == {scores.SAME}


def test_seeds_are_compared_in_pairs_apart_or_one_with_many():
    assert seeds.choose(range(10), range(5, 15)) == ([*range(5, 10)], [*range(5, 10)], seeds.PAIRS)
    assert seeds.choose(range(10), range(8, 18)) == ([*range(8)], [*range(10, 18)], seeds.APART)
    assert seeds.choose(range(10), range(10, 14)).how == seeds.APART
    assert seeds.choose([3], range(10)) == ([3], [*range(10)], seeds.SINGLE)
    assert seeds.choose(range(10), [9, 10]) == ([*range(9)], [10], seeds.SINGLE)
    assert seeds.choose([3], [3]).how == seeds.PAIRS
    text = seeds.in_words("mlp", "B", range(100, 139), range(100, 110))
    assert text == "mlp: compared by the seeds that both have, in pairs; left out: 29 of A."
    assert seeds.in_words("mlp", "B", range(9), range(9)) == ""
    assert seeds.in_words("mlp", "B", range(9), range(9, 12)) == ""
    assert "B is a single run" in seeds.in_words("mlp", "B", range(9), [4])


@pytest.mark.parametrize("seed", [0, 100])
def test_a_training_that_broke_down_is_named(tmp_path, seed):
    first = mlp(tmp_path / "a", LOSSES)
    second = mlp(tmp_path / "b", [*LOSSES[:3], np.nan], first_seed=seed)
    for quantity in ("last training loss", "test loss"):
        assert row_of(scores.rows(first, second), quantity).verdict == scores.NO_NUMBER
    assert repetition.judge(first, second)[0] == DIFFERENT


def test_within_the_tolerance_scores_are_the_same(tmp_path):
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", np.multiply(LOSSES, 1.001))
    for tolerance, verdict in ((0.0, scores.WORSE), (0.01, scores.SAME)):
        row = row_of(scores.rows(first, second, tolerance), "test loss")
        assert row.verdict == verdict


def test_models_are_selected_under_other_names(tmp_path):
    runs = [Trained(name, 0, None, training(0.3), 1.0) for name in ("mlp", "cnn")]
    saved = write(tmp_path, runs)
    chosen = scores.select(saved, {"mlp=cnn": "cnn"})
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
    curve = seeds.differences(a, b, lower_is_better=True)
    assert curve.index.tolist() == [2, 3]
    for epoch in (2, 3):
        expected = stats.ttest_rel(b.loc[epoch], a.loc[epoch]).confidence_interval(0.95)
        assert curve.loc[epoch, ["low", "high"]].tolist() == pytest.approx(list(expected))
    b.columns = range(10, 14)
    curve = seeds.differences(a, b, lower_is_better=True)
    for epoch in (2, 3):
        test = stats.ttest_ind(b.loc[epoch], a.loc[epoch], equal_var=False)
        expected = test.confidence_interval(0.95)
        assert curve.loc[epoch, ["low", "high"]].tolist() == pytest.approx(list(expected))
    assert curve["mean"].tolist() == pytest.approx((b.mean(axis=1) - a.mean(axis=1)).loc[[2, 3]])


def test_a_difference_by_epoch_of_one_seed_has_no_band():
    a, b = (pd.DataFrame({0: values}, index=[1, 2]) for values in ([3.0, 2.0], [4.0, 1.0]))
    curve = seeds.differences(a, b, lower_is_better=True)
    assert curve[["low", "high"]].isna().all(axis=None)
    assert curve["mean"].tolist() == [1, -1]


def test_a_fold_that_broke_down_is_not_averaged_away():
    first = published("04_boston_regression")
    model = "all_features_3_folds"
    rows = first.history
    where = (rows["model"] == model) & rows["fold"].eq(0).fillna(False)
    where &= (rows["seed"] == 100) & (rows["epoch"] > 5)
    broken = first.history.assign(loss=first.history["loss"].mask(where))
    rows = scores.rows(first, replace(first, history=broken))
    verdicts = {row.quantity: row.verdict for row in rows if row.model == model}
    assert verdicts["folds: last training loss"] == scores.NO_NUMBER
    assert verdicts["folds: last validation loss"] == scores.SAME


def test_a_metric_that_broke_down_is_compared_all_the_same(tmp_path):
    first = mlp(tmp_path, LOSSES)
    broken = replace(first, history=first.history.assign(loss=np.nan))
    for pair in ((first, broken), (broken, first)):
        row = row_of(scores.rows(*pair), "last training loss")
        assert row.verdict == scores.NO_NUMBER


def test_infinite_losses_are_no_numbers(tmp_path):
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", [np.inf, *LOSSES[1:]])
    assert row_of(scores.rows(first, second), "test loss").verdict == scores.NO_NUMBER


def test_sample_data_beside_real_ones_get_no_verdict(tmp_path):
    parts = {"data": {"source": "sample", "files": {}, "facts": {}}}
    first, second = mlp(tmp_path / "a", LOSSES), mlp(tmp_path / "b", LOSSES, parts=parts)
    assert {row.verdict for row in scores.rows(first, second)} == {scores.OTHER_DATA}


def test_a_model_trained_on_folds_is_not_compared_with_one_that_is_not(tmp_path):
    runs = [Trained("mlp", 0, fold, training(0.3), 1.0) for fold in range(2)]
    first, second = mlp(tmp_path / "a", LOSSES), write(tmp_path / "b", runs)
    assert scores.shared_models(first, second) == []
    assert scores.rows(first, second) == []


def test_where_each_seed_draws_its_own_rows_they_are_not_counted_twice(tmp_path):
    parts = {"data": {"source": "generated", "files": {}, "facts": {}}}
    others = np.add(ACCURACIES, [0.05, 0.06, 0.05, 0.07])
    first = mlp(tmp_path / "a", LOSSES, ACCURACIES, parts=parts)
    second = mlp(tmp_path / "b", LOSSES, others, parts=parts)
    gap = row_of(scores.rows(first, second), "test accuracy").difference
    expected = stats.ttest_rel(others, ACCURACIES).confidence_interval(0.95)
    assert (gap.low, gap.high) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("first_runs", [39, 10])
def test_a_band_is_known_for_numbers_below_zero(first_runs):
    rng = np.random.default_rng(2)
    many = pd.DataFrame(rng.normal(-3, 1, (2, first_runs)), index=[1, 2])
    one = pd.DataFrame({100: [-3.0, 3.0]}, index=[1, 2])
    gap = seeds.differences(many, one, lower_is_better=False)
    assert seeds.beyond(gap).tolist() == [False, True]


@pytest.mark.parametrize(
    ("metric", "lower"),
    [
        ("root_mean_squared_error", True),
        ("binary_crossentropy", True),
        ("val_kl_divergence", True),
        ("loss_1", True),
        ("auc_1", False),
        ("precision", False),
        ("true_positives", False),
        ("false_negatives", True),
    ],
)
def test_errors_are_told_from_scores_by_their_names_in_keras(metric, lower):
    assert scores.lower_is_better(metric) == lower

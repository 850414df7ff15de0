"""Statistics: worked examples of R, SciPy and the papers, and properties of any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from results import statistics

# Cushny and Peebles (1905): extra hours of sleep of ten patients under two drugs; R's `sleep`.
DRUG_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
DRUG_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
RUNS = st.lists(st.floats(-100, 100).map(lambda value: round(value, 3)), min_size=2, max_size=12)


def test_the_mean_of_pairs_is_as_in_r():
    """R: t.test(extra ~ group, data = sleep, paired = TRUE)."""
    interval = statistics.mean_interval(DRUG_2 - DRUG_1)
    assert interval == pytest.approx((1.58, 0.7001142, 2.4598858), abs=1e-7)


def test_the_difference_of_means_is_as_in_r():
    """R: t.test(extra ~ group, data = sleep), Welch's."""
    interval = statistics.difference_interval(DRUG_1, DRUG_2)
    assert interval == pytest.approx((-1.58, -3.3654832, 0.2054832), abs=1e-7)


def test_a_proportion_is_as_in_r():
    """R: prop.test(15, 25, correct = FALSE)."""
    interval = statistics.proportion_interval(15, 25)
    assert interval == pytest.approx((0.6, 0.4074, 0.7660), abs=5e-5)


def test_a_new_run_falls_into_the_interval_of_hahn_and_meeker():
    """Their example of five voltages: 50.10 +- 3.04 s for one further observation, 95%."""
    voltages = np.array([51.4, 49.5, 48.7, 49.3, 51.6])
    interval = statistics.prediction_interval(voltages)
    assert interval.mean == pytest.approx(50.10)
    assert (interval.high - interval.mean) / voltages.std(ddof=1) == pytest.approx(3.04, abs=0.005)


def test_mcnemar_is_as_published():
    """Agresti, "Categorical Data Analysis" (1990), p. 350: approval of 1,600 voters, 86 and 150."""
    first = np.repeat([True, True, False, False], [794, 150, 86, 570])
    second = np.repeat([True, False, True, False], [794, 150, 86, 570])
    found = statistics.mcnemar(first, second)
    assert found[:2] == (150, 86)
    assert found.p_value == pytest.approx(2 * stats.binom.cdf(86, 236, 0.5), rel=1e-6)
    # R: mcnemar.test(..., correct = FALSE) gives chi-squared 17.3559, p 3.099e-05.
    assert found.p_value == pytest.approx(3.099e-05, rel=0.25)
    assert statistics.mcnemar(first, first).p_value == 1


def test_folds_are_corrected_as_nadeau_and_bengio_say():
    """N = 15 splits with a tenth as test: the variance grows from 1/15 to 1/15 + 1/9."""
    values = np.arange(15.0)
    plain, corrected = statistics.mean_interval(values), statistics.fold_interval(values, 1 / 9)
    ratio = (corrected.high - corrected.mean) / (plain.high - plain.mean)
    assert ratio == pytest.approx(np.sqrt(1 + 15 / 9))


@given(RUNS, st.floats(0, 10))
def test_the_noise_of_test_rows_adds_to_that_of_the_seeds_in_squares(values, noise):
    plain, wider = (statistics.mean_interval(values, noise=added) for added in (0.0, noise))
    half = np.hypot(plain.high - plain.mean, 1.959964 * noise)
    assert wider == pytest.approx((plain.mean, plain.mean - half, plain.mean + half), abs=1e-5)


def test_of_runs_that_agree_the_noise_of_test_rows_remains():
    interval = statistics.mean_interval([0.5, 0.5, 0.5], noise=0.01)
    assert interval == pytest.approx((0.5, 0.5 - 0.01959964, 0.5 + 0.01959964))
    assert np.isnan(statistics.mean_interval([0.5], noise=0.01).low)


def test_a_band_of_differences_is_scipys_of_each_epoch():
    rng = np.random.default_rng(4)
    first, second = rng.normal(1, 0.1, (6, 3)), rng.normal(0, 0.3, (6, 5))
    low, high = statistics.difference_band(first, second)
    expected = stats.ttest_ind(first, second, axis=1, equal_var=False).confidence_interval(0.95)
    np.testing.assert_allclose(low, expected.low)
    np.testing.assert_allclose(high, expected.high)
    agreeing = statistics.difference_band(np.full((1, 3), 1.0), np.full((1, 2), 0.25))
    assert agreeing == ([0.75], [0.75])


@given(RUNS, st.floats(0, 10))
def test_what_is_predicted_is_wider_than_the_mean_and_grows_with_the_noise(values, noise):
    mean, new = statistics.mean_interval(values), statistics.prediction_interval(values)
    assert new.low <= mean.low <= mean.mean <= mean.high <= new.high
    assert statistics.prediction_interval(values, noise).high >= new.high


@given(RUNS, RUNS)
def test_a_difference_changes_its_sign_with_the_order(first, second):
    forth = statistics.difference_interval(first, second)
    back = statistics.difference_interval(second, first)
    assert forth == pytest.approx((-back.mean, -back.high, -back.low), abs=1e-9)


def test_one_run_shows_no_spread():
    for interval in (statistics.mean_interval([0.5]), statistics.prediction_interval([0.5], 0.1)):
        assert interval.mean == 0.5
        assert np.isnan([interval.low, interval.high]).all()


def test_intervals_cover_as_often_as_they_say():
    rng = np.random.default_rng(0)
    runs = rng.normal(5.0, 2.0, size=(4000, 3))
    means = [statistics.mean_interval(values) for values in runs]
    assert np.mean([i.low <= 5 <= i.high for i in means]) == pytest.approx(0.95, abs=0.012)
    new = rng.normal(5.0, 2.0, size=4000)
    predicted = [statistics.prediction_interval(values) for values in runs]
    inside = [i.low <= value <= i.high for i, value in zip(predicted, new, strict=True)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize(("rows_of_new_run", "at_least"), [("same", 0.95), ("new", 0.85)])
def test_with_the_noise_of_test_rows_a_new_run_falls_inside(rows_of_new_run, at_least):
    """On the same rows more often than it says; on new rows, whose noise counts twice, less."""
    rng = np.random.default_rng(2)
    seeds, rows = 0.002, 0.002  # standard deviations due to seeds and to test rows
    inside = []
    for _ in range(4000):
        ours_rows, new_rows = rng.normal(0, rows, 2)
        ours = ours_rows + rng.normal(0, seeds, 10)
        new = (ours_rows if rows_of_new_run == "same" else new_rows) + rng.normal(0, seeds)
        interval = statistics.prediction_interval(ours, rows)
        inside.append(interval.low <= new <= interval.high)
    assert np.mean(inside) > at_least


def test_an_accuracy_difference_counts_seeds_and_rows():
    rng = np.random.default_rng(1)
    hard = rng.random(400)
    first, second = (rng.random((8, 400)) + gain > hard for gain in (0.3, 0.1))
    both = statistics.difference_on_test_set(first, second)
    seeds_alone = statistics.difference_interval(first.mean(axis=1), second.mean(axis=1))
    assert both.mean == pytest.approx(seeds_alone.mean)
    assert both.low < seeds_alone.low < seeds_alone.high < both.high
    assert both.low > 0

"""Statistics: worked examples of R, SciPy and the papers, and properties of any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pages import lesson_tables
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
    interval, _ = statistics.new_run(np.exp(voltages), share=False)
    low, high = np.log(interval[1:])
    assert (low + high) / 2 == pytest.approx(50.10)
    assert (high - low) / 2 / voltages.std(ddof=1) == pytest.approx(3.04, abs=0.005)


def test_of_39_runs_the_extremes_are_the_ends():
    values = np.random.default_rng(0).gamma(2.0, size=39)
    inner, outer = statistics.new_run(values, share=False)
    assert inner == outer == (values.mean(), values.min(), values.max())
    more = np.append(values, [0.5] * 40)  # of 79 the second from either end
    assert statistics.new_run(more, share=False).inner[1:] == tuple(np.sort(more)[[1, -2]])


# Coverage: 95 of 100 new runs fall inside, of whatever distribution. Discrete ones more often.
KINDS = {
    "skewed": (False, 0, lambda rng, size: rng.lognormal(-1, 0.8, size)),
    "skewed the other way": (True, 0, lambda rng, size: rng.beta(8, 1, size)),
    "bounded": (True, 0, lambda rng, size: rng.uniform(0, 1, size)),
    "discrete": (True, 400, lambda rng, size: rng.binomial(400, 0.9, size) / 400),
    "nearly all right": (True, 1000, lambda rng, size: rng.binomial(1000, 0.9995, size) / 1000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_of_39_runs_of_any_kind_a_new_one_falls_inside(kind):
    share, rows, draw = KINDS[kind]
    rng = np.random.default_rng(1)
    inside = []
    for runs, new in zip(draw(rng, (8_000, 39)), draw(rng, 8_000), strict=True):
        inner = statistics.new_run(runs, share, rows).inner
        inside.append(inner.low <= new <= inner.high)
    assert np.mean(inside) > 0.94
    if not rows:
        assert np.mean(inside) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("runs", [3, 5, 10, 20])
@pytest.mark.parametrize(
    ("share", "rows", "draw"),
    [
        (False, 0, lambda rng, size: rng.lognormal(-1, 0.5, size)),
        (True, 0, lambda rng, size: 1 / (1 + np.exp(-rng.normal(2, 1, size)))),
        (True, 400, lambda rng, size: np.rint(400 / (1 + np.exp(-rng.normal(2, 0.3, size)))) / 400),
    ],
)
def test_of_fewer_runs_a_new_one_falls_inside(runs, share, rows, draw):
    rng = np.random.default_rng(2)
    inside = []
    for ours, new in zip(draw(rng, (4_000, runs)), draw(rng, 4_000), strict=True):
        inner = statistics.new_run(ours, share, rows).inner
        inside.append(inner.low <= new <= inner.high)
    assert np.mean(inside) == pytest.approx(0.955, abs=0.015)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=45), st.sampled_from([0, 7, 1000]))
def test_no_interval_of_a_share_leaves_the_possible_range(values, rows):
    if rows:
        values = [round(value * rows) / rows for value in values]
    inner, outer = statistics.new_run(np.array(values), True, rows, noise=0.1)
    assert 0 <= inner.low <= inner.high <= 1
    assert np.isnan(outer.low) or 0 <= outer.low <= outer.high <= 1
    assert inner.low <= max(values)
    assert inner.high >= min(values)


def test_on_new_rows_a_new_run_falls_into_the_outer_interval():
    rng = np.random.default_rng(3)
    rows, inside = 500, []
    for _ in range(3000):
        ours = np.clip(rng.binomial(rows, 0.9) / rows + rng.normal(0, 0.01, 39), 0, 1)
        new = rng.binomial(rows, 0.9) / rows + rng.normal(0, 0.01)
        noise = np.sqrt(ours.mean() * (1 - ours.mean()) / rows)
        _, outer = statistics.new_run(ours, share=True, noise=noise)
        inside.append(outer.low <= new <= outer.high)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_holm_is_as_in_r():
    """R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02."""
    assert lesson_tables.holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]


def test_folds_are_corrected_as_nadeau_and_bengio_say():
    """N = 15 splits with a tenth as test: the variance grows from 1/15 to 1/15 + 1/9."""
    values = np.arange(15.0)
    plain = statistics.mean_interval(values)
    corrected, _ = statistics.fold_interval(values[None], 1 / 9, own_folds=True)
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


@given(RUNS, RUNS)
def test_a_difference_changes_its_sign_with_the_order(first, second):
    forth = statistics.difference_interval(first, second)
    back = statistics.difference_interval(second, first)
    assert forth == pytest.approx((-back.mean, -back.high, -back.low), abs=1e-9)


def test_one_run_shows_no_spread():
    new = statistics.new_run([0.5], share=True, noise=0.1)
    for interval in (statistics.mean_interval([0.5]), new.inner, new.outer):
        assert interval.mean == 0.5
        assert np.isnan([interval.low, interval.high]).all()


def test_intervals_cover_as_often_as_they_say():
    rng = np.random.default_rng(0)
    runs = rng.normal(5.0, 2.0, size=(4000, 3))
    means = [statistics.mean_interval(values) for values in runs]
    assert np.mean([i.low <= 5 <= i.high for i in means]) == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize(("of_rows", "same_rows"), [(0.0, True), (0.3, True), (0.3, False)])
def test_a_difference_on_a_test_set_counts_rows_once(of_rows, same_rows):
    """Where the models differ by the same on each row, seeds alone are left.

    Each row is right with a chance of its own, which the difference from row to row moves.
    """
    rng = np.random.default_rng(4)
    runs, rows, gain, inside, floors = 10, 400, 0.1, [], []
    for _ in range(800):
        hard = rng.uniform(0.3, 0.6, rows)
        own = gain + of_rows * rng.uniform(-1, 1, rows)
        harder = hard if same_rows else rng.uniform(0.3, 0.6, rows)
        second, first = (rng.random((runs, rows)) < chance for chance in (harder, hard + own))
        interval, floor = statistics.difference_on_test_set(first, second, same_rows)
        inside.append(interval.low <= gain <= interval.high)
        floors.append(floor)
    assert np.mean(inside) == pytest.approx(0.955, abs=0.025)
    of_hardness = 0 if same_rows else 2 * 0.3**2 / 12
    expected = 1.96 * np.sqrt((of_rows**2 / 3 + of_hardness) / rows)
    assert np.median(floors) == pytest.approx(expected, abs=0.006)


def test_folds_of_all_seeds_keep_what_folds_add():
    rng = np.random.default_rng(5)
    of_folds = rng.normal(0, 1, 4)
    values = of_folds + rng.normal(0, 0.5, (2000, 4))
    interval, floor = statistics.fold_interval(values, 1 / 3)
    assert interval.high - interval.mean == pytest.approx(floor, rel=0.01)
    same, floor = statistics.fold_interval(np.ones((5, 4)), 1 / 3)
    assert (same, floor) == ((1, 1, 1), 0)

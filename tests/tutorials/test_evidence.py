"""Numbers beside the tutorial's and claims: recomputed by hand, and moved by the histories."""

import importlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from base.paths import ROOT
from results import failures, records, verdicts
from results.statistics import Interval
from results.verdicts import (
    CANNOT_DECIDE,
    DIFFERS,
    DOES_NOT_HOLD,
    HOLDS,
    HOLDS_WITHIN,
    REPRODUCED,
    TOO_WIDE,
    UNDECIDED,
)
from saved_runs import with_value
from tutorials import catalogue, evidence, mnist_odd_even, numbers
from tutorials.evidence import Part

TUTORIALS = {
    lesson.stem: importlib.import_module(lesson.tutorial)
    for lesson in catalogue.lessons()
    if (ROOT / "figures" / lesson.stem / "record.json").exists()
}
STEMS = list(TUTORIALS)


def published(stem):
    """Return the published results, with their ablations."""
    saved = records.read(ROOT / "figures" / stem)
    ablations = ROOT / "figures" / stem / "ablations"
    return saved.joined(records.read(ablations)) if ablations.exists() else saved


def verdict(saved, stem, id):
    (claim,) = [claim for claim in TUTORIALS[stem].CLAIMS if claim.id == id]
    return claim.judge(saved)["verdict"]


# Intervals


def logit(shares):
    return np.log(shares / (1 - shares))


def expit(values):
    return 1 / (1 + np.exp(-values))


def new_run(values, share, rows):
    """Return where a new run falls, by SciPy's own quantiles and distributions."""
    n = len(values)
    if n >= 39:
        return np.quantile(values, [0.025, 0.975], method="weibull")
    if not share:
        middle, scale = np.log(values).mean(), np.log(values).std(ddof=1)
        return np.exp(stats.t.interval(0.95, n - 1, middle, scale * np.sqrt(1 + 1 / n)))
    count = rows or 1e7
    half = (np.rint(values * count) + 0.5) / (count + 1)
    least = 0.5 / (count + 1) / half.mean() / (1 - half.mean())
    scale = max(logit(half).std(ddof=1), least) * np.sqrt(1 + 1 / n)
    ends = np.array(stats.t.interval(0.95, n - 1, logit(half).mean(), scale))
    low, high = expit(ends) * (count + 1) - 0.5
    return np.clip([np.floor(low), np.ceil(high)], 0, count) / count


@pytest.mark.parametrize("stem", STEMS)
def test_published_intervals_are_those_of_an_independent_computation(stem):
    """From history.csv, record.json and predictions.npz alone."""
    folder = ROOT / "figures" / stem
    record = json.loads((folder / "record.json").read_text())
    history = pd.read_csv(folder / "history.csv")
    arrays = np.load(folder / "predictions.npz")
    checked = 0
    for row in record["tutorial"]:
        model, _, what = row["quantity"].partition(": ")
        if row["low"] is None or model not in record["models"]:
            continue
        words, metric = what.rsplit(" ", 1)
        runs = [run for run in record["models"][model]["runs"] if run["fold"] is None]
        noise, share, rows = 0.0, metric.endswith("accuracy"), 0
        if words.startswith("probability"):
            place = [*arrays["review_rows"]].index(int(metric) % len(arrays["targets"]))
            values, share = arrays["review_probabilities"][:, place].astype(float), True
        elif words == "test":
            values = np.array([run["test"][metric] for run in runs])
            rows = runs[0]["rows"]["test"]
            if stem != "01_random_binary":  # whose seeds have test rows of their own
                noise = np.sqrt(sum(run["test_noise"][metric] ** 2 for run in runs) / len(runs))
            if share and f"{model}.right" in arrays:
                right = arrays[f"{model}.right"].mean(axis=1)
                np.testing.assert_allclose(values, right, atol=1e-6)
                deviations = np.sqrt(right * (1 - right) / rows)
                if noise:
                    assert noise == pytest.approx(np.sqrt(np.mean(deviations**2)), abs=1e-6)
        else:
            own = history[(history["model"] == model) & history["fold"].isna()]
            column = f"val_{metric}" if "validation" in words else metric
            values = own.sort_values("epoch").groupby("seed")[column].last().to_numpy()
            rows = runs[0]["rows"]["validation" if "validation" in words else "training"]
        low, high = new_run(values, share, rows)
        found = [row["ours"], row["low"], row["high"]]
        assert found == pytest.approx([values.mean(), low, high], abs=1e-6), row["quantity"]
        mean = values.mean()
        if noise * mean * (1 - mean if share else 1):
            scale, back = (logit, expit) if share else (np.log, np.exp)
            step = np.sqrt(2) * stats.norm.ppf(0.975) * noise / mean / (1 - mean if share else 1)
            with np.errstate(divide="ignore"):
                reach = np.hypot(scale(np.array([low, high])) - scale(mean), step)
            low, high = back(scale(mean) + reach * [-1, 1])
        assert row["outer"] == pytest.approx([low, high], abs=1e-6), row["quantity"]
        checked += 1
    scores = sum(len(m) for p in numbers_of(stem).values() for m in p.values())
    assert checked == scores + len(getattr(TUTORIALS[stem], "PRINTED", ()))


def numbers_of(stem):
    return getattr(TUTORIALS[stem], "NUMBERS", {})


@given(st.lists(st.floats(0.01, 0.3), min_size=2, max_size=9), st.floats(0, 1))
def test_a_number_is_reproduced_where_it_lies_inside(ours, theirs):
    row = numbers.beside("number", theirs, np.array(ours), share=True, rows=100)
    inside = row["low"] <= theirs <= row["high"]
    wide = row["high"] - row["low"] > 0.5
    assert row["verdict"] == (DIFFERS if not inside else TOO_WIDE if wide else REPRODUCED)


@pytest.mark.parametrize(
    ("theirs", "share", "simple", "expected"),
    [
        (0.88, True, [0.5], REPRODUCED),
        (0.88, True, [0.87], TOO_WIDE),  # better than what lies inside
        (0.88, True, [0.885], REPRODUCED),  # a predictor that it does not beat
        (0.88, False, [0.885], TOO_WIDE),
        (0.95, True, [0.5], DIFFERS),
        (0.95, True, [0.87], DIFFERS),  # however wide: it lies outside
    ],
)
def test_an_interval_that_holds_a_simple_predictor_tells_nothing(theirs, share, simple, expected):
    ours = np.linspace(0.86, 0.9, 39)
    row = numbers.beside("number", theirs, ours, share=share, simple=simple)
    assert row["verdict"] == expected
    assert ("reason" in row) == (expected != REPRODUCED)


def test_two_runs_that_differ_tell_nothing():
    for ours, share in (([0.3, 0.4], True), ([0.3, 0.4], False)):
        assert numbers.beside("n", 0.35, np.array(ours), share=share)["verdict"] == TOO_WIDE


def test_one_run_judges_nothing():
    row = numbers.beside("number", 0.5, np.array([0.5]), share=True)
    assert (row["low"], row["high"], row["verdict"]) == (None, None, None)


# Verdicts


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(-1, 1))
def test_a_verdict_needs_the_whole_interval(mean, half, bound):
    interval = Interval(mean, mean - half, mean + half)
    up, down = Part("up", interval, low=bound).verdict, Part("down", interval, high=bound).verdict
    assert (up == HOLDS) == (interval.low > bound)
    assert (down == HOLDS) == (interval.high < bound)
    assert (up == UNDECIDED) == (interval.low <= bound <= interval.high) == (down == UNDECIDED)


def test_without_an_interval_nothing_is_decided():
    unknown = Interval(0.5, float("nan"), float("nan"))
    for part in (Part("up", unknown, low=0), Part("near", unknown, -1, 1)):
        assert part.verdict == UNDECIDED


def test_a_claim_with_parts_falls_with_one_of_them():
    assert evidence.together([HOLDS, HOLDS]) == HOLDS
    assert evidence.together([HOLDS, UNDECIDED]) == UNDECIDED
    assert evidence.together([HOLDS, UNDECIDED, CANNOT_DECIDE]) == CANNOT_DECIDE
    assert evidence.together([HOLDS, UNDECIDED, DOES_NOT_HOLD]) == DOES_NOT_HOLD


def test_what_no_number_of_seeds_narrows_cannot_decide():
    wide = Interval(0.02, -0.08, 0.12)
    assert Part("gain", wide, low=0, floor=0.05).verdict == CANNOT_DECIDE
    assert np.isnan(Part("gain", wide, low=0, floor=0.05).more_seeds)
    assert Part("gain", wide, low=0, floor=0.01).verdict == UNDECIDED


def test_so_many_seeds_decide():
    """The half width is twice the distance: a quarter of it with four times as many seeds."""
    part = Part("gain", Interval(0.05, -0.05, 0.15), low=0)
    assert part.more_seeds == pytest.approx(4)
    assert "about 4.0 times as many seeds (40) decide on gain" in evidence._what_it_takes(
        [part], [10]
    )
    assert "seeds decide" in evidence._what_it_takes([part], [3, 20])
    on_it = Part("share", Interval(0.5, 0.3, 0.7), low=0.5)
    assert "lies on the bound" in evidence._what_it_takes([on_it], [20])


def test_the_side_of_the_bound_counts():
    share = Interval(0.8, 0.49, 0.94)
    assert Part("share", share, low=0.5).half == pytest.approx(0.31)
    assert Part("share", share, high=0.9).half == pytest.approx(0.14)
    assert Part("share", share, high=0.1).half == pytest.approx(0.31)
    assert Part("share", share, low=0.5, high=0.9).distance == pytest.approx(0.1)


def test_a_p_value_is_that_of_students_t():
    values = np.array([0.3, 0.9, 0.4])
    ends = stats.ttest_1samp(values, 0).confidence_interval()
    interval = Interval(values.mean(), ends.low, ends.high)
    expected = stats.ttest_1samp(values, 0).pvalue
    assert Part("mean", interval, low=0).p_value(2) == pytest.approx(expected)
    assert Part("mean", interval, low=0, degrees=2).p_value(38) == pytest.approx(expected)


# Claims


@pytest.mark.parametrize("stem", STEMS)
def test_the_published_verdicts_follow_from_the_published_histories(stem):
    saved = published(stem)
    judged = [claim.judge(saved) for claim in TUTORIALS[stem].CLAIMS]
    assert json.loads(json.dumps(judged)) == saved.record["claims"]
    rows = json.loads(json.dumps(TUTORIALS[stem].numbers(saved)))
    assert rows == saved.record["tutorial"]


# What the tutorials conclude, and the ablations that go with it.
CLAIMED = [
    "01a1",
    "01a2",
    "01b",
    "01c",
    "02a1",
    "02a2",
    "02 units",
    "03a",
    "03a2",
    "03b",
    "04a1",
    "04a2",
    "04b1",
    "04b2",
    "04c1",
    "04c2",
    "04d",
    "04 leak",
    "05a",
    "05b",
    "05c1",
    "05c2",
    "05d",
    "06a",
    "06b",
    "06c",
    "06d",
    "06 id",
    "06 scaling",
    "06 weights",
    "07a",
    "07b",
    "07c",
    "07d",
    "07e",
    "07f",
    "07g",
]


def test_every_fact_of_the_tutorials_stands_in_the_record_by_its_name():
    for stem, tutorial in TUTORIALS.items():
        facts = getattr(tutorial, "FACTS", {})
        assert published(stem).record["data"]["facts"].keys() >= facts.keys(), stem


def test_every_claim_is_published_with_verdict_and_evidence():
    rows = [row for stem in STEMS for row in published(stem).record["claims"]]
    assert [row["id"] for row in rows if row["id"] in CLAIMED] == CLAIMED
    for row in rows:
        assert row["verdict"] in (HOLDS, HOLDS_WITHIN, DOES_NOT_HOLD, UNDECIDED, CANNOT_DECIDE)
        assert row["over"]
        if row["verdict"] in (UNDECIDED, CANNOT_DECIDE):
            assert "seeds" in row["evidence"]  # how many would decide, or that none would
        assert any(character.isdigit() for character in row["evidence"]), row


def test_nine_tenths_of_the_tutorials_numbers_are_reproduced_and_others_have_a_reason():
    rows = []
    for stem in STEMS:
        record = published(stem).record
        named = {
            verdicts.quantity(model, part, metric): number
            for model, parts in numbers_of(stem).items()
            for part, numbers in parts.items()
            for metric, number in numbers.items()
        }
        found = [row for row in record["tutorial"] if row["quantity"] in named]
        assert {row["quantity"]: row["tutorial"] for row in found} == named
        rows += found
        for row in record["tutorial"]:
            assert row["verdict"] in ("reproduced", "differs", "not comparable", TOO_WIDE), row
            assert row["verdict"] == "reproduced" or row["reason"], row
    judged = [row["verdict"] for row in rows]
    assert judged.count("not comparable") == 1
    assert judged.count("reproduced") >= 0.9 * (len(rows) - 1)


def with_metric(saved, model, metric, change):
    """Return saved results whose history of a metric is changed, epoch by epoch."""
    history = saved.history.copy()
    rows = history["model"] == model
    epochs = history.loc[rows, "epoch"].to_numpy(float)
    jitter = np.random.default_rng(0).normal(0, 1e-6, rows.sum())
    history.loc[rows, metric] = change(epochs) + jitter
    return replace(saved, history=history)


@pytest.mark.parametrize(
    ("stem", "id", "model", "metric", "change", "expected"),
    [
        ("02_imdb_binary", "02a1", "held_out", "val_loss", lambda e: abs(e - 4), HOLDS_WITHIN),
        ("02_imdb_binary", "02a1", "held_out", "val_loss", lambda e: abs(e - 9), DOES_NOT_HOLD),
        ("02_imdb_binary", "02a1", "held_out", "val_loss", lambda e: -e, DOES_NOT_HOLD),
        ("02_imdb_binary", "02a2", "held_out", "val_loss", lambda e: 1 + abs(e - 4), HOLDS_WITHIN),
        ("02_imdb_binary", "02a2", "held_out", "val_loss", lambda e: 1 + abs(e - 7), DOES_NOT_HOLD),
        ("02_imdb_binary", "02a2", "held_out", "val_loss", lambda e: 1 + 0 * e, HOLDS_WITHIN),
        (
            "03_reuters_multiclass",
            "03a",
            "held_out",
            "val_loss",
            lambda e: abs(e - 9),
            HOLDS_WITHIN,
        ),
        ("05_mnist_odd_even", "05a", "mlp", "val_loss", lambda e: e, HOLDS),
        ("05_mnist_odd_even", "05a", "mlp", "val_loss", lambda e: 1 / e, DOES_NOT_HOLD),
        ("05_mnist_odd_even", "05a", "mlp", "val_loss", lambda e: 0 * e, UNDECIDED),
        ("05_mnist_odd_even", "05c1", "deep_cnn", "val_loss", lambda e: -e, HOLDS),
        ("05_mnist_odd_even", "05c1", "deep_cnn", "val_loss", lambda e: e, DOES_NOT_HOLD),
        ("07_mnist_fashion_multiclass", "07a", "mnist", "val_accuracy", lambda e: e, DOES_NOT_HOLD),
        ("07_mnist_fashion_multiclass", "07a", "mnist", "val_accuracy", lambda e: 0 * e, HOLDS),
        (
            "07_mnist_fashion_multiclass",
            "07f",
            "first_model",
            "val_loss",
            lambda e: -e,
            UNDECIDED,
        ),
        ("01_random_binary", "01a2", "perceptron", "loss", lambda e: -e, DOES_NOT_HOLD),
        ("04_boston_regression", "04d", "rows_100", "val_mae", lambda e: 0 * e, DOES_NOT_HOLD),
        (
            "04_boston_regression",
            "04b2",
            "one_hot_chas_4_folds",
            "val_mae",
            lambda e: e,
            DOES_NOT_HOLD,
        ),
    ],
)
def test_another_history_gives_another_verdict(stem, id, model, metric, change, expected):
    saved = with_metric(published(stem), model, metric, change)
    assert verdict(saved, stem, id) == expected


def with_arrays(saved, **arrays):
    return replace(saved, predictions=saved.predictions | arrays)


def test_other_predictions_give_another_verdict():
    digits = published("05_mnist_odd_even")
    networks = digits.predictions
    swapped = {"cnn.right": networks["mlp.right"], "mlp.right": networks["cnn.right"]}
    assert verdict(digits, "05_mnist_odd_even", "05b") == HOLDS
    assert verdict(with_arrays(digits, **swapped), "05_mnist_odd_even", "05b") == DOES_NOT_HOLD
    names = ("mlp.right", "cnn.right")
    all_right = {name: np.ones_like(networks[name]) for name in names}
    assert verdict(with_arrays(digits, **all_right), "05_mnist_odd_even", "05d") == DOES_NOT_HOLD

    patients = published("06_thoracic_surgery")
    labels = 1 - patients.predictions["labels"]
    assert verdict(with_arrays(patients, labels=labels), "06_thoracic_surgery", "06c") == HOLDS
    known = np.tile(patients.predictions["labels"].astype(np.float32), (5, 1))
    foreseen = {"cv_without_id.out_of_fold": known + np.linspace(0, 0.1, 470, dtype=np.float32)}
    assert verdict(with_arrays(patients, **foreseen), "06_thoracic_surgery", "06d") == HOLDS

    noise = published("01_random_binary")
    strong = {"correlations": np.full_like(noise.predictions["correlations"], 0.5)}
    assert verdict(with_arrays(noise, **strong), "01_random_binary", "01c") == DOES_NOT_HOLD

    clothes = published("07_mnist_fashion_multiclass")
    counts = clothes.predictions["first_model.confusions"].copy()
    counts[:, 3, 4] = 0
    fewer = {"first_model.confusions": counts}
    stem = "07_mnist_fashion_multiclass"
    assert verdict(with_arrays(clothes, **fewer), stem, "07g") == DOES_NOT_HOLD


def test_one_seed_decides_no_claim():
    saved = published("05_mnist_odd_even")
    models = {
        name: entry | {"runs": entry["runs"][:1]} for name, entry in saved.record["models"].items()
    }
    alone = replace(saved, record=saved.record | {"models": models})
    for claim in mnist_odd_even.CLAIMS:
        judged = claim.judge(alone)
        assert judged["verdict"] == UNDECIDED
        assert "--seeds" in judged["evidence"]


def test_too_few_epochs_decide_no_claim():
    claim = replace(mnist_odd_even.CLAIMS[0], epochs=10_000)
    judged = claim.judge(published("05_mnist_odd_even"))
    assert judged["verdict"] == UNDECIDED
    assert judged["evidence"].startswith("needs 10000 epochs, found ")


def test_of_many_failures_three_are_named():
    failed = [failures.Failure("mlp", seed, None, 12, 30) for seed in range(5)]
    words = failures.summary(failed)
    assert words.startswith("failed: mlp, seed 0 (epoch 12 of 30); mlp, seed 1")
    assert words.endswith("seed 2 (epoch 12 of 30) and 2 more")


def test_a_claim_without_its_models_is_left_out():
    saved = published("05_mnist_odd_even")
    models = {"mlp": saved.record["models"]["mlp"]}
    alone = replace(saved, record=saved.record | {"models": models})
    judged = [claim.judge(alone) for claim in mnist_odd_even.CLAIMS]
    assert [row["id"] for row in judged if row] == ["05a"]


def test_a_finding_needs_several_seeds_of_its_models():
    @evidence.needs("mlp")
    def finding(saved):
        return "found"

    whole = published("01_random_binary")
    assert finding(whole) == "found"
    runs = whole.record["models"]["mlp"]["runs"]
    assert finding(with_value(whole, runs[:1], "models", "mlp", "runs")) == ""
    assert finding(with_value(whole, {}, "models")) == ""
    failed = [runs[0] | {"failed": 3}, *runs[1:]]
    assert finding(with_value(whole, failed, "models", "mlp", "runs")) == ""


def test_a_fact_of_another_protocol_is_not_judged():
    row = {"quantity": "data: rows", "ours": 3, "tutorial": 3, "verdict": None}
    assert verdicts.facts_text([row]) == "data: rows: 3; tutorial 3: not judged"

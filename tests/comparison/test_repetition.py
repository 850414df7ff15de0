"""Whether a run repeats another: to the value, within the noise, or not."""

import copy
from dataclasses import replace

import numpy as np
import pytest

from comparison import repetition
from comparison.repetition import DIFFERENT, EQUIVALENT, IDENTICAL
from saved_runs import mlp, published, with_value

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

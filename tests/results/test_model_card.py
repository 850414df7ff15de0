"""Which networks a run keeps, where, and what their cards say."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import yaml

from base import command_line
from base.paths import ROOT
from common import encoding
from conftest import run_here
from datasets import boston_housing
from results import model_card

FEATURES = {"RM": "rooms", "CHAS": "river", "TAX": "the same for all"}


def settings(*arguments):
    known = {"epochs": {"a": 5}, "models": ("a", "b"), "overrides": {"hidden": ("a",)}}
    return command_line.parse("00_test", "Test.", arguments=arguments, **known)


@pytest.mark.parametrize(
    ("arguments", "source", "folder"),
    [
        ((), "real", "models"),
        (("--seeds", "1", "--models", "a"), "real", "models"),  # the same networks, fewer of them
        (("--seeds", "1"), "sample", "sample/models"),
        (("--label", "wide", "--hidden", "9", "--models", "a"), "real", "wide/models"),
        (("--label", "wide"), "sample", "wide/models"),
    ],
)
def test_published_networks_lie_together_others_beside_their_results(arguments, source, folder):
    assert settings(*arguments).models_folder(source) == ROOT / "runs" / folder / "00_test"


@pytest.mark.parametrize(
    "change", [("--epochs", "2"), ("--seed", "3"), ("--batch-size", "7"), ("--optimizer", "sgd")]
)
def test_another_network_does_not_take_the_place_of_the_published_one(change):
    changed = settings(*change)
    assert changed.models_folder("real").parents[1] == changed.folder("real").parent
    assert changed.models_folder("real") != settings().models_folder("real")


def test_features_are_those_of_the_rows():
    table = np.array([[6.0, 0, 5], [8.0, 1, 5], [7.0, 0, 5]])
    rooms, river, tax = model_card.features_of(table, FEATURES)
    assert dataclasses.astuple(rooms)[2:6] == (7.0, pytest.approx(np.std([6, 8, 7])), 6.0, 8.0)
    assert river.values == (0.0, 1.0)
    assert (tax.deviation, tax.values) == (0.0, (5.0,))


@pytest.fixture
def run(once):
    """Return the folder of a run on sample data."""

    def two_seeds(folder):
        options = ["--data", "sample", "--epochs", "3", "--seeds", "2", "--out", str(folder)]
        options += ["--models", "all_features_4_folds,rows_100"]
        assert run_here("04_boston_regression.py", *options, home=folder).returncode == 0

    return once("kept_networks", two_seeds)[0]


def test_a_run_keeps_the_network_of_the_first_seed(run):
    """The one that `training.result` has tested: its outputs for the test rows are the saved."""
    folder = run / "models" / "04_boston_regression"
    names = {path.name for path in folder.iterdir()}
    kinds = (".keras", ".json", ".md")
    cards = {f"{m}{k}" for m in ("all_features_4_folds", "rows_100") for k in kinds}
    assert names == {*cards, "README.md"}
    (x, _), (x_test, _) = boston_housing.stand_in()[0]
    _, inputs = encoding.standardise(x, x_test)
    network = keras.models.load_model(folder / "all_features_4_folds.keras")
    with np.load(run / "04_boston_regression" / "predictions.npz") as saved:
        outputs = saved["all_features_4_folds.outputs"]
    np.testing.assert_allclose(network(inputs).numpy(), outputs, rtol=2e-3)


def test_a_card_has_data_protocol_score_and_limits(run):
    folder = run / "models" / "04_boston_regression"
    record = json.loads((run / "04_boston_regression" / "record.json").read_text())
    card = json.loads((folder / "all_features_4_folds.json").read_text())
    runs = record["models"]["all_features_4_folds"]["runs"]
    first, second = (run for run in runs if run["fold"] is None)
    assert card["score"]["first_seed"][0] == first["test"]["mae"]
    value, low, high = card["score"]["first_seed"]
    assert (high - value) == pytest.approx(1.96 * first["test_noise"]["mae"])
    assert card["score"]["mean"][0] == pytest.approx(
        (first["test"]["mae"] + second["test"]["mae"]) / 2
    )
    assert low < value
    assert json.loads((folder / "rows_100.json").read_text())["score"] is None
    text = (folder / "all_features_4_folds.md").read_text()
    for part in (
        "SAMPLE DATA",
        "must not be used for:** pricing homes",
        "this one takes",
        "epochs",
        f"test mean absolute error (thousand dollars) {value:.4f}",
        "mean of 2 seeds",
        "Not the tutorial's protocol",
        "| LSTAT |",
    ):
        assert part in text


def test_a_folder_of_networks_can_be_uploaded_as_it_is(run):
    """The hub's schema: a head of YAML; each result names task, data set, metric and value."""
    folder = run / "models" / "04_boston_regression"
    _, head, body = (folder / "README.md").read_text().split("---\n", 2)
    head = yaml.safe_load(head)
    assert head["license"] == "mit"
    assert head["library_name"] == "keras"
    assert head["pipeline_tag"] == "tabular-regression"
    assert head["datasets"] == ["boston_housing"]
    assert head["metrics"] == ["mae"]
    (entry,) = head["model-index"]  # the other network is not tested
    assert entry["name"] == "all_features_4_folds"
    (result,) = entry["results"]
    assert result["task"] == {"type": "tabular-regression"}
    assert result["dataset"] == {
        "name": "boston_housing",
        "type": "boston_housing",
        "split": "test",
    }
    card = json.loads((folder / "all_features_4_folds.json").read_text())
    (metric,) = result["metrics"]
    assert (metric["type"], metric["value"]) == ("mae", card["score"]["first_seed"][0])
    for name in ("all_features_4_folds", "rows_100"):
        assert f"[{name}]({name}.md): " in body
        assert (folder / f"{name}.md").exists()
    assert "Sample data, not the real ones." in body
    assert "must not be used for pricing homes" in body

"""A model's protocol, what the command line puts in its place, and what the record keeps of it."""

import keras
import pytest

from base import command_line, protocol
from base.errors import UsageError
from base.protocol import Protocol
from common.training import Training

SAME = {"batch_size": 32, "optimizer": "sgd"}
MODELS = {
    "mlp": Protocol(epochs=30, hidden=(64,), options=("hidden", "dropout"), own="x", **SAME),
    "deep": Protocol(epochs=30, hidden=(64, 64), seeds=3, quick_epochs=20, **SAME),
    "again": Protocol(epochs=4, hidden=(64,), retrains=True, **SAME),
    "checked": Protocol(epochs=10, first_epochs=15, **SAME),
    "costly": Protocol(epochs=30, hidden=(64,), ablation=True, **SAME),
}


def changed(*arguments):
    options = protocol.command_line_options(MODELS)
    settings = command_line.parse("00_test", "Test.", **options, arguments=arguments)
    return settings, {name: MODELS[name].changed_by(settings, name) for name in settings.models}


def test_without_arguments_a_protocol_stays():
    settings, found = changed()
    assert list(found) == ["mlp", "deep", "again", "checked"]
    assert all(vars(one) == vars(MODELS[name]) for name, one in found.items())
    assert settings.seeds["deep"] == range(100, 103)
    assert settings.seeds["mlp"] == range(100, 139)


def test_the_command_line_replaces_what_applies_to_a_model():
    _, found = changed("--epochs", "6", "--batch-size", "8", "--learning-rate", "0.5")
    assert {one.batch_size for one in found.values()} == {8}
    assert [one.epochs for one in found.values()] == [6, 6, 4, 6]
    assert found["checked"].first_epochs == 6
    assert found["mlp"].own == "x"
    _, found = changed("--hidden", "8,4")
    assert list(found) == ["mlp"]
    assert found["mlp"].hidden == (8, 4)


def test_a_quick_look_has_one_seed_and_fewer_epochs():
    options = protocol.command_line_options(MODELS)
    given = command_line.parse("00_test", "Test.", **options, arguments=["--quick"])
    quick = protocol.for_quick(MODELS, given)
    assert (quick.epochs["deep"], quick.epochs["mlp"]) == (20, 30)
    assert quick.seeds["deep"] == quick.seeds["mlp"] == range(100, 101)
    assert quick.label == "quick"
    assert not quick.as_published
    options = protocol.command_line_options(MODELS)
    arguments = ["--quick", "--epochs=25", "--seeds=2", "--label=mine"]
    given = command_line.parse("00_test", "Test.", **options, arguments=arguments)
    chosen = protocol.for_quick(MODELS, given)
    assert (chosen.epochs["deep"], chosen.seeds["deep"], chosen.label) == (
        25,
        range(100, 102),
        "mine",
    )


@pytest.mark.parametrize(("arguments", "kind"), [((), "sgd"), (("--optimizer", "adam"), "adam")])
def test_the_optimizer_is_the_tutorials_unless_replaced(arguments, kind):
    _, found = changed(*arguments)
    assert Training("mlp", 0, None, found["mlp"]).optimizer == kind


def test_a_learning_rate_makes_an_optimizer():
    _, found = changed("--learning-rate", "0.5")
    slow = Training("mlp", 0, None, found["mlp"]).optimizer
    assert isinstance(slow, keras.optimizers.SGD)
    assert float(slow.learning_rate.numpy()) == 0.5


def test_options_are_known():
    with pytest.raises(UsageError, match="found 'hidden'"):
        Protocol(epochs=1, options="hidden", **SAME)


def test_the_record_has_one_value_or_one_for_each_model():
    settings, found = changed()
    assert protocol.as_config(found, settings)["batch_size"] == 32
    found["mlp"].batch_size = 64
    config = protocol.as_config(found, settings)
    assert config["batch_size"] == {"mlp": 64, "deep": 32, "again": 32, "checked": 32}
    assert config["optimizer"] == "sgd"
    assert config["as_published"]


def test_on_a_sample_less_is_trained_however_many_data_sets_are_loaded():
    settings, _ = changed()
    once = protocol.for_sample(MODELS, settings)
    assert {name: len(seeds) for name, seeds in once.seeds.items()} == {
        "mlp": 2,
        "deep": 1,
        "again": 2,
        "checked": 2,
    }
    assert protocol.for_sample(MODELS, once) == once


def test_on_a_sample_what_is_asked_for_is_trained():
    settings, _ = changed("--seeds", "7", "--epochs", "9")
    assert protocol.for_sample(MODELS, settings) == settings

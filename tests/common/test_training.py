"""Training: the same numbers as keras.Model.fit, from the same seed the same bytes."""

import functools
import sys

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import UsageError
from base.paths import ROOT
from base.protocol import Protocol
from common import data, encoding, models, training
from engine import batches, compiled

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

import contender
from workloads import WORKLOADS

SEED = 7
RNG = np.random.default_rng(SEED)
LABELS = RNG.integers(2, size=(150, 1)).astype("float32")


def seeded():
    """Seed Keras; return a generator of numbers: no test depends on those before it."""
    keras.utils.set_random_seed(SEED)
    return np.random.default_rng(SEED)


def perceptron():
    rng = seeded()
    model = models.dense(12, (16, 8), 1, "sigmoid", name="mlp")
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model, rng.random((150, 12), np.float32), LABELS


def words():
    rng = seeded()
    model = models.dense(100, (16,), 4, "softmax", name="words")
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    rows = encoding.MultiHot.encode([rng.integers(100, size=12) for _ in range(150)], 100)
    return model, rows, np.eye(4, dtype="float32")[rng.integers(4, size=150)]


def regression():
    rng = seeded()
    model = models.dense(13, (8,), 1, name="regression")
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model, rng.random((150, 13), np.float32), rng.random((150, 1), np.float32)


def convolutional():
    rng = seeded()
    model = models.convolutional((12, 12, 1), [(4,), (4,)], 8, 1, "sigmoid", name="cnn")
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
    return model, encoding.Pixels(rng.integers(256, size=(150, 12, 12, 1), dtype=np.uint8)), LABELS


def stock_twin(model):
    """Return a copy for Keras's own `fit`, which without XLA takes no second to compile."""
    twin = keras.models.clone_model(model)
    twin.compile_from_config(model.get_compile_config() | {"jit_compile": False})
    twin.set_weights(model.get_weights())
    return twin


@pytest.mark.parametrize("build", [perceptron, words, regression, convolutional])
def test_fit_gives_the_history_and_the_weights_of_keras(build):
    model, x, y = build()
    twin = stock_twin(model)
    options = {"epochs": 3, "batch_size": 32, "shuffle": False}  # the last of 100 rows: 4 alone

    history = training.fit(model, x[:100], y[:100], validation_data=(x[100:], y[100:]), **options)
    stock = twin.fit(
        contender.floats(x[:100]),
        y[:100],
        validation_data=(contender.floats(x[100:]), y[100:]),
        **options,
        verbose=0,
    )

    assert set(history.history) == set(stock.history)
    assert history.epoch == stock.epoch
    for name, values in stock.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4, err_msg=name)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_model_of_the_suite_trains_as_keras_trains_it(name, real_data_dir, monkeypatch):
    """On a slice of the real data, without dropout; the last batches are smaller ones."""
    load = functools.partial(data.load, data_dir=real_data_dir)
    monkeypatch.setattr(data, "load", load)
    workload = WORKLOADS[name]
    x, y, x_val, y_val = workload.load()
    n = 2 * workload.batch_size + 5
    rows, validation = (x[:n], y[:n]), (x[n : n + 270], y[n : n + 270])
    if x_val is not None:
        validation = x_val[:270], y_val[:270]
    off = contender.deviations(workload, *rows, *validation, xla=False)["ours"]
    assert off["history"] < 1e-4
    assert off["weights"] < 1e-3


@pytest.mark.parametrize("epochs", [1, 60])
def test_many_epochs_in_a_call_are_the_same_as_one(epochs, monkeypatch):
    x = np.linspace(0, 1, 1800, dtype=np.float32).reshape(150, 12)
    trained = []
    for rows_per_call, most_epochs in ((50_000, 50), (1, 1)):
        monkeypatch.setattr(compiled, "ROWS_PER_CALL", rows_per_call)
        monkeypatch.setattr(compiled, "_twins", {})
        keras.utils.set_random_seed(1)
        model = models.dense(12, (4,), 1, "sigmoid", name="mlp")
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        validation = x[:40], LABELS[:40]
        history = training.fit(
            model, x, LABELS, epochs=epochs, batch_size=32, validation_data=validation, seed=3
        )
        assert [twin.most_epochs for twin in compiled._twins.values()] == [most_epochs]
        assert history.epoch == list(range(epochs))
        trained.append((history.history, model.get_weights()))
    (ours, weights), (one_by_one, expected) = trained
    for name, values in ours.items():
        np.testing.assert_allclose(values, one_by_one[name], rtol=1e-5, err_msg=name)
    for ours, theirs in zip(weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@given(st.lists(st.lists(st.integers(0, 29)), min_size=1).filter(any), st.randoms())
def test_adding_up_the_words_rows_is_the_dense_product(sequences, random):
    import tensorflow as tf

    rows = encoding.MultiHot.encode(sequences, 30)
    order = np.arange(len(rows), dtype=np.int32)
    random.shuffle(order)
    read = batches.Batches([rows], len(rows), [order])
    kernel = keras.Variable(RNG.random((30, 4), np.float32))
    upstream = RNG.random((len(rows), 4), np.float32)
    dense = rows.unpack()[order]
    with tf.GradientTape() as tape:
        (words,) = read.read(read.tensors, tf.constant(order))
        product = batches.times_kernel(words, kernel)
    np.testing.assert_allclose(product, dense @ kernel.numpy(), rtol=1e-5, atol=1e-6)
    gradient = tape.gradient(product, kernel.value, output_gradients=tf.constant(upstream))
    np.testing.assert_allclose(gradient, dense.T @ upstream, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "layer", [keras.layers.Dropout(0.5), keras.layers.Dense(100, use_bias=False)]
)
def test_multi_hot_rows_need_a_plain_dense_layer(layer):
    model = keras.Sequential([keras.Input((100,)), layer])
    model.compile(optimizer="sgd", loss="mse")
    with pytest.raises(TypeError, match="expected a plain Dense layer first"):
        training.fit(model, words()[1], np.zeros((150, 100)), epochs=1, batch_size=10)


def test_class_weights_are_those_of_keras():
    model, x, y = perceptron()
    twin = stock_twin(model)
    options = {"epochs": 2, "batch_size": 32, "shuffle": False, "class_weight": {0: 1.0, 1: 4.0}}
    ours = training.fit(model, x, y, **options).history
    assert ours["loss"] == pytest.approx(twin.fit(x, y, **options, verbose=0).history["loss"])
    assert (
        ours["loss"][0]
        > 1.5 * training.fit(*perceptron(), **options | {"class_weight": None}).history["loss"][0]
    )


@pytest.mark.parametrize("build", [perceptron, words, convolutional])
def test_evaluate_gives_what_keras_gives(build, monkeypatch):
    monkeypatch.setattr("engine.fitting.EVALUATION_ROWS", 64)  # two whole batches and a smaller one
    model, x, y = build()
    # So sure of itself that a loss of clipped probabilities would be another.
    model.set_weights([300 * weights for weights in model.get_weights()])
    scores, outputs = training.evaluate(model, x, y)
    assert outputs.max() > 1 - 1e-7
    twin = stock_twin(model)
    stock = twin.evaluate(contender.floats(x), y, batch_size=64, return_dict=True, verbose=0)
    assert scores == pytest.approx(stock, rel=1e-5)
    expected = twin.predict(contender.floats(x), verbose=0)
    np.testing.assert_allclose(outputs, expected, atol=1e-6)
    result = training.result(model, training.fit(model, x, y, epochs=1, batch_size=50), (x, y))
    assert result.right.mean() == pytest.approx(result.test["accuracy"], abs=1e-6)
    assert result.parameters == model.count_params()


def test_a_batch_larger_than_the_training_set_is_one_batch():
    histories = []
    for batch_size in (150, 1000):
        keras.utils.set_random_seed(0)
        model = models.dense(12, (4,), 1, "sigmoid", name="mlp")
        model.compile(optimizer="sgd", loss="binary_crossentropy")
        x = np.linspace(0, 1, 1800, dtype=np.float32).reshape(150, 12)
        histories.append(training.fit(model, x, LABELS, epochs=2, batch_size=batch_size).history)
    assert histories[0] == histories[1]


def train_from_seed(seed):
    rng = np.random.default_rng(1)
    x, y = rng.random((100, 12), np.float32), rng.integers(2, size=(100, 1)).astype("float32")
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((12,)),
            keras.layers.Dense(8),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    history = training.fit(model, x, y, epochs=3, batch_size=16, seed=seed)
    return history.history["loss"], model.get_weights()


def test_a_seed_determines_every_bit():
    losses, weights = train_from_seed(3)
    keras.utils.set_random_seed(99)  # what ran before must not matter
    again, same = train_from_seed(3)
    assert losses == again
    assert all(np.array_equal(a, b) for a, b in zip(weights, same, strict=True))
    assert losses != train_from_seed(4)[0]


def test_training_goes_on_from_the_present_weights():
    model, x, y = perceptron()
    first = training.fit(model, x, y, epochs=5, batch_size=32)
    second = training.fit(model, x, y, epochs=5, batch_size=32)
    assert max(second.history["loss"]) < first.history["loss"][0]


class Recorder(keras.layers.Layer):
    """Keep what passes, so that a test sees what dropout does to it."""

    def build(self, shape):
        self.seen = self.add_weight(shape=(150, *shape[1:]), trainable=False)

    def call(self, inputs):
        if inputs.shape[0] == 150:  # not where the variables are made
            self.seen.assign(inputs)
        return inputs


def dropping_model(rate):
    model = keras.Sequential(
        [keras.Input((40,)), keras.layers.Dropout(rate), Recorder(), keras.layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
    return model


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_has_its_rate_and_scale_and_another_mask_each_epoch(rate):
    keras.utils.set_random_seed(0)
    model, masks = dropping_model(rate), []
    for _ in range(2):
        x, y = np.ones((150, 40), np.float32), np.ones((150, 1), np.float32)
        training.fit(model, x, y, epochs=1, batch_size=150)
        seen = model.layers[1].seen.numpy()
        np.testing.assert_allclose(seen[seen > 0], 1 / (1 - rate), rtol=1e-6)
        # 6,000 units: four standard deviations of their share.
        assert (seen == 0).mean() == pytest.approx(rate, abs=4 * (rate * (1 - rate) / 6000) ** 0.5)
        masks.append(seen > 0)
    assert (masks[0] != masks[1]).mean() > 0.2


@pytest.mark.programs
def test_with_dropout_the_losses_are_those_of_keras_over_ten_seeds():
    """Two-sample t of ten seeds each; the seeds are fixed, so the outcome is, too."""
    from scipy import stats

    rng = np.random.default_rng(2)
    x = rng.random((150, 12), np.float32)
    y = (x[:, :1] > 0.5).astype("float32")
    layers = [keras.layers.Dense(16, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((12,)), *layers])
    optimizer = keras.optimizers.SGD(0.1)  # has no state of its own
    model.compile(optimizer=optimizer, loss="mse", jit_compile=False)
    losses = {"ours": [], "stock": []}
    for seed in range(10):
        for kind, final in losses.items():
            keras.utils.set_random_seed(seed)
            model.set_weights(keras.models.clone_model(model).get_weights())
            options = {"epochs": 5, "batch_size": 32}
            if kind == "ours":
                history = training.fit(model, x, y, seed=seed, **options)
            else:
                history = model.fit(x, y, verbose=0, **options)
            final.append(history.history["loss"][-1])
    assert stats.ttest_ind(*losses.values()).pvalue > 0.01
    assert np.std(losses["ours"]) > 0


def test_one_compilation_serves_every_model_of_an_architecture():
    compiled._twins.clear()
    for hidden, seed in (((8,), 0), ((8,), 1), ((9,), 0)):
        keras.utils.set_random_seed(seed)
        model = models.dense(12, hidden, 1, "sigmoid", name=f"network_{seed}")
        model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        for epochs in (1, 60):
            x, y = np.ones((20, 12), np.float32), np.ones((20, 1))
            training.fit(model, x, y, epochs=epochs, batch_size=8)
    assert len(compiled._twins) == 2
    for twin in compiled._twins.values():
        assert twin._train.experimental_get_tracing_count() == 1


def test_every_row_is_used_once_in_an_epoch():
    """With a learning rate of 0 the mean loss of an epoch is that of all rows, in any order."""
    model, x, y = perceptron()
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
    losses = training.fit(model, x, y, epochs=4, batch_size=32, seed=5).history["loss"]
    expected = float(np.mean((model.predict(x, verbose=0) - y) ** 2))
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_classes_of_one_or_many_outputs():
    assert training.classes(np.array([[0.5], [0.49]])).tolist() == [1, 0]
    assert training.classes(np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0]])).tolist() == [1, 0]


def test_the_summary_counts_weights_alone():
    model, x, y = perceptron()
    result = training.result(model, training.fit(model, x, y, epochs=1, batch_size=50))
    assert f"Total params: {model.count_params()}" in result.summary
    assert "Optimizer" not in result.summary


@pytest.mark.parametrize("shape", [(150,), (150, 1)])
def test_classes_by_number_are_refused(shape):
    """They would be read as probabilities."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer="sgd", loss=loss, metrics=["accuracy"])
    x, y = RNG.random((150, 4), np.float32), RNG.integers(3, size=shape)
    history = training.fit(model, x, y, epochs=1, batch_size=50)
    with pytest.raises(UsageError, match=r"expected test targets of shape \(150, 3\), one-hot"):
        training.result(model, history, (x, y))


@pytest.mark.parametrize("loss", ["mse", "mean_squared_error", "mae"])
def test_the_noise_of_a_regression_is_that_of_its_absolute_errors(loss):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss=loss, metrics=["mae"])
    x, y = RNG.random((60, 4), np.float32), RNG.random((60, 1), np.float32)
    history = training.fit(model, x, y, epochs=1, batch_size=20)
    kept = training.result(model, history, (x, y))
    errors = np.abs(y - kept.outputs)
    assert kept.test_noise["mae"] == pytest.approx(errors.std() / np.sqrt(60))
    assert kept.right is None


def one_training(**protocol):
    """Return a training of a small table of rows, and its rows and targets."""
    usual = {"epochs": 2, "batch_size": 50, "optimizer": "sgd", "hidden": (4,)}
    x, y = np.random.default_rng(0).random((100, 12), np.float32), np.ones((100, 1))
    return training.Training("mlp", 0, None, Protocol(**usual | protocol)), x, y


def test_a_training_keeps_history_scores_and_network():
    one, x, y = one_training()
    model = models.dense(12, one.hidden, 1, "sigmoid")
    model.compile(optimizer=one.optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    one.fit(model, x, y)
    scores = one.evaluate(model, x, y)
    one.keep(more=0.5)
    kept = one.finish(with_network=True)
    assert kept.test == scores | {"more": 0.5}
    assert len(kept.history["loss"]) == 2
    assert kept.counts == {"training": len(y), "test": len(y)}
    assert kept.rows is x
    assert len(kept.weights) == 4
    assert not one.finish(with_network=False).weights
    assert model.name == "mlp"


def test_a_failed_training_has_no_score():
    one, x, y = one_training()
    model = models.dense(12, one.hidden, 1, "sigmoid")
    model.compile(optimizer=one.optimizer, loss="mse", metrics=["accuracy"])
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    one.fit(model, x, y)
    one.evaluate(model, x, y)
    one.keep(more=0.5)
    assert np.isnan(list(one.finish(with_network=False).test.values())).all()


def test_a_training_that_is_not_fitted_is_named():
    one, _, _ = one_training()
    with pytest.raises(UsageError, match="mlp: expected a call of training"):
        one.finish(with_network=True)

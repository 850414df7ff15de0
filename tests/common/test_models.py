"""The builders: parameter counts, worked out by hand."""

import pytest

from common import models


@pytest.mark.parametrize(
    ("inputs", "hidden", "units", "parameters"),
    [
        (12, (), 1, 13),
        (12, (64,), 1, 12 * 64 + 64 + 64 + 1),
        (12, (64, 64), 1, 12 * 64 + 64 + 64 * 64 + 64 + 64 + 1),
        (10_000, (16, 16), 1, 160_016 + 272 + 17),
        (10_000, (64, 64), 46, 640_064 + 4_160 + 2_990),
        (17, (34, 17), 2, 612 + 595 + 36),
        ((28, 28), (128, 64, 32), 10, 100_480 + 8_256 + 2_080 + 330),
    ],
)
def test_dense(inputs, hidden, units, parameters):
    model = models.dense(inputs, hidden, units, "sigmoid", name="network")
    assert model.count_params() == parameters
    assert model.output_shape == (None, units)


def test_dense_with_dropout_behind_each_hidden_layer():
    model = models.dense(12, (64, 8), 1, dropout=0.25, name="network")
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.25, 0.25]


def test_convolutional():
    model = models.convolutional((28, 28, 1), [(32,), (32,)], 256, 1, "sigmoid", name="cnn")
    # 28 -> 26 -> 13 -> 11 -> 5 pixels a side.
    assert model.count_params() == 320 + 9_248 + (5 * 5 * 32 * 256 + 256) + 257
    assert not [layer for layer in model.layers if "dropout" in layer.name]


def test_deep_convolutional_with_dropout():
    blocks = [(32, 32), (64, 64)]
    model = models.convolutional((28, 28, 1), blocks, 256, 1, "sigmoid", (0.25, 0.5), name="deep")
    # 28 -> 26 -> 24 -> 12 -> 10 -> 8 -> 4 pixels a side.
    convolutions = 320 + 9_248 + 18_496 + 36_928
    assert model.count_params() == convolutions + (4 * 4 * 64 * 256 + 256) + 257
    rates = [layer.rate for layer in model.layers if "dropout" in layer.name]
    assert rates == [0.25, 0.25, 0.5]

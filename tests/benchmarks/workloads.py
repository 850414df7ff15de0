"""The suite's models as workloads: data, layers and protocol, the same for every contender."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common import data, encoding, models


@dataclass(frozen=True)
class Workload:
    """One model of the suite.

    Attributes:
        load: returns training rows, targets, validation rows and targets (None without).
        hidden: units of the dense hidden layers.
        units: units of the output layer.
        activation: of the output layer.
        optimizer: Keras's name.
        loss: Keras's name.
        batch_size: rows in a batch.
        epochs: epochs in one measurement.
        blocks: filters of the convolutions before the dense layers.
        dropout: rates behind each block and behind the hidden layer.
    """

    load: Callable
    hidden: tuple[int, ...]
    units: int
    activation: str
    optimizer: str
    loss: str
    batch_size: int
    epochs: int
    blocks: tuple[tuple[int, ...], ...] = ()
    dropout: tuple[float, float] = (0.0, 0.0)

    def build(self, shape, dropout=True):
        """Build and compile the Keras model for rows of this shape."""
        if self.blocks:
            rates = self.dropout if dropout else (0.0, 0.0)
            output = self.units, self.activation
            model = models.convolutional(
                shape, self.blocks, self.hidden[0], *output, rates, name="model"
            )
        else:
            inputs = shape[0] if len(shape) == 1 else shape
            model = models.dense(inputs, self.hidden, self.units, self.activation, name="model")
        metric = "mae" if self.loss == "mse" else "accuracy"
        model.compile(optimizer=self.optimizer, loss=self.loss, metrics=[metric])
        return model

    def flops(self, shape, rows, validation_rows):
        """Return the floating-point operations of an epoch's matrix products and convolutions.

        Two for each multiply-add; forward, gradient of the weights, gradient of the inputs (not of
        the first layer), and forward for the validation rows.
        """
        products = []
        if self.blocks:
            side, channels = shape[0], shape[2]
            for block in self.blocks:
                for filters in block:
                    side -= 2
                    products.append(side * side * 9 * channels * filters)
                    channels = filters
                side //= 2
            width = side * side * channels
        else:
            width = int(np.prod(shape))
        for units in (*self.hidden, self.units):
            products.append(width * units)
            width = units
        return rows * 2 * (3 * sum(products) - products[0]) + validation_rows * 2 * sum(products)


def random_rows():
    """Return the data of 01."""
    rng = np.random.default_rng(0)
    return rng.random((1000, 12), np.float32), _column(rng.integers(2, size=1000)), None, None


def imdb(held_out=10_000):
    """Return the data of 02."""
    (x, y), _ = data.load("imdb").arrays
    rows, labels = encoding.MultiHot.encode(x, encoding.VOCABULARY), _column(y)
    return rows[held_out:], labels[held_out:], rows[:held_out], labels[:held_out]


def reuters():
    """Return the data of 03."""
    (x, y), _ = data.load("reuters").arrays
    rows, labels = encoding.MultiHot.encode(x, encoding.VOCABULARY), np.eye(46, dtype="float32")[y]
    return rows[1000:], labels[1000:], rows[:1000], labels[:1000]


def boston():
    """Return the data of one of four folds of 04."""
    (x, y), _ = data.load("boston_housing").arrays
    x, x_val = encoding.standardise(x[101:], x[:101])
    return x, _column(y[101:]), x_val, _column(y[:101])


def digits(image=False):
    """Return the data of 05."""
    (x, y), _ = data.load("mnist").arrays
    x = encoding.Pixels(x.reshape((-1, 28, 28, 1) if image else (-1, 784)))
    y = _column(y % 2)
    return x[:50_000], y[:50_000], x[50_000:], y[50_000:]


def patients():
    """Return the data of 06."""
    table = data.load("thoracic_surgery").arrays.to_numpy("float32")
    return table[:, :-1], table[:, -1:], None, None


def clothes():
    """Return the data of 07."""
    (x, y), _ = data.load("fashion_mnist").arrays
    x, y = encoding.Pixels(x), np.eye(10, dtype="float32")[y]
    return x[:42_000], y[:42_000], x[42_000:], y[42_000:]


def _column(values):
    return np.asarray(values, "float32")[:, None]


BINARY = (1, "sigmoid")
BCE, CCE = "binary_crossentropy", "categorical_crossentropy"
DEEP = {"blocks": ((32, 32), (64, 64)), "dropout": (0.25, 0.5)}
WORKLOADS = {
    "01 perceptron": Workload(random_rows, (), *BINARY, "rmsprop", BCE, 64, 100),
    "01 mlp": Workload(random_rows, (64,), *BINARY, "rmsprop", BCE, 64, 100),
    "01 deep_mlp": Workload(random_rows, (64, 64), *BINARY, "rmsprop", BCE, 64, 100),
    "02 16-16-1": Workload(imdb, (16, 16), *BINARY, "rmsprop", BCE, 512, 3),
    "03 64-64-46": Workload(reuters, (64, 64), 46, "softmax", "rmsprop", CCE, 512, 4),
    "04 64-64-1": Workload(boston, (64, 64), 1, "linear", "rmsprop", "mse", 16, 50),
    "05 mlp": Workload(digits, (256, 256, 256), *BINARY, "sgd", BCE, 32, 2),
    "05 cnn": Workload(
        lambda: digits(image=True), (256,), *BINARY, "sgd", BCE, 32, 1, ((32,), (32,))
    ),
    "05 deep_cnn": Workload(lambda: digits(image=True), (256,), *BINARY, "sgd", BCE, 32, 1, **DEEP),
    "06 60-30-1": Workload(patients, (60, 30), *BINARY, "adam", BCE, 20, 60),
    "07 second": Workload(clothes, (128, 64, 32), 10, "softmax", "adam", CCE, 128, 3),
}

"""One contender on one workload, in a process of its own, so that its memory is its own.

Each line on standard input, a number of epochs, is answered by a line of JSON: seconds of training,
without compilation. The first answer, after a warm-up, holds the seconds that it took.
"""

import functools
import itertools
import json
import os
import pickle
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "experiments"))

import numpy as np
from workloads import WORKLOADS

from base import paths
from common import encoding, training
from engine import environment


def floats(x):
    """Return rows as float32, as a user of stock Keras, PyTorch or scikit-learn holds them."""
    return x.unpack() if isinstance(x, encoding.Packed) else x


class Ours:
    """`training.fit`."""

    def __init__(self, workload, x, y, x_val, y_val):
        self.data, self.workload = (x, y), workload
        self.validation = None if x_val is None else (x_val, y_val)
        self.model = workload.build(x.shape[1:])

    def train(self, epochs):
        """Train so many epochs."""
        training.fit(
            self.model,
            *self.data,
            epochs=epochs,
            batch_size=self.workload.batch_size,
            validation_data=self.validation,
        )


class Keras(Ours):
    """Stock `keras.Model.fit`, as the tutorials call it."""

    def __init__(self, workload, x, y, x_val, y_val):
        super().__init__(workload, floats(x), y, None if x_val is None else floats(x_val), y_val)

    def train(self, epochs):
        """Train so many epochs."""
        self.model.fit(
            *self.data,
            epochs=epochs,
            batch_size=self.workload.batch_size,
            validation_data=self.validation,
            verbose=0,
        )


class KerasOnJax(Keras):
    """Stock `keras.Model.fit` on the JAX backend."""

    def __init__(self, workload, *arrays):
        import jax  # noqa: F401  the backend, which may not be installed

        if workload.blocks:
            raise NotImplementedError("JAX's convolutions on a CPU take several times as long")
        super().__init__(workload, *arrays)


class ScikitLearn:
    """`MLPClassifier` or `MLPRegressor`, with its adam where the tutorial has RMSprop."""

    def __init__(self, workload, x, y, x_val, y_val):
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        if workload.blocks:
            raise NotImplementedError("scikit-learn has no convolutions")
        kind = MLPRegressor if workload.loss == "mse" else MLPClassifier
        self.x = floats(x).reshape(len(x), -1)
        self.y = y.argmax(axis=1) if y.shape[1] > 1 else y[:, 0]
        self.make = lambda epochs: kind(
            hidden_layer_sizes=workload.hidden,
            solver="sgd" if workload.optimizer == "sgd" else "adam",
            batch_size=workload.batch_size,
            max_iter=epochs,
            alpha=0.0,
            tol=0.0,
            n_iter_no_change=10**6,
        )

    def train(self, epochs):
        """Train so many epochs, from the start: scikit-learn has no other way."""
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the training has not converged
            self.make(epochs).fit(self.x, self.y)


class Torch:
    """A plain PyTorch loop: shuffle, gather a batch, forward, backward, step."""

    def __init__(self, workload, x, y, x_val, y_val):
        import torch
        from torch import nn

        torch.set_num_threads(THREADS)
        self.torch, self.batch_size = torch, workload.batch_size
        self.rows = [
            None if a is None else torch.from_numpy(floats(a)) for a in (x, y, x_val, y_val)
        ]
        self.layers = self.convolutions(workload, nn) if workload.blocks else [nn.Flatten()]
        for units in workload.hidden:
            self.layers += [nn.LazyLinear(units), nn.ReLU()]
        if workload.dropout[1]:
            self.layers.append(nn.Dropout(workload.dropout[1]))
        self.model = nn.Sequential(*self.layers, nn.LazyLinear(workload.units))
        if workload.blocks:
            for i in (0, 2):
                images = self.rows[i].permute(0, 3, 1, 2)
                self.rows[i] = images.contiguous(memory_format=torch.channels_last)
        self.model(self.rows[0][:1])  # the lazy layers learn their shapes
        if workload.blocks:
            self.model = self.model.to(memory_format=torch.channels_last)
        rates = {"rmsprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-7}, "sgd": {"lr": 0.01}}
        kinds = {"rmsprop": torch.optim.RMSprop, "sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        name = workload.optimizer
        self.optimizer = kinds[name](self.model.parameters(), **rates.get(name, {}))
        self.loss = {
            "mse": nn.MSELoss,
            "binary_crossentropy": nn.BCEWithLogitsLoss,
            "categorical_crossentropy": nn.CrossEntropyLoss,
        }[workload.loss]()

    @staticmethod
    def convolutions(workload, nn):
        """Return the layers before the dense ones."""
        layers = []
        for block in workload.blocks:
            for filters in block:
                layers += [nn.LazyConv2d(filters, 3), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
            if workload.dropout[0]:
                layers.append(nn.Dropout(workload.dropout[0]))
        return [*layers, nn.Flatten()]

    def train(self, epochs):
        """Train so many epochs, keep the running loss and accuracy, evaluate after each."""
        torch = self.torch
        x, y, x_val, y_val = self.rows
        for _ in range(epochs):
            self.model.train()
            total, right = torch.zeros(()), torch.zeros(())
            for rows in torch.randperm(len(x)).split(self.batch_size):
                targets = y[rows]
                self.optimizer.zero_grad(set_to_none=True)
                outputs = self.model(x[rows])
                loss = self.loss(outputs, targets)
                loss.backward()
                self.optimizer.step()
                with torch.no_grad():
                    total += loss * len(rows)
                    right += self.right(outputs, targets)
            if x_val is not None:
                self.model.eval()
                with torch.no_grad():
                    for start in range(0, len(x_val), 1000):
                        outputs = self.model(x_val[start : start + 1000])
                        total += self.loss(outputs, y_val[start : start + 1000])
            float(total)

    @staticmethod
    def right(outputs, targets):
        """Return the number of right rows."""
        if outputs.shape[1] == 1:
            return ((outputs > 0) == (targets > 0.5)).sum()
        return (outputs.argmax(dim=1) == targets.argmax(dim=1)).sum()


CONTENDERS = {
    "ours": Ours,
    "keras": Keras,
    "keras on jax": KerasOnJax,
    "pytorch": Torch,
    "scikit-learn": ScikitLearn,
}


def peak():
    """Return the f32 matrix product's operations a second, 4096 square, the best of five."""
    import tensorflow as tf

    square = tf.random.normal((4096, 4096))
    best = np.inf
    for _ in range(5):
        started = time.perf_counter()
        tf.linalg.matmul(square, square).numpy()
        best = min(best, time.perf_counter() - started)
    return 2 * 4096**3 / best


def deviations(workload, x, y, x_val, y_val, xla=True):
    """Compare ours with stock Keras: the same weights and order of rows, no dropout, 3 epochs.

    Training amplifies the rounding of its first steps, so stock Keras compiled by XLA is compared
    with stock Keras that is not, too: closer than that nothing can be.

    Returns:
        For "ours" and, if asked for, "xla" the largest relative difference of a loss or metric, in
        the first epoch and in all, and of a final weight, as a share of the largest of its layer.
    """
    import keras

    keras.utils.set_random_seed(0)
    first = workload.build(x.shape[1:], dropout=False)

    def train(fit, unpack, jit):
        model = keras.models.clone_model(first)
        model.compile_from_config(first.get_compile_config() | {"jit_compile": jit})
        model.set_weights(first.get_weights())
        options = {"epochs": 3, "batch_size": workload.batch_size, "shuffle": False}
        validation_data = None if x_val is None else (unpack(x_val), y_val)
        history = fit(model, unpack(x), y, validation_data=validation_data, **options).history
        return history, [layer.get_weights() for layer in model.layers if layer.weights]

    def from_stock(history, weights):
        off = np.array([np.abs(np.divide(history[name], stock[name]) - 1) for name in stock])
        of_weights = max(
            max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True))
            / max(np.abs(b).max() for b in theirs)
            for ours, theirs in zip(weights, stock_weights, strict=True)
        )
        return {"first_epoch": off[:, 0].max(), "history": off.max(), "weights": float(of_weights)}

    stock_fit = functools.partial(keras.Model.fit, verbose=0)
    stock, stock_weights = train(stock_fit, floats, False)
    result = {"ours": from_stock(*train(training.fit, lambda x: x, "auto"))}
    if xla and not workload.blocks:  # XLA's convolutions on a CPU take thirty times as long
        result["xla"] = from_stock(*train(stock_fit, floats, True))
    return result


def answer(value):
    """Write a line of JSON."""
    print(json.dumps(value), flush=True)


def serve(workload, arrays):
    """Train as often as standard input asks for."""
    try:
        contender = CONTENDERS[WORK](workload, *arrays)
    except (ImportError, NotImplementedError) as reason:
        answer(str(reason))
        return
    del arrays
    for line in itertools.chain((str(workload.epochs),), sys.stdin):
        started = time.perf_counter()
        contender.train(int(line))
        answer(time.perf_counter() - started)


if __name__ == "__main__":
    WORK, NAME, THREADS, PATH = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    if WORK == "keras on jax":
        os.environ["KERAS_BACKEND"] = "jax"
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])  # JAX has no setting
    elif WORK not in ("pytorch", "scikit-learn"):
        paths.use_keras_home(paths.DATA_DIR)
        environment.configure("cpu", THREADS)
    if WORK == "peak":
        answer(peak())
    elif WORK == "save":
        Path(PATH).write_bytes(pickle.dumps(WORKLOADS[NAME].load()))
    elif WORK == "deviations":
        answer(deviations(WORKLOADS[NAME], *pickle.loads(Path(PATH).read_bytes())))
    else:
        serve(WORKLOADS[NAME], pickle.loads(Path(PATH).read_bytes()))
        answer(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

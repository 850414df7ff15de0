"""Train Keras models: `fit` is the one place where the suite trains.

Stock `Model.fit` spends 30 ms on an epoch that takes 0.4 ms of arithmetic, nearly all of it
between batches. `fit` here keeps the data on the device and runs a whole epoch as one compiled
call over the model's own `train_step`, so that loss, metrics and weights are Keras's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from common import compiled, progress
from common.batches import Batches, Rows
from common.encoding import Packed

if TYPE_CHECKING:
    import keras

EVALUATION_ROWS = 250  # rows in a batch where nothing is learned; bounds the memory of a CNN


@dataclass(frozen=True)
class Result:
    """What is kept of one training.

    Attributes:
        parameters: number of weights.
        summary: the table of `model.summary()`.
        history: loss and metrics of each epoch, as in `History.history`.
        test: loss and metrics on the test set; empty without one.
        outputs: what the model gives for the test set, float32 (rows, units), or None.
        right: for a classifier, which test rows it gets right, bool (rows,), or None.
    """

    parameters: int
    summary: str
    history: dict[str, list[float]]
    test: dict[str, float] = field(default_factory=dict)
    outputs: np.ndarray | None = None
    right: np.ndarray | None = None


def fit(
    model: "keras.Model",
    x: Rows,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    validation_data: tuple[Rows, np.ndarray] | None = None,
    class_weight: Mapping[int, float] | None = None,
    seed: int = 0,
    shuffle: bool = True,
    label: str | None = None,
) -> "keras.callbacks.History":
    """Train a compiled model as `keras.Model.fit` does, each epoch in one compiled call.

    Args:
        model: a compiled model; training goes on from its present weights.
        x: rows of the training set.
        y: their targets, in the shape of the model's output.
        epochs: passes over the training set.
        batch_size: rows in a batch; the last batch of an epoch may be smaller.
        validation_data: rows and targets to evaluate after each epoch.
        class_weight: how much the loss of a row counts, by its class; 1 for all where None.
        seed: with the number of the epoch it determines the order of the rows.
        shuffle: whether the rows are put into a new order for each epoch.
        label: what the progress bar calls this training; the model's name where None.

    Returns:
        The history: loss and metrics of each epoch, the running means over its batches.
    """
    import keras

    data = [x, y]
    if class_weight:
        weights = [class_weight[row_class] for row_class in classes(y)]
        data.append(np.array(weights, np.float32))

    def orders(first: int = 0, last: int = epochs):
        for epoch in range(first, last):
            order = np.arange(len(y), dtype=np.int32)
            if shuffle:
                np.random.default_rng((seed, epoch)).shuffle(order)
            yield order

    training_set, validation_set = Batches(data, batch_size, orders()), None
    if validation_data:
        in_order = np.arange(len(validation_data[0]))
        validation_set = Batches(validation_data, EVALUATION_ROWS, [in_order])
    twin = compiled.twin_of(model, training_set, validation_set)
    twin.take_state_of(model)
    history = keras.callbacks.History()
    history.set_model(model)
    history.on_train_begin()
    with progress.Training(label or model.name, epochs) as report:
        for first in range(0, epochs, twin.most_epochs):
            some = list(orders(first, min(first + twin.most_epochs, epochs)))
            for epoch, logs in enumerate(twin.train(training_set, validation_set, some), first):
                history.on_epoch_end(epoch, logs)
            report(epoch, logs)
    twin.give_state_to(model)
    return history


def _floats(metrics, prefix: str = "") -> dict[str, float]:
    return {prefix + name: float(value) for name, value in metrics.items()}


def result(
    model: "keras.Model",
    history: "keras.callbacks.History",
    test: tuple[Rows, np.ndarray] | None = None,
) -> Result:
    """Evaluate a trained model on the test set and keep what figures and records need of it."""
    import keras

    lines: list[str] = []
    # Without its optimizer, whose variables `summary` would count among the parameters.
    bare = keras.Sequential.from_config(model.get_config())
    bare.summary(print_fn=lines.append, line_length=72)
    kept = Result(model.count_params(), "\n".join(lines), history.history)
    if test is None:
        return kept
    x, y = test
    outputs = predict(model, x)
    scores = evaluate(model, y, outputs)
    right = classes(outputs) == classes(y) if "accuracy" in scores else None
    return replace(kept, test=scores, outputs=outputs, right=right)


def predict(model: "keras.Model", x: Rows) -> np.ndarray:
    """Return the outputs that `model.predict` gives, float32, without compiling anything."""
    batches = (x[start : start + EVALUATION_ROWS] for start in range(0, len(x), EVALUATION_ROWS))
    unpacked = (batch.unpack() if isinstance(batch, Packed) else batch for batch in batches)
    return np.concatenate([model(batch, training=False) for batch in unpacked])


def evaluate(model: "keras.Model", y: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
    """Return the loss and metrics that `model.evaluate` gives, from targets and outputs."""
    model.reset_metrics()
    loss = float(model.compute_loss(y=y, y_pred=outputs, training=False))
    return _floats(model.compute_metrics(None, y, outputs)) | {"loss": loss}


def classes(outputs: np.ndarray) -> np.ndarray:
    """Return the class of each row of probabilities or one-hot targets.

    Args:
        outputs: float array (rows, 1), the probability of class 1, or (rows, classes).

    Returns:
        int64 array (rows,).
    """
    if outputs.shape[1] == 1:
        return (outputs[:, 0] >= 0.5).astype(np.int64)
    return outputs.argmax(axis=1)

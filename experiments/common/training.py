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
from common.compiled import EVALUATION_ROWS, Rows

if TYPE_CHECKING:
    import keras


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

    batch_size = min(batch_size, len(x))
    training_data = [x, y]
    if class_weight:
        weights = [class_weight[row_class] for row_class in classes(y)]
        training_data.append(np.array(weights, np.float32))
    twin = compiled.twin_of(model, training_data, batch_size, validation_data)
    twin.take_state_of(model)
    training_data = [compiled.resident(rows) for rows in training_data]
    if validation_data:
        validation_data = [compiled.resident(rows) for rows in validation_data]
    history = keras.callbacks.History()
    history.set_model(model)
    history.on_train_begin()
    with progress.Training(label or model.name, epochs) as report:
        for epoch in range(epochs):
            order = np.arange(len(y), dtype=np.int32)
            if shuffle:
                np.random.default_rng((seed, epoch)).shuffle(order)
            logs = _floats(twin.train(training_data, order))
            if validation_data:
                logs |= _floats(twin.validate(*validation_data), prefix="val_")
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
    scores, outputs = evaluate(model, x, y), predict(model, x)
    right = classes(outputs) == classes(y) if "accuracy" in scores else None
    return replace(kept, test=scores, outputs=outputs, right=right)


def evaluate(model: "keras.Model", x: Rows, y: np.ndarray) -> dict[str, float]:
    """Return the loss and metrics that `model.evaluate` gives, without compiling anything."""
    model.reset_metrics()
    for start in range(0, len(x), EVALUATION_ROWS):
        rows = slice(start, start + EVALUATION_ROWS)
        model.test_step((compiled.inputs(x[rows]), y[rows]))
    return _floats(model.get_metrics_result())


def predict(model: "keras.Model", x: Rows) -> np.ndarray:
    """Return the outputs that `model.predict` gives, float32, without compiling anything."""
    batches = (x[start : start + EVALUATION_ROWS] for start in range(0, len(x), EVALUATION_ROWS))
    return np.concatenate([model(compiled.inputs(batch), training=False) for batch in batches])


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

"""Train Keras models and evaluate them: `fit` is the one place where the suite trains.

Stock `Model.fit` spends 30 ms on an epoch that takes 0.1 ms of arithmetic, nearly all of it
between batches. `fit` here keeps the data on the device and runs an epoch, or up to fifty short
ones, as one compiled call over the model's own `train_step`, so that loss, metrics and weights are
Keras's.
"""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine import compiled, progress
from engine.batches import Batches, Packed, Rows
from engine.checkpoints import Checkpoint

if TYPE_CHECKING:
    import keras

EVALUATION_ROWS = 250  # rows in a batch where nothing is learned; bounds the memory of a CNN


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
    """Train a compiled model as `keras.Model.fit` does, in compiled calls of whole epochs.

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

    Epochs that were saved, as `checkpoints.configure` makes them, are not trained again.

    Returns:
        The history: loss and metrics of each epoch, the running means over its batches. An epoch
        whose loss is not finite ends the training; those after it have NaN. Its `cost`, a
        `checkpoints.Cost`, says what saved epochs spared and what saving took.
    """
    import keras

    data = [x, y]
    if class_weight:
        of_rows = y[:, 0] >= 0.5 if y.shape[1] == 1 else y.argmax(axis=1)
        data.append(np.array([class_weight[int(of_row)] for of_row in of_rows], np.float32))
    protocol = {"epochs": epochs, "batch_size": batch_size, "seed": seed, "shuffle": shuffle}
    architecture, variables = compiled.architecture(model), compiled.state(model)
    all_data = [*data, *(validation_data or ())]
    checkpoint = Checkpoint(architecture, variables, all_data, protocol)
    history = keras.callbacks.History()
    history.set_model(model)
    history.on_train_begin()
    history.cost = checkpoint.cost
    for epoch, logs in enumerate(checkpoint.logs):
        history.on_epoch_end(epoch, logs)
    if len(history.epoch) < epochs:
        orders = functools.partial(_orders, len(y), seed, shuffle)
        training_set = Batches(data, batch_size, orders(0, epochs))
        validation_set = None
        if validation_data:
            in_order = np.arange(len(validation_data[0]))
            validation_set = Batches(validation_data, EVALUATION_ROWS, [in_order])
        sets = training_set, validation_set
        with progress.Epochs(label or model.name, len(history.epoch), epochs) as report:
            twin = compiled.twin_of(model, architecture, *sets)
            twin.take(variables)
            _train(twin, sets, orders, history, checkpoint, report)
            twin.give(variables)
    if failed := failed_epoch(history.history):
        progress.failed(label or model.name, failed)
    return history


def evaluate(model: "keras.Model", x: Rows, y: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
    """Return what `model.evaluate` and `model.predict` give, in one pass, compiling nothing.

    Returns:
        Loss and metrics by name, and the outputs, float32 (rows, units).
    """
    model.reset_metrics()
    loss, outputs = 0.0, []
    for start in range(0, len(y), EVALUATION_ROWS):
        batch, targets = (rows[start : start + EVALUATION_ROWS] for rows in (x, y))
        inputs = batch.unpack() if isinstance(batch, Packed) else batch
        # As a tensor, which carries its logits: of an array Keras would clip the probabilities.
        outputs.append(model(inputs, training=False))
        mean = model.compute_loss(y=targets, y_pred=outputs[-1], training=False)
        loss += float(mean) * len(targets) / len(y)
        model.compute_metrics(None, targets, outputs[-1])
    scores = {name: float(value) for name, value in model.get_metrics_result().items()}
    return scores | {"loss": loss}, np.concatenate(outputs)


def _orders(rows: int, seed: int, shuffle: bool, first: int, last: int) -> Iterator[np.ndarray]:
    """Give the order of the rows in each epoch from `first` to before `last`."""
    for epoch in range(first, last):
        order = np.arange(rows, dtype=np.int32)
        if shuffle:
            np.random.default_rng((seed, epoch)).shuffle(order)
        yield order


def _train(twin, sets, orders, history, checkpoint, report: progress.Epochs) -> None:
    """Train the epochs that the history lacks, several in a call where they are short."""
    for first in range(len(history.epoch), report.epochs, twin.most_epochs):
        last = min(first + twin.most_epochs, report.epochs)
        for logs in twin.train(*sets, list(orders(first, last))):
            history.on_epoch_end(len(history.epoch), logs)
        checkpoint.cost.epochs += last - first
        if failed := failed_epoch(history.history, first):
            for values in history.history.values():
                values[failed:] = [math.nan] * (report.epochs - failed)
            twin.make_nan()  # so that a training that goes on from here fails, too
            break
        report(last - 1, logs)
        if last < report.epochs:
            checkpoint.save_if_due(history.history, twin)
    checkpoint.save(history.history, twin)


def failed_epoch(history: Mapping[str, Sequence[float]], first: int = 0) -> int | None:
    """Return the first epoch, counted from 1, whose loss is not finite, or None.

    Args:
        history: loss and metrics of each epoch.
        first: how many epochs are known to be finite.
    """
    losses = [history[name][first:] for name in ("loss", "val_loss") if name in history]
    failed = np.flatnonzero(~np.isfinite(losses).all(axis=0))
    return first + int(failed[0]) + 1 if len(failed) else None

"""Train Keras models: `fit` is the one place where the suite trains.

Stock `Model.fit` spends 30 ms on an epoch that takes 0.1 ms of arithmetic, nearly all of it
between batches. `fit` here keeps the data on the device and runs an epoch, or up to fifty short
ones, as one compiled call over the model's own `train_step`, so that loss, metrics and weights are
Keras's.
"""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from common import checkpoints, compiled, progress
from common.batches import Batches, Rows
from common.checkpoints import Checkpoint
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
        every: 1, or how many epochs lie between those whose history is kept.
        test: loss and metrics on the test set; empty without one.
        test_noise: their standard errors due to the choice of test rows.
        outputs: what the model gives for the test set, float32 (rows, units), or None.
        right: for a classifier, which test rows it gets right, bool (rows,), or None.
        failed: the epoch, counted from 1, that gave no finite loss and ended the training, or None.
        architecture: what `keras.models.model_from_json` builds the network from.
        weights: its weights, as `model.get_weights` gives them; empty where they are not kept.
    """

    parameters: int
    summary: str
    history: dict[str, list[float]]
    every: int = 1
    test: dict[str, float] = field(default_factory=dict)
    test_noise: dict[str, float] = field(default_factory=dict)
    outputs: np.ndarray | None = None
    right: np.ndarray | None = None
    failed: int | None = None
    architecture: str = ""
    weights: Sequence[np.ndarray] = ()


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
        whose loss is not finite ends the training; those after it have NaN.
    """
    import keras

    data = [x, y]
    if class_weight:
        weights = [class_weight[row_class] for row_class in classes(y)]
        data.append(np.array(weights, np.float32))
    protocol = {"epochs": epochs, "batch_size": batch_size, "seed": seed, "shuffle": shuffle}
    architecture, variables = compiled.architecture(model), compiled.state(model)
    all_data = [*data, *(validation_data or ())]
    checkpoint = Checkpoint(architecture, variables, all_data, protocol)
    history = keras.callbacks.History()
    history.set_model(model)
    history.on_train_begin()
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
        with progress.Training(label or model.name, len(history.epoch), epochs) as report:
            twin = compiled.twin_of(model, architecture, *sets)
            twin.take(variables)
            _train(twin, sets, orders, history, checkpoint, report)
            twin.give(variables)
    if failed := failed_epoch(history.history):
        progress.failed(label or model.name, failed)
    return history


def _orders(rows: int, seed: int, shuffle: bool, first: int, last: int) -> Iterator[np.ndarray]:
    """Give the order of the rows in each epoch from `first` to before `last`."""
    for epoch in range(first, last):
        order = np.arange(rows, dtype=np.int32)
        if shuffle:
            np.random.default_rng((seed, epoch)).shuffle(order)
        yield order


def _train(twin, sets, orders, history, checkpoint, report: progress.Training) -> None:
    """Train the epochs that the history lacks, several in a call where they are short."""
    for first in range(len(history.epoch), report.epochs, twin.most_epochs):
        last = min(first + twin.most_epochs, report.epochs)
        for logs in twin.train(*sets, list(orders(first, last))):
            history.on_epoch_end(len(history.epoch), logs)
        checkpoints.store.trained += last - first
        if failed := failed_epoch(history.history, first):
            for values in history.history.values():
                values[failed:] = [math.nan] * (report.epochs - failed)
            twin.spoil()  # so that a training that goes on from here fails, too
            break
        report(last - 1, logs)
        if last < report.epochs:
            checkpoint.save_if_due(history.history, twin)
    checkpoint.save(history.history, twin)


def failed_epoch(history: Mapping[str, Sequence[float]], first: int = 0) -> int | None:
    """Return the first epoch, counted from 1, whose loss is not finite, or None.

    Args:
        history: loss and metrics of each epoch.
        first: how many epochs are known to be sound.
    """
    losses = [history[name][first:] for name in ("loss", "val_loss") if name in history]
    failed = np.flatnonzero(~np.isfinite(losses).all(axis=0))
    return first + int(failed[0]) + 1 if len(failed) else None


def result(
    model: "keras.Model",
    history: "keras.callbacks.History",
    test: tuple[Rows, np.ndarray] | None = None,
    every: int = 1,
) -> Result:
    """Evaluate a trained model on the test set and keep what figures and records need of it.

    Args:
        model: the trained model.
        history: what `fit` has returned.
        test: rows and targets of the test set, if there is one.
        every: keep the history of each such epoch alone; it divides the number of epochs.
    """
    import keras

    lines: list[str] = []
    # Without its optimizer, whose variables `summary` would count among the parameters.
    bare = keras.Sequential.from_config(model.get_config())
    bare.summary(print_fn=lines.append, line_length=72)
    thinned = {name: values[every - 1 :: every] for name, values in history.history.items()}
    failed = failed_epoch(history.history)
    kept = Result(
        *(model.count_params(), "\n".join(lines), thinned, every),
        failed=failed,
        architecture=bare.to_json(),
        weights=model.get_weights(),
    )
    if test is None:
        return kept
    scores, outputs = evaluate(model, *test)
    right = classes(outputs) == classes(test[1]) if "accuracy" in scores else None
    if failed or not math.isfinite(scores["loss"]):  # the last update may be one too many
        failed = failed or len(history.epoch)
        # A network without a finite loss has no accuracy either.
        scores = noise = dict.fromkeys(scores, math.nan)
        outputs = np.full_like(outputs, math.nan)
        right = None if right is None else np.zeros_like(right)
    else:
        noise = _standard_errors(model, test[1], outputs)
    tested = {"test": scores, "test_noise": noise, "outputs": outputs, "right": right}
    return replace(kept, **tested, failed=failed)


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


def _standard_errors(model, y: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
    """Return the standard error of each score, whose rows are a sample of all possible rows."""
    import keras

    rows = {"loss": np.asarray(keras.losses.get(model.loss)(y, outputs))}
    if model.loss == "mse":
        rows["mae"] = np.abs(y - outputs).mean(axis=1)
    else:
        rows["accuracy"] = classes(outputs) == classes(y)  # binomial
    return {name: float(np.std(values) / np.sqrt(len(y))) for name, values in rows.items()}


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

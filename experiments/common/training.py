"""Train, test and keep: `fit` as Keras has it but faster, and what is kept of a training."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from base.errors import UsageError
from engine.batches import Packed, Rows
from engine.fitting import EVALUATION_ROWS, failed_epoch, fit
from results.training_result import TrainingResult, classes

if TYPE_CHECKING:
    import keras

__all__ = ["classes", "evaluate", "fit", "result", "with_first_weights"]


def result(
    model: "keras.Model",
    history: "keras.callbacks.History",
    test: tuple[Rows, np.ndarray] | None = None,
    every: int = 1,
    before: "Sequence[keras.callbacks.History]" = (),
) -> TrainingResult:
    """Evaluate a trained model on the test set and keep what figures and records need of it.

    Args:
        model: the trained model.
        history: what `fit` has returned.
        test: rows and targets of the test set, if there is one.
        every: keep the history of each such epoch alone; it divides the number of epochs.
        before: what `fit` has returned of the same model before, which counts among the costs.

    Raises:
        UsageError: the targets have another shape than the outputs.
    """
    import keras

    lines: list[str] = []
    # Without its optimizer, whose variables `summary` would count among the parameters.
    bare = keras.Sequential.from_config(model.get_config())
    bare.summary(print_fn=lines.append, line_length=72)
    thinned = {name: values[every - 1 :: every] for name, values in history.history.items()}
    failed = failed_epoch(history.history)
    costs = [fitted.cost for fitted in (*before, history)]
    kept = TrainingResult(
        parameters=model.count_params(),
        summary="\n".join(lines),
        history=thinned,
        every=every,
        failed=failed,
        architecture=bare.to_json(),
        weights=model.get_weights(),
        reused=sum(cost.reused for cost in costs),
        saving=sum(cost.saving for cost in costs),
        restored=not any(cost.epochs for cost in costs),
    )
    if test is None:
        return kept
    scores, outputs = evaluate(model, *test)
    if test[1].shape != outputs.shape:  # labels by number would be read as probabilities
        raise UsageError(
            f"{model.name}: expected test targets of shape {outputs.shape}, one-hot if they are"
            f" classes, found {test[1].shape}."
        )
    right = classes(outputs) == classes(test[1]) if "accuracy" in scores else None
    if failed or not math.isfinite(scores["loss"]):  # the last update may be one too many
        failed = failed or len(history.epoch)
        # A network without a finite loss has no accuracy either.
        scores = noise = dict.fromkeys(scores, math.nan)
        outputs = np.full_like(outputs, math.nan)
        right = None if right is None else np.zeros_like(right)
    else:
        noise = _standard_errors(model, test[1], outputs, "accuracy" in scores)
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


def _standard_errors(
    model, y: np.ndarray, outputs: np.ndarray, classifies: bool
) -> dict[str, float]:
    """Return the standard error of each score, whose rows are a sample of all possible rows."""
    import keras

    rows = {"loss": np.asarray(keras.losses.get(model.loss)(y, outputs))}
    if classifies:
        rows["accuracy"] = classes(outputs) == classes(y)  # binomial
    else:
        rows["mae"] = np.abs(y - outputs).mean(axis=1)
    return {name: float(np.std(values) / np.sqrt(len(y))) for name, values in rows.items()}


def with_first_weights(
    function: Callable[..., TrainingResult],
    seeds: Mapping[str, Sequence[int]],
    folded: bool,
    model: str,
    seed: int,
    *others: Any,
) -> TrainingResult:
    """Train; keep the weights of each model's first seed alone, and of no fold."""
    result = function(model, seed, *others)
    return replace(result, weights=()) if folded or seed != seeds[model][0] else result

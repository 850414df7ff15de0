"""Train, test and keep: one training of a lesson, and what is kept of it."""

import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from base.errors import UsageError
from base.protocol import Protocol
from engine.batches import Rows
from engine.fitting import evaluate, failed_epoch, fit
from results.training_result import TrainingResult, classes, tested

if TYPE_CHECKING:
    import keras

__all__ = ["Training", "classes", "evaluate", "fit", "result", "train_one"]


class Training:
    """One training of a lesson: a model's protocol, a seed and perhaps a fold.

    All that the protocol has is here, too, such as `training.hidden` and `training.epochs`; its
    optimizer is one to compile with.

    Attributes:
        name: the model's.
        seed: settles the first weights, dropout and, with the epoch, the order of the rows.
        fold: the fold that is left out, counted from 0, or None.
        outputs: what the model gives for the test set, float32 (rows, units), once it is evaluated.
    """

    def __init__(self, name: str, seed: int, fold: int | None, protocol: Protocol):
        own = {field: value for field, value in vars(protocol).items() if field != "optimizer"}
        vars(self).update(own, name=name, seed=seed, fold=fold, _protocol=protocol)
        self._model: keras.Model | None = None
        self._histories: list[keras.callbacks.History] = []
        self._result: TrainingResult | None = None
        self._rows: np.ndarray | None = None
        self._counts: dict[str, int] = {}

    @property
    def optimizer(self) -> "str | keras.optimizers.Optimizer":
        """What to compile with: a name, or with `--learning-rate` an optimizer of that rate."""
        import keras

        name, rate = self._protocol.optimizer, self._protocol.learning_rate
        if rate is None:
            return name
        return keras.optimizers.get({"class_name": name, "config": {"learning_rate": rate}})

    @property
    def outputs(self) -> np.ndarray:
        """What the model gives for the test set, as `evaluate` has found."""
        return self._result.outputs

    def fit(
        self,
        model: "keras.Model",
        x: Rows,
        y: np.ndarray,
        *,
        epochs: int | None = None,
        validation_data: tuple[Rows, np.ndarray] | None = None,
        class_weight: Mapping[int, float] | None = None,
        table: np.ndarray | None = None,
    ) -> "keras.callbacks.History":
        """Train a model as `keras.Model.fit` does, by the protocol; keep its history.

        Fitted once more, the model goes on from its present weights, and the last history is kept.

        Args:
            model: a compiled model.
            x: rows of the training set.
            y: their targets, in the shape of the model's output.
            epochs: passes over the training set; the protocol's where None.
            validation_data: rows and targets to evaluate after each epoch.
            class_weight: how much the loss of a row counts, by its class.
            table: the rows as they are given, if `x` has others, for the model card.
        """
        model.name = self.name  # Keras counts up the names that it gives
        self._model, self._rows = model, x if table is None else table
        self._counts = {"training": len(y)}
        if validation_data:
            self._counts["validation"] = len(validation_data[1])
        fold = "" if self.fold is None else f", fold {self.fold + 1}"
        history = fit(
            model,
            x,
            y,
            epochs=epochs or self.epochs,
            batch_size=self.batch_size,
            validation_data=validation_data,
            class_weight=class_weight,
            seed=self.seed,
            label=f"{self.name}, seed {self.seed}" + fold,
        )
        self._histories.append(history)
        self._result = None
        return history

    def evaluate(self, model: "keras.Model", x: Rows, y: np.ndarray) -> dict[str, float]:
        """Test a trained model as `keras.Model.evaluate` does; keep its scores and its outputs."""
        self._result = self._kept(model, (x, y))
        self._counts["test"] = len(y)
        return self._result.test

    def keep(self, **scores: float) -> None:
        """Keep more test scores beside those of `evaluate`; a failed training has none."""
        if self._result.failed:
            scores = dict.fromkeys(scores, math.nan)
        test = self._result.test | scores
        self._result = replace(self._result, test=test)

    def finish(self, with_network: bool) -> TrainingResult:
        """Return what is kept.

        Args:
            with_network: whether its weights are kept, and its rows, which describe its inputs.
        """
        kept = replace(self._result or self._kept(self._model), counts=self._counts)
        if not with_network:
            return replace(kept, weights=())
        is_table = isinstance(self._rows, np.ndarray) and self._rows.ndim == 2
        return replace(kept, rows=self._rows if is_table else None)

    def _kept(self, model, test=None) -> TrainingResult:
        if not self._histories:
            raise UsageError(f"{self.name}: expected a call of training.fit, found none.")
        *before, last = self._histories
        return result(model, last, test, self.every, before)


def train_one(
    function: Callable[..., None],
    protocols: Mapping[str, Protocol],
    seeds: Mapping[str, Sequence[int]],
    name: str,
    seed: int,
    fold: int | None,
    *shared: Any,
) -> TrainingResult:
    """Seed Keras and let a lesson's function train one model.

    The network of a model's first seed is kept, or of as many as its protocol says; of no fold.

    Args:
        function: called as `function(training, *shared)`.
        protocols: what each model is trained with.
        seeds: those of each model.
        name: the model's.
        seed: of this training.
        fold: which fold is left out, or None.
        shared: further arguments, such as the arrays.
    """
    import keras

    training = Training(name, seed, fold, protocols[name])
    keras.utils.set_random_seed(seed)  # before each model, else it depends on what ran before it
    function(training, *shared)
    is_kept = fold is None and seed in seeds[name][: protocols[name].networks]
    return training.finish(with_network=is_kept)


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
        every: as in `TrainingResult`.
        before: what `fit` has returned of the same model before, which counts among the costs.

    Raises:
        UsageError: the targets have another shape than the outputs.
    """
    summary, architecture = _description(json.dumps(model.get_config()))
    failed = failed_epoch(history.history)
    costs = [fitted.cost for fitted in (*before, history)]
    kept = TrainingResult(
        parameters=model.count_params(),
        summary=summary,
        history=history.history,
        every=every,
        failed=failed,
        architecture=architecture,
        weights=model.get_weights(),
        reused=sum(cost.reused for cost in costs),
        saving=sum(cost.saving for cost in costs),
        restored=not any(cost.epochs for cost in costs),
    )
    if test is None:
        return kept
    return tested(kept, model, test[1], *evaluate(model, *test))


@functools.lru_cache
def _description(config: str) -> tuple[str, str]:
    """Return the table of `model.summary()` and the JSON of the network of this configuration."""
    import keras

    # Without an optimizer, whose variables `summary` would count among the parameters.
    bare, lines = keras.Sequential.from_config(json.loads(config)), []
    bare.summary(print_fn=lines.append, line_length=72)
    return "\n".join(lines), bare.to_json()

"""Train Keras models: `fit` is the one place where the suite trains.

Stock `Model.fit` spends 30 ms on an epoch that takes 0.4 ms of arithmetic, nearly all of it
between batches. `fit` here keeps the data on the device and runs a whole epoch as one compiled
call over the model's own `train_step`, so that loss, metrics and weights are Keras's.
"""

import contextlib
import math
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from common import progress
from common.cli import UsageError
from common.data import MultiHot

if TYPE_CHECKING:
    import keras

Rows = np.ndarray | MultiHot
MAX_TWINS = 32  # compiled models that are kept
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


def configure(device: str = "auto", threads: int = 1) -> dict[str, str | int]:
    """Start TensorFlow quietly on a device, with so many threads for one training.

    Args:
        device: "auto" (a GPU if there is one), "cpu" or "gpu".
        threads: threads of one training on a CPU.

    Returns:
        The environment for the record: versions, device, threads.

    Raises:
        UsageError: "gpu" is asked for and TensorFlow sees none, or TensorFlow is already at work
            with another number of threads.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    with _quiet():
        import keras
        import tensorflow as tf

        # Many functions are traced here, each of them once: no reason for advice about retracing.
        tf.get_logger().setLevel("ERROR")
        gpus = tf.config.list_physical_devices("GPU") if device != "cpu" else []
        if device == "gpu" and not gpus:
            raise UsageError("--device gpu: TensorFlow sees no GPU here; use --device cpu.")
        try:
            tf.config.set_visible_devices(gpus, "GPU")
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        except RuntimeError as error:
            if tf.config.threading.get_intra_op_parallelism_threads() != threads:
                raise UsageError("TensorFlow is at work already; start anew.") from error
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "device": "gpu" if gpus else "cpu",
        "threads": threads,
    }


@contextlib.contextmanager
def _quiet():
    """Hold back what TensorFlow's C++ code writes on start-up; show it if the start fails."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
        except UsageError:
            raise
        except BaseException:
            notes.seek(0)
            os.write(saved, notes.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


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

    training_data = [x, y]
    if class_weight:
        weights = [class_weight[label] for label in classes(y)]
        training_data.append(np.array(weights, np.float32))
    compiled = _compiled_twin(model, training_data, batch_size, validation_data)
    compiled.take_state_of(model)
    training_data = [_resident(rows) for rows in training_data]
    if validation_data:
        validation_data = [_resident(rows) for rows in validation_data]
    history = keras.callbacks.History()
    history.set_model(model)
    history.on_train_begin()
    with progress.Training(label or model.name, epochs) as report:
        for epoch in range(epochs):
            order = np.arange(len(y), dtype=np.int32)
            if shuffle:
                np.random.default_rng((seed, epoch)).shuffle(order)
            logs = _floats(compiled.train(training_data, order))
            if validation_data:
                logs |= _floats(compiled.validate(*validation_data), prefix="val_")
            history.on_epoch_end(epoch, logs)
            report(epoch, logs)
    compiled.give_state_to(model)
    return history


class _CompiledTwin:
    """A model's twin with its compiled epoch, which serves every model of the same architecture.

    Compiling takes about a second, so the next seed or fold only lends its state to the twin.
    """

    def __init__(self, model: "keras.Model", data: Sequence[Rows], batch_size: int, x_val: Rows):
        import keras
        import tensorflow as tf

        self._model = keras.models.clone_model(model)
        self._model.compile_from_config(model.get_compile_config())
        _build_state(self._model, *data[:2])
        jit = _compiles_with_xla(model)
        epoch = _training_epoch(self._model, data[0], batch_size)
        self.train = tf.function(epoch, jit_compile=jit)
        if x_val is not None:
            self.validate = tf.function(_validation_pass(self._model, x_val), jit_compile=jit)

    def take_state_of(self, model: "keras.Model") -> None:
        """Copy weights, random state and optimizer state from a model."""
        model.optimizer.build(model.trainable_variables)
        for mine, theirs in zip(_state(self._model), _state(model), strict=True):
            mine.assign(theirs)

    def give_state_to(self, model: "keras.Model") -> None:
        """Copy weights, random state and optimizer state to a model."""
        for mine, theirs in zip(_state(self._model), _state(model), strict=True):
            theirs.assign(mine)


_twins: dict[str, _CompiledTwin] = {}


def _compiled_twin(model, data: Sequence[Rows], batch_size: int, validation_data) -> _CompiledTwin:
    """Return the compiled twin for a model and shapes of data, compiling it the first time."""
    config = _without_names([model.get_config(), model.get_compile_config()])
    arrays = [_packed(rows) for rows in (*data, *(validation_data or ()))]
    shapes = [(array.shape, array.dtype) for array in arrays]
    key = repr((config, shapes, len(data), batch_size))
    if key not in _twins:
        if len(_twins) == MAX_TWINS:
            del _twins[next(iter(_twins))]
        x_val = validation_data[0] if validation_data else None
        _twins[key] = _CompiledTwin(model, data, batch_size, x_val)
    return _twins[key]


def _without_names(config):
    """Return a configuration without names, which Keras counts up from one object to the next."""
    if isinstance(config, dict):
        return {key: _without_names(value) for key, value in config.items() if key != "name"}
    if isinstance(config, list | tuple):
        return [_without_names(item) for item in config]
    return config


def _state(model: "keras.Model") -> list:
    """Return all variables that training changes but for the metrics'."""
    metrics = {id(variable) for variable in model.metrics_variables}
    variables = [variable for variable in model.variables if id(variable) not in metrics]
    return variables + list(model.optimizer.variables)


def _build_state(model: "keras.Model", x: Rows, y: np.ndarray) -> None:
    """Create the variables of optimizer and metrics, which a compiled function cannot create."""
    model.optimizer.build(model.trainable_variables)
    model.test_step((_inputs(x[:1]), y[:1]))


def _inputs(x: Rows) -> np.ndarray:
    """Return rows as a model takes them."""
    return x.unpack() if isinstance(x, MultiHot) else x


def _packed(x: Rows) -> np.ndarray:
    """Return rows as they are kept in memory."""
    return x.bits if isinstance(x, MultiHot) else x


def _resident(x: Rows):
    """Return rows as a tensor on the device."""
    import tensorflow as tf

    return tf.convert_to_tensor(_packed(x))


def _unpacking(x: Rows):
    """Return a function that turns rows of the resident tensor into what the model takes."""
    import tensorflow as tf

    if not isinstance(x, MultiHot):
        return lambda rows: rows
    dimension = x.dimension

    def unpack(rows):
        shifts = tf.range(7, -1, -1, dtype=tf.int32)
        bits = tf.bitwise.right_shift(rows[:, :, None], tf.cast(shifts, tf.uint8)) & 1
        return tf.reshape(tf.cast(bits, tf.float32), (rows.shape[0], -1))[:, :dimension]

    return unpack


def _compiles_with_xla(model: "keras.Model") -> bool:
    """Tell whether XLA helps: on a CPU it makes convolutions about 30 times slower."""
    import keras
    import tensorflow as tf

    convolves = any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)
    return bool(tf.config.get_visible_devices("GPU")) or not convolves


def _training_epoch(model: "keras.Model", x: Rows, batch_size: int):
    """Return a function that trains one epoch on rows in a given order and gives its metrics."""
    import tensorflow as tf

    batches, rest = divmod(len(x), batch_size)
    unpack = _unpacking(x)

    def step(data, rows):
        x, *others = (tf.gather(array, rows) for array in data)
        model.train_step((unpack(x), *others))

    def run(data, order):
        model.reset_metrics()
        for batch in tf.range(batches):
            step(data, tf.slice(order, [batch * batch_size], [batch_size]))
        if rest:
            step(data, order[-rest:])
        return model.get_metrics_result()

    return run


def _validation_pass(model: "keras.Model", x: Rows):
    """Return a function that evaluates a model on resident rows."""
    import tensorflow as tf

    # Batches of one size, so that the compiler sees a single shape.
    batch_size = math.ceil(len(x) / math.ceil(len(x) / EVALUATION_ROWS))
    batches, rest = divmod(len(x), batch_size)
    unpack = _unpacking(x)

    def run(x, y):
        model.reset_metrics()
        for batch in tf.range(batches):
            rows = tf.range(batch_size) + batch * batch_size
            model.test_step((unpack(tf.gather(x, rows)), tf.gather(y, rows)))
        if rest:
            model.test_step((unpack(x[-rest:]), y[-rest:]))
        return model.get_metrics_result()

    return run


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
        model.test_step((_inputs(x[rows]), y[rows]))
    return _floats(model.get_metrics_result())


def predict(model: "keras.Model", x: Rows) -> np.ndarray:
    """Return the outputs that `model.predict` gives, float32, without compiling anything."""
    batches = (x[start : start + EVALUATION_ROWS] for start in range(0, len(x), EVALUATION_ROWS))
    return np.concatenate([model(_inputs(batch), training=False) for batch in batches])


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

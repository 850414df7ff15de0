"""Compile a model's epoch into one call, once for each architecture and shape of data."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from common.encoding import MultiHot

if TYPE_CHECKING:
    import keras

Rows = np.ndarray | MultiHot
MAX_TWINS = 32  # compiled models that are kept
EVALUATION_ROWS = 250  # rows in a batch where nothing is learned; bounds the memory of a CNN


class CompiledTwin:
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


_twins: dict[str, CompiledTwin] = {}


def twin_of(model, data: Sequence[Rows], batch_size: int, validation_data) -> CompiledTwin:
    """Return the compiled twin for a model and shapes of data, compiling it the first time."""
    config = _without_names([model.get_config(), model.get_compile_config()])
    arrays = [_packed(rows) for rows in (*data, *(validation_data or ()))]
    shapes = [(array.shape, array.dtype) for array in arrays]
    key = repr((config, shapes, len(data), batch_size))
    if key not in _twins:
        if len(_twins) == MAX_TWINS:
            del _twins[next(iter(_twins))]
        x_val = validation_data[0] if validation_data else None
        _twins[key] = CompiledTwin(model, data, batch_size, x_val)
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
    model.test_step((inputs(x[:1]), y[:1]))


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


def inputs(x: Rows) -> np.ndarray:
    """Return rows as a model takes them."""
    return x.unpack() if isinstance(x, MultiHot) else x


def _packed(x: Rows) -> np.ndarray:
    """Return rows as they are kept in memory."""
    return x.bits if isinstance(x, MultiHot) else x


def resident(x: Rows):
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

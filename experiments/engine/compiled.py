"""Compile a model's epochs into calls, once for each architecture and shape of data."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine import batches
from engine.batches import Batches

if TYPE_CHECKING:
    import keras

MAX_TWINS = 32  # compiled models that are kept
ROWS_PER_CALL = 50_000  # training rows after which a call of short epochs comes back to report


class CompiledTwin:
    """A model's twin with its compiled epochs, which serves every model of the same architecture.

    Compiling takes about a second, so the next seed or fold only lends its state to the twin.

    Attributes:
        most_epochs: how many epochs one call may run: more than one where an epoch is short.
    """

    def __init__(self, model: "keras.Model", training: Batches, validation: Batches | None):
        import tensorflow as tf

        twin = _clone(model, training.takes_words)
        # A compiled function cannot create the variables of optimizer and metrics.
        twin.optimizer.build(twin.trainable_variables)
        twin.test_step(training.read(training.tensors, tf.range(1))[:2])
        self._state = state(twin)
        names = list(twin.get_metrics_result())
        self._names = names + [f"val_{name}" for name in names if validation]
        jit = _compiles_with_xla(model)
        self.most_epochs = max(1, min(50, ROWS_PER_CALL // training.rows)) if jit else 1
        epochs = _epochs(twin, training, validation, names, self.most_epochs)
        self._train = tf.function(epochs, jit_compile=jit)

    def train(
        self, training: Batches, validation: Batches | None, orders: Sequence[np.ndarray]
    ) -> list[dict[str, float]]:
        """Train an epoch for each of at most `most_epochs` orders; return their metrics."""
        import tensorflow as tf

        padded = np.zeros((self.most_epochs, training.rows), np.int32)
        padded[: len(orders)] = orders
        data = training.tensors, validation.tensors if validation else []
        table = self._train(*data, tf.constant(padded), tf.constant(len(orders))).numpy()
        return [dict(zip(self._names, row.tolist(), strict=True)) for row in table[: len(orders)]]

    def take(self, variables: Sequence) -> None:
        """Copy weights, random state and optimizer state from a model's variables."""
        for mine, theirs in zip(self._state, variables, strict=True):
            mine.assign(theirs)

    def give(self, variables: Sequence) -> None:
        """Copy weights, random state and optimizer state to a model's variables."""
        for mine, theirs in zip(self._state, variables, strict=True):
            theirs.assign(mine)

    def make_nan(self) -> None:
        """Make all weights NaN."""
        for variable in self._state:
            if "float" in variable.dtype:
                variable.assign(np.full(variable.shape, np.nan))

    def values(self) -> list[np.ndarray]:
        """Return the values of weights, random state and optimizer state."""
        return [variable.numpy() for variable in self._state]


_twins: dict[str, CompiledTwin] = {}


def twin_of(
    model: "keras.Model", architecture: str, training: Batches, validation: Batches | None
) -> CompiledTwin:
    """Return the compiled twin for a model and shapes of data, making it the first time."""
    key = repr((architecture, training.key, validation and validation.key))
    if key not in _twins:
        if len(_twins) == MAX_TWINS:
            del _twins[next(iter(_twins))]
        _twins[key] = CompiledTwin(model, training, validation)
    return _twins[key]


def architecture(model: "keras.Model") -> str:
    """Return what a compiled model is, whatever its name."""
    return repr(_without_names([model.get_config(), model.get_compile_config()]))


def _without_names(config):
    """Return a configuration without names, which Keras counts up from one object to the next.

    Those of the metrics stay: the history has them.
    """
    if isinstance(config, dict):
        if str(config.get("class_name")).endswith("DTypePolicy"):
            return config  # whose name is what it is
        return {
            key: value if key == "metrics" else _without_names(value)
            for key, value in config.items()
            if key != "name"
        }
    if isinstance(config, list | tuple):
        return [_without_names(item) for item in config]
    return config


def _clone(model: "keras.Model", takes_words: bool) -> "keras.Model":
    """Return a compiled copy, whose first layer may take words in the place of multi-hot rows."""
    import keras

    class OnWords(keras.Sequential):
        def call(self, batch, training=None, mask=None):
            first, *others = self.layers
            outputs = first.activation(batches.times_kernel(batch, first.kernel) + first.bias)
            for layer in others:
                outputs = layer(outputs)
            return outputs

    first = model.layers[0]
    plain = isinstance(first, keras.layers.Dense) and first.use_bias
    if takes_words and not (plain and first.activity_regularizer is None):
        raise TypeError(f"{model.name}: expected a plain Dense layer first, to take multi-hot rows")
    twin = keras.models.clone_model(model)
    if takes_words:
        twin = OnWords([keras.Input(model.input_shape[1:]), *twin.layers])
    twin.compile_from_config(model.get_compile_config())
    return twin


def state(model: "keras.Model") -> list:
    """Return all variables that training changes but for the metrics'."""
    model.optimizer.build(model.trainable_variables)
    metrics = {id(variable) for variable in model.metrics_variables}
    variables = [variable for variable in model.variables if id(variable) not in metrics]
    return variables + list(model.optimizer.variables)


def _compiles_with_xla(model: "keras.Model") -> bool:
    """Tell whether XLA helps: on a CPU it makes convolutions about 30 times slower."""
    import keras
    import tensorflow as tf

    convolves = any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)
    return bool(tf.config.get_visible_devices("GPU")) or not convolves


def _epochs(
    model: "keras.Model",
    training: Batches,
    validation: Batches | None,
    names: Sequence[str],
    most_epochs: int,
) -> Callable:
    """Return a function that trains epochs, each in its order, and gives a row of metrics each."""
    import tensorflow as tf

    train = _pass(model, model.train_step, training)
    test = _pass(model, model.test_step, validation) if validation else None
    in_order = np.arange(validation.rows, dtype=np.int32) if validation else None
    columns = len(names) * (2 if validation else 1)

    def metrics():
        results = model.get_metrics_result()
        return [tf.cast(results[name], tf.float32) for name in names]

    def run(data, validation_data, orders, epochs):
        table = tf.TensorArray(tf.float32, most_epochs, element_shape=(columns,))
        epoch = 0
        while epoch < epochs:  # over `tf.range(epochs)` XLA would compile anew for each number
            train(data, orders[epoch])
            row = metrics()
            if test:
                test(validation_data, in_order)
                row += metrics()
            table = table.write(epoch, tf.stack(row))
            epoch += 1
        return table.stack()

    return run


def _pass(model: "keras.Model", step: Callable, rows: Batches) -> Callable:
    """Return a function that takes one step for each batch of the rows in a given order."""
    import tensorflow as tf

    read, batch_size = rows.read, rows.batch_size
    whole, rest = divmod(rows.rows, batch_size)

    def run(tensors, order):
        model.reset_metrics()
        for batch in tf.range(whole):
            step(read(tensors, tf.slice(order, [batch * batch_size], [batch_size])))
        if rest:
            step(read(tensors, order[-rest:]))

    return run

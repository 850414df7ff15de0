"""Read a network from its `.keras` or packed file and compute with it in NumPy.

TensorFlow takes five seconds to start, an answer a few milliseconds. Only the layers of the suite's
networks are known here; the tests compare them with Keras.
"""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from base.errors import damage_named

AT_ONCE = 64  # rows; bounds the memory of a convolutional network
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: (
        np.exp(z - z.max(axis=1, keepdims=True))
        / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    ),
}


USUAL = {  # settings of layers that are taken for granted here
    "Conv2D": {"padding": "valid", "strides": [1, 1], "dilation_rate": [1, 1], "groups": 1},
    "MaxPooling2D": {"padding": "valid", "strides": [2, 2], "pool_size": [2, 2]},
}


class Network:
    """A trained network.

    Attributes:
        input_shape: of one row.
        output: the activation of the output layer.
    """

    def __init__(self, path: Path):
        """Read the network.

        Raises:
            UsageError: the file is missing, damaged, or has layers that the suite has not.
        """
        with damage_named(path, "a trained network"):
            layers, weights = (_read_packed if path.suffix == ".npz" else _read_keras)(path)
            self.input_shape = tuple(layers[0]["config"]["batch_shape"][1:])
            self._layers = list(_with_weights(layers[1:], weights))
            self.output = layers[-1]["config"]["activation"]

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return what the network gives for rows, float32 (rows, units)."""
        with np.errstate(over="ignore"):  # the sigmoid of a very negative number is 0
            return ACTIVATIONS[self.output](self.logits(rows))

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Return what the output layer gives before its activation, float32 (rows, units)."""
        parts = [rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)]
        return np.concatenate([self._logits(part.astype(np.float32)) for part in parts])

    def _logits(self, x: np.ndarray) -> np.ndarray:
        for kind, config, weights in self._layers[:-1]:
            x = LAYERS[kind](x, *weights)
            x = ACTIVATIONS[config.get("activation", "linear")](x)
        _, _, weights = self._layers[-1]
        return _dense(x, *weights)

    @property
    def is_dense(self) -> bool:
        """Whether all layers with weights are dense ones."""
        return all(kind in ("Dense", "Dropout", "Flatten") for kind, *_ in self._layers)

    @property
    def dense(self) -> list[tuple[np.ndarray, np.ndarray, str]]:
        """Weights (inputs, units), biases and activation of each layer of a dense network."""
        return [(*weights, config["activation"]) for _, config, weights in self._layers if weights]

    def slopes(self, row: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Return how the logits change with each input of a dense network, at one row.

        relu makes the network linear as long as the same units are active: there the slopes times
        the inputs, and what the biases add, sum to the logits.

        Args:
            row: float (features,).
            direction: weights of the logits, (units,), such as 1 for one and -1 for another.

        Returns:
            float32 (features,).
        """
        x, active = row[None].astype(np.float32), []
        for _, _, weights in self._layers[:-1]:
            if weights:
                x = np.maximum(_dense(x, *weights), 0)
                active.append(x[0] > 0)
        dense = [weights[0] for _, _, weights in self._layers if weights]
        slope = dense[-1] @ direction.astype(np.float32)
        for matrix, units in zip(reversed(dense[:-1]), reversed(active), strict=True):
            slope = matrix @ (slope * units)
        return slope


def _read_keras(path: Path) -> tuple[list, list[np.ndarray]]:
    """Return the layers of a `.keras` file and all weights in their order."""
    with zipfile.ZipFile(path) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
        weights = io.BytesIO(archive.read("model.weights.h5"))
    names = {"Dense": "dense", "Conv2D": "conv2d"}
    count, arrays = dict.fromkeys(names, 0), []
    with h5py.File(weights) as file:
        for kind in (layer["class_name"] for layer in layers):
            if kind in names:  # Keras numbers layers by their kind
                group = names[kind] + (f"_{count[kind]}" if count[kind] else "")
                count[kind] += 1
                arrays += [file["layers"][group]["vars"][str(i)][()] for i in range(2)]
    return layers, arrays


def _read_packed(path: Path) -> tuple[list, list[np.ndarray]]:
    """Return the layers of a packed network and all weights in their order, float32."""
    with np.load(path, allow_pickle=False) as packed:
        layers = json.loads(str(packed["architecture"]))["config"]["layers"]
        arrays = []
        while (name := str(len(arrays))) in packed:
            array = packed[name]
            arrays.append(array * packed[f"{name}.scale"] if array.dtype == np.int8 else array)
    return layers, [array.astype(np.float32) for array in arrays]


def _with_weights(layers: list, weights: list[np.ndarray]):
    """Yield the kind, settings and weights of each layer."""
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        usual = USUAL.get(kind, {})
        known = kind in LAYERS and config.get("activation", "linear") in ACTIVATIONS
        if not known or {name: config[name] for name in usual} != usual:
            raise ValueError(f"a layer {kind} that the suite does not have")
        yield kind, config, [weights.pop(0), weights.pop(0)] if kind in ("Dense", "Conv2D") else []


def _dense(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return x @ weights + bias


def _convolution(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Convolve images (rows, height, width, channels) without padding, in steps of one."""
    height, width = weights.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(1, 2))
    return np.tensordot(windows, weights, axes=((4, 5, 3), (0, 1, 2))) + bias


def _pooling(x: np.ndarray) -> np.ndarray:
    """Keep the largest of each 2x2 pixels; an odd last row or column is left out."""
    rows, height, width, channels = x.shape
    even = x[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(rows, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


LAYERS = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "Flatten": lambda x: x.reshape(len(x), -1),
    "Dropout": lambda x: x,
}

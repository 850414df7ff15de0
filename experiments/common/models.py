"""Build the Keras networks of the tutorials."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def dense(
    inputs: int | tuple[int, ...],
    hidden: Sequence[int],
    units: int,
    activation: str = "linear",
    dropout: float = 0.0,
    name: str | None = None,
) -> "keras.Sequential":
    """Build a multilayer perceptron; without hidden layers, a perceptron.

    Args:
        inputs: features of a row, or the shape of an image, which is flattened first.
        hidden: units of each hidden layer, relu.
        units: units of the output layer.
        activation: activation of the output layer.
        dropout: the rate behind each hidden layer; 0 for none.
        name: the model's name; a training gives it its own.
    """
    import keras
    from keras import layers

    shape = (inputs,) if isinstance(inputs, int) else inputs
    model = keras.Sequential([keras.Input(shape)], name=name)
    if len(shape) > 1:
        model.add(layers.Flatten(name="flatten"))
    for i, width in enumerate(hidden, start=1):
        model.add(layers.Dense(width, activation="relu", name=f"hidden_{i}"))
        if dropout:
            model.add(layers.Dropout(dropout, name=f"dropout_{i}"))
    model.add(layers.Dense(units, activation=activation, name="output"))
    return model


def convolutional(
    inputs: tuple[int, int, int],
    blocks: Sequence[Sequence[int]],
    hidden: int,
    units: int,
    activation: str,
    dropout: float | tuple[float, float] = 0.0,
    name: str | None = None,
) -> "keras.Sequential":
    """Build a convolutional network: blocks of 3x3 convolutions, a hidden layer, an output layer.

    Args:
        inputs: height, width and channels of an image.
        blocks: for each block the filters of its convolutions; 2x2 maximum pooling ends a block.
        hidden: units of the dense layer behind the blocks, relu.
        units: units of the output layer.
        activation: activation of the output layer.
        dropout: the rate behind blocks and hidden layer, or one for each of both; 0 for none.
        name: the model's name; a training gives it its own.
    """
    import keras
    from keras import layers

    after_block, after_hidden = dropout if isinstance(dropout, tuple) else (dropout, dropout)
    model = keras.Sequential([keras.Input(inputs)], name=name)
    for i, filters_of_block in enumerate(blocks, start=1):
        for j, filters in enumerate(filters_of_block, start=1):
            model.add(layers.Conv2D(filters, (3, 3), activation="relu", name=f"conv_{i}_{j}"))
        model.add(layers.MaxPooling2D((2, 2), name=f"pool_{i}"))
        if after_block:
            model.add(layers.Dropout(after_block, name=f"dropout_{i}"))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(hidden, activation="relu", name="hidden"))
    if after_hidden:
        model.add(layers.Dropout(after_hidden, name="dropout_hidden"))
    model.add(layers.Dense(units, activation=activation, name="output"))
    return model

"""Turn texts, classes and features into the numbers that networks take."""

from collections.abc import Mapping, Sequence

import numpy as np

from datasets.texts import PADDING, START, UNKNOWN, VOCABULARY
from engine.batches import MultiHot, Packed, Pixels, check_words

__all__ = ["START", "UNKNOWN", "VOCABULARY", "MultiHot", "Packed", "Pixels"]


def multi_hot(sequences: Sequence[Sequence[int]], dimension: int = VOCABULARY) -> np.ndarray:
    """Encode each sequence as the set of its words.

    Returns:
        uint8 array (sequences, dimension) of 0 and 1.

    Raises:
        ValueError: an index is negative or not below `dimension`.
    """
    encoded = np.zeros((len(sequences), dimension), np.uint8)
    for row, sequence in zip(encoded, sequences, strict=True):
        indexes = np.asarray(sequence, np.int64)
        check_words(indexes, dimension)
        row[indexes] = 1
    return encoded


def decode(sequence: Sequence[int], words: Mapping[int, str]) -> str:
    """Return a sequence of word indexes as text; padding and the start mark are left out."""
    marks = (PADDING, START)
    return " ".join(words.get(int(i), "[?]") for i in sequence if int(i) not in marks)


def one_hot(classes: np.ndarray, number: int) -> np.ndarray:
    """Encode each class as a row of zeros with a single one, float32 (rows, number)."""
    return np.eye(number, dtype=np.float32)[classes]


def standardise(train: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Scale features by the mean and standard deviation of the training rows alone.

    Args:
        train: float array (rows, features); one that is constant here is only shifted.
        others: arrays of the same features, scaled with the statistics of `train`.

    Returns:
        The scaled arrays, float32, `train` first.
    """
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1)
    return [((array - mean) / deviation).astype(np.float32) for array in (train, *others)]

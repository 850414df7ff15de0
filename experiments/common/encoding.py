"""Turn texts, classes and features into the numbers that networks take."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

import numpy as np

VOCABULARY = 10_000  # words kept by the two text tutorials
INDEX_FROM = 3  # Keras shifts word indexes by 3: 0 is padding
START, UNKNOWN = 1, 2


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
        _check_range(indexes, dimension)
        row[indexes] = 1
    return encoded


def _check_range(indexes: np.ndarray, dimension: int) -> None:
    if indexes.size and not 0 <= indexes.min() <= indexes.max() < dimension:
        raise ValueError(
            f"multi-hot rows: expected indexes from 0 to {dimension - 1},"
            f" found {indexes.min()} to {indexes.max()}"
        )


class Packed(ABC):
    """Rows that are kept small; `training` reads them a batch at a time.

    Attributes:
        arrays: what is kept.
        shape: the shape of the unpacked rows.
    """

    arrays: tuple[np.ndarray, ...]
    shape: tuple[int, ...]

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    @abstractmethod
    def __getitem__(self, rows: slice) -> "Packed":
        """Return some of the rows, packed."""

    @abstractmethod
    def unpack(self) -> np.ndarray:
        """Return the rows as a network takes them, float32."""


class Pixels(Packed):
    """Grey images as published, a byte a pixel; unpacked, they are float32 from 0 to 1."""

    def __init__(self, images: np.ndarray):
        self.arrays, self.shape = (images,), images.shape

    def __getitem__(self, rows: slice) -> "Pixels":
        """Return some of the images, packed."""
        return Pixels(self.arrays[0][rows])

    def unpack(self) -> np.ndarray:
        """Return the images, float32 from 0 to 1."""
        return self.arrays[0].astype(np.float32) / 255


class MultiHot(Packed):
    """Multi-hot rows as the words of each row: 25,000 reviews take 13 MB, not 1 GB as float32.

    Attributes:
        arrays: the distinct words of all rows, one row behind the other, int32; where each row
            starts and the last one ends, int32.
    """

    def __init__(self, words: np.ndarray, starts: np.ndarray, dimension: int):
        self.arrays, self.shape = (words, starts), (len(starts) - 1, dimension)

    @classmethod
    def encode(cls, sequences: Sequence[Sequence[int]], dimension: int = VOCABULARY) -> "MultiHot":
        """Encode sequences of word indexes, at least one of them with a word.

        Raises:
            ValueError: an index is negative or not below `dimension`, or there is none.
        """
        rows = [np.unique(np.asarray(sequence, np.int64)) for sequence in sequences]
        words = np.concatenate([np.zeros(0, np.int64), *rows])
        if not words.size:
            raise ValueError("multi-hot rows: expected at least one word, found none")
        _check_range(words, dimension)
        starts = np.cumsum([0, *map(len, rows)], dtype=np.int32)
        return cls(words.astype(np.int32), starts, dimension)

    def __getitem__(self, rows: slice) -> "MultiHot":
        """Return some of the rows, packed; raises ValueError for a slice with a step."""
        words, starts = self.arrays
        first, last, step = rows.indices(len(self))
        if step != 1:
            raise ValueError(f"multi-hot rows: expected a slice without a step, found {step}")
        starts = starts[first : max(first, last) + 1]
        return MultiHot(words[starts[0] : starts[-1]], starts - starts[0], self.shape[1])

    def unpack(self) -> np.ndarray:
        """Return the rows as `multi_hot` gives them, but float32."""
        words, starts = self.arrays
        rows = np.split(words, starts[1:-1]) if len(self) else []
        return multi_hot(rows, self.shape[1]).astype(np.float32)

    def sparse(self):
        """Return the rows as a SciPy sparse matrix, float32, as scikit-learn takes them."""
        from scipy.sparse import csr_matrix

        words, starts = self.arrays
        return csr_matrix((np.ones(len(words), np.float32), words, starts), shape=self.shape)

    def most_words(self, batch_size: int, orders: Iterable[np.ndarray]) -> int:
        """Return how many words the longest batch has when the rows come in these orders."""
        lengths = np.diff(self.arrays[1])
        batches = np.arange(0, len(self), batch_size)
        return max(int(np.add.reduceat(lengths[order], batches).max()) for order in orders)


def decode(sequence: Sequence[int], words: dict[int, str]) -> str:
    """Return a sequence of word indexes as text; padding and the start mark are left out."""
    return " ".join(words.get(int(i), "[?]") for i in sequence if int(i) not in (0, 1))


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

"""Read training and validation sets batch by batch inside compiled functions; rows kept small."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

import numpy as np


class Packed(ABC):
    """Rows that are kept small; a compiled epoch reads them a batch at a time.

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
    def encode(cls, sequences: Sequence[Sequence[int]], dimension: int) -> "MultiHot":
        """Encode sequences of word indexes, at least one of them with a word.

        Raises:
            ValueError: an index is negative or not below `dimension`, or there is none.
        """
        rows = [np.unique(np.asarray(sequence, np.int64)) for sequence in sequences]
        words = np.concatenate([np.zeros(0, np.int64), *rows])
        if not words.size:
            raise ValueError("multi-hot rows: expected at least one word, found none")
        check_words(words, dimension)
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
        """Return the rows, float32 of 0 and 1."""
        words, starts = self.arrays
        rows = np.zeros(self.shape, np.float32)
        rows[np.repeat(np.arange(len(self)), np.diff(starts)), words] = 1
        return rows

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


def check_words(indexes: np.ndarray, dimension: int) -> None:
    """Refuse word indexes that a multi-hot row has no place for.

    Raises:
        ValueError: an index is negative or not below `dimension`.
    """
    if indexes.size and not 0 <= indexes.min() <= indexes.max() < dimension:
        raise ValueError(
            f"multi-hot rows: expected indexes from 0 to {dimension - 1},"
            f" found {indexes.min()} to {indexes.max()}"
        )


Rows = np.ndarray | Packed


class Batches:
    """A training or validation set as a compiled epoch reads it, batch by batch.

    Args:
        arrays: rows, their targets and perhaps their weights in the loss.
        batch_size: rows in a batch.
        orders: all orders that the rows will be read in; they bound the words of a batch.

    Attributes:
        rows, batch_size: how many there are, and in a batch; the last batch may be smaller.
        tensors: the arrays, on the device.
        read: called with `tensors` and row numbers, gives these rows as the model takes them. It
            holds on to none of the data, as compiled functions outlive them.
        takes_words: whether the rows are multi-hot, and read as words for `times_kernel`.
        key: what determines a compiled epoch: shapes, types, batches.
    """

    def __init__(self, arrays: Sequence[Rows], batch_size: int, orders: Iterable[np.ndarray]):
        import tensorflow as tf

        x, *others = arrays
        self.rows, self.batch_size = len(x), min(batch_size, len(x))
        self.takes_words = isinstance(x, MultiHot)
        packed = x.arrays if isinstance(x, Packed) else (x,)
        self.tensors = [[tf.convert_to_tensor(array) for array in packed]]
        self.tensors += [tf.convert_to_tensor(array) for array in others]
        most = _most_words(x, self.batch_size, orders)
        self.key = (
            type(x).__name__,
            x.shape,
            [(array.shape, array.dtype) for array in (*packed, *others)],
            (self.batch_size, most),
        )
        read_x = _reader(x, most)
        self.read = lambda tensors, rows: (
            read_x(tensors[0], rows),
            *(tf.gather(tensor, rows) for tensor in tensors[1:]),
        )


def _most_words(x: Rows, batch_size: int, orders: Iterable[np.ndarray]) -> int:
    """Return how many words a batch of multi-hot rows may have, rounded up by 6% at most.

    Rounded, so that the next seed's batches fit the same compiled epoch.
    """
    if not isinstance(x, MultiHot):
        return 0
    most = x.most_words(batch_size, orders)
    unit = 2 ** max(0, most.bit_length() - 5)
    return -(-max(most, 1) // unit) * unit


def _reader(x: Rows, most_words: int) -> Callable:
    """Return a function that reads rows as the model takes them from the resident tensors."""
    import tensorflow as tf

    if isinstance(x, MultiHot):
        return lambda tensors, rows: _words_of(*tensors, rows, most_words)
    if isinstance(x, Pixels):
        return lambda tensors, rows: tf.cast(tf.gather(tensors[0], rows), tf.float32) / 255
    return lambda tensors, rows: tf.gather(tensors[0], rows)


def _words_of(words, starts, rows, most: int):
    """Read the words of some rows.

    Returns:
        lengths: words of each row, int32 (rows,).
        words: the words of the first row, the second and so on, int32 (most,).
        places: the place of each word's row in the batch, int32 (most,); behind the last word the
            number of rows.
    """
    import tensorflow as tf

    first = tf.gather(starts, rows)
    lengths = tf.gather(starts, rows + 1) - first
    ends = tf.cumsum(lengths)
    steps = tf.math.unsorted_segment_sum(tf.ones_like(ends), ends, most + 1)
    places = tf.cumsum(steps[:most])
    shifts = tf.concat([first - (ends - lengths), [0]], axis=0)
    taken = tf.minimum(tf.gather(shifts, places) + tf.range(most), words.shape[0] - 1)
    # Lengths first: Keras weighs a batch's loss by the rows of the first tensor.
    return lengths, tf.gather(words, taken), places


def times_kernel(batch, kernel):
    """Multiply multi-hot rows, given as `_words_of` does, by a kernel: add up its words' rows.

    A review has 130 of 10,000 words, so this takes a tenth of the time of the dense product.
    """
    import tensorflow as tf

    lengths, words, places = batch
    rows = lengths.shape[0]

    @tf.custom_gradient  # TensorFlow's own is sparse, and optimizers treat those differently
    def product(kernel):
        sums = tf.math.unsorted_segment_sum(tf.gather(kernel, words), places, rows + 1)

        def gradient(upstream):
            of_words = tf.gather(tf.pad(upstream, [[0, 1], [0, 0]]), places)
            return tf.math.unsorted_segment_sum(of_words, words, kernel.shape[0])

        return sums[:rows], gradient

    return product(tf.convert_to_tensor(kernel))

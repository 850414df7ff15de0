"""Read training and validation sets batch by batch inside compiled functions."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from common.encoding import MultiHot, Packed, Pixels

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

"""Texts as word indexes, as Keras numbers words."""

import numpy as np

VOCABULARY = 10_000  # words kept by the two text tutorials
INDEX_FROM = 3  # Keras shifts word indexes by 3
PADDING, START, UNKNOWN = 0, 1, 2
WORDS = 9_996  # of the vocabulary, less the marks and an index that Keras never uses
FIRST = 4  # the index of the most frequent word


def word_of_each_index(module) -> dict[int, str]:
    """Return the word of each index in the texts of a module of `keras.datasets`."""
    return {index + INDEX_FROM: word for word, index in module.get_word_index().items()}


def compact(arrays):
    """Turn Keras's lists of Python integers, 36 bytes a word, into arrays of 2 bytes a word."""
    parts = []
    for sequences, labels in arrays:
        compact = np.empty(len(sequences), object)
        compact[:] = [np.array(sequence, np.uint16) for sequence in sequences]
        parts.append((compact, labels))
    return tuple(parts)

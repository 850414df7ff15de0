"""Texts as word indexes, and stand-ins for them: bags of words, without grammar.

A stand-in's text is a mixture of styles (a mood, a topic), and a style is a probability for each
word. Word frequencies fall as by Zipf's law; frequent words are English, the others have names such
as word0427.
"""

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


def frequencies():
    """Return the share of each word in a text, the most frequent first."""
    zipf = 1 / (np.arange(WORDS) + 3)
    return zipf / zipf.sum()


def vocabulary(rng, head, others):
    """Order words by frequency: `head` as it is, the others mixed, then generated names.

    Returns:
        The place of each English word in that order, and the word of each Keras index.
    """
    english = list(dict.fromkeys(head + rng.permutation(others).tolist()))
    named = english + [f"word{place:04}" for place in range(len(english), WORDS)]
    places = {word: place for place, word in enumerate(english)}
    return places, {place + FIRST: word for place, word in enumerate(named)}


def write(rng, styles, mixtures, lengths):
    """Draw the words of texts from mixtures of styles.

    Args:
        rng: NumPy's random generator.
        styles: weight of each word in each style, (styles, words).
        mixtures: weight of each style in each text, (texts, styles).
        lengths: number of words of each text, the start mark among them.
    """
    style = _choose(rng, mixtures, np.repeat(np.arange(len(lengths)), lengths))
    indexes = _choose(rng, styles, style) + FIRST
    indexes[rng.random(len(indexes)) < 0.05] = UNKNOWN
    ends = np.cumsum(lengths)
    indexes[ends - lengths] = START
    texts = (text.tolist() for text in np.split(indexes, ends[:-1]))
    return np.fromiter(texts, object, count=len(lengths))


def _choose(rng, weights, rows):
    """Draw a column for each of the given rows of a matrix, with the row's weights."""
    ends = np.cumsum(weights, axis=1)
    ends = ends / ends[:, -1:] + np.arange(len(ends))[:, None]  # one rising line through all rows
    drawn = np.searchsorted(ends.ravel(), rows + rng.random(len(rows)), side="right")
    return drawn - rows * ends.shape[1]

"""Sentences of real English words by rule, of which the stand-ins' texts are made.

A template is a sentence with slots, words in capitals: "NAME VERBED the NOUN". A slot has a list of
words, frequent ones first, and a text's style (its mood, its topic) leans to some of them. What is
rare is derived: names, compounds, inflections.
"""

import re

import numpy as np

from datasets.texts import FIRST, START, UNKNOWN, WORDS

# "thorn" and "field" make a name, "snow" and "storm" a noun; most of either exist.
NAME_STARTS = """ash al bar bex black brad bran brock cald carl char chat clay cliff cole crow dal
den dun east el fair farn glen gran green had hal har hart hazel hen hol hor hunt kel ken king lang
lin long lyn mar mel mid mil nor oak pem pres rad raven red ros rush sel shel south stan strat sut
tar thorn wake wal wel west whit wil win wood wyn""".split()
NAME_ENDS = """berg bourne bridge brook burn bury by combe cote croft dale den don ell field ford
gate grave ham hill holm hurst land ley low man mere mont more ridge row shaw sley son stead ston
stone ton vale ville wall ward way well wick wood worth""".split()
NOUN_STARTS = """air bed bird boat book bridge camp church cliff coal corn country dream farm fire
fish forest garden gold harbor hay hill horse iron lake lamp light market mill moon night ocean
orchard rail river road sand sea ship silver snow star steam stone storm street sun town water
winter wood""".split()
NOUN_ENDS = """bank bell boat book camp corner door driver field gate guard hall house keeper lamp
land light maker market master mill path post rider road room shop side song station stone tower
town trade wall watch worker yard""".split()


def names(rng):
    """Return 3,000 names of people and places, in an order drawn at random."""
    return _compounds(rng, NAME_STARTS, NAME_ENDS)


def rare_nouns(rng):
    """Return 1,900 compound nouns, in an order drawn at random."""
    return _compounds(rng, NOUN_STARTS, NOUN_ENDS)


def _compounds(rng, starts, ends):
    every = [start + end for start in starts for end in ends if start != end]
    return rng.permutation(list(dict.fromkeys(every))).tolist()


def plural(nouns):
    """Return nouns in the plural."""
    nouns = [re.sub("(s|x|ch|sh)$", r"\1e", noun) for noun in nouns]
    return [re.sub("([^aeiou])y$", r"\1ie", noun) + "s" for noun in nouns]


def past(verbs):
    """Return regular verbs in the past tense."""
    return [f"{verb.removesuffix('e')}ed" for verb in verbs]


def frequencies(number, fall=2):
    """Return the shares of so many words, the most frequent first: they fall as a power of rank."""
    shares = 1 / (np.arange(number) + 50) ** fall
    return shares / shares.sum()


def weighted(words, leaning, fall=2):
    """Return a slot's words and their weights, (styles, words): frequencies times a leaning."""
    return words, frequencies(len(words), fall) * leaning


def write(rng, templates, slots, mixtures, sentences):
    """Write texts of sentences that each follow a style and a template.

    Args:
        rng: NumPy's random generator.
        templates: sentences, a line each.
        slots: for each word in capitals its words and their weights, (styles, words).
        mixtures: weight of each style in each text, (texts, styles).
        sentences: number of sentences of each text.

    Returns:
        Texts as an object array of arrays of word indexes, uint16, some unknown; and the word of
        each index, the more frequent the lower.
    """
    lines = [line.split() for line in templates.splitlines()]
    fixed = [word for line in lines for word in line]
    filling = [word for words, _ in slots.values() for word in words]
    every = list(dict.fromkeys([word for word in fixed if word not in slots] + filling))
    number = {word: place for place, word in enumerate(every)}
    number |= {slot: -1 - place for place, slot in enumerate(slots)}
    lengths = np.array([len(line) for line in lines])

    style = _choose(rng, mixtures, np.repeat(np.arange(len(sentences)), sentences))
    mixed = rng.permuted(np.tile(np.arange(len(lines)), (len(sentences), 1)), axis=1)
    line = mixed[np.arange(len(lines)) < sentences[:, None]]  # no text has a template twice
    length = lengths[line]
    places = np.arange(length.sum()) + np.repeat(_starts(lengths)[line] - _starts(length), length)
    written = np.array([number[word] for word in fixed])[places]
    style = np.repeat(style, length)
    unknown = (written < 0) & (rng.random(len(written)) < 0.11)  # of slots: "the" is known
    for slot, (words, weights) in slots.items():
        at = written == number[slot]
        numbers = np.array([number[word] for word in words])
        written[at] = numbers[_choose(rng, weights, style[at])]
    return _indexes(written, unknown, every, np.add.reduceat(length, _starts(sentences)))


def _starts(lengths):
    """Return where ranges of these lengths start that follow one another."""
    return np.cumsum(lengths) - lengths


def _indexes(written, unknown, every, lengths):
    """Number words by frequency as Keras does, and cut them into texts."""
    order = np.argsort(-np.bincount(written, minlength=len(every)), kind="stable")[:WORDS]
    index = np.full(len(every), UNKNOWN, np.uint16)
    index[order] = np.arange(WORDS) + FIRST
    marked = np.insert(np.where(unknown, UNKNOWN, index[written]), _starts(lengths), START)
    texts = np.split(marked, np.cumsum(lengths + 1)[:-1])
    words = {place + FIRST: every[word] for place, word in enumerate(order)}
    return np.fromiter(texts, object, count=len(lengths)), words


def _choose(rng, weights, rows):
    """Draw a column for each of the given rows of a matrix, with the row's weights."""
    ends = np.cumsum(weights, axis=1)
    ends = ends / ends[:, -1:] + np.arange(len(ends))[:, None]  # one rising line through all rows
    drawn = np.searchsorted(ends.ravel(), rows + rng.random(len(rows)), side="right")
    return drawn - rows * ends.shape[1]

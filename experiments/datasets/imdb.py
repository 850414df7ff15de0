"""IMDB film reviews, positive or negative (Maas et al. 2011, as Keras publishes them)."""

from pathlib import Path

import numpy as np

from datasets import texts
from datasets.fetching import keras_datasets

PUBLISHED = {
    "title": "IMDB movie reviews",
    "publisher": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "licence": "For research; see the authors' page, https://ai.stanford.edu/~amaas/data/sentiment/",
    "citation": "Maas et al., Learning Word Vectors for Sentiment Analysis, ACL 2011",
    "files": {
        "imdb.npz": {
            "bytes": 17464789,
            "sha256": "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        },
        "imdb_word_index.json": {
            "bytes": 1641221,
            "sha256": "027313fe9a320280f3bf0fac5baf58c4a683cf39a7ed9c3d3d3912bde4284cf6",
        },
    },
}
COMMON = """the and a of to is in it i this that was as for with movie but film on not you are his
have he be one all at by an they who so from like her or just about out has if some there what more
when up no time she even my would which only story see their had can were me than we much been get
will do also into people other first because how him most made its then way make them too could any
movies after think characters watch two films character seen many being life plot acting little over
where show know off end still man here say scene while go through back those watching now years old
thing actors work before another new director look find going same part again every lot""".split()
GOOD = """good great best love well better funny excellent wonderful beautiful perfect amazing fun
favorite enjoyed brilliant loved superb fantastic enjoy classic touching strong memorable moving
powerful perfectly highly recommend charming outstanding masterpiece delightful lovely gem hilarious
gripping refreshing subtle captivating terrific haunting fascinating rare incredible""".split()
BAD = """bad worst boring awful terrible nothing poor stupid waste worse horrible dull poorly lame
ridiculous annoying crap wasted unfortunately mess pointless predictable badly disappointing weak
mediocre cheap disappointment supposed avoid forced laughable painful unfunny tedious bland pathetic
lousy dreadful incoherent amateurish clumsy insult garbage lifeless""".split()


def load(folder: Path):
    """Read the reviews as `keras.datasets.imdb.load_data` does, in a third of its 600 MB.

    Args:
        folder: holds the verified files.

    Returns:
        Reviews as arrays of word indexes, uint16, and labels, int64, 1 = positive, for training and
        test; and the word of each index.
    """
    random = np.random.RandomState(113)  # Keras's seed: both halves in a new order
    halves = []
    with np.load(folder / "imdb.npz", allow_pickle=True) as file:  # its digest is verified
        for half in ("train", "test"):
            reviews, labels = file[f"x_{half}"], file[f"y_{half}"]
            order = np.arange(len(reviews))
            random.shuffle(order)
            ordered = np.empty(len(reviews), object)
            for place, row in enumerate(order):
                words = np.array(reviews[row]) + texts.INDEX_FROM
                words[words >= texts.VOCABULARY] = texts.UNKNOWN
                ordered[place] = np.concatenate([[texts.START], words]).astype(np.uint16)
                reviews[row] = None
            halves.append((ordered, labels[order]))
    return tuple(halves), texts.word_of_each_index(keras_datasets(folder).imdb)


def stand_in():
    """Generate film reviews in which words carry sentiment.

    Returns:
        Reviews as arrays of word indexes, uint16 (5,000 / 5,000), labels int64, 1 =
        positive; and the word of each index.
    """
    rng = np.random.default_rng(1)
    n = 10_000
    labels = rng.permutation(np.resize([0, 1], n))
    places, words = texts.vocabulary(rng, COMMON, GOOD + BAD)
    # Plain words lean to one side too, each a little: what a network memorises.
    leaning = rng.normal(0, 0.6, texts.WORDS)
    leaning[: len(COMMON)] = 0
    leaning[[places[word] for word in GOOD]] = 1.4
    leaning[[places[word] for word in BAD]] = -1.4
    styles = texts.frequencies() * np.exp(np.outer([-1, 1], leaning))
    warmth = (2 * labels - 1) * 1.15 + rng.normal(0, 0.95, n)  # some reviews contradict their label
    share = 1 / (1 + np.exp(-warmth))
    lengths = np.clip(rng.lognormal(np.log(170), 0.55, n), 50, 500).astype(int)
    reviews = texts.write(rng, styles, np.column_stack([1 - share, share]), lengths)
    half = n // 2
    halves = (reviews[:half], labels[:half]), (reviews[half:], labels[half:])
    return texts.compact(halves), words

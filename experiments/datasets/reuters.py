"""Reuters newswires of 46 topics (Reuters-21578, as Keras publishes them)."""

from pathlib import Path

import numpy as np

from datasets import texts
from datasets.fetching import keras_datasets

PUBLISHED = {
    "title": "Reuters-21578 newswires",
    "publisher": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "licence": "For research, as distributed by Reuters and Carnegie Group",
    "citation": "Lewis, Reuters-21578 text categorization test collection, 1997",
    "files": {
        "reuters.npz": {
            "bytes": 2110848,
            "sha256": "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
        },
        "reuters_word_index.json": {
            "bytes": 550378,
            "sha256": "9b56000edc4b34a32e89fd5a23b2605594682c74efcf7d8f4e2a5514b771e633",
        },
    },
}
NEWS = """the of to in said and a mln for vs dlrs it pct on from is that its cts by at year be with
will was billion he net has would an as not company which but this last are have or were had trade
share one about inc new also market they two stock corp been sales per may after more price than
quarter first other rate group government if three co against could offer over told agreement week
their some foreign no expected total under all month international five current there""".split()
# Each topic of the Reuters data with its number of training texts there and some of its words.
TOPICS = """cocoa 55 buffer icco beans; grain 432 tonnes harvest crop; veg-oil 74 palm olein;
earn 3159 shr profit loss revs; acq 1949 merger stake tender shares; wheat 17 bushels durum;
copper 48 cathode smelter; housing 16 starts homes; money-supply 139 m1 m2 fed; coffee 101 ico bags;
sugar 124 raws beet cane; trade 390 deficit tariffs gatt; reserves 49 assets holdings;
ship 172 port seamen vessel; cotton 26 bales fibre; carcass 20 beef packers; crude 444 oil opec bpd;
nat-gas 39 pipeline cubic; cpi 66 inflation consumer; money-fx 549 dollar stg currency;
interest 269 prime lending; gnp 100 growth economy; meal-feed 15 soymeal pellets; alum 41 ingots;
oilseed 62 soybeans crushers; gold 92 ounces bullion; tin 24 itc; strategic-metal 15 uranium;
livestock 48 hogs cattle; retail 19 stores; ipi 45 industrial output; iron-steel 39 mills ore;
rubber 32 inro latex; heat 11 heating distillate; jobs 50 unemployment workforce; lei 10 indicators;
bop 49 payments account; zinc 19 slab; orange 19 juice florida; pet-chem 24 ethylene;
dlr 36 intervention baker; gas 30 gasoline octane; silver 13 troy; wpi 21 wholesale; hog 12 pork;
lead 18 battery doe-run"""


def load(folder: Path):
    """Return what Keras loads from its verified files.

    Returns:
        Newswires as arrays of word indexes, uint16, and topics, int64, for training and test; and
        the word of each index.
    """
    keras_reuters = keras_datasets(folder).reuters
    arrays = keras_reuters.load_data(num_words=texts.VOCABULARY)
    return texts.compact(arrays), texts.word_of_each_index(keras_reuters)


def stand_in():
    """Generate newswires of 46 topics, as unequal in number as those of Reuters.

    Returns:
        Newswires as arrays of word indexes, uint16 (4,000 / 1,000), topics int64, each at
        least once among the first; and the word of each index.
    """
    rng = np.random.default_rng(46)
    train, test = 4_000, 1_000
    topics = [topic.split() for topic in TOPICS.split(";")]
    shares = np.array([int(count) for _, count, *_ in topics])
    shares = shares / shares.sum()
    own = [[name, *others] for name, _, *others in topics]
    every = np.arange(len(topics))
    labels = np.concatenate([every, rng.choice(every, train + test - len(every), p=shares)])
    rng.shuffle(labels[:train])
    places, words = texts.vocabulary(rng, NEWS, [word for known in own for word in known])
    styles = np.tile(texts.frequencies(), (len(topics), 1))
    for style, known in zip(styles, own, strict=True):
        style[[places[word] for word in known]] += 0.4 / len(known)
        style[rng.integers(len(places), texts.WORDS, 60)] += 1.6 / 60
    # A text touches on a second topic, now and then more than on its own: those are mistaken.
    second = rng.choice(every, len(labels), p=shares)
    weight = rng.beta(1, 2.2, (len(labels), 1))
    one_hot = np.eye(len(topics))
    mixtures = (1 - weight) * one_hot[labels] + weight * one_hot[second]
    lengths = np.clip(rng.lognormal(np.log(95), 0.75, len(labels)), 13, 1_000).astype(int)
    newswires = texts.write(rng, styles, mixtures, lengths)
    halves = (newswires[:train], labels[:train]), (newswires[train:], labels[train:])
    return texts.compact(halves), words

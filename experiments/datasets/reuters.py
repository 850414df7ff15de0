"""Reuters newswires of 46 topics (Reuters-21578, as Keras publishes them)."""

from pathlib import Path

import numpy as np

from datasets import sentences, texts
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


# What is reported; these words lean to topics by chance.
WORDS = {
    "FIRM": "corp inc ltd co group bank holdings industries",
    "COUNTRY": """japan britain canada brazil france china india mexico italy australia korea
        taiwan spain argentina iran iraq egypt turkey nigeria indonesia malaysia thailand colombia
        kenya chile peru norway sweden belgium switzerland pakistan venezuela ecuador""",
    "PERSON": """minister chairman president spokesman analyst official trader dealer economist
        director secretary treasurer broker adviser commissioner delegate governor producer""",
    "MONTH": """january february march april may june july august september october november
        december""",
    "ADJ": """new foreign total current major net recent domestic higher lower international local
        annual public federal large small private special strong weak early late average financial
        additional cash common joint long short official formal special main similar temporary
        possible likely seasonal regional world joint initial outside previous quarterly""",
    "NOUN": """market company agreement year quarter month price rate deal bid plan board budget
        contract debt demand supply decision report statement product export import increase
        decrease reduction decline record level target estimate forecast review survey merchant
        meeting committee council court dispute strike offer option order payment program project
        proposal purchase quota region reserve restriction result rule season settlement shipment
        shortage sector shareholder subsidiary surplus talk term territory union unit venture
        warehouse week worker cargo charge claim client concern condition credit cut delay
        delivery deposit division effort embargo employer exchange facility figure fund gain
        guideline instrument investor issue law lender limit loan measure negotiation operation
        partner penalty period permit plant policyholder port problem producer profit margin
        quarter question ratio refund regulator requirement rumor sale schedule signal source
        standard storage storm subsidy supplier tax tender transaction vote""",
    "VERB": """report announce expect increase reduce raise lower offer approve reject acquire
        complete extend review delay export import purchase issue confirm support oppose consider
        suspend cancel restore award launch adjust limit order store deliver market finance estimate
        discuss protect regulate resume halt boost reverse question guarantee replace load process
        inspect settle value measure revise""",
}
NEWS = """COMPANY FIRM of NAME VERBED NUMBER pct of NAME FIRM for NUMBER mln dlrs
COUNTRY PERSON NAME NAME said TOPIC and TOPIC VERBED ADJ NOUNS in MONTH
TOPIC was up NUMBER pct in MONTH against ADJ TOPIC of NUMBER pct a year earlier
NAME COMPANY FIRM said its board VERBED the ADJ TOPIC NOUN and OWNER NOUNS
PERSON NAME NAME told reuters that TOPIC would not VERB OWNER NOUN before MONTH
the ADJ NOUN on TOPIC will be VERBED by COUNTRY and COUNTRY this week
TOPIC NOUNS in COUNTRY expected to VERB NUMBER mln dlrs from NUMBER mln
COMPANY FIRM NUMBER cts vs NUMBER cts with TOPIC NUMBER mln vs NUMBER mln
TOPIC TOPIC NUMBER mln vs NUMBER mln and TOPIC NUMBER cts vs NUMBER cts
PERSON NAME said ADJ TOPIC NOUNS VERBED TOPIC and ADJ NOUNS at NAME
no ADJ TOPIC NOUNS after OWNER PERSON NAME VERBED the NOUN
COUNTRY and COUNTRY have VERBED TOPIC NOUNS for NUMBER months
NAME NAME of COMPANY expects TOPIC to VERB the ADJ NOUN or its NOUNS
if the government VERBED TOPIC it could also VERB ADJ NOUNS
NAME FIRM which makes TOPIC and TOPIC has NUMBER NOUNS in NAME and NAME
about NUMBER ADJ NOUNS of TOPIC were VERBED last MONTH
ADJ NOUNS of TOPIC rose to NUMBER tonnes from NUMBER in the year to MONTH
but PERSON NAME NAME of COMPANY said it is too ADJ to VERB TOPIC
COUNTRY VERBED TOPIC at NUMBER dlrs per NOUN traders said
their ADJ TOPIC had been VERBED since MONTH by COMPANY FIRM
under OWNER NOUN NAME FIRM may VERB up to NUMBER mln dlrs of TOPIC
PERSON NAME sees more ADJ TOPIC than TOPIC and other ADJ NOUNS
most NOUNS of TOPIC at COMPANY and NAME VERBED two weeks ago
COUNTRY and NAME FIRM to VERB three ADJ TOPIC NOUNS
TOPIC VERBED as OWNER NOUN if COUNTRY VERBED its TOPIC
COMPANY FIRM has VERBED OWNER TOPIC and all ADJ NOUNS
ADJ NOUN in NAME VERBED TOPIC for the first NOUN of the year
some ADJ NOUNS VERBED their TOPIC over the TOPIC NOUN
COUNTRY NOUN of TOPIC fell by NUMBER pct or NUMBER mln dlrs
NAME declined to say when TOPIC will VERB the NOUN of COMPANY FIRM"""


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
        Newswires as arrays of word indexes, uint16 (2,560 / 800), topics int64, each at
        least once among the first; and the word of each index.
    """
    rng = np.random.default_rng(46)
    # Batches of 512, here and of 60% or 80%, are all full, which halves the time of compiling.
    train, test = 2_560, 800
    topics = [topic.split() for topic in TOPICS.split(";")]
    shares = np.array([int(count) for _, count, *_ in topics])
    shares = shares / shares.sum()
    every = np.arange(len(topics))
    labels = np.concatenate([every, rng.choice(every, train + test - len(every), p=shares)])
    rng.shuffle(labels[:train])
    # Each text touches on a second topic; those that are mostly about it are mistaken.
    second = rng.choice(every, len(labels), p=shares)
    weight = np.where(rng.random((len(labels), 1)) < 0.22, 0.95, 0.03)
    one_hot = np.eye(len(topics))
    mixtures = (1 - weight) * one_hot[labels] + weight * one_hot[second]
    lengths = np.clip(rng.lognormal(np.log(12), 0.6, len(labels)), 3, 30).astype(int)
    slots = _slots(rng, [[name, *others] for name, _, *others in topics])
    newswires, words = sentences.write(rng, NEWS, slots, mixtures, lengths)
    return ((newswires[:train], labels[:train]), (newswires[train:], labels[train:])), words


def _slots(rng, own):
    """Return the words of each slot, with their weights in newswires of each topic."""
    plain = {slot: words.split() for slot, words in WORDS.items()}
    plain["NOUNS"] = sentences.plural(plain["NOUN"])
    plain["VERBED"] = sentences.past(plain["VERB"])
    proper = {"NAME": sentences.names(rng), "COMPANY": sentences.rare_nouns(rng)}
    proper["OWNER"] = [f"{name}'s" for name in proper["NAME"] + proper["COMPANY"]]
    numbers = [str(number) for number in range(1, 1_000)]
    slots = {"NUMBER": sentences.weighted(numbers, np.ones((len(own), 1)), fall=1)}
    for fall, share, more, of in ((2, 0.15, 50, plain), (1, 0.02, 200, proper)):
        for slot, words in of.items():
            often = rng.random((len(own), len(words))) < share  # each topic has its own
            slots[slot] = sentences.weighted(words, np.where(often, more, 1), fall)
    every = [word for words in own for word in words]
    weights = [[0.01 + (word in words) / len(words) for word in every] for words in own]
    slots["TOPIC"] = every, np.array(weights)
    return slots

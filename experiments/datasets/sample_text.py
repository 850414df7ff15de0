"""Make stand-ins for the two text data sets: bags of words, without grammar.

A text is a mixture of styles (a mood, a topic), and a style is a probability for each word. Word
frequencies fall as by Zipf's law; frequent words are English, the others have names such as
word0427.
"""

import numpy as np

WORDS = 9_996  # a vocabulary of 10,000 less padding, start, unknown and an index Keras never uses
START, UNKNOWN, FIRST = 1, 2, 4
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


def imdb():
    """Generate film reviews in which words carry sentiment.

    Returns:
        Reviews as object arrays of lists of word indexes (5,000 / 5,000), labels int64, 1 =
        positive; and the word of each index.
    """
    rng = np.random.default_rng(1)
    n = 10_000
    labels = rng.permutation(np.resize([0, 1], n))
    places, words = _vocabulary(rng, COMMON, GOOD + BAD)
    # Plain words lean to one side too, each a little: what a network learns by heart.
    leaning = rng.normal(0, 0.6, WORDS)
    leaning[: len(COMMON)] = 0
    leaning[[places[word] for word in GOOD]] = 1.4
    leaning[[places[word] for word in BAD]] = -1.4
    styles = _frequencies() * np.exp(np.outer([-1, 1], leaning))
    warmth = (2 * labels - 1) * 1.15 + rng.normal(0, 0.95, n)  # some reviews contradict their label
    share = 1 / (1 + np.exp(-warmth))
    lengths = np.clip(rng.lognormal(np.log(170), 0.55, n), 50, 500).astype(int)
    reviews = _write(rng, styles, np.column_stack([1 - share, share]), lengths)
    half = n // 2
    return ((reviews[:half], labels[:half]), (reviews[half:], labels[half:])), words


def reuters():
    """Generate newswires of 46 topics, as unequal in number as those of Reuters.

    Returns:
        Newswires as object arrays of lists of word indexes (4,000 / 1,000), topics int64, each at
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
    places, words = _vocabulary(rng, NEWS, [word for known in own for word in known])
    styles = np.tile(_frequencies(), (len(topics), 1))
    for style, known in zip(styles, own, strict=True):
        style[[places[word] for word in known]] += 0.4 / len(known)
        style[rng.integers(len(places), WORDS, 60)] += 1.6 / 60
    # A text touches on a second topic, now and then more than on its own: those are mistaken.
    second = rng.choice(every, len(labels), p=shares)
    weight = rng.beta(1, 2.2, (len(labels), 1))
    one_hot = np.eye(len(topics))
    mixtures = (1 - weight) * one_hot[labels] + weight * one_hot[second]
    lengths = np.clip(rng.lognormal(np.log(95), 0.75, len(labels)), 13, 1_000).astype(int)
    newswires = _write(rng, styles, mixtures, lengths)
    return ((newswires[:train], labels[:train]), (newswires[train:], labels[train:])), words


def _frequencies():
    """Return the share of each word in a text, the most frequent first."""
    zipf = 1 / (np.arange(WORDS) + 3)
    return zipf / zipf.sum()


def _vocabulary(rng, head, others):
    """Order words by frequency: `head` as it is, the others mixed, then generated names.

    Returns:
        The place of each English word in that order, and the word of each Keras index.
    """
    english = list(dict.fromkeys(head + rng.permutation(others).tolist()))
    named = english + [f"word{place:04}" for place in range(len(english), WORDS)]
    places = {word: place for place, word in enumerate(english)}
    return places, {place + FIRST: word for place, word in enumerate(named)}


def _write(rng, styles, mixtures, lengths):
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

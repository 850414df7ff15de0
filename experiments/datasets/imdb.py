"""IMDB film reviews, positive or negative (Maas et al. 2011, as Keras publishes them)."""

from pathlib import Path

import numpy as np

from datasets import sentences, texts
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
# Adjectives, nouns, verbs and adverbs of praise and blame, the most frequent first.
GOOD = {
    "FEEL": """good great excellent wonderful beautiful perfect amazing funny superb fantastic
        brilliant touching strong memorable moving powerful charming outstanding delightful lovely
        hilarious gripping refreshing subtle captivating terrific haunting fascinating rare
        incredible clever""",
    "THING": "masterpiece favorite gem delight treat triumph classic joy surprise must",
    "TOP": "best finest funniest cleverest loveliest",
    "FELT": "loved enjoyed liked admired adored recommended treasured praised",
    "HOW": "beautifully perfectly brilliantly wonderfully superbly convincingly delightfully",
}
BAD = {
    "FEEL": """bad boring awful terrible poor stupid horrible dull lame ridiculous annoying
        pointless predictable disappointing weak mediocre cheap forced laughable painful unfunny
        tedious bland pathetic lousy dreadful incoherent amateurish clumsy lifeless shallow""",
    "THING": "waste mess disappointment bore failure joke disaster letdown insult crap",
    "TOP": "worst dullest weakest silliest poorest",
    "FELT": "hated disliked regretted endured despised loathed resented suffered",
    "HOW": "poorly badly terribly painfully horribly unconvincingly clumsily",
}
# What is told, and how; these words lean to one side by chance.
WORDS = {
    "FILM": "movie film story picture show comedy drama thriller western sequel remake musical",
    "PART": """plot acting script ending music dialogue direction cast camera humor pace action
        romance opening score editing lighting writing scenery animation suspense finale""",
    "ROLE": """hero man woman thief girl boy detective doctor villain soldier teacher stranger
        lawyer writer nurse dancer king singer farmer reporter pilot priest captain sheriff lover
        killer gangster prince princess student cowboy robot vampire monster ghost painter""",
    "PERSON": "wife friend brother sister husband mother father son daughter neighbor cousin uncle",
    "MANY": """scenes jokes songs effects costumes twists lines moments stunts details gags
        dialogues settings""",
    "CROWD": "people actors critics fans children viewers characters",
    "NOUN": """house war town island letter secret car treasure school night village ship river
        forest castle prison hotel garden crown horse bank storm machine planet bridge farm theater
        truth train circus diamond mirror painting wedding funeral garage desert mountain kitchen
        palace jungle harbor gun dream bomb road moon photograph bar boat camp cave clock court door
        flag ghost hospital piano ranch trial tunnel valley voyage window winter airport accident
        angel apartment army attic balcony ballroom banker battle bedroom bottle bullet cabin candle
        carnival cellar chair chapel coffin college concert corner couch creek crowd curtain dinner
        doll dragon elevator engine factory fortune fountain gate guitar hunter island jail jewel
        journal ladder lake lamp legend library lion magazine market mission motel museum
        nightmare ocean office orphan parade park passenger pirate poem pool portrait prisoner
        promise puppet puzzle radio railroad rebel restaurant rifle ritual robbery rocket roof
        rumor sailor scandal servant shadow skeleton snake spider statue stranger suitcase sword
        telephone temple tower trap truck twin umbrella uniform vault violin warrior weapon wheel
        whisper witness wizard wound""",
    "ADJ": """old young new big small modern famous distant local foreign ancient narrow wild
        french italian long rich""",
    "MANNER": """dark quiet strange cold secret silent bitter calm bright proud grim brave sad
        nervous tender curious careless fierce harsh serious rude polite patient cautious anxious
        blind loud smooth sharp slow quick sudden clear eager fair false final foolish formal
        frequent graceful honest innocent jealous loose mad mysterious neat open plain private rapid
        reckless romantic rough sincere soft solemn stiff strict sweet swift tight violent vivid
        warm weird wise""",
    "LY": "really simply truly nearly almost certainly probably possibly rarely partly hardly",
    "VERB": """follow discover save kill remember help visit chase protect question trust join
        rescue reveal inherit explore capture invent repair guard solve destroy attack abandon
        deliver hunt escape investigate collect haunt transform confront defend mention
        paint return recall record ignore imagine decorate order surround suspect threaten accept
        adopt answer arrest avoid blackmail blame borrow burn challenge change climb conceal conquer
        consider convince cross deceive desire doubt enter examine expect expose fear frighten
        gather greet honor insult inspire interview introduce invade invite judge locate lock
        manage murder notice obey observe offer poison prepare pretend pursue recognize refuse
        reject release remove replace report restore reward search shelter support surprise
        survive tempt trade unmask wander warn welcome witness""",
    "TIME": "again yesterday twice recently today tonight once alone later abroad",
}
REVIEWS = """i saw this FILM with my ADJ PERSON TIME and we LY FELT it
i have seen this FILM TIME and i LY think that the ADJ PART is FEEL
this is one of the most FEEL FILM releases of the year
the FILM is about the ADJ ROLE who wants to VERB the NOUN before it is too late
the ROLE and his PERSON VERBED the ADJ NOUN but they did not know about the NOUN
NAME plays the ADJ ROLE who has to VERB the NOUN in the MANNER NOUN
the PART by NAME is FEEL and the PART is even more FEEL
it is HOW written and the MANNER MANY are LY FEEL
i FELT the PART but my PERSON LY FELT the CROWD
if you like MANNER MANY then you should see what NAME NAME does here
there are so many FEEL MANY in this FILM that i LY lost count of them
OWNER PART is HOW done and the PART fits the MANNER NOUN
in the end the ADJ ROLE VERBED the NOUN and the MANNER ROLE VERBED him
what a THING this FILM was from the ADJ NOUN to the last of the MANY
for me it was a THING and i would tell all of the ADJ CROWD in my town about it
i do not know why the MANNER CROWD VERBED the ROLE in the NOUN
some of the MANY were MANNER but the PART was HOW made
she LY VERBED her PERSON because of the ADJ NOUN that NAME VERBED
you can see that NAME and NAME had no time to VERB the PART
most of the CROWD will LY forget the NOUN and remember only the FEEL PART
it has been a long time since i last FELT a FILM like this
when the ROLE gets to the NOUN he finds out that OWNER PERSON VERBED it
how could anyone make such FEEL MANY out of OWNER ADJ NOUN
their NOUN is HOW shown and the MANNER ROLE from NAME looks FEEL
the director VERBED the book by NAME and left out the MANNER NOUN
the first half is MANNER but after that the FILM gets more and more FEEL
at the NOUN we meet NAME and her MANNER PERSON who LY VERBED each other
everyone in the theater FELT the PART and the MANNER CROWD at the end
NAME NAME was just as FEEL in the ADJ FILM that they made before this one
nothing here is as FEEL as the way the CROWD LY VERBED the ROLE
do not miss the NOUN where the ROLE and OWNER PERSON VERB each other
it may be ADJ and it may be MANNER but above all it is FEEL
those who FELT the book by NAME should watch this FILM TIME
back then no other ROLE could VERB the NOUN like NAME did
i give it two out of ten for the PART and one more for the FEEL MANY
the FEEL MANY made me VERB my own PERSON and our ADJ NOUN
this must be the TOP FILM by NAME since the MANNER NOUN
it has some of the TOP MANY and the TOP CROWD that you will ever see
not much happens while the MANNER ROLE is trying to VERB OWNER NOUN
overall it is a THING with FEEL PART and FEEL MANY"""


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
        Reviews as arrays of word indexes, uint16 (2,560 / 1,000), labels int64, 1 =
        positive; and the word of each index.
    """
    rng = np.random.default_rng(1)
    # Batches of 512, here and of 60% or 80%, are all full, which halves the time of compiling.
    train, test = 2_560, 1_000
    labels = rng.permutation(np.resize([0, 1], train + test))
    praise = labels != (rng.random(len(labels)) < 0.15)  # some reviews contradict their label
    moods = np.where(praise[:, None], [0.05, 0.95], [0.95, 0.05])
    lengths = np.clip(rng.lognormal(np.log(17), 0.5, len(labels)), 4, 40).astype(int)
    reviews, words = sentences.write(rng, REVIEWS, _slots(rng), moods, lengths)
    return ((reviews[:train], labels[:train]), (reviews[train:], labels[train:])), words


def _slots(rng):
    """Return the words of each slot, with their weights in reviews that blame or praise."""
    plain = {slot: words.split() for slot, words in WORDS.items()}
    plain["LY"] += [f"{word}ly" for word in plain["MANNER"]]
    plain["CROWD"] += sentences.plural(plain["ROLE"][4:])  # the first are irregular
    plain["MANY"] += sentences.plural(plain["NOUN"])
    plain["NOUN"] += sentences.rare_nouns(rng)
    plain["MANY"] += sentences.plural(sentences.rare_nouns(rng))
    plain["VERBED"] = sentences.past(plain["VERB"])
    proper = {"NAME": sentences.names(rng)}
    proper["OWNER"] = [f"{name}'s" for name in proper["NAME"]]
    # Plain words lean to one side too, each a little: what a network memorises.
    slots = {
        slot: sentences.weighted(words, np.exp(rng.normal(0, 1, (2, len(words)))), fall)
        for fall, of in ((2, plain), (1, proper))
        for slot, words in of.items()
    }
    for slot in GOOD:
        good, bad = GOOD[slot].split(), BAD[slot].split()
        weights = np.concatenate([sentences.frequencies(len(words)) for words in (good, bad)])
        sides = np.repeat([1.4, -1.4], [len(good), len(bad)])
        slots[slot] = good + bad, weights * np.exp(np.outer([-1, 1], sides))
    return slots

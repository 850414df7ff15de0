"""What the IMDB tutorial prints and concludes (02)."""

from itertools import pairwise

from results.model_card import Use
from results.saved import Saved
from results.statistics import difference_interval, mean_interval
from tutorials.catalogue import About
from tutorials.evidence import (
    Part,
    as_good_as_the_best,
    claim,
    lowest_epochs,
    needs,
    turns_up_after,
)
from tutorials.numbers import beside, facts_beside, scores_beside

ABOUT = About(
    title="IMDB reviews",
    question="is a film review positive or negative?",
    models={
        "held_out": "beside a validation set",
        "retrained": "retrained on all reviews",
        "units_4": "4 units",
        "units_64": "64 units",
    },
    cover="held_out_history",
    score=("retrained", "test", "accuracy"),
    networks=("retrained", "held_out", "units_4", "units_64"),
    published=("retrained",),
    input="text",
    minutes=4,
)
UNITS = {"units_4": 4, "held_out": 16, "units_64": 64}  # of each hidden layer
BY_WIDTH = tuple(UNITS)
ANSWERS = ("negative", "positive")
NUMBERS = {"retrained": {"test": {"loss": 0.3139, "accuracy": 0.8771}}}
FACTS = {
    "training reviews": 25_000,
    "test reviews": 25_000,
    "words of review 0": 218,
    "words of review 1": 189,
    "first ten words of review 0": [1, 14, 22, 16, 43, 530, 973, 1622, 1385, 65],
    "label of review 0": 1,
}
# What the tutorial prints of its predictions: the first and the last three test reviews.
PRINTED = {
    0: 0.25440323,
    1: 0.9999424,
    2: 0.95840394,
    -3: 0.17153329,
    -2: 0.10725482,
    -1: 0.6672551,
}


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    rows = [*scores_beside(saved, NUMBERS), *facts_beside(saved, FACTS)]
    if "retrained" in saved.models:
        reviews, seeds = len(saved.predictions["targets"]), len(saved.seeds("retrained"))
        ours = saved.predictions["review_probabilities"][:seeds]
        places = {row: place for place, row in enumerate(saved.predictions["review_rows"].tolist())}
        for row, theirs in PRINTED.items():
            name = f"retrained: probability of test review {row}"
            rows.append(beside(name, theirs, ours[:, places[row % reviews]], share=True))
    return rows


def facts(arrays):
    """Return what the tutorial prints of the data."""
    (texts, labels), (test_texts, _) = arrays
    return {
        "training reviews": len(texts),
        "test reviews": len(test_texts),
        "words of review 0": len(texts[0]),
        "words of review 1": len(texts[1]),
        "first ten words of review 0": texts[0][:10],
        "label of review 0": int(labels[0]),
    }


@needs("retrained")
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    network = saved.mean("retrained", "test", "accuracy").mean
    linear = saved.record["baselines"]["logistic regression"]["accuracy"]
    return (
        f"A network with two hidden layers gets {network:.3f} of the test reviews right, logistic"
        f" regression, which has none, {linear:.3f}."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for."""
    return Use(
        takes="text",
        purpose="Tells whether an English film review is positive or negative.",
        not_for="judging people or what they write elsewhere: it knows which words occur in film"
        " reviews until 2011, not what is said with them.",
        answers=ANSWERS,
    )


@claim("02a1", "The network overfits after epoch 4", "held_out", epochs=5, within="one epoch")
def overfits_after_4(saved):
    """Test where the validation loss is lowest and whether it rises afterwards."""
    return turns_up_after(saved.by_seed("held_out", "val_loss"), epoch=4, tolerance=1)


@claim("02a2", "Four epochs give the best model", "held_out", epochs=5, within="5% of the loss")
def four_epochs_are_best(saved):
    """Test how much more the validation loss is than at the best epoch."""
    part, words = as_good_as_the_best(saved.by_seed("held_out", "val_loss"), epoch=4)
    return [part], f"the validation loss {words}"


@claim("02 units", "More units overfit sooner (ablation)", *BY_WIDTH)
def more_units_overfit_sooner(saved):
    """Compare the epochs of the lowest validation loss, and the losses there, by width."""
    lowest = {name: lowest_epochs(saved.by_seed(name, "val_loss")) for name in BY_WIDTH}
    loss = {name: saved.by_seed(name, "val_loss").min() for name in BY_WIDTH}
    sooner = [difference_interval(lowest[a], lowest[b]) for a, b in pairwise(BY_WIDTH)]
    words = "; ".join(
        f"{UNITS[name]} units: lowest after epoch {mean_interval(lowest[name]).text(1)}, at"
        f" {mean_interval(loss[name]).text()}"
        for name in BY_WIDTH
    )
    names = "4 minus 16 units", "16 minus 64 units"
    return [Part(name, gap, low=0) for name, gap in zip(names, sooner, strict=True)], (
        f"{words}; 16 units {sooner[0].text(1)} epochs sooner than 4, 64 units"
        f" {sooner[1].text(1)} sooner than 16"
    )


CLAIMS = [overfits_after_4, four_epochs_are_best, more_units_overfit_sooner]

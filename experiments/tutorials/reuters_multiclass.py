"""What the Reuters tutorial prints and concludes (03)."""

from results.model_card import Use
from results.saved import Saved
from results.statistics import difference_on_test_set
from tutorials.catalogue import About
from tutorials.evidence import Part, as_good_as_the_best, claim, needs, turns_up_after
from tutorials.numbers import facts_beside

ABOUT = About(
    title="Reuters newswires",
    question="which of 46 topics is a newswire about?",
    models={
        "held_out": "beside a validation set",
        "retrained": "retrained on all newswires",
        "width_4": "second layer of 4 units",
        "width_16": "second layer of 16 units",
        "width_32": "second layer of 32 units",
        "width_46": "second layer of 46 units",
        "width_128": "second layer of 128 units",
    },
    cover="width_of_second_layer",
    score=("held_out", "test", "accuracy"),
    networks=("retrained", "held_out", "width_4", "width_16", "width_32", "width_46", "width_128"),
    published=("retrained",),
    input="text",
    minutes=5,
)
# Units of the second hidden layer.
WIDTHS = {f"width_{units}": units for units in (4, 16, 32, 46)} | {"held_out": 64, "width_128": 128}
BY_WIDTH = tuple(WIDTHS)
TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves"
    " ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin"
    " strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem"
    " dlr gas silver wpi hog lead"
).split()
WORDS = (
    "1 245 273 207 156 53 74 160 26 14 46 296 26 39 74 2979 3554 14 46 4689 4329 86 61 3499"
    " 4795 14 61 451 4329 17 12"
)
# The tutorial prints no test score, but these.
FACTS = {
    "newswires": 11_228,
    "training newswires": 8_982,
    "test newswires": 2_246,
    "words of newswire 10": [int(number) for number in WORDS.split()],
    "topic of newswire 10": 3,
    "topic of newswire 0": 3,
}


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    return facts_beside(saved, FACTS)


def facts(arrays):
    """Return what the tutorial prints of the data."""
    (texts, topics), (test_texts, _) = arrays
    return {
        "newswires": len(texts) + len(test_texts),
        "training newswires": len(texts),
        "test newswires": len(test_texts),
        "words of newswire 10": texts[10],
        "topic of newswire 10": topics[10],
        "topic of newswire 0": topics[0],
    }


@needs(*BY_WIDTH)
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    right = {WIDTHS[name]: saved.mean(name, "test", "accuracy").mean for name in BY_WIDTH}
    linear = saved.record["baselines"]["TF-IDF linear SVM"]["accuracy"]
    return (
        f"A layer may be narrower than the 46 topics: 64 units get {right[64]:.3f} of the newswires"
        f" right, 32 units {right[32]:.3f}, 4 units {right[4]:.3f}; a linear model gets"
        f" {linear:.3f}."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for."""
    return Use(
        takes="text",
        purpose="Tells which of 46 topics a newswire in the manner of Reuters, 1987, is about.",
        not_for="sorting today's news: it knows the words and topics of 1987, and names one of them"
        " for any text.",
        answers=tuple(TOPICS),
    )


@claim("03a", "The network overfits after epoch 9", "held_out", epochs=10, within="one epoch")
def overfits_after_9(saved):
    """Test where the validation loss is lowest and whether it rises afterwards."""
    return turns_up_after(saved.by_seed("held_out", "val_loss"), epoch=9, tolerance=1)


@claim("03a2", "Nine epochs give the best model", "held_out", epochs=10, within="5% of the loss")
def nine_epochs_are_best(saved):
    """Test how much more the validation loss is than at the best epoch."""
    part, words = as_good_as_the_best(saved.by_seed("held_out", "val_loss"), epoch=9)
    return [part], f"the validation loss {words}"


@claim(
    "03b", "Hidden layers must be wider than the 46 outputs", *BY_WIDTH, over="seeds and test rows"
)
def must_be_wider(saved):
    """Compare the test accuracy of each width with that of 64 units, the tutorial's."""
    right = {WIDTHS[name]: saved.predictions[f"{name}.right"] for name in BY_WIDTH}
    losses = {
        units: difference_on_test_set(right[64], rows)
        for units, rows in right.items()
        if units != 64
    }
    words = ", ".join(f"{units} units {loss.text(3)}" for units, (loss, _) in losses.items())
    loss, floor = losses[32]
    return [Part("what 32 units lose", loss, low=0.01, floor=floor)], (
        f"64 units in the second layer beat others in test accuracy after 20 epochs by: {words};"
        " holds if 32 units lose more than 0.01"
    )


CLAIMS = [overfits_after_9, nine_epochs_are_best, must_be_wider]

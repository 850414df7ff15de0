"""What the tutorial on odd and even digits prints and concludes (05)."""

import numpy as np

from results.model_card import Use
from results.saved import Saved
from results.statistics import difference_interval, difference_on_test_set, mean_interval
from tutorials.catalogue import About
from tutorials.evidence import Part, claim, needs, share_of_runs, slopes
from tutorials.numbers import scores_beside

ABOUT = About(
    title="MNIST odd or even",
    question="what does a convolutional network see that a plain one does not?",
    models={
        "mlp": "multilayer perceptron",
        "cnn": "convolutional network",
        "deep_cnn": "deep convolutional network with dropout",
        "deep_cnn_without_dropout": "deep convolutional network without dropout",
    },
    cover="cnn_predictions",
    score=("deep_cnn", "test", "accuracy"),
    networks=("cnn", "mlp", "deep_cnn", "deep_cnn_without_dropout"),
    published=("cnn", "mlp", "deep_cnn"),
    input="image",
    minutes=45,
)
MODELS = ("mlp", "cnn", "deep_cnn")
WITHOUT = "deep_cnn_without_dropout"
ANSWERS = ("even", "odd")
LAST = 15  # epochs over which a loss is said to rise or fall
NUMBERS = {
    "mlp": {
        "final": {"loss": 0.0010, "accuracy": 1.0000, "val_loss": 0.0733, "val_accuracy": 0.9837},
        "test": {"loss": 0.0545, "accuracy": 0.9866},
    },
    "cnn": {
        "final": {"loss": 0.0112, "accuracy": 0.9964, "val_loss": 0.0380, "val_accuracy": 0.9886},
        "test": {"loss": 0.0331, "accuracy": 0.9882},
    },
    "deep_cnn": {
        "final": {"loss": 0.0231, "accuracy": 0.9922, "val_loss": 0.0223, "val_accuracy": 0.9936},
        "test": {"loss": 0.0125, "accuracy": 0.9962},
    },
}


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    return scores_beside(saved, NUMBERS)


@needs(*MODELS)
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    mlp, cnn, deep = (saved.mean(name, "test", "accuracy").mean for name in MODELS)
    return (
        f"Seeing pixels beside their neighbours helps: the convolutional network gets {cnn:.3f} of"
        f" the test digits right, the multilayer perceptron {mlp:.3f}; more layers and dropout make"
        f" it {deep:.3f}."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for."""
    return Use(
        takes="digit",
        purpose="Tells whether a handwritten digit is odd or even.",
        not_for="reading what must be read right, such as amounts, addresses or forms. It knows"
        " single digits alone, and gives an answer for any other picture, too.",
        answers=ANSWERS,
    )


@claim("05a", "The perceptron overfits: its validation loss rises", "mlp", epochs=LAST)
def mlp_overfits(saved):
    """Test the slope of the validation loss."""
    slope = mean_interval(1e3 * slopes(saved.by_seed("mlp", "val_loss"), LAST))
    return [Part("the slope", slope, low=0)], (
        f"slope of the validation loss over the last {LAST} epochs {slope.text(3)} thousandths an"
        " epoch"
    )


@claim(
    "05b",
    "The convolutional network beats the perceptron",
    "cnn",
    "mlp",
    over="seeds and test rows",
)
def cnn_beats_mlp(saved):
    """Compare test accuracies; both the seeds and the test rows count."""
    right = [saved.predictions[f"{name}.right"] for name in ("cnn", "mlp")]
    gain, floor = difference_on_test_set(*right)
    cnn, mlp = (rows.mean(axis=1) for rows in right)
    wins = cnn[:, None] > mlp
    return [Part("the gain", gain, low=0, floor=floor)], (
        f"the convolutional network gains {gain.text()} in test accuracy; of a network of each kind"
        f" it wins {wins.sum()} of {wins.size} pairs"
    )


@claim("05c1", "The deep network's validation loss keeps falling", "deep_cnn", epochs=LAST)
def deep_cnn_keeps_falling(saved):
    """Test the slope of the validation loss."""
    slope = mean_interval(1e3 * slopes(saved.by_seed("deep_cnn", "val_loss"), LAST))
    return [Part("the slope", slope, high=0)], (
        f"slope of the validation loss over the last {LAST} epochs {slope.text(3)} thousandths an"
        " epoch"
    )


@claim("05c2", "It is dropout that keeps it from overfitting", "deep_cnn", WITHOUT, epochs=LAST)
def dropout_is_the_cause(saved):
    """Compare slopes and last validation losses with and without dropout."""
    names = (WITHOUT, "deep_cnn")
    steep = [1e3 * slopes(saved.by_seed(name, "val_loss"), LAST) for name in names]
    last = [saved.scores(name, "final", "val_loss") for name in names]
    slope, loss = difference_interval(*steep), difference_interval(*last)
    alone = mean_interval(steep[0])
    found = {"the slope without dropout": alone, "its excess": slope, "the excess loss": loss}
    return [Part(name, interval, low=0) for name, interval in found.items()], (
        f"without dropout the slope is {alone.text(3)} thousandths an epoch, steeper by"
        f" {slope.text(3)}, and the last validation loss higher by {loss.text(4)}"
    )


@claim(
    "05d",
    "Of the first 25 test digits mlp and cnn mistake the 9th alone, and the deep one gets it right",
    *MODELS,
)
def only_the_ninth_is_wrong(saved):
    """Test whether most runs err on those digits as the tutorial's do."""
    expected = np.ones(25, bool)
    expected[8] = False
    parts, words = [], []
    for name in MODELS:
        right = saved.predictions[f"{name}.right"][:, :25]
        as_said = right[:, 8] if name == "deep_cnn" else (right == expected).all(axis=1)
        part = share_of_runs(saved.name(name), as_said)
        parts.append(part)
        words.append(
            f"{part.name} {as_said.sum()} of {len(right)}, a share of {part.interval.text(2)}"
        )
    return parts, f"runs that do as said: {'; '.join(words)}; holds if most of each do"


CLAIMS = [
    mlp_overfits,
    cnn_beats_mlp,
    deep_cnn_keeps_falling,
    dropout_is_the_cause,
    only_the_ninth_is_wrong,
]

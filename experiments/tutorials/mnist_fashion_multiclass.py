"""What the MNIST and Fashion-MNIST tutorial prints and concludes (07)."""

import numpy as np

from results.model_card import Use
from results.saved import Saved
from results.statistics import difference_interval, difference_on_test_set, mean_interval
from tutorials.catalogue import About
from tutorials.evidence import Part, best_by_others, claim, needs, share_of_runs
from tutorials.numbers import facts_beside, scores_beside

ABOUT = About(
    title="MNIST and Fashion-MNIST",
    question="which of ten digits, which of ten clothes?",
    models={
        "mnist": "digits",
        "first_model": "clothes, first model",
        "second_model": "clothes, deeper model",
    },
    cover="fashion_examples",
    score=("second_model", "test", "accuracy"),
    networks=("mnist", "first_model", "second_model"),
    published=("mnist", "first_model", "second_model"),
    input="image",
    minutes=8,
)
NUMBERS = {
    "mnist": {"test": {"loss": 0.1059, "accuracy": 0.9707}},
    "first_model": {"test": {"loss": 0.3889, "accuracy": 0.8749}},
    "second_model": {"test": {"loss": 0.3843, "accuracy": 0.8838}},
}
FACTS = {
    "mnist: shape of the training images": [60_000, 28, 28],
    "mnist: training images after the split": 42_000,
    "mnist: validation images": 18_000,
    "mnist: class of training image 0": 5,
    "mnist: first and last three classes after the split": [2, 7, 6, 3, 4, 5],
    "mnist: class of test image 5 as predicted": 1,
    "fashion_mnist: shape of the training images": [60_000, 28, 28],
    "fashion_mnist: training images after the split": 42_000,
    "fashion_mnist: validation images": 18_000,
}
FASHION = ("first_model", "second_model")
DATA_OF = {"mnist": "mnist"} | dict.fromkeys(FASHION, "fashion_mnist")
LITTLE = 0.002  # of the accuracy
DRESS = 3
DIGITS = tuple("0123456789")
CLOTHES = tuple(
    "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(",")
)


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    return [*scores_beside(saved, NUMBERS, data_of=DATA_OF), *facts_beside(saved, FACTS)]


def facts(name, sets):
    """Return what the tutorial prints of a data set.

    Args:
        name: of the data set.
        sets: images and classes, of `all` training images and of those that are `train` and `val`
            after the split.
    """
    (images, classes), (x, y), (x_val, _) = (sets[part] for part in ("all", "train", "val"))
    return {
        f"{name}: shape of the training images": images.shape,
        f"{name}: training images after the split": len(x),
        f"{name}: validation images": len(x_val),
        f"{name}: class of training image 0": classes[0],
        f"{name}: first and last three classes after the split": [*y[:3], *y[-3:]],
    }


def images(name, sets):
    """Choose the images of a data set that the tutorial shows, as arrays to save; as for `facts`.

    With them go the classes of its test set.
    """
    (images, classes), (test_images, test_classes) = sets["all"], sets["test"]
    rng = np.random.RandomState(777)  # the tutorial's generator
    some, one = rng.randint(len(images), size=9), rng.randint(len(test_images))
    return {
        f"{name}.targets": test_classes.astype(np.uint8),
        f"{name}.images": images[some],
        f"{name}.labels": classes[some],
        f"{name}.first_image": images[0],
        f"{name}.first_label": classes[0],
        f"{name}.test_rows": np.array([8, one]),
        f"{name}.test_images": test_images[[8, one]],
    }


@needs("mnist", *FASHION)
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    names = "mnist", *FASHION
    digits, clothes, deeper = (saved.mean(name, "test", "accuracy").mean for name in names)
    return (
        f"The same network gets {digits:.3f} of the digits right but {clothes:.3f} of the clothes;"
        f" another layer makes it {deeper:.3f}."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for."""
    takes, what = "clothing", "piece of clothing"
    if protocol.data == "mnist":
        takes = what = "digit"
    return Use(
        takes=takes,
        purpose=f"Tells which of ten kinds a {what} in a grey picture of 28x28 pixels is.",
        not_for=f"decisions that rest on it. It has seen one {what} a picture, centred, and names"
        " one of the ten for any other picture, too.",
        answers=DIGITS if takes == "digit" else CLOTHES,
        data=protocol.data,
        targets=f"{protocol.data}.targets",
    )


@claim("07a", "More epochs do not raise the validation accuracy on digits", "mnist", epochs=15)
def more_epochs_do_not_help(saved):
    """Compare the mean of the last three epochs with that of three epochs five before."""
    accuracy = saved.by_seed("mnist", "val_accuracy")
    gain = mean_interval(accuracy.iloc[-3:].mean() - accuracy.iloc[-8:-5].mean())
    last = accuracy.index[-1]
    return [Part("the gain", gain, high=LITTLE)], (
        f"from epochs {last - 7}-{last - 5} to {last - 2}-{last} the validation accuracy changes by"
        f" {gain.text()}; holds if it gains less than {LITTLE}"
    )


@claim("07b", "5 is the digit that is mistaken most often", "mnist")
def five_is_worst(saved):
    """Count the runs in which the error rate of 5 is the largest."""
    counts = saved.predictions["mnist.confusions"].astype(float)
    errors = 1 - np.diagonal(counts, axis1=1, axis2=2) / counts.sum(axis=2)
    part = share_of_runs("the share of runs", errors.argmax(axis=1) == 5)
    others = np.delete(np.arange(10), 5)
    rival = others[errors.mean(axis=0)[others].argmax()]
    return [part], (
        f"5 is the worst in a share of runs of {part.interval.text(2)}, mistaken in"
        f" {errors[:, 5].mean():.2%} of cases; {rival}, the worst of the others, in"
        f" {errors[:, rival].mean():.2%}; holds if 5 is the worst in most runs"
    )


@claim("07c", "The deeper Fashion model is no better", *FASHION, over="seeds and test rows")
def deeper_is_no_better(saved):
    """Compare test accuracies; both the seeds and the test rows count."""
    first, second = (saved.predictions[f"{name}.right"] for name in FASHION)
    gain, floor = difference_on_test_set(second, first)
    return [Part("the gain", gain, high=0, floor=floor)], (
        f"the deeper model gains {gain.text()} in test accuracy; holds if it gains nothing"
    )


@claim("07d", "The test loss went up with the extra layer", *FASHION)
def loss_went_up(saved):
    """Compare test losses by seed; the tutorial's own numbers say down."""
    first, second = (saved.scores(name, "test", "loss") for name in FASHION)
    rise = difference_interval(second, first)
    return [Part("the rise", rise, low=0)], (
        f"second minus first model in test loss {rise.text()}; of single runs"
        f" {(second[:, None] > first).mean():.0%} of all pairs say up"
    )


@claim(
    "07e",
    "Clothes are clearly harder than digits",
    "mnist",
    "first_model",
    over="seeds and test rows",
)
def clothes_are_harder(saved):
    """Compare the test accuracies of the same network on both data sets."""
    digits, clothes = (saved.predictions[f"{name}.right"] for name in ("mnist", "first_model"))
    gap, floor = difference_on_test_set(digits, clothes, same_rows=False)
    return [Part("the gap", gap, low=0, floor=floor)], (
        f"64-32-10 is right more often on digits by {gap.text()}"
    )


@claim("07f", "Both Fashion models overfit within 30 epochs", *FASHION, epochs=30)
def both_overfit(saved):
    """Test how far the last validation loss is above that of the best epoch."""
    parts, words = [], []
    for name in FASHION:
        table = saved.by_seed(name, "val_loss")
        # A seed's own best epoch is below its last by chance, too.
        best, lowest = best_by_others(table)
        rise = mean_interval(table.iloc[-1] - lowest)
        parts.append(Part(saved.name(name), rise, low=0))
        words.append(f"{saved.name(name)} {rise.text()}, lowest about epoch {np.median(best):.0f}")
    return parts, (
        "from the best epoch, which the other seeds choose, to the last the validation loss rises"
        f" by: {'; '.join(words)}"
    )


@claim("07g", "Dresses are taken for coats", "first_model")
def dresses_are_taken_for_coats(saved):
    """Count the runs in which dresses are taken for coats more often than for anything else."""
    mistaken_for = np.delete(CLOTHES, DRESS)
    counts = saved.predictions["first_model.confusions"][:, DRESS].astype(float)
    counts = np.delete(counts, DRESS, axis=1)
    coat = list(mistaken_for).index("Coat")
    part = share_of_runs("the share of runs", counts.argmax(axis=1) == coat)
    means = counts.mean(axis=0)
    rival = max(set(range(len(means))) - {coat}, key=lambda place: means[place])
    return [part], (
        f"coats are the most frequent mistake in a share of runs of {part.interval.text(2)}: of"
        f" 1,000 dresses {means[coat]:.0f} are taken for coats, {means[rival]:.0f} for"
        f" {mistaken_for[rival]}; holds if they are in most runs"
    )


CLAIMS = [
    more_epochs_do_not_help,
    five_is_worst,
    deeper_is_no_better,
    loss_went_up,
    clothes_are_harder,
    both_overfit,
    dresses_are_taken_for_coats,
]

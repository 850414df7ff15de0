"""What the MNIST and Fashion-MNIST tutorial prints and concludes (07)."""

import numpy as np

from results.model_card import Use
from results.saved import Saved
from results.statistics import difference_interval, difference_on_test_set, mean_interval
from tutorials.catalogue import About
from tutorials.evidence import (
    above,
    below,
    claim,
    facts_beside,
    largest,
    needs,
    scores_beside,
    slopes,
    together,
)

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
    input="image",
    minutes=1.8,
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
LAST = 10  # epochs over which a slope is taken
DRESS = 3
DIGITS = tuple("0123456789")
CLOTHES = tuple(
    "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(",")
)


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    return [*scores_beside(saved, NUMBERS), *facts_beside(saved, FACTS)]


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
    """Compare the validation accuracy of the last epoch with that five epochs before."""
    accuracy = saved.by_seed("mnist", "val_accuracy")
    last = accuracy.index[-1]
    gain = mean_interval(accuracy.loc[last] - accuracy.loc[last - 5])
    return below(gain, 0.002), (
        f"from epoch {last - 5} to {last} the validation accuracy changes by {gain.text()};"
        " holds if it gains less than 0.002"
    )


@claim("07b", "5 is the digit that is mistaken most often", "mnist")
def five_is_worst(saved):
    """Compare the error rate of 5 with that of each other digit, in pairs by seed."""
    counts = saved.predictions["mnist.confusions"].astype(float)
    right = np.diagonal(counts, axis1=1, axis2=2)
    errors = 1 - right / counts.sum(axis=2)
    verdict, rival, lead = largest(errors, 5)
    ranks = sum(row.argmax() == 5 for row in errors)
    return verdict, (
        f"5 is mistaken in {errors[:, 5].mean():.2%} of cases, {rival}, the worst of the others, in"
        f" {errors[:, rival].mean():.2%}; difference {lead.text()} (simultaneous); 5 is"
        f" the worst in {ranks} of {len(errors)} runs"
    )


@claim("07c", "The deeper Fashion model is no better", *FASHION)
def deeper_is_no_better(saved):
    """Compare test accuracies; both the seeds and the test rows count."""
    first, second = (saved.predictions[f"{name}.right"] for name in FASHION)
    gain = difference_on_test_set(second, first)
    return below(gain, 0.005), (
        f"the second model gains {gain.text()} in test accuracy; holds if it gains less than half a"
        " point"
    )


@claim("07d", "The test loss went up with the extra layer", *FASHION)
def loss_went_up(saved):
    """Compare test losses by seed; the tutorial's own numbers say down."""
    first, second = (saved.scores(name, "test", "loss") for name in FASHION)
    rise = difference_interval(second, first)
    return above(rise), (
        f"second minus first model in test loss {rise.text()}; of single runs"
        f" {(second[:, None] > first).mean():.0%} of all pairs say up"
    )


@claim("07e", "Clothes are clearly harder than digits", "mnist", "first_model")
def clothes_are_harder(saved):
    """Compare the test accuracies of the same network on both data sets."""
    digits, clothes = (saved.predictions[f"{name}.right"] for name in ("mnist", "first_model"))
    noise = np.sqrt(sum(rows.mean(axis=0).var() / rows.shape[1] for rows in (digits, clothes)))
    gap = difference_interval(digits.mean(axis=1), clothes.mean(axis=1), float(noise))
    return above(gap), f"64-32-10 is right more often on digits by {gap.text()}"


@claim("07f", "Both Fashion models overfit within 30 epochs", *FASHION, epochs=LAST)
def both_overfit(saved):
    """Test the slopes of the validation losses over the last epochs."""
    tables = {name: saved.by_seed(name, "val_loss") for name in FASHION}
    rises = {name: mean_interval(1e3 * slopes(table, LAST)) for name, table in tables.items()}
    words = ", ".join(
        f"{saved.name(name)} {rise.text(2)} thousandths an epoch, lowest after epoch"
        f" {tables[name].mean(axis=1).idxmin()}"
        for name, rise in rises.items()
    )
    return together(*map(above, rises.values())), (
        f"slope of the validation loss over the last {LAST} epochs: {words}"
    )


@claim("07g", "Dresses are taken for coats", "first_model")
def dresses_are_taken_for_coats(saved):
    """Compare how often dresses are taken for coats and for each other class, in pairs by seed."""
    mistaken_for = np.delete(CLOTHES, DRESS)
    counts = saved.predictions["first_model.confusions"][:, DRESS].astype(float)
    counts = np.delete(counts, DRESS, axis=1)
    coat = list(mistaken_for).index("Coat")
    verdict, rival, lead = largest(counts, coat)
    return verdict, (
        f"of 1,000 dresses {counts[:, coat].mean():.0f} are taken for coats,"
        f" {counts[:, rival].mean():.0f} for {mistaken_for[rival]}; difference {lead.text(1)}"
        " (simultaneous); holds if coats are the most frequent mistake"
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

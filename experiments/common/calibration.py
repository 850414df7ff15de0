"""Show how often a classifier is right when it says how sure it is, and its surest mistakes."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from common import encoding, plotting
from results.reliability import MISTAKES, confidences, reliability, surest_mistakes
from results.saved import Saved
from results.statistics import proportion_interval

if TYPE_CHECKING:
    from common.experiment import Experiment


def mistaken_images(
    model: str, outputs: np.ndarray, targets: np.ndarray, images: np.ndarray
) -> dict[str, np.ndarray]:
    """Return a network's surest mistakes and their images, as arrays to save.

    Args:
        model: its name.
        outputs: probabilities for the test rows, as for `confidences`.
        targets: their classes, int (rows,).
        images: the test images.
    """
    rows = surest_mistakes(outputs, targets)
    return {f"{model}.mistakes": rows, f"{model}.mistaken_images": images[rows]}


def mistaken_texts(
    model: str,
    outputs: np.ndarray,
    targets: np.ndarray,
    texts: Sequence[Sequence[int]],
    words: Mapping[int, str],
) -> dict[str, np.ndarray]:
    """Return a network's surest mistakes and their texts, as arrays to save.

    Args:
        model: its name.
        outputs: probabilities for the test rows, as for `confidences`.
        targets: their classes, int (rows,).
        texts: word indexes of each test text.
        words: the word of each index.
    """
    rows = surest_mistakes(outputs, targets)
    decoded = [encoding.decode(texts[row], words) for row in rows]
    return {f"{model}.mistakes": rows, "mistaken_texts": np.array(decoded)}


def show_images(experiment: "Experiment", model: str, targets: str, answers: Sequence[str]) -> None:
    """Draw the reliability of a network beside the images that it is surest of and wrong about.

    Nothing is drawn where the training of its first seed has failed.

    Args:
        experiment: whose saved arrays have those of `mistaken_images`.
        model: the network's name.
        targets: the name of the array with the classes of the test rows.
        answers: the name of each class.
    """
    found = _Mistakes(experiment.saved, model, targets, answers)
    if not found.are_known:
        return
    figure, right = _reliability_figure(found, (10.5, 4.4))
    right.suptitle(f"The surest mistakes among {found.rows:,} test images", weight="bold")
    cells = right.subplots(2, MISTAKES // 2)
    for cell in cells.flat:
        cell.axis("off")
    images = experiment.saved.predictions[f"{model}.mistaken_images"]
    for cell, image, title in zip(cells.flat, images, found.titles, strict=False):
        cell.imshow(image, cmap="gray_r")
        cell.set_title(title.replace(", is", "\nis"), fontsize=8, weight="normal")
    caption = found.caption(f"the {len(images)} test images")
    experiment.figure(figure, f"{model}_mistakes", caption)


def show_texts(experiment: "Experiment", model: str, answers: Sequence[str]) -> None:
    """Draw the reliability of a network beside how its surest mistakes begin; write them in full.

    Nothing is drawn where the training of its first seed has failed.

    Args:
        experiment: whose saved arrays have those of `mistaken_texts`.
        model: the network's name.
        answers: the name of each class.
    """
    found = _Mistakes(experiment.saved, model, "targets", answers)
    if not found.are_known:
        return
    figure, right = _reliability_figure(found, (11.5, 6.4))
    right.suptitle(f"The surest mistakes among {found.rows:,} test texts", weight="bold")
    axes = right.subplots()
    axes.axis("off")
    texts = experiment.saved.predictions["mistaken_texts"].tolist()
    full = [f"The {len(texts)} test texts that {found.name}, first seed, is surest of and wrong"]
    full[0] += " about:"
    for place, (row, title, text) in enumerate(
        zip(found.mistakes, found.titles, texts, strict=True)
    ):
        top = 1 - place / MISTAKES
        axes.text(0, top, title, weight="bold", fontsize=8, va="top")
        lines = textwrap.wrap(text, 134, max_lines=3, placeholder=" ...")
        axes.text(0, top - 0.03, "\n".join(lines), fontsize=7, va="top")
        full += [f"\ntest text {row:,}: {title}", textwrap.fill(text, 98)]
    experiment.figure(figure, "mistakes", found.caption(f"how the {len(texts)} test texts begin"))
    experiment.text("\n".join(full), "mistakes")


def show_confusions(
    experiment: "Experiment", model: str, targets: str, answers: Sequence[str]
) -> None:
    """Draw which classes a network's first seed takes for which; write the score of each class.

    Args:
        experiment: whose saved results have the classes that the network gives.
        model: its name.
        targets: the name of the array with the classes of the test rows.
        answers: the name of each class.
    """
    from sklearn.metrics import classification_report

    saved, name = experiment.saved, experiment.saved.name(model)
    found = saved.predictions[targets], saved.predictions[f"{model}.classes"]
    title = f"{name}, first seed: accuracy {saved.first_test(model)['accuracy']:.4f}"
    figure = plotting.confusion_matrix(*found, answers, title)
    caption = f"How often each class (row) is taken for each class (column): {name}."
    experiment.figure(figure, f"{model}_confusion_matrix", caption)
    style = {"labels": range(len(answers)), "digits": 4, "zero_division": 0}
    scores = classification_report(*found, target_names=answers, **style)
    experiment.text(f"{title}\n\n{scores}", f"{model}_classification_report")


def listing(heading: str, kind: str, rows: Sequence[int], answers, texts) -> str:
    """Return some test texts, each with its number and what the network answers.

    Args:
        heading: the first line.
        kind: what a text is, such as "review".
        rows: the place of each text in the test set.
        answers: of the network, in words, for each text.
        texts: how each text begins.
    """
    parts = zip(rows, answers, texts, strict=True)
    lines = [f"\n{kind} {row:,}: {answer}\n  {text} ..." for row, answer, text in parts]
    return "\n".join([heading, *lines])


class _Mistakes:
    """What a network's first seed gives for the test rows, and where it errs."""

    def __init__(self, saved: Saved, model: str, targets: str, answers: Sequence[str]):
        arrays = saved.predictions
        self.name, self.outputs = saved.name(model), arrays[f"{model}.outputs"]
        self.targets, self.rows = arrays[targets], len(arrays[targets])
        self.are_known = bool(np.isfinite(self.outputs).all())  # its training has not failed
        self.mistakes = arrays[f"{model}.mistakes"]
        sure = confidences(self.outputs[self.mistakes])
        taken = arrays[f"{model}.classes"][self.mistakes]
        self.titles = [
            f"{answers[guess]}: {confidence:.3f}, is {answers[real]}"
            for guess, confidence, real in zip(
                taken, sure, self.targets[self.mistakes], strict=True
            )
        ]

    def caption(self, mistakes: str) -> str:
        """Return a figure's caption, which names what is drawn of the mistakes."""
        return (
            f"How often {self.name} is right by the probability that it gives its answer, and"
            f" {mistakes} that it is surest of and wrong about, with that probability and the true"
            " class."
        )


def _reliability_figure(found: _Mistakes, size: tuple[float, float]):
    """Draw a reliability diagram; return the figure and the part of it that is left."""
    bins = reliability(found.outputs, found.targets)
    figure = plotting.blank(size)
    left, right = figure.subfigures(1, 2, width_ratios=(3.6, size[0] - 3.6))
    axes, counts = left.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    sure = [bin.confidence for bin in bins]
    intervals = [proportion_interval(bin.right, bin.rows) for bin in bins]
    means, lows, highs = np.array(intervals).T
    start = min(0.5, bins[0].low)
    axes.plot([start, 1], [start, 1], ":", color="0.5", label="as sure as right")
    spans = np.maximum([means - lows, highs - means], 0)  # rounding may make them negative
    axes.errorbar(sure, means, spans, fmt="o-", markersize=4, capsize=3, label="95% interval")
    axes.set(ylabel="share that is right", ylim=(min(start, lows.min()) - 0.02, 1.02))
    axes.set_title(f"{found.name}:\nwhen it is so sure, how often is it right?", fontsize=9)
    axes.legend(loc="upper left", fontsize=8)
    shares = np.array([bin.rows for bin in bins]) / sum(bin.rows for bin in bins)
    widths = [bin.high - max(bin.low, start) for bin in bins]
    lefts = [max(bin.low, start) for bin in bins]
    counts.bar(lefts, shares, widths, align="edge", color="0.7", edgecolor="white")
    counts.set(xlabel="confidence: probability of the answer", ylabel="rows", ylim=(0, 1))
    counts.yaxis.set_major_formatter(PercentFormatter(1))
    return figure, right

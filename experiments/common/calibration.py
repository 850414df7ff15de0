"""Show how often a classifier is right when it says how sure it is, and its surest mistakes."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from common import plotting
from results.reliability import MISTAKES, confidences, reliability, surest_mistakes
from results.statistics import proportion_interval


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


def figure_with_images(
    predictions: Mapping[str, np.ndarray], model: str, targets: np.ndarray, answers: Sequence[str]
) -> tuple[Figure, str]:
    """Draw the reliability of a network beside the images that it is surest and wrong about.

    Args:
        predictions: the saved arrays, with those of `mistaken_images`.
        model: the network's name.
        targets: classes of the test rows, int (rows,).
        answers: the name of each class.

    Returns:
        The figure and its caption.
    """
    figure, right = _reliability_figure(predictions, model, targets, (10.5, 4.4))
    images = predictions[f"{model}.mistaken_images"]
    right.suptitle(f"The surest mistakes among {len(targets):,} test images", weight="bold")
    cells = right.subplots(2, MISTAKES // 2)
    for cell in cells.flat:
        cell.axis("off")
    titles = titles_of_mistakes(predictions, model, targets, answers)
    for cell, image, title in zip(cells.flat, images, titles, strict=False):
        cell.imshow(image, cmap="gray_r")
        cell.set_title(title.replace(", is", "\nis"), fontsize=8, weight="normal")
    return figure, _caption(model, f"the {len(images)} test images")


def figure_with_texts(
    predictions: Mapping[str, np.ndarray],
    model: str,
    targets: np.ndarray,
    answers: Sequence[str],
    texts: Sequence[str],
) -> tuple[Figure, str]:
    """Draw the reliability of a network beside how its surest mistakes begin.

    Args:
        predictions: the saved arrays, with `MODEL.mistakes`.
        model: the network's name.
        targets: classes of the test rows, int (rows,).
        answers: the name of each class.
        texts: one for each mistake.

    Returns:
        The figure and its caption.
    """
    figure, right = _reliability_figure(predictions, model, targets, (11.5, 6.4))
    right.suptitle(f"The surest mistakes among {len(targets):,} test texts", weight="bold")
    axes = right.subplots()
    axes.axis("off")
    titles = titles_of_mistakes(predictions, model, targets, answers)
    for place, (text, title) in enumerate(zip(texts, titles, strict=True)):
        top = 1 - place / MISTAKES
        axes.text(0, top, title, weight="bold", fontsize=8, va="top")
        lines = textwrap.wrap(text, 134, max_lines=3, placeholder=" ...")
        axes.text(0, top - 0.03, "\n".join(lines), fontsize=7, va="top")
    return figure, _caption(model, f"how the {len(texts)} test texts begin")


def in_full(
    predictions: Mapping[str, np.ndarray],
    model: str,
    targets: np.ndarray,
    answers: Sequence[str],
    texts: Sequence[str],
) -> str:
    """Return in full the texts that a network is surest of and wrong about.

    The arguments are those of `figure_with_texts`.
    """
    titles = titles_of_mistakes(predictions, model, targets, answers)
    lines = [f"The {len(texts)} test texts that {model}, first seed, is surest of and wrong about:"]
    for row, title, text in zip(predictions[f"{model}.mistakes"], titles, texts, strict=True):
        lines += [f"\ntest text {row:,}: {title}", textwrap.fill(text, 98)]
    return "\n".join(lines)


def sound(predictions: Mapping[str, np.ndarray], models: Sequence[str]) -> list[str]:
    """Return the models whose first seed has given answers: its training has not failed."""
    return [name for name in models if np.isfinite(predictions[f"{name}.outputs"]).all()]


def titles_of_mistakes(
    predictions: Mapping[str, np.ndarray], model: str, targets: np.ndarray, answers: Sequence[str]
) -> list[str]:
    """Name each surest mistake, as "3: 0.999, is 5"."""
    rows = predictions[f"{model}.mistakes"]
    sure = confidences(predictions[f"{model}.outputs"][rows])
    taken = zip(predictions[f"{model}.classes"][rows], sure, targets[rows], strict=True)
    return [f"{answers[p]}: {confidence:.3f}, is {answers[real]}" for p, confidence, real in taken]


def _caption(model: str, mistakes: str) -> str:
    return (
        f"How often {model} is right by the probability that it gives its answer, and {mistakes}"
        " that it is surest of and wrong about, with that probability and the true class."
    )


def _reliability_figure(predictions, model: str, targets, size: tuple[float, float]):
    """Draw a reliability diagram; return the figure and the part of it that is left."""
    bins = reliability(predictions[f"{model}.outputs"], targets)
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
    axes.set_title(f"{model}: when it is so sure, how often is it right?", fontsize=9)
    axes.legend(loc="upper left", fontsize=8)
    shares = np.array([bin.rows for bin in bins]) / sum(bin.rows for bin in bins)
    widths = [bin.high - max(bin.low, start) for bin in bins]
    lefts = [max(bin.low, start) for bin in bins]
    counts.bar(lefts, shares, widths, align="edge", color="0.7", edgecolor="white")
    counts.set(xlabel="confidence: probability of the answer", ylabel="rows", ylim=(0, 1))
    counts.yaxis.set_major_formatter(PercentFormatter(1))
    return figure, right

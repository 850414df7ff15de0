"""Draw figures from saved results; one style for all.

Dashed lines are training, solid lines validation. Colours are those of Okabe and Ito, which
colour-blind readers can tell apart.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from common.records import replacing

LOSS, ACCURACY = "#D55E00", "#0072B2"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLE = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "axes.titleweight": "bold",
    "figure.dpi": 110,
    "font.size": 10,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "savefig.bbox": "tight",
}
mpl.rcParams.update(STYLE)


def new(rows: int = 1, columns: int = 1, size: tuple[float, float] = (7.2, 4.2), **options):
    """Return a figure and its axes.

    Args:
        rows: rows of axes.
        columns: columns of axes.
        size: width and height of the whole, in inches.
        options: as for `matplotlib.figure.Figure.subplots`.
    """
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def save(figure: Figure, path: Path, watermark: str = "") -> None:
    """Write a figure as PNG; the same figure gives the same bytes."""
    if watermark:
        figure.text(
            *(0.5, 0.5, watermark),
            **{"ha": "center", "va": "center", "rotation": 20, "fontsize": 44},
            **{"color": "#B00000", "alpha": 0.22, "weight": "bold", "zorder": 100},
        )
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    # A palette of 256 colours makes the file a third as large; no difference can be seen.
    palette = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    with replacing(path) as file:
        palette.save(file, format="PNG", optimize=True)


def twin_axes(
    curves: Mapping[str, pd.DataFrame],
    loss_limits: tuple[float, float] = (0.0, 1.0),
    accuracy_limits: tuple[float, float] = (0.0, 1.0),
) -> Figure:
    """Draw histories side by side, each with loss on the left axis and accuracy on the right.

    Args:
        curves: histories by title, with columns `epoch`, `loss`, `accuracy` and perhaps
            `val_loss`, `val_accuracy`.
        loss_limits: limits of the left axes.
        accuracy_limits: limits of the right axes.
    """
    width = 7.2 if len(curves) == 1 else 4.7 * len(curves)
    figure, cells = new(1, len(curves), size=(width, 4.2), squeeze=False)
    for axes, (title, curve) in zip(cells[0], curves.items(), strict=True):
        right = axes.twinx()
        right.grid(visible=False)
        right.spines["right"].set_visible(True)
        for side, metric, colour, limits in (
            (axes, "loss", LOSS, loss_limits),
            (right, "accuracy", ACCURACY, accuracy_limits),
        ):
            _pair(side, curve, metric, colour)
            side.set_ylim(limits)
            side.set_ylabel(metric, color=colour)
            side.tick_params(axis="y", labelcolor=colour)
        axes.set(title=title, xlabel="epoch")
    handles = axes.get_lines() + right.get_lines()
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def panels(curves: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw histories below each other, each with one panel for loss and one for accuracy.

    The epoch of the lowest validation loss is marked.

    Args:
        curves: histories by title, with columns as for `twin_axes`.
    """
    figure, cells = new(len(curves), 2, size=(9.2, 3.7 * len(curves)), squeeze=False)
    for row, (title, curve) in zip(cells, curves.items(), strict=True):
        for axes, metric in zip(row, ("loss", "accuracy"), strict=True):
            if metric == "loss" and _present(curve, "val_loss"):
                best = curve.loc[curve["val_loss"].idxmin(), "epoch"]
                axes.axvline(best, color="0.5", linestyle=":", label=f"lowest: epoch {best}")
            metric_by_epoch(axes, curve, metric, f"{title}: {metric}")
            axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def metric_by_epoch(axes: Axes, curve: pd.DataFrame, metric: str, title: str) -> None:
    """Draw one metric by epoch, training and, where there is one, validation."""
    _pair(axes, curve, metric, LOSS if metric == "loss" else ACCURACY)
    axes.set(title=title, xlabel="epoch", ylabel=metric)
    axes.legend()


def smoothed_metric(axes: Axes, curve: pd.DataFrame, metric: str, title: str, window: int) -> None:
    """Draw one metric of a long, noisy training: by epoch (thin), and its running mean."""
    for column, name, style, colour in (
        (metric, "training", "--", COLOURS[1]),
        (f"val_{metric}", "validation", "-", COLOURS[0]),
    ):
        if _present(curve, column):
            mean = curve[column].rolling(window, min_periods=1, center=True).mean()
            axes.plot(curve["epoch"], curve[column], color=colour, alpha=0.25, linewidth=0.6)
            axes.plot(curve["epoch"], mean, style, color=colour, label=f"{name}, running mean")
    axes.set(title=title, xlabel="epoch", ylabel=metric)


def _pair(axes: Axes, curve: pd.DataFrame, metric: str, colour: str) -> None:
    """Draw training dashed and validation solid."""
    axes.plot(curve["epoch"], curve[metric], "--", color=colour, label=f"training {metric}")
    if _present(curve, f"val_{metric}"):
        validation = curve[f"val_{metric}"]
        axes.plot(curve["epoch"], validation, "-", color=colour, label=f"validation {metric}")


def _present(curve: pd.DataFrame, column: str) -> bool:
    return column in curve and curve[column].notna().any()


def image_grid(
    images: np.ndarray,
    titles: Sequence[str],
    columns: int,
    title: str,
    wrong: Sequence[bool] | None = None,
    colours: str = "gray_r",
) -> Figure:
    """Draw images in a grid.

    Args:
        images: array (images, height, width).
        titles: a title for each image.
        columns: images in a row.
        title: the title of the figure.
        wrong: for each image whether its title is to stand out.
        colours: the colour map.
    """
    rows = -(-len(images) // columns)
    cell_size = 1.45 if len(images) > 1 else 3
    figure, axes = new(rows, columns, size=(cell_size * columns, cell_size * 1.1 * rows + 0.4))
    for cell in np.ravel(axes):
        cell.axis("off")
    for i, (cell, image) in enumerate(zip(np.ravel(axes), images, strict=False)):
        cell.imshow(image, cmap=colours)
        stands_out = wrong is not None and wrong[i]
        weight, colour = ("bold", "#B00000") if stands_out else ("normal", "black")
        cell.set_title(titles[i], fontsize=9, weight=weight, color=colour)
    figure.suptitle(title, weight="bold")
    return figure


def confusion_matrix(
    targets: np.ndarray, predicted: np.ndarray, names: Sequence[str], title: str
) -> Figure:
    """Draw how often each class (row) is taken for each class (column).

    Args:
        targets: true classes, int (rows,).
        predicted: predicted classes, int (rows,).
        names: the name of each class.
        title: the title of the figure.
    """
    import seaborn
    from sklearn.metrics import confusion_matrix as count

    matrix = count(targets, predicted, labels=range(len(names)))
    figure, axes = new(size=(7, 7))
    # The diagonal would drown the mistakes: colour by the square root of the count.
    seaborn.heatmap(
        np.sqrt(matrix), annot=matrix, fmt="d", cmap="Blues", cbar=False, square=True, ax=axes,
        xticklabels=names, yticklabels=names, annot_kws={"fontsize": 8},
    )  # fmt: skip
    axes.set(title=title, xlabel="predicted label", ylabel="true label")
    axes.tick_params(axis="x", rotation=45 if max(map(len, names)) > 2 else 0)
    axes.tick_params(axis="y", rotation=0)
    return figure

"""Draw figures from saved results; one style for all.

Dashed lines are training, solid lines validation. With several seeds a line is their mean and the
band around it the mean's 95% interval; where they are few, each is drawn as a thin line, too.
Colours are those of Okabe and Ito, which colour-blind readers can tell apart.
"""

import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from PIL import Image

from base.files import replacing
from results.statistics import mean_band

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
FEW = 5  # so many runs can be told apart as thin lines


def blank(size: tuple[float, float]) -> Figure:
    """Return an empty figure of a width and height in inches, in the suite's style."""
    mpl.rcParams.update(STYLE)
    return Figure(figsize=size, layout="constrained")


def new(rows: int = 1, columns: int = 1, size: tuple[float, float] = (7.2, 4.2), **options):
    """Return a figure and its axes.

    Args:
        rows: rows of axes.
        columns: columns of axes.
        size: width and height of the whole, in inches.
        options: as for `matplotlib.figure.Figure.subplots`.
    """
    figure = blank(size)
    return figure, figure.subplots(rows, columns, **options)


def save(figure: Figure, path: Path, watermark: str = "", failures: str = "") -> None:
    """Write a figure as PNG; the same figure gives the same bytes.

    Args:
        figure: what is saved.
        path: where to.
        watermark: large letters across the figure.
        failures: which trainings failed, said above the figure.
    """
    if failures:
        figure.draw_without_rendering()  # it lays out
        above = figure.get_tightbbox().y1 / figure.get_figheight() + 0.02
        style = {"ha": "center", "va": "bottom", "fontsize": 9, "color": "#B00000"}
        figure.text(0.5, above, textwrap.fill(failures, 80), **style)
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
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Draw histories side by side, each with loss on the left axis and accuracy on the right.

    Args:
        curves: histories by title, with columns `seed`, `epoch`, `loss`, `accuracy` and perhaps
            `val_loss`, `val_accuracy`.
        loss_limits: limits of the left axes.
        accuracy_limits: limits of the right axes.
        levels: accuracies of simple predictors, by name.
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
        _levels(right, levels)
        axes.set(title=title, xlabel="epoch")
    handles = [handle for side in (axes, right) for handle in side.get_legend_handles_labels()[0]]
    named = {handle.get_label(): handle for handle in (*handles, *_band(*curves.values()))}
    columns = min(len(named), 4 if len(curves) > 1 else 3)
    figure.legend(handles=named.values(), loc="outside lower center", ncols=columns)
    return figure


def panels(curves: Mapping[str, pd.DataFrame], levels: Mapping[str, float] | None = None) -> Figure:
    """Draw histories below each other, each with one panel for loss and one for accuracy.

    The epoch of the lowest mean validation loss is marked.

    Args:
        curves: histories by title, with columns as for `twin_axes`.
        levels: accuracies of simple predictors, by name.
    """
    figure, cells = new(len(curves), 2, size=(9.2, 3.7 * len(curves)), squeeze=False)
    for row, (title, curve) in zip(cells, curves.items(), strict=True):
        for axes, metric in zip(row, ("loss", "accuracy"), strict=True):
            # No epoch is the best where a training failed.
            if metric == "loss" and "val_loss" in curve and curve["val_loss"].notna().all():
                best = curve.groupby("epoch")["val_loss"].mean().idxmin()
                axes.axvline(best, color="0.5", linestyle=":", label=f"lowest: epoch {best}")
            if metric == "accuracy":
                _levels(axes, levels)
            metric_by_epoch(axes, curve, metric, f"{title}: {metric}")
            axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def metric_by_epoch(axes: Axes, curve: pd.DataFrame, metric: str, title: str) -> None:
    """Draw one metric by epoch, training and, where there is one, validation."""
    _pair(axes, curve, metric, LOSS if metric == "loss" else ACCURACY)
    axes.set(title=title, xlabel="epoch", ylabel=metric)
    axes.legend(handles=[*axes.get_legend_handles_labels()[0], *_band(curve)], fontsize=8)


def smoothed_metric(axes: Axes, curve: pd.DataFrame, metric: str, title: str, window: int) -> None:
    """Draw the running mean of one metric of a long, noisy training."""
    for column, name, style, colour in (
        (metric, "training", "--", COLOURS[1]),
        (f"val_{metric}", "validation", "-", COLOURS[0]),
    ):
        if _present(curve, column):
            table = curve.pivot(index="epoch", columns="seed", values=column)
            smooth = table.rolling(window, min_periods=1, center=True).mean()
            mean_line(axes, smooth, style, colour, f"{name}, running mean")
    axes.set(title=title, xlabel="epoch", ylabel=metric)
    axes.legend(handles=[*axes.get_legend_handles_labels()[0], *_band(curve)], fontsize=8)


def mean_line(axes: Axes, table: pd.DataFrame, style: str, colour: str, label: str) -> None:
    """Draw the mean of the columns of a table, the 95% interval of it and, if few, each column.

    Args:
        axes: where to.
        table: a row for each epoch, a column for each seed.
        style: of the line, such as "--".
        colour: of line and band.
        label: of the line; the band is named by `band_handles`.
    """
    mean = table.mean(axis=1, skipna=False)  # it ends where a training failed
    axes.plot(table.index, mean, style, color=colour, label=label)
    if table.shape[1] > 1:
        low, high = mean_band(table.to_numpy())
        axes.fill_between(table.index, low, high, color=colour, alpha=0.22, linewidth=0)
    if 1 < table.shape[1] <= FEW:
        axes.plot(table, style, color=colour, alpha=0.35, linewidth=0.6)


def band_handles(*seeds: int) -> list[Patch]:
    """Return the legend's entry for the bands around the means of so many seeds; none for one."""
    several = sorted({number for number in seeds if number > 1}, reverse=True)
    if not several:
        return []
    text = f"95% interval of the mean, {' or '.join(map(str, several))} seeds"
    text += " (thin: single runs)" if several[-1] <= FEW else ""
    return [Patch(color="0.5", alpha=0.3, linewidth=0, label=text)]


def _band(*curves: pd.DataFrame) -> list[Patch]:
    return band_handles(*(curve["seed"].nunique() for curve in curves))


def _levels(axes: Axes, levels: Mapping[str, float] | None) -> None:
    """Draw accuracies of simple predictors as horizontal lines."""
    for (name, level), style in zip((levels or {}).items(), (":", "-.", "--"), strict=False):
        axes.axhline(level, color="black", linestyle=style, linewidth=1, label=name)


def _pair(axes: Axes, curve: pd.DataFrame, metric: str, colour: str) -> None:
    """Draw training dashed and validation solid."""
    for column, style in ((metric, "--"), (f"val_{metric}", "-")):
        if _present(curve, column):
            table = curve.pivot(index="epoch", columns="seed", values=column)
            name = f"{'training' if style == '--' else 'validation'} {metric}"
            mean_line(axes, table, style, colour, name)


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

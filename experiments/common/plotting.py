"""Draw figures in one style, and save them.

Colours are those of Okabe and Ito, which colour-blind readers can tell apart.
"""

import contextlib
import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from base.files import replacing
from results.statistics import Interval

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


def save(figure: Figure, path: Path, watermark: str = "", failures: str = "") -> str:
    """Write a figure as PNG; the same figure gives the same bytes.

    Args:
        figure: what is saved.
        path: where to.
        watermark: large letters across the figure.
        failures: which trainings failed, said above the figure.

    Returns:
        "same" where the file had these bytes before, else "changed"; "was missing" where there was
        none.
    """
    before = b""
    with contextlib.suppress(OSError):  # what it cannot be written for is said below
        before = path.read_bytes()
    if failures:
        figure.draw_without_rendering()  # it lays out
        above = figure.get_tightbbox().y1 / figure.get_figheight() + 0.02
        style = {"ha": "center", "va": "bottom", "fontsize": 9, "color": "#B00000"}
        figure.text(0.5, above, textwrap.fill(failures, 80), **style)
    if watermark:
        style = {"ha": "center", "va": "center", "rotation": 20, "fontsize": 44, "weight": "bold"}
        figure.text(0.5, 0.5, watermark, color="#B00000", alpha=0.22, zorder=100, **style)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    # A palette of 256 colours makes the file a third as large; no difference can be seen.
    palette = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    with replacing(path) as file:
        palette.save(file, format="PNG", optimize=True)
    is_same = path.read_bytes() == before
    return "same" if is_same else "changed" if before else "was missing"


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
    labels = {"xticklabels": names, "yticklabels": names, "annot_kws": {"fontsize": 8}}
    style = {"fmt": "d", "cmap": "Blues", "cbar": False, "square": True}
    seaborn.heatmap(np.sqrt(matrix), annot=matrix, ax=axes, **style, **labels)
    axes.set(title=title, xlabel="predicted label", ylabel="true label")
    axes.tick_params(axis="x", rotation=45 if max(map(len, names)) > 2 else 0)
    axes.tick_params(axis="y", rotation=0)
    return figure


def row_of_cells(values: Mapping[int, Any], title: str) -> Figure:
    """Draw some of the numbers of a long row as cells; gaps are shown as dots.

    Args:
        values: each number by its place in the row, in order; ones stand out.
        title: the title of the figure.
    """
    figure, axes = new(size=(8, 1.3))
    before, at = -1, 0
    for place, value in values.items():
        if place > before + 1:
            axes.text(at, 0, "...", ha="center", va="center")
            at += 1
        colour = "#CFE6F5" if value == 1 else "white"
        box = {"boxstyle": "square,pad=0.55", "ec": "0.4", "fc": colour}
        axes.text(at, 0, str(value), ha="center", va="center", bbox=box)
        axes.text(at, 0.62, f"{place:,}", ha="center", fontsize=8)
        before, at = place, at + 1
    axes.set(xlim=(-0.7, at - 0.3), ylim=(-0.6, 1), title=title)
    axes.axis("off")
    return figure


def predicted_values(
    real: np.ndarray,
    predicted: Mapping[str, np.ndarray],
    title: str,
    quantity: str,
    limits: tuple[float, float],
) -> Figure:
    """Draw predicted against real numbers side by side; on the line they are equal.

    Args:
        real: float (rows,).
        predicted: float (rows,), by the title of each panel.
        title: the title of the figure.
        quantity: what is predicted, with its unit.
        limits: of all axes.
    """
    size = (3.2 * len(predicted), 3.6)
    figure, cells = new(1, len(predicted), size=size, squeeze=False)
    for axes, (text, values) in zip(cells[0], predicted.items(), strict=True):
        axes.plot(limits, limits, color="0.6", linewidth=1)
        axes.scatter(real, values, s=12, alpha=0.7)
        axes.set(xlabel=quantity, aspect="equal", xlim=limits, ylim=limits)
        axes.set_title(text, fontsize=9)
    cells[0, 0].set_ylabel(f"predicted {quantity}")
    figure.suptitle(title, fontsize=10, y=1.06)
    return figure


def intervals(groups: Mapping[str, Mapping[str, Interval]], title: str, xlabel: str):
    """Draw intervals of differences in rows, beside a line at 0; return the figure.

    Args:
        groups: an interval for each row, by the row's name, for each group, by its label; NaN
            where there is none.
        title: the title of the figure.
        xlabel: what differs, with its unit.
    """
    figure, axes = new(size=(8, 3.6))
    rows = list(next(iter(groups.values())))
    shifts = np.linspace(-0.1, 0.1, len(groups))
    for (label, by_row), shift in zip(groups.items(), shifts, strict=True):
        found = {
            rows.index(row) + shift: one for row, one in by_row.items() if not np.isnan(one)[0]
        }
        if found:
            means, lows, highs = np.array(list(found.values())).T
            ends = [means - lows, highs - means]
            axes.errorbar(means, list(found), xerr=ends, fmt="o", capsize=3, label=label)
    axes.axvline(0, color="0.3", linewidth=1)
    axes.set(yticks=range(len(rows)), yticklabels=rows, title=title, xlabel=xlabel)
    axes.invert_yaxis()
    figure.legend(loc="outside lower center", ncols=len(groups))
    return figure


def roc_curves(labels: np.ndarray, outputs: Mapping[str, np.ndarray], title: str) -> Figure:
    """Draw how many of the rows of class 1 are found at the cost of how many false alarms.

    Args:
        labels: 0 or 1, (rows,).
        outputs: probabilities of 1, float (repetitions, rows), by the label of their curve, which
            is the mean over the repetitions; those that are not finite are left out.
        title: the title of the figure.
    """
    from sklearn.metrics import roc_curve

    figure, axes = new(size=(6.4, 6.4))
    grid = np.linspace(0, 1, 101)
    for (label, repetitions), colour in zip(outputs.items(), COLOURS, strict=False):
        found = [roc_curve(labels, p)[:2] for p in repetitions if np.isfinite(p).all()]
        shares = [np.interp(grid, *curve) for curve in found] or [np.full(101, np.nan)]
        axes.plot(grid, np.mean(shares, axis=0), color=colour, label=label)
    axes.plot([0, 1], [0, 1], ":", color="0.4", label="guessing: AUC 0.500")
    axes.set(title=title, aspect="equal", xlabel="share of false alarms", ylabel="share found")
    axes.legend(loc="lower right", fontsize=8)
    return figure


def fitted_lines(
    points: Mapping[str, tuple[np.ndarray, np.ndarray]],
    lines: Mapping[str, tuple[float, float]],
    errors: Mapping[str, np.ndarray],
    labels: Mapping[str, str],
) -> Figure:
    """Draw points and lines fitted to them, and beside them the errors of each step of a fit.

    Args:
        points: x and y, (points,), by their label; the first are hollow, as they are given.
        lines: weight and bias by their label.
        errors: mean squared errors, (steps,), by their label.
        labels: `xlabel` and `ylabel` of the points.
    """
    figure, (left, right) = new(1, 2, size=(9.2, 3.9))
    for place, (label, (x, y)) in enumerate(points.items()):
        style = {"s": 5, "color": COLOURS[place]} if place else {"s": 26, "c": "none", "ec": "0.55"}
        left.scatter(x, y, label=label, **style)
    for (label, (w, b)), style in zip(lines.items(), ("C0-", "k:"), strict=True):
        ends = np.array([x.min(), x.max()])
        left.plot(ends, w * ends + b, style, label=f"{label}: {w:.3f} x {b:+.3f}")
    left.set(title="One weight, one bias", **labels)
    left.legend(fontsize=8)
    for (label, values), style in zip(errors.items(), ("C1", "C0"), strict=True):
        right.plot(values, style, label=label)
    right.set(title="Error on the rows fitted", xlabel="step", yscale="log")
    right.set_ylabel("mean squared error")
    right.legend(loc="lower left")
    return figure

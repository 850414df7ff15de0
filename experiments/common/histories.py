"""Draw training histories from saved results.

Dashed lines are training, solid lines validation. With several seeds a line is their mean and the
band around it the mean's 95% interval; where they are few, each is drawn as a thin line, too.
"""

import itertools
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from common.plotting import COLOURS, new
from results.statistics import mean_band
from results.training_result import TrainingResult

LOSS, ACCURACY = "#D55E00", "#0072B2"
FEW = 5  # so many runs can be told apart as thin lines


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
    seeds = (curve["seed"].nunique() for curve in curves.values())
    named = {handle.get_label(): handle for handle in (*handles, *band_handles(*seeds))}
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
    figure, cells = new(len(curves), 2, size=(9.2, 4.1 * len(curves)), squeeze=False)
    for row, (title, curve) in zip(cells, curves.items(), strict=True):
        for axes, metric in zip(row, ("loss", "accuracy"), strict=True):
            # No epoch is the best where a training failed.
            if metric == "loss" and "val_loss" in curve and curve["val_loss"].notna().all():
                best = curve.groupby("epoch")["val_loss"].mean().idxmin()
                axes.axvline(best, color="0.5", linestyle=":", label=f"lowest: epoch {best}")
            if metric == "accuracy":
                _levels(axes, levels)
            _pair(axes, curve, metric, LOSS if metric == "loss" else ACCURACY)
            axes.set(title=f"{title}: {metric}", xlabel="epoch", ylabel=metric)
            axes.xaxis.get_major_locator().set_params(integer=True)
            below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "ncols": 2}
            axes.legend(handles=_handles(axes, curve["seed"].nunique()), fontsize=8, **below)
    return figure


def first_look(results: Mapping[str, TrainingResult]) -> Figure:
    """Draw the loss of single trainings over each other, by their label: in validation, if any."""
    losses = {}
    for label, result in results.items():
        kind = "validation" if "val_loss" in result.history else "training"
        values = result.history["val_loss" if kind == "validation" else "loss"]
        losses[f"{label}, {kind}"] = pd.DataFrame({0: values}, range(1, len(values) + 1))
    return overlay(losses, "The first training of each model, one seed", "loss")


def overlay(
    tables: Mapping[str, pd.DataFrame],
    title: str,
    ylabel: str,
    dashed: Mapping[str, pd.DataFrame] | None = None,
    levels: Mapping[str, float] | None = None,
    ylim: tuple[float, float] | None = None,
    smooth: bool = False,
    lowest: bool = False,
) -> Figure:
    """Draw a metric of several models over each other.

    Args:
        tables: for each model a row for each epoch, a column for each seed, by the line's label.
        title: the title of the figure.
        ylabel: what is drawn, with its unit.
        dashed: the same models in training, in the same order.
        levels: scores of simple predictors, by name.
        ylim: limits of the vertical axis.
        smooth: whether to leave out the first ten epochs, whose values dwarf the others, and to
            draw of each point a tenth, and nine tenths of the one before.
        lowest: whether each label is to say where the mean over the seeds is lowest.
    """
    figure, axes = new(size=(7.2, 4.6))
    for style, group in (("-", tables), ("--", dashed or {})):
        for (label, table), colour in zip(group.items(), itertools.cycle(COLOURS), strict=False):
            if lowest:
                label += f": {_lowest(table)}"
            if smooth:
                late = table.loc[11 if len(table) > 20 else 0 :]
                step = table.index[1] - table.index[0] if len(table) > 1 else 1
                alpha = 1 - 0.9**step
                table = late.ewm(alpha=alpha, adjust=False).mean().where(late.notna())
            mean_line(axes, table, style, colour, label)
    _levels(axes, levels)
    axes.set(title=title, xlabel="epoch", ylabel=ylabel, ylim=ylim)
    axes.xaxis.get_major_locator().set_params(integer=True)
    handles = _handles(axes, *(table.shape[1] for table in tables.values()))
    if len(handles) <= 5:
        axes.legend(handles=handles)
    else:
        figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=8)
    return figure


def _lowest(table: pd.DataFrame) -> str:
    """Say where the mean of the columns is lowest; of a failed training nothing is the lowest."""
    mean = table.mean(axis=1, skipna=False)
    if mean.isna().any():
        return "failed"
    return f"lowest {mean.min():.2f} after epoch {mean.idxmin()}"


def smoothed_accuracy(curves: Mapping[str, pd.DataFrame], levels: Mapping[str, float]) -> Figure:
    """Draw the running means of the accuracies of long, noisy trainings side by side.

    Args:
        curves: histories by title, with columns `seed`, `epoch`, `accuracy` and, where rows were
            held out, `val_accuracy`.
        levels: accuracies of simple predictors, by name.
    """
    size = (7.2, 4.2) if len(curves) == 1 else (4.4 * len(curves), 3.6)
    figure, cells = new(1, len(curves), size=size, squeeze=False)
    for axes, (title, curve) in zip(cells[0], curves.items(), strict=True):
        _levels(axes, levels)
        window = 1 + curve["epoch"].max() // 50
        for column, name, style, colour in (
            ("accuracy", "training", "--", COLOURS[1]),
            ("val_accuracy", "held out", "-", COLOURS[0]),
        ):
            if _present(curve, column):
                table = curve.pivot(index="epoch", columns="seed", values=column)
                smooth = table.rolling(window, min_periods=1, center=True).mean()
                mean_line(axes, smooth, style, colour, f"{name}, running mean")
        lowest = min(axes.get_ylim()[0], 0.7)
        axes.set(title=title, xlabel="epoch", ylabel="accuracy", ylim=(lowest, 1))
        axes.legend(handles=_handles(axes, curve["seed"].nunique()), fontsize=8)
    return figure


def mean_line(axes: Axes, table: pd.DataFrame, style: str, colour: str, label: str) -> None:
    """Draw the mean of the columns of a table, the 95% interval of it and, if few, each column.

    Args:
        axes: where to.
        table: a row for each epoch, a column for each seed.
        style: of the line, such as "--".
        colour: of line and band.
        label: of the line.
    """
    mean = table.mean(axis=1, skipna=False)  # it ends where a training failed
    axes.plot(table.index, mean, style, color=colour, label=label)
    if table.shape[1] > 1:
        low, high = mean_band(table.to_numpy())
        axes.fill_between(table.index, low, high, color=colour, alpha=0.22, linewidth=0)
    if 1 < table.shape[1] <= FEW:
        axes.plot(table, style, color=colour, alpha=0.35, linewidth=0.6)


def _handles(axes: Axes, *seeds: int) -> list:
    """Return the handles of all lines, and of the bands around the means of so many seeds."""
    return [*axes.get_legend_handles_labels()[0], *band_handles(*seeds)]


def band_handles(*seeds: int) -> list[Patch]:
    """Return the legend's entry for the bands around the means of so many seeds; none for one."""
    several = sorted({number for number in seeds if number > 1}, reverse=True)
    if not several:
        return []
    text = f"95% interval of the mean, {' or '.join(map(str, several))} seeds"
    text += " (thin: single runs)" if several[-1] <= FEW else ""
    return [Patch(color="0.5", alpha=0.3, linewidth=0, label=text)]


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

"""Draw the histories of several saved runs over each other."""

from collections.abc import Mapping
from string import ascii_uppercase

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from base.errors import UsageError
from common import histories, plotting
from comparison import scores, seeds
from results.saved import KEYS, Saved

STRIP = 0.05  # of the height of the axes
SINGLE_RUNS = 0.18  # how dense the band is in which single runs fall
STYLES = ("-", "--", ":", "-.")  # a line style for each run; as many runs can be told apart
WIDE = 20  # a curve that falls by more is drawn on a logarithmic axis


def metric_to_draw(runs: Mapping[str, Saved], wanted: str | None) -> str:
    """Return the wanted metric, or the first that all runs have; the loss where they have it.

    Raises:
        UsageError: not all runs have it, or they have none in common.
    """
    known = [
        dict.fromkeys(name.removeprefix("val_") for name in run.history.columns[len(KEYS) :])
        for run in runs.values()
    ]
    common = [name for name in known[0] if all(name in of for of in known)]
    if not common:
        texts = (f"{a} has {', '.join(of)}" for a, of in zip(runs, known, strict=True))
        raise UsageError(f"nothing to compare: expected a metric in common; {'; '.join(texts)}.")
    if wanted not in (None, *common):
        raise UsageError(f"--metric: expected one of {', '.join(common)}, found {wanted!r}.")
    return wanted or ("loss" if "loss" in common else common[0])


def models_to_draw(runs: Mapping[str, Saved]) -> list[str]:
    """Return the models of the first run that any other has, too."""
    first, *others = runs.values()
    shared = {name for other in others for name in scores.shared_models(first, other)}
    return [name for name in first.models if name in shared]


def draw(runs: Mapping[str, Saved], names: Mapping[str, str], metric: str) -> plotting.Figure:
    """Draw a metric of each model: the runs over each other, below their difference to the first.

    A row for each model, training on the left and, where there is one, validation on the right.

    Args:
        runs: the runs by their letters.
        names: what the legend calls them.
        metric: such as "loss".
    """
    models, first = models_to_draw(runs), next(iter(runs.values()))
    columns = [column for column in (metric, f"val_{metric}") if column in first.history]
    figure, cells = plotting.new(
        2 * len(models),
        len(columns),
        size=(1.2 + 4.4 * len(columns), 3.9 * len(models) + 0.6),
        squeeze=False,
        height_ratios=[3, 1.2] * len(models),
    )
    for i, model in enumerate(models):  # a pair of rows each
        tables = {
            letter: scores.mean_over_folds(run, model) if model in run.models else {}
            for letter, run in runs.items()
        }
        for column, *axes in zip(columns, cells[2 * i], cells[2 * i + 1], strict=True):
            curves = {letter: of[column] for letter, of in tables.items() if column in of}
            _draw_cell(*axes, curves, model, column, len(runs))
    labels = [f"{letter}: {names[letter]}".replace("$", r"\$") for letter in runs]
    lines = [
        Line2D([], [], color=colour, linestyle=style, label=label)
        for label, style, colour in zip(labels, STYLES, plotting.COLOURS, strict=False)
    ]
    numbers = {len(run.seeds(m)) for run in runs.values() for m in models if m in run.models}
    handles = [*lines, *histories.band_handles(*numbers)]
    if 1 in numbers and len(numbers) > 1:
        text = "where 95% of single runs fall"
        handles.append(Patch(color="0.5", alpha=SINGLE_RUNS, linewidth=0, label=text))
    handles.append(Patch(color="0.3", label="strip below: the difference is beyond the noise"))
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def _draw_cell(upper, lower, curves, model: str, column: str, runs: int) -> None:
    """Draw one metric of one model in all runs, and below the differences to the first run."""
    means = {
        letter: table.mean(axis=1, skipna=False).to_numpy() for letter, table in curves.items()
    }
    values = np.concatenate([*means.values(), np.empty(0)])
    values = values[np.isfinite(values)]
    if "A" not in curves or not len(values):
        upper.set_axis_off()
        lower.set_axis_off()
        return
    kind = "validation" if column.startswith("val_") else "training"
    metric = column.removeprefix("val_")
    name, metric = (text.replace("$", r"\$") for text in (model, metric))
    upper.set(title=f"{name}: {kind} {metric}", ylabel=metric)
    upper.tick_params(labelbottom=False)
    lower.sharex(upper)
    lower.set(xlabel="epoch", ylabel="B minus A" if runs == 2 else "minus A")
    lower.axhline(0, color="0.4", linewidth=0.8)
    lower.xaxis.get_major_locator().set_params(integer=True)
    if values.min() > 0 and values.max() > WIDE * values.min():
        upper.set(yscale="log", ylabel=f"{metric} (logarithmic)")
    for letter, table in curves.items():
        place = ascii_uppercase.index(letter)
        style, colour = STYLES[place], plotting.COLOURS[place]
        histories.mean_line(upper, table, style, colour, letter)
        if letter != "A":
            gap = seeds.differences(curves["A"], table, scores.lower_is_better(metric))
            lower.plot(gap.index, gap["mean"], style, color=colour)
            lower.fill_between(gap.index, gap["low"], gap["high"], color=colour, alpha=0.22)
            _draw_strip(lower, gap, place, colour)
            chosen = seeds.choose(curves["A"].columns, table.columns)
            if chosen.how == seeds.SINGLE:
                pair = curves["A"][chosen.first], table[chosen.second]
                _draw_single_runs(upper, *pair, gap)


def _draw_strip(axes, gap: pd.DataFrame, place: int, colour: str) -> None:
    """Mark the epochs where a difference is beyond the noise, each run's at its own height."""
    spans = [(start - 0.5, end - start + 1) for start, end in scores.stretches(seeds.beyond(gap))]
    where = {"transform": axes.get_xaxis_transform(), "color": colour, "linewidth": 0}
    if spans:
        axes.broken_barh(spans, (STRIP * (place - 1), STRIP), **where)


def _draw_single_runs(axes, first: pd.DataFrame, second: pd.DataFrame, gap: pd.DataFrame) -> None:
    """Draw the band in which 95% of single runs fall, of the run that has several."""
    single, sign = (second, -1) if second.shape[1] == 1 else (first, 1)
    of_single = single.loc[gap.index].iloc[:, 0]
    ends = (of_single + sign * gap[name] for name in ("low", "high"))
    axes.fill_between(gap.index, *ends, color="0.5", alpha=SINGLE_RUNS, linewidth=0)

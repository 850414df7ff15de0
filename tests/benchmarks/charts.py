"""Draw the benchmark's tables."""

import numpy as np

from common import plotting
from pages.speed_tables import CONTENDERS, race_name


def ratios(table):
    """Draw how many times faster `training.fit` is than each other contender."""
    keys = table[["workload", "threads"]].itertuples(index=False)
    table = table.assign(race=[race_name(*key) for key in keys])
    others = [name for name in table["contender"].unique() if name != "ours"]
    races = list(table["race"].unique())
    figure, axes = plotting.new(size=(8, 0.75 * len(races) + 1.4))
    height = 0.84 / len(others)
    for i, contender in enumerate(others):
        rows = table[table["contender"] == contender].set_index("race")
        faster = rows["ours_is_faster_by"].reindex(races)
        places = np.arange(len(races)) + (i - (len(others) - 1) / 2) * height
        bars = axes.barh(places, faster, height, label=f"faster than {CONTENDERS[contender]}")
        labels = ["" if np.isnan(ratio) else f" {ratio:.1f}" for ratio in faster]
        axes.bar_label(bars, labels, fontsize=7)
    axes.axvline(1, color="black", linewidth=1)
    axes.set(xscale="log", xlabel="times faster: one epoch, without compilation")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(y=0.01)
    axes.set_xlim(right=2 * table["ours_is_faster_by"].max())
    axes.set_title("training.fit against other ways to train the same networks")
    axes.set_yticks(range(len(races)), races)
    axes.invert_yaxis()
    axes.legend(loc="lower right")
    return figure


def growth(table):
    """Draw seconds and memory by number of seeds, epochs and rows."""
    figure, axes = plotting.new(2, 3, size=(9.2, 5))
    titles = {
        "seeds": "01, whole script",
        "epochs": "01, whole script",
        "rows": "05 mlp, one epoch",
    }
    for column, (of, title) in zip(axes.T, titles.items(), strict=True):
        rows = table[table["of"] == of]
        for cell, name in zip(column, ("seconds", "peak_rss_mib"), strict=True):
            cell.plot(rows["number"], rows[name], "o-")
            cell.set(xlabel=of, ylabel=name.replace("peak_rss_mib", "peak memory, MiB"))
            cell.set_ylim(0, 1.1 * rows[name].max())
        column[0].set_title(title)
    return figure

"""Tables and texts of the saved benchmarks: training, clusters, answers, lessons for a class."""

from pathlib import Path

import pandas as pd

from base.errors import damage_named
from pages import markdown

CONTENDERS = {
    "keras": "stock Keras",
    "keras on jax": "Keras on JAX",
    "pytorch": "PyTorch",
    "scikit-learn": "scikit-learn",
}
PYTHON = ".venv/bin/python"


def race_name(workload: str, threads: int) -> str:
    """Name a model of the benchmark and, if there are several, its threads."""
    return workload if threads == 1 else f"{workload}, {threads} threads"


def benchmark_text(figures: Path) -> str:
    """Return the account of the saved benchmark: single models, whole scripts, equality."""
    scripts = _benchmark(figures, "benchmark_scripts")
    whole = ", ".join(f"{row.script[:2]} {row.faster_by:.0f}x" for row in scripts.itertuples())
    equality = _benchmark(figures, "benchmark_equality")
    off = equality[equality["of"] == "ours"].set_index("workload")["history"]
    same = off[off < 1e-4]
    others = ", ".join(off.index.difference(same.index))
    with_xla = equality.loc[equality["of"] == "xla", "history"].max()
    prose = (
        "Whole scripts, with imports, compilation and figures, against what stock Keras takes for"
        f" as many of the epochs above: {whole}. From the same weights, with the rows in the same"
        " order, losses and metrics of three epochs on all rows are stock Keras's to"
        f" {same.max():.0e} of their value. Only in {others} the training amplifies the rounding"
        f" of its first steps, up to {off.max():.1%}, as it does between stock Keras with XLA and"
        f" without, up to {with_xla:.1%}."
    )
    return f"{_races_table(_benchmark(figures, 'benchmark'))}\n\n{markdown.paragraph(prose)}"


def _races_table(table: pd.DataFrame) -> str:
    """Return a row for each model of the benchmark and number of threads."""
    others = [name for name in table["contender"].unique() if name != "ours"]
    cells = []
    for race, rows in table.groupby(["workload", "threads"], sort=False):
        rows = rows.set_index("contender")
        ours = rows.loc["ours"]
        ratios = rows["ours_is_faster_by"].reindex(others)
        faster = ["-" if pd.isna(ratio) else f"{markdown.digits(ratio)}x" for ratio in ratios]
        share = "-" if pd.isna(ours["share_of_peak"]) else f"{ours['share_of_peak']:.1%}"
        costs = [share, f"{ours['compile_s']:.1f} s", f"{ours['peak_rss_mib']:,.0f} MiB"]
        cells.append([race_name(*race), markdown.digits(ours["ms_per_epoch"]), *faster, *costs])
    headings = " | ".join(f"faster than {CONTENDERS[other]}" for other in others)
    head = f"| model | ms an epoch | {headings} | share of peak | compile | memory |"
    return markdown.table(head, cells)


def cluster_text(figures: Path) -> str:
    """Return the account of the saved benchmark of a cluster."""
    table = _benchmark(figures, "benchmark_cluster")
    speed = table.groupby("workers")["seeds_per_minute"].median()
    row = table.iloc[0]
    prose = (
        f"Measured: the {row['epochs']} epochs of {row['model']} for {row['seeds']} seeds, the"
        f" whole command: one worker trains {speed[1]:.2f} seeds a minute, two on the same two"
        f" cores {speed[2]:.2f}, {speed[2] / speed[1]:.1f} times as many; the speed of the machine"
        " drifts by some percent."
    )
    return markdown.paragraph(prose)


def answer_times_table(figures: Path) -> str:
    """Return how long networks take to be trained first and to answer."""
    table = _benchmark(figures, "benchmark_predict")
    rows = [
        (row.network, markdown.seconds(row.train_s), f"{row.answer_s:.1f} s")
        for row in table.itertuples()
    ]
    return markdown.table("| network | training it first | an answer |", rows)


def class_times_table(figures: Path) -> str:
    """Return how long each command of the paths for a class took."""
    table = _benchmark(figures, "benchmark_lessons")
    cells = []
    for path, rows in table.groupby("path", sort=False):
        for row in rows.itertuples():
            command = row.command.removeprefix(f"{PYTHON} experiments/")
            cells.append((path, f"`{command}`", markdown.seconds(row.seconds)))
        cells.append((path, "in all", markdown.seconds(rows["seconds"].sum())))
    return markdown.table("| path | command | time |", cells)


def _benchmark(figures: Path, name: str) -> pd.DataFrame:
    with damage_named(figures / f"{name}.csv", "a saved benchmark") as path:
        return pd.read_csv(path)

"""Write the tables of README.md from the saved results, and find its commands for a class."""

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from base import files
from base.errors import UsageError, damage_named
from pages import site
from pages.summary import scores
from results import records
from results.verdicts import REPRODUCED
from tutorials import catalogue

BEGIN, END = "<!-- {}: written by make readme -->", "<!-- end of {} -->"
WIDTH = 100  # of a line
CONTENDERS = {
    "keras": "stock Keras",
    "keras on jax": "Keras on JAX",
    "pytorch": "PyTorch",
    "scikit-learn": "scikit-learn",
}
FOR_A_CLASS = "## For a class\n"
PYTHON = ".venv/bin/python"


def write_tables(figures: Path, path: Path) -> None:
    """Put all tables between their marks in the README.

    Raises:
        UsageError: results or marks are missing.
    """
    page = path.read_text(encoding="utf-8")
    for name, text in tables(figures, page).items():
        begin, end = BEGIN.format(name), END.format(name)
        if begin not in page or end not in page:
            raise UsageError(f"{path}: expected the line {begin}, found none.")
        before, rest = page.split(begin)
        after = rest.split(end)[1]
        page = f"{before}{begin}\n{text}\n{end}{after}"
    with files.replacing(path) as file:
        file.write(page.encode())


def tables(figures: Path, page: str) -> dict[str, str]:
    """Return all that is generated of the README, in Markdown, by the names of the marks.

    Args:
        figures: the folder of the saved results.
        page: the README as it is, for the times of lessons that were not run here.
    """
    return {
        "results": results_table(figures, page),
        "claims": claims_table(figures),
        "numbers": numbers_table(figures),
        "benchmark": benchmark_text(figures),
        "cluster": cluster_text(figures),
        "predict": answer_times_table(figures),
        "lessons": class_times_table(figures),
    }


def commands_for_a_class(page: str) -> dict[str, list[str]]:
    """Return the commands of each path for a class in the README, by the path's heading."""
    section = page.split(FOR_A_CLASS)[1].split("\n## ")[0]
    found = {}
    for part in section.split("\n### ")[1:]:
        code = re.search(r"```sh\n(.*?)```", part, re.DOTALL)[1].replace("\\\n  ", "")
        found[part.split("\n")[0]] = code.splitlines()
    return found


def race_name(workload: str, threads: int) -> str:
    """Name a model of the benchmark and, if there are several, its threads."""
    return workload if threads == 1 else f"{workload}, {threads} threads"


def results_table(figures: Path, page: str) -> str:
    """Return a row for each lesson with published results: its scores, verdicts, time, cover."""
    rows = []
    for lesson, record in _published(figures):
        ours = [
            f"{score.model} {score.name.removeprefix('test ')} {score.ours.plus_minus(3, '± ')}"
            + ("" if score.tutorial is None else f" ({score.tutorial:.3f})")
            for score in scores(record)
        ]
        simple = [
            f"{name} {values.get('accuracy', values.get('mae')):.3f}"
            for name, values in record["baselines"].items()
        ]
        claims = [f"{verdict}: {number}" for verdict, number in _verdicts(record["claims"])]
        cover = lesson.about.cover
        cells = [
            f"[{lesson.number}](experiments/{lesson.stem}.py)",
            lesson.about.question,
            "<br>".join(ours),
            "<br>".join(simple),
            "<br>".join(claims),
            _time(figures / lesson.stem, page),
            f"[{cover}](figures/{lesson.stem}/{cover}.png)" if cover else "-",
        ]
        rows.append(cells)
    score = "score: ours, 95% (tutorial)"
    head = f"| | question | {score} | without a network | claims | time | figure |"
    return _table(head, rows)


def claims_table(figures: Path) -> str:
    """Return every claim of a tutorial with its verdict and the evidence."""
    rows = [
        (row["id"], row["claim"], f"**{row['verdict']}**", row["evidence"])
        for _, record in _published(figures)
        for row in record["claims"]
    ]
    return _table("| | claim | verdict | evidence |", rows)


def numbers_table(figures: Path) -> str:
    """Return every number that a tutorial prints beside ours, and how many are reproduced."""
    cells, rows = [], []
    for lesson, record in _published(figures):
        for row in record["tutorial"]:
            known = row["low"] is not None
            span = f"{row['low']:.4f} to {row['high']:.4f}" if known else ""
            verdict = ": ".join(row[key] for key in ("verdict", "reason") if row.get(key))
            theirs, ours = _number(row["tutorial"]), _number(row["ours"])
            cells.append((lesson.number, row["quantity"], theirs, ours, span, verdict))
            rows.append(row)
    measured = [row for row in rows if row["low"] is not None]
    facts = [row for row in rows if row["low"] is None]
    counts = ", ".join(f"{number} {verdict}" for verdict, number in _verdicts(measured))
    same = sum(row["verdict"] == REPRODUCED for row in facts)
    prose = (
        f"Of {len(measured)} measured numbers: {counts}. Of {len(facts)} facts about the data that"
        f" the tutorials print, {same} are the same here."
    )
    table = _table("| | number | tutorial | ours | one run, 95% | verdict |", cells)
    return f"{textwrap.fill(prose, WIDTH)}\n\n{table}"


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
    return f"{_races_table(_benchmark(figures, 'benchmark'))}\n\n{textwrap.fill(prose, WIDTH)}"


def _races_table(table: pd.DataFrame) -> str:
    """Return a row for each model of the benchmark and number of threads."""
    others = [name for name in table["contender"].unique() if name != "ours"]
    cells = []
    for race, rows in table.groupby(["workload", "threads"], sort=False):
        rows = rows.set_index("contender")
        ours = rows.loc["ours"]
        ratios = rows["ours_is_faster_by"].reindex(others)
        faster = ["-" if pd.isna(ratio) else f"{_digits(ratio)}x" for ratio in ratios]
        share = "-" if pd.isna(ours["share_of_peak"]) else f"{ours['share_of_peak']:.1%}"
        costs = [share, f"{ours['compile_s']:.1f} s", f"{ours['peak_rss_mib']:,.0f} MiB"]
        cells.append([race_name(*race), _digits(ours["ms_per_epoch"]), *faster, *costs])
    headings = " | ".join(f"faster than {CONTENDERS[other]}" for other in others)
    head = f"| model | ms an epoch | {headings} | share of peak | compile | memory |"
    return _table(head, cells)


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
    return textwrap.fill(prose, WIDTH)


def answer_times_table(figures: Path) -> str:
    """Return how long networks take to be trained first and to answer."""
    table = _benchmark(figures, "benchmark_predict")
    rows = [
        (row.network, _seconds(row.train_s), f"{row.answer_s:.1f} s") for row in table.itertuples()
    ]
    return _table("| network | training it first | an answer |", rows)


def class_times_table(figures: Path) -> str:
    """Return how long each command of the paths for a class took."""
    table = _benchmark(figures, "benchmark_lessons")
    cells = []
    for path, rows in table.groupby("path", sort=False):
        for row in rows.itertuples():
            command = row.command.removeprefix(f"{PYTHON} experiments/")
            cells.append((path, f"`{command}`", _seconds(row.seconds)))
        cells.append((path, "in all", _seconds(rows["seconds"].sum())))
    return _table("| path | command | time |", cells)


def _published(figures: Path) -> list[tuple[catalogue.Lesson, dict[str, Any]]]:
    """Return the lessons that have results in a folder, with their records."""
    return [
        (catalogue.find(folder.name), records.read_record(folder))
        for folder in site.folders_of(figures)
    ]


def _benchmark(figures: Path, name: str) -> pd.DataFrame:
    with damage_named(figures / f"{name}.csv", "a saved benchmark") as path:
        return pd.read_csv(path)


def _table(head: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a table by its first line and the cells of its rows."""
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    return "\n".join(lines + [f"| {' | '.join(cells)} |" for cells in rows])


def _verdicts(rows: Iterable[Mapping]) -> list[tuple[str, int]]:
    """Count verdicts, the most frequent first."""
    return Counter(row["verdict"] for row in rows).most_common()


def _time(folder: Path, page: str) -> str:
    """Return how long a lesson took here; without a run here, what the page says."""
    try:
        return _seconds(json.loads((folder / "timing.json").read_bytes())["wall"])
    except FileNotFoundError:
        row = re.search(rf"^\| \[{folder.name[:2]}\].*", page, re.MULTILINE)
        return row[0].split("|")[6].strip() if row else "-"


def _seconds(seconds: float) -> str:
    """Return a time as "42 s" or "3 min"."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _number(value: Any) -> str:
    """Return a tutorial's number, or a short list of them, for a cell."""
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value if not isinstance(value, list) or len(value) < 8 else f"{len(value)} numbers")


def _digits(value: float) -> str:
    """Return a number with two significant digits, whole from 10 on."""
    return (
        f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"
    )

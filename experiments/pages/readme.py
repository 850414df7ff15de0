"""Write the README's tables from the saved results."""

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from common import files, records
from common.errors import UsageError
from common.evidence import REPRODUCED
from pages.summary import describe, scores

BEGIN, END = "<!-- {}: written by make readme -->", "<!-- end of {} -->"
FIGURES = {
    "01_random_binary": "histories_side_by_side",
    "02_imdb_binary": "held_out_history",
    "03_reuters_multiclass": "held_out_history",
    "04_boston_regression": "all_variants_validation_mae",
    "05_mnist_odd_even": "histories_side_by_side",
    "06_thoracic_surgery": "checks",
    "07_mnist_fashion_multiclass": "fashion_histories",
}
CONTENDERS = {
    "keras": "stock Keras",
    "keras on jax": "Keras on JAX",
    "pytorch": "PyTorch",
    "scikit-learn": "scikit-learn",
}


def readme_table(figures: Path, page: str) -> str:
    """Return the README's table of the seven experiments, in Markdown.

    Args:
        figures: the folder of the saved results.
        page: the README as it is; it keeps the times of experiments that were not run here.
    """
    lines = [
        "| | question | score: ours, 95% (tutorial) | without a network | claims | time | figure |",
        "|---|---|---|---|---|---|---|",
    ]
    for stem, figure in FIGURES.items():
        record = records.read_record(figures / stem)
        question = describe(stem).question
        cells = [
            f"{score.model} {score.name.removeprefix('test ')} {score.ours.plus_minus(3, '± ')}"
            + ("" if score.tutorial is None else f" ({score.tutorial:.3f})")
            for score in scores(record)
        ]
        simple = [
            f"{name} {values.get('accuracy', values.get('mae')):.3f}"
            for name, values in record["baselines"].items()
        ]
        claims = [f"{verdict}: {number}" for verdict, number in _verdicts(record["claims"])]
        lines.append(
            f"| [{stem[:2]}](experiments/{stem}.py) | {question} | {'<br>'.join(cells)}"
            f" | {'<br>'.join(simple)} | {'<br>'.join(claims)} | {_time(figures / stem, page)}"
            f" | [{figure}](figures/{stem}/{figure}.png) |"
        )
    return "\n".join(lines)


def _verdicts(rows: Iterable[Mapping]) -> list[tuple[str, int]]:
    """Count verdicts, the most frequent first."""
    return Counter(row["verdict"] for row in rows).most_common()


def numbers_table(figures: Path) -> str:
    """Return every number that a tutorial prints beside ours, in Markdown."""
    lines = [
        "| | number | tutorial | ours | one run, 95% | verdict |",
        "|---|---|---|---|---|---|",
    ]
    rows = []
    for stem in FIGURES:
        for row in records.read_record(figures / stem)["tutorial"]:
            rows.append(row)
            reason = f": {row['reason']}" if "reason" in row else ""
            verdict = (row["verdict"] or "") + reason
            known = row["low"] is not None
            span = f"{row['low']:.4f} to {row['high']:.4f}" if known else ""
            theirs, ours = (_cell(row[key]) for key in ("tutorial", "ours"))
            lines.append(
                f"| {stem[:2]} | {row['quantity']} | {theirs} | {ours} | {span} | {verdict} |"
            )
    measured = [row for row in rows if row["low"] is not None]
    counts = ", ".join(f"{number} {verdict}" for verdict, number in _verdicts(measured))
    facts = [row for row in rows if row["low"] is None]
    same = sum(row["verdict"] == REPRODUCED for row in facts)
    head = (
        f"Of {len(measured)} measured numbers: {counts}. Of {len(facts)} facts about the data that"
        f" the tutorials print, {same} are the same here."
    )
    return "\n".join([textwrap.fill(head, 100), "", *lines])


def _cell(value) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value if not isinstance(value, list) or len(value) < 8 else f"{len(value)} numbers")


def claims_table(figures: Path) -> str:
    """Return every claim of a tutorial with its verdict and the evidence, in Markdown."""
    lines = ["| | claim | verdict | evidence |", "|---|---|---|---|"]
    for stem in FIGURES:
        for row in records.read_record(figures / stem)["claims"]:
            lines.append(
                f"| {row['id']} | {row['claim']} | **{row['verdict']}** | {row['evidence']} |"
            )
    return "\n".join(lines)


def _time(folder: Path, page: str) -> str:
    try:
        wall = json.loads((folder / "timing.json").read_bytes())["wall"]
    except FileNotFoundError:
        row = re.search(rf"^\| \[{folder.name[:2]}\].*", page, re.MULTILINE)
        return row[0].split("|")[6].strip() if row else "-"
    return f"{wall:.0f} s" if wall < 100 else f"{wall / 60:.0f} min"


def benchmark_tables(figures: Path) -> str:
    """Return the README's account of the saved benchmark, in Markdown."""
    table = pd.read_csv(figures / "benchmark.csv")
    others = [name for name in table["contender"].unique() if name != "ours"]
    headings = " | ".join(f"faster than {CONTENDERS[other]}" for other in others)
    lines = [
        f"| model | ms an epoch | {headings} | share of peak | compile | memory |",
        "|---" * (len(others) + 5) + "|",
    ]
    for race, rows in table.groupby(["workload", "threads"], sort=False):
        rows = rows.set_index("contender")
        faster = rows["ours_is_faster_by"].reindex(others)
        cells = ["-" if pd.isna(ratio) else f"{_digits(ratio)}x" for ratio in faster]
        ours = rows.loc["ours"]
        share = ours["share_of_peak"]
        lines.append(
            f"| {race_name(*race)} | {_digits(ours['ms_per_epoch'])} | {' | '.join(cells)}"
            f" | {'-' if pd.isna(share) else f'{share:.1%}'} | {ours['compile_s']:.1f} s"
            f" | {ours['peak_rss_mib']:,.0f} MiB |"
        )
    scripts = pd.read_csv(figures / "benchmark_scripts.csv")
    whole = ", ".join(f"{row.script[:2]} {row.faster_by:.0f}x" for row in scripts.itertuples())
    equality = pd.read_csv(figures / "benchmark_equality.csv")
    off = equality[equality["of"] == "ours"].set_index("workload")["history"]
    same = off[off < 1e-4]
    others = ", ".join(off.index.difference(same.index))
    with_xla = equality.loc[equality["of"] == "xla", "history"].max()
    prose = (
        "Whole scripts, with imports, compilation and figures, against what stock Keras takes for"
        f" as many of the epochs above: {whole}. From the same weights, with the rows in the same"
        " order, losses and metrics of three epochs on all rows are stock Keras's to"
        f" {same.max():.0e} of their value. Only in {others} the training amplifies the rounding"
        " of its first steps,"
        f" up to {off.max():.1%}, as it does between stock Keras with XLA and without, up to"
        f" {with_xla:.1%}."
    )
    return "\n".join([*lines, "", textwrap.fill(prose, 100)])


def race_name(workload: str, threads: int) -> str:
    """Name a model of the benchmark and, if there are several, its threads."""
    return workload if threads == 1 else f"{workload}, {threads} threads"


def _digits(value: float) -> str:
    """Return a number with two significant digits, whole from 10 on."""
    return (
        f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"
    )


def write_readme(path: Path, name: str, text: str) -> None:
    """Put a text between its marks in the README.

    Raises:
        UsageError: the marks are missing.
    """
    page = path.read_text(encoding="utf-8")
    begin, end = BEGIN.format(name), END.format(name)
    if begin not in page or end not in page:
        raise UsageError(f"{path}: expected the line {begin}, found none.")
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    with files.replacing(path) as file:
        file.write(f"{before}{begin}\n{text}\n{end}{after}".encode())


def write_tables(figures: Path, path: Path) -> None:
    """Write all tables into the README.

    Raises:
        UsageError: results or marks are missing.
    """
    tables = {
        "results": readme_table(figures, path.read_text(encoding="utf-8")),
        "claims": claims_table(figures),
        "numbers": numbers_table(figures),
        "benchmark": benchmark_tables(figures),
    }
    for name, text in tables.items():
        write_readme(path, name, text)

"""Write the tables of the README, in English and in Korean, from the saved results."""

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from base import files
from base.errors import UsageError
from pages import lessons
from pages.language import ENGLISH, Korean, Language
from pages.summary import describe, scores
from results import records
from results.verdicts import REPRODUCED

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


def _head(say: Language, *headings: str) -> list[str]:
    """Return the first lines of a table; its first column has no heading."""
    return [f"| | {' | '.join(map(say, headings))} |", "|---" * (len(headings) + 1) + "|"]


def readme_table(figures: Path, page: str, say: Language = ENGLISH) -> str:
    """Return the README's table of the seven experiments, in Markdown.

    Args:
        figures: the folder of the saved results.
        page: the English README as it is, for the times of experiments that were not run here.
        say: the language.
    """
    score = "score: ours, 95% (tutorial)"
    lines = _head(say, "question", score, "without a network", "claims", "time", "figure")
    for stem, figure in FIGURES.items():
        record = records.read_record(figures / stem)
        cells = [
            f"{score.model} {say(score.name.removeprefix('test '))}"
            f" {say(score.ours.plus_minus(3, '± '))}"
            + ("" if score.tutorial is None else f" ({score.tutorial:.3f})")
            for score in scores(record)
        ]
        simple = [
            f"{say(name)} {values.get('accuracy', values.get('mae')):.3f}"
            for name, values in record["baselines"].items()
        ]
        claims = [f"{say(verdict)}: {number}" for verdict, number in _verdicts(record["claims"])]
        lines.append(
            f"| [{stem[:2]}](experiments/{stem}.py) | {say(describe(stem).question)}"
            f" | {'<br>'.join(cells)} | {'<br>'.join(simple)} | {'<br>'.join(claims)}"
            f" | {say(_time(figures / stem, page))}"
            f" | [{figure}](figures/{stem}/{figure}.png) |"
        )
    return "\n".join(lines)


def _verdicts(rows: Iterable[Mapping]) -> list[tuple[str, int]]:
    """Count verdicts, the most frequent first."""
    return Counter(row["verdict"] for row in rows).most_common()


def numbers_table(figures: Path, say: Language = ENGLISH) -> str:
    """Return every number that a tutorial prints beside ours, in Markdown."""
    lines = _head(say, "number", "tutorial", "ours", "one run, 95%", "verdict")
    rows = []
    for stem in FIGURES:
        for row in records.read_record(figures / stem)["tutorial"]:
            rows.append(row)
            verdict = ": ".join(say(row[key]) for key in ("verdict", "reason") if row.get(key))
            known = row["low"] is not None
            span = say(f"{row['low']:.4f} to {row['high']:.4f}") if known else ""
            theirs, ours = (say(_cell(row[key])) for key in ("tutorial", "ours"))
            lines.append(
                f"| {stem[:2]} | {say(row['quantity'])} | {theirs} | {ours} | {span} | {verdict} |"
            )
    measured = [row for row in rows if row["low"] is not None]
    counts = ", ".join(say(f"{number} {verdict}") for verdict, number in _verdicts(measured))
    facts = [row for row in rows if row["low"] is None]
    same = sum(row["verdict"] == REPRODUCED for row in facts)
    head = say(
        "Of {measured} measured numbers: {counts}. Of {facts} facts about the data that the"
        " tutorials print, {same} are the same here.",
        measured=len(measured),
        counts=counts,
        facts=len(facts),
        same=same,
    )
    return "\n".join([textwrap.fill(head, say.width), "", *lines])


def _cell(value) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value if not isinstance(value, list) or len(value) < 8 else f"{len(value)} numbers")


def claims_table(figures: Path, say: Language = ENGLISH) -> str:
    """Return every claim of a tutorial with its verdict and the evidence, in Markdown."""
    lines = _head(say, "claim", "verdict", "evidence")
    for stem in FIGURES:
        for row in records.read_record(figures / stem)["claims"]:
            claim, verdict, evidence = (say(row[key]) for key in ("claim", "verdict", "evidence"))
            lines.append(f"| {row['id']} | {claim} | **{verdict}** | {evidence} |")
    return "\n".join(lines)


def _time(folder: Path, page: str) -> str:
    try:
        wall = json.loads((folder / "timing.json").read_bytes())["wall"]
    except FileNotFoundError:
        row = re.search(rf"^\| \[{folder.name[:2]}\].*", page, re.MULTILINE)
        return row[0].split("|")[6].strip() if row else "-"
    return lessons.seconds_text(wall)


def benchmark_tables(figures: Path, say: Language = ENGLISH) -> str:
    """Return the README's account of the saved benchmark, in Markdown."""
    table = pd.read_csv(figures / "benchmark.csv")
    others = [name for name in table["contender"].unique() if name != "ours"]
    headings = [say("faster than {other}", other=say(CONTENDERS[other])) for other in others]
    lines = [
        f"| {say('model')} | {say('ms an epoch')} | {' | '.join(headings)}"
        f" | {say('share of peak')} | {say('compile')} | {say('memory')} |",
        "|---" * (len(others) + 5) + "|",
    ]
    for race, rows in table.groupby(["workload", "threads"], sort=False):
        rows = rows.set_index("contender")
        faster = rows["ours_is_faster_by"].reindex(others)
        cells = ["-" if pd.isna(ratio) else say(f"{_digits(ratio)}x") for ratio in faster]
        ours = rows.loc["ours"]
        share = ours["share_of_peak"]
        compiling = say(f"{ours['compile_s']:.1f} s")
        lines.append(
            f"| {race_name(*race, say)} | {_digits(ours['ms_per_epoch'])} | {' | '.join(cells)}"
            f" | {'-' if pd.isna(share) else f'{share:.1%}'} | {compiling}"
            f" | {ours['peak_rss_mib']:,.0f} MiB |"
        )
    scripts = pd.read_csv(figures / "benchmark_scripts.csv")
    whole = ", ".join(
        f"{row.script[:2]} " + say(f"{row.faster_by:.0f}x") for row in scripts.itertuples()
    )
    equality = pd.read_csv(figures / "benchmark_equality.csv")
    off = equality[equality["of"] == "ours"].set_index("workload")["history"]
    same = off[off < 1e-4]
    others = ", ".join(off.index.difference(same.index))
    with_xla = equality.loc[equality["of"] == "xla", "history"].max()
    prose = say(
        "Whole scripts, with imports, compilation and figures, against what stock Keras takes for"
        " as many of the epochs above: {whole}. From the same weights, with the rows in the same"
        " order, losses and metrics of three epochs on all rows are stock Keras's to {same} of"
        " their value. Only in {others} the training amplifies the rounding of its first steps,"
        " up to {off}, as it does between stock Keras with XLA and without, up to {with_xla}.",
        whole=whole,
        same=f"{same.max():.0e}",
        others=others,
        off=f"{off.max():.1%}",
        with_xla=f"{with_xla:.1%}",
    )
    return "\n".join([*lines, "", textwrap.fill(prose, say.width)])


def cluster_text(figures: Path, say: Language = ENGLISH) -> str:
    """Return the README's account of the saved benchmark of a cluster."""
    table = pd.read_csv(figures / "benchmark_cluster.csv")
    speed = table.groupby("workers")["seeds_per_minute"].median()
    row = table.iloc[0]
    prose = say(
        "Measured: the {epochs} epochs of {model} for {seeds} seeds, the whole command: one worker"
        " trains {one} seeds a minute, two on the same two cores {two}, {ratio} times as many; the"
        " speed of the machine drifts by some percent.",
        **{"epochs": str(row["epochs"]), "model": row["model"], "seeds": str(row["seeds"])},
        **{
            "one": f"{speed[1]:.2f}",
            "two": f"{speed[2]:.2f}",
            "ratio": f"{speed[2] / speed[1]:.1f}",
        },
    )
    return textwrap.fill(prose, say.width)


def race_name(workload: str, threads: int, say: Language = ENGLISH) -> str:
    """Name a model of the benchmark and, if there are several, its threads."""
    return workload if threads == 1 else say(f"{workload}, {threads} threads")


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


def tables(figures: Path, page: str, say: Language = ENGLISH) -> dict[str, str]:
    """Return all tables of a README by the names of their marks.

    Args:
        figures: the folder of the saved results.
        page: the English README as it is.
        say: the language.
    """
    return {
        "results": readme_table(figures, page, say),
        "claims": claims_table(figures, say),
        "numbers": numbers_table(figures, say),
        "benchmark": benchmark_tables(figures, say),
        "cluster": cluster_text(figures, say),
        "predict": lessons.predict_table(figures, say),
        "lessons": lessons.lessons_table(figures, say),
    }


def write_tables(figures: Path, folder: Path) -> None:
    """Write all tables into README.md and README.ko.md.

    Raises:
        UsageError: results, marks or translations are missing.
    """
    page = (folder / ENGLISH.page).read_text(encoding="utf-8")
    texts = {say.page: tables(figures, page, say) for say in (ENGLISH, Korean())}
    for name, found in texts.items():
        for mark, text in found.items():
            write_readme(folder / name, mark, text)

"""Show the saved scores of all experiments beside the tutorials'.

Usage:
    python experiments/report.py
    python experiments/report.py runs/sample
    python experiments/report.py --readme
"""

import ast
import json
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from common import cli, records
from common.fetching import ROOT

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


def scores(record: Mapping) -> list[tuple[str, str, float, float | None]]:
    """Return the main score of each model of a record.

    Returns:
        Model, what is measured ("test accuracy", "test mae", or "last training accuracy" where
        nothing is tested), our mean over seeds, and the tutorial's number or None.
    """
    theirs = {row["quantity"]: row["tutorial"] for row in record["tutorial"]}
    rows = []
    for model, entry in record["models"].items():
        runs = [run for run in entry["runs"] if run["fold"] is None]
        if runs:
            part = "test" if runs[0]["test"] else "final"
            metric = "accuracy" if "accuracy" in runs[0][part] else "mae"
            name = records.quantity(model, part, metric)
            ours = records.mean_score(runs, part, metric)
            rows.append((model, name.removeprefix(f"{model}: "), ours, theirs.get(name)))
    return rows


def print_summary(folders: Sequence[Path], seconds: Mapping[str, float]) -> None:
    """Print a table: experiment, data source, model, score, the tutorial's, seconds."""
    table = Table("experiment", "data", "model", "score", "ours", "tutorial", "seconds")
    for folder in folders:
        record = records.read_record(folder)
        first = record["experiment"], record["data"]["source"]
        last = f"{seconds[record['experiment']]:.0f}" if record["experiment"] in seconds else ""
        for model, metric, ours, theirs in scores(record):
            tutorial = "-" if theirs is None else f"{theirs:.4f}"
            table.add_row(*first, model, metric, f"{ours:.4f}", tutorial, last)
            first, last = ("", ""), ""
        table.add_section()
    Console(width=None if sys.stdout.isatty() else 130).print(table)


def readme_table(figures: Path, page: str) -> str:
    """Return the README's table of the seven experiments, in Markdown.

    Args:
        figures: the folder of the saved results.
        page: the README as it is; it keeps the times of experiments that were not run here.
    """
    lines = [
        "| | question | data | score: ours (tutorial) | time | figure |",
        "|---|---|---|---|---|---|",
    ]
    for stem, figure in FIGURES.items():
        record = records.read_record(figures / stem)
        docstring = ast.get_docstring(
            ast.parse((ROOT / "experiments" / f"{stem}.py").read_text("utf-8"))
        )
        question = docstring.splitlines()[0].split(": ")[1]
        data = " ".join(re.search(r"Data: (.*?)[.;]", docstring, re.DOTALL)[1].split())
        cells = [
            f"{model} {metric.removeprefix('test ')} {ours:.3f}"
            + ("" if theirs is None else f" ({theirs:.3f})")
            for model, metric, ours, theirs in scores(record)
        ]
        lines.append(
            f"| [{stem[:2]}](experiments/{stem}.py) | {question} | {data} | {'<br>'.join(cells)}"
            f" | {_time(figures / stem, page)} | [{figure}](figures/{stem}/{figure}.png) |"
        )
    return "\n".join(lines)


def _time(folder: Path, page: str) -> str:
    try:
        wall = json.loads((folder / "timing.json").read_bytes())["wall"]
    except FileNotFoundError:
        row = re.search(rf"^\| \[{folder.name[:2]}\].*", page, re.MULTILINE)
        return row[0].split("|")[5].strip() if row else "-"
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
        raise cli.UsageError(f"{path}: expected the line {begin}, found none.")
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    with records.replacing(path) as file:
        file.write(f"{before}{begin}\n{text}\n{end}{after}".encode())


def main() -> None:
    """Print the scores of the experiments in a folder, or write them into the README."""
    sys.excepthook = cli.one_line
    parser = cli.Parser(description=__doc__.splitlines()[0])
    text = "folder of results (default: figures/)"
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "figures", help=text)
    parser.add_argument("--readme", action="store_true", help="write the tables into README.md")
    given = parser.parse_args()
    if given.readme:
        path = ROOT / "README.md"
        page = path.read_text(encoding="utf-8")
        write_readme(path, "results", readme_table(given.folder, page))
        write_readme(path, "benchmark", benchmark_tables(given.folder))
        return
    folders = [path.parent for path in sorted(given.folder.glob("*/record.json"))]
    if not folders:
        raise cli.UsageError(f"{given.folder}: expected results of experiments, found none.")
    print_summary(folders, {})


if __name__ == "__main__":
    main()

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
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from common import cli, records
from common.fetching import ROOT

BEGIN, END = "<!-- results: written by make readme -->", "<!-- end of results -->"
FIGURES = {
    "01_random_binary": "histories_side_by_side",
    "02_imdb_binary": "held_out_history",
    "03_reuters_multiclass": "held_out_history",
    "04_boston_regression": "all_variants_validation_mae",
    "05_mnist_odd_even": "histories_side_by_side",
    "06_thoracic_surgery": "checks",
    "07_mnist_fashion_multiclass": "fashion_histories",
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


def readme_table(figures: Path) -> str:
    """Return the README's table of the seven experiments, in Markdown."""
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
            f" | {_time(figures / stem)} | [{figure}](figures/{stem}/{figure}.png) |"
        )
    return "\n".join(lines)


def _time(folder: Path) -> str:
    try:
        wall = json.loads((folder / "timing.json").read_bytes())["wall"]
    except FileNotFoundError:
        return "-"
    return f"{wall:.0f} s" if wall < 100 else f"{wall / 60:.0f} min"


def write_readme(path: Path, table: str) -> None:
    """Put the table between its marks in the README.

    Raises:
        UsageError: the marks are missing.
    """
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise cli.UsageError(f"{path}: expected the line {BEGIN}, found none.")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    with records.replacing(path) as file:
        file.write(f"{before}{BEGIN}\n{table}\n{END}{after}".encode())


def main() -> None:
    """Print the scores of the experiments in a folder, or write them into the README."""
    sys.excepthook = cli.one_line
    parser = cli.Parser(description=__doc__.splitlines()[0])
    text = "folder of results (default: figures/)"
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "figures", help=text)
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    given = parser.parse_args()
    if given.readme:
        write_readme(ROOT / "README.md", readme_table(given.folder))
        return
    folders = [path.parent for path in sorted(given.folder.glob("*/record.json"))]
    if not folders:
        raise cli.UsageError(f"{given.folder}: expected results of experiments, found none.")
    print_summary(folders, {})


if __name__ == "__main__":
    main()

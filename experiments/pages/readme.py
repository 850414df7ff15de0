"""Write tables and picture of the README files from saved results; find commands for a class."""

import re
from collections.abc import Mapping
from pathlib import Path

from base import files
from base.errors import UsageError
from pages import evidence, lesson_tables, speed_tables

BEGIN, END = "<!-- {}: written by make readme -->", "<!-- end of {} -->"
MAIN, OF_CLASSES = "README.md", "experiments/README.md"
FOR_A_CLASS = "## For a class\n"


def write_tables(figures: Path, root: Path) -> None:
    """Put all tables between their marks in the README files, in all or in none; draw the picture.

    Raises:
        UsageError: results, a page or marks are missing.
    """
    pages = tables(figures, root)
    files.replace({root / page: filled(root / page, pages[page]).encode() for page in pages})
    evidence.write(root / "figures" / "evidence.png", lesson_tables.published(figures))


def filled(path: Path, texts: Mapping[str, str]) -> str:
    """Return a page with texts between its marks.

    Raises:
        UsageError: the page or a mark is missing.
    """
    page = _text(path)
    for name, text in texts.items():
        begin, end = BEGIN.format(name), END.format(name)
        if begin not in page or end not in page:
            raise UsageError(f"{path}: expected the line {begin}, found none.")
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"
    return page


def tables(figures: Path, root: Path) -> dict[str, dict[str, str]]:
    """Return all that is generated, in Markdown, by page and by the name of its mark.

    Args:
        figures: the folder of the saved results.
        root: the folder of the pages; the main one has the times of lessons that were not run here.
    """
    return {
        MAIN: {
            "findings": lesson_tables.findings(figures),
            "results": lesson_tables.results_table(figures, _text(root / MAIN)),
        },
        "figures/README.md": {
            "scores": lesson_tables.scores_table(figures),
            "claims": lesson_tables.claims_table(figures),
            "numbers": lesson_tables.numbers_table(figures),
        },
        OF_CLASSES: {"lessons": speed_tables.class_times_table(figures)},
        "experiments/engine/README.md": {"cluster": speed_tables.cluster_text(figures)},
        "tests/benchmarks/README.md": {
            "benchmark": speed_tables.benchmark_text(figures),
            "predict": speed_tables.answer_times_table(figures),
        },
    }


def commands_for_a_class(root: Path) -> dict[str, list[str]]:
    """Return the commands of each path for a class, by the path's heading."""
    section = _text(root / OF_CLASSES).split(FOR_A_CLASS)[1].split("\n## ")[0]
    found = {}
    for part in section.split("\n### ")[1:]:
        code = re.search(r"```sh\n(.*?)```", part, re.DOTALL)[1].replace("\\\n  ", "")
        found[part.split("\n")[0]] = code.splitlines()
    return found


def _text(path: Path) -> str:
    """Return the text of a page.

    Raises:
        UsageError: there is none.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"{path}: expected a page with tables, found none.") from error

"""Tables of published results: findings, scores, claims and numbers of all lessons."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pages import markdown, site
from pages.summary import score, scores
from results import records
from results.statistics import LEVEL
from results.verdicts import DOES_NOT_HOLD, REPRODUCED, in_words, is_fact, shown
from tutorials import catalogue


def findings(figures: Path) -> str:
    """Return what each lesson with published results has found, in a sentence."""
    return "\n".join(
        markdown.point(
            f"**{lesson.number} {lesson.about.title}**: "
            + record.get("finding", lesson.about.question)
        )
        for lesson, record in published(figures)
    )


def results_table(figures: Path, page: str) -> str:
    """Return a row for each lesson with published results: its score, time, cover."""
    rows = []
    for lesson, record in published(figures):
        about = lesson.about
        cells = [
            f"[{lesson.number}](experiments/{lesson.stem}.py)",
            about.question,
            _score_cell(lesson, record),
            "<br>".join(f"{name} {value:.3f}" for name, _, value in _simple(record)),
            _time(figures / lesson.stem, page),
            f"[figure](figures/{lesson.stem}/{about.cover}.png)" if about.cover else "-",
        ]
        rows.append(cells)
    head = "| | question | score, 95% (tutorial) | simple predictor | time | figure |"
    return markdown.table(head, rows)


def scores_table(figures: Path) -> str:
    """Return the main score of each model, and what simple predictors give."""
    rows = []
    for lesson, record in published(figures):
        names = _names(lesson, record)
        for row in scores(record):
            ours = row.ours.plus_minus(3, "± ")
            theirs = "" if row.tutorial is None else f"{row.tutorial:.3f}"
            rows.append(
                (lesson.number, names[row.model], row.name, ours, theirs, row.verdict or "")
            )
        for name, metric, value in _simple(record):
            rows.append((lesson.number, f"*{name}*", f"test {metric}", f"{value:.3f}", "", ""))
    return markdown.table("| | model | score | ours, 95% | tutorial | verdict |", rows)


def claims_table(figures: Path) -> str:
    """Return every claim of a tutorial with its verdict and the evidence, and how sure they are."""
    claims = [row for _, record in published(figures) for row in record["claims"]]
    rows = [
        (row["id"], row["claim"], f"**{in_words(row)}**", row["evidence"] + ".") for row in claims
    ]
    table = markdown.table("| | claim | verdict | evidence |", rows)
    return f"{markdown.paragraph(multiplicity(claims))}\n\n{table}"


def multiplicity(claims: Iterable[Mapping[str, Any]]) -> str:
    """Say of how many claims which verdict is, and what it means that they are many."""
    counts = ", ".join(f"{number} {verdict}" for verdict, number in _verdicts(claims))
    decided = [row for row in claims if row.get("p") is not None]
    stands = holm([row["p"] for row in decided])
    fallen = [row["id"] for row, stand in zip(decided, stands, strict=True) if not stand]
    # Of a claim that does not hold any of its parts may be wrong.
    tests = (len(row["parts"]) if row["verdict"] == DOES_NOT_HOLD else 1 for row in decided)
    wrong = (1 - LEVEL) / 2 * sum(tests)
    if fallen:
        sure = f"by Holm's method these would not stand: {', '.join(fallen)}"
    else:
        sure = "by Holm's method all of them stand"
    return (
        f"Of {len(claims)} claims: {counts}. An interval leaves the truth on one side once in forty"
        f" times: of the {len(decided)} claims that are decided, {wrong:.1f} may be expected to be"
        f" wrong. To be right in all at once, 95 times in 100, is more: {sure}."
    )


def numbers_table(figures: Path) -> str:
    """Return every number that a tutorial prints beside ours, and how many are reproduced."""
    cells, rows = [], []
    for lesson, record in published(figures):
        names = _names(lesson, record)
        for row in record["tutorial"]:
            quantity = shown(row["quantity"], names)
            known = row["low"] is not None
            span = f"{row['low']:.4f} to {row['high']:.4f}" if known else ""
            verdict = ": ".join(row[key] for key in ("verdict", "reason") if row.get(key))
            theirs, ours = _number(row["tutorial"]), _number(row["ours"])
            cells.append((lesson.number, quantity, theirs, ours, span, verdict))
            rows.append(row)
    measured = [row for row in rows if not is_fact(row)]
    facts = [row for row in rows if is_fact(row)]
    counts = ", ".join(f"{number} {verdict}" for verdict, number in _verdicts(measured))
    same = sum(row["verdict"] == REPRODUCED for row in facts)
    prose = (
        f"Of {len(measured)} measured numbers: {counts}. Of {len(facts)} facts about the data that"
        f" the tutorials print, {same} are the same here."
    )
    table = markdown.table("| | number | tutorial | ours | one run, 95% | verdict |", cells)
    return f"{markdown.paragraph(prose)}\n\n{table}"


def published(figures: Path) -> list[tuple[catalogue.Lesson, dict[str, Any]]]:
    """Return the lessons that have results in a folder, with their records."""
    return [
        (catalogue.find(folder.name), records.read_record(folder))
        for folder in site.folders_of(figures)
    ]


def _names(lesson: catalogue.Lesson, record: Mapping) -> dict[str, str]:
    """Return what readers call each model of a record, by the name it has in code."""
    known = {**lesson.about.models, **record.get("names", {})}
    return {model: known.get(model, model) for model in record["models"]}


def _score_cell(lesson: catalogue.Lesson, record: Mapping) -> str:
    """Return the score that stands for a lesson, the tutorial's in brackets; "-" without one."""
    if not lesson.about.score:
        return "-"
    row = score(record, *lesson.about.score)
    theirs = "" if row.tutorial is None else f" ({row.tutorial:.4f})"
    name = _names(lesson, record)[row.model]
    return f"{name}: {row.name} {row.ours.plus_minus(4, '± ')}{theirs}"


def _simple(record: Mapping) -> list[tuple[str, str, float]]:
    """Return name, metric and score of each simple predictor of a record."""
    return [
        (name, metric, values[metric])
        for name, values in record["baselines"].items()
        for metric in ("accuracy", "mae")
        if metric in values
    ]


def _verdicts(rows: Iterable[Mapping]) -> list[tuple[str, int]]:
    """Count verdicts, the most frequent first."""
    return Counter(row["verdict"] for row in rows).most_common()


def _time(folder: Path, page: str) -> str:
    """Return how long a lesson took here; without a run here, what the page says."""
    try:
        return markdown.seconds(json.loads((folder / "timing.json").read_bytes())["wall"])
    except FileNotFoundError:
        row = re.search(rf"^\| \[{folder.name[:2]}\].*", page, re.MULTILINE)
        return row[0].split("|")[-3].strip() if row else "-"


def _number(value: Any) -> str:
    """Return a tutorial's number, or a short list of them, for a cell."""
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value if not isinstance(value, list) or len(value) < 8 else f"{len(value)} numbers")


def holm(p_values: Sequence[float], level: float = 1 - LEVEL) -> list[bool]:
    """Return which of several tests stand when all of them are to be right 95 times in 100.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
    of Statistics 6 (1979).
    """
    stands, order = [False] * len(p_values), np.argsort(p_values, kind="stable")
    for place, one in enumerate(order):
        if p_values[one] > level / (len(p_values) - place):
            break
        stands[one] = True
    return stands

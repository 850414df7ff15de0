"""The words of verdicts, and the texts that show scores, numbers and claims with them."""

import itertools
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from base import terminal
from results.saved import Saved, metric_order

# Of a number of the tutorial.
REPRODUCED, DIFFERS, NOT_COMPARABLE = "reproduced", "differs", "not comparable"
TOO_WIDE = "too wide to tell"
# Of a claim of the tutorial.
HOLDS, DOES_NOT_HOLD, UNDECIDED = "holds", "does not hold", "undecided"
HOLDS_WITHIN = "holds within"  # a margin, which stands beside the verdict
CANNOT_DECIDE = "this design cannot decide"  # however many seeds there are
NOT_JUDGED = "not judged"  # of a number, where the protocol is not the tutorial's
FACT = "data: "  # begins the name of a fact of the data, which stands among the numbers
NUMBER = "{:<30} {:>8} {:>7}  {:<16} {}"  # a line of the table of numbers
LABEL = 20  # characters before the first column of the table of scores


def quantity(model: str, part: str, metric: str) -> str:
    """Name a number, such as "mlp: test accuracy" or "mlp: last training loss"."""
    return f"{model}: {score_name(part, metric)}"


def score_name(part: str, metric: str) -> str:
    """Name a score of any model, such as "test accuracy" or "last training loss"."""
    if part == "final":
        kind = "last validation" if metric.startswith("val_") else "last training"
        return f"{kind} {metric.removeprefix('val_')}"
    return f"{part} {metric}"


def conclusion(
    saved: Saved, everything: Saved, tutorial: ModuleType
) -> tuple[list[dict], list[dict], str]:
    """Return the tutorial's numbers beside ours, its claims with verdicts, and what was found.

    All are computed from saved results. Where those are of sample data there is nothing to say of
    the tutorial's; where the protocol is not the tutorial's, there is no verdict and no finding.

    Args:
        saved: the results.
        everything: the same with those of ablations, which claims may need.
        tutorial: the lesson's module, with `numbers`, `CLAIMS` and `finding`.
    """
    if saved.is_sample:
        return [], [], ""
    numbers = list(tutorial.numbers(saved))
    claims = [row for claim in tutorial.CLAIMS if (row := claim.judge(everything))]
    if saved.record["config"]["as_published"]:
        return numbers, claims, tutorial.finding(saved)
    other = {"verdict": UNDECIDED, "evidence": "not the tutorial's protocol"}
    numbers = [{n: v for n, v in row.items() if n != "reason"} for row in numbers]
    numbers = [row | {"verdict": None} for row in numbers]
    return numbers, [{"id": row["id"], "claim": row["claim"]} | other for row in claims], ""


def main_score(run: Mapping[str, Any]) -> tuple[str, str]:
    """Return which score of a training stands for it, as part and metric.

    It is the test accuracy or MAE, or the last accuracy or validation MAE where nothing is tested.
    """
    part = "test" if run["test"] else "final"
    known = ("accuracy", "mae") if part == "test" else ("accuracy", "val_mae")
    return part, next(metric for metric in known if metric in run[part])


def texts(saved: Saved, numbers: Sequence[Mapping], claims: Sequence[Mapping]) -> dict[str, str]:
    """Return what the files beside a record say, by their names without .txt."""
    found = {"claims": claims_text(claims)} if claims else {}
    parts = scores_text(saved), numbers_text(numbers, saved.names), facts_text(numbers)
    return found | {"evaluation": "\n\n".join(filter(None, parts))}


def brief(saved: Saved, numbers: Sequence[Mapping], claims: Sequence[Mapping]) -> str:
    """Return scores and verdicts without the evidence, as a run prints them."""
    parts = scores_text(saved), numbers_text(numbers, saved.names), claims_text(claims, False)
    return "\n\n".join(filter(None, parts))


def last_lines(saved: Saved, finding: str) -> str:
    """Return how a run ends: where its results are, and what was found; a sample finds nothing."""
    results = f"Results: {saved.folder}"
    if saved.is_sample:
        return f"{results}\nwarning: these results are of SAMPLE DATA, not of the tutorial's."
    if (saved.folder / "claims.txt").exists():
        results += f"\nEvidence of each claim: {saved.folder / 'claims.txt'}"
    return f"{results}\n{_wrapped(finding or scores_line(saved), hanging='')}"


def scores_line(saved: Saved) -> str:
    """Return the main score of each model in one sentence; models with folds alone are named."""
    scores: dict[str, list[str]] = {}
    for model in saved.models:
        if runs := saved.trainings(model):
            score = main_score(runs[0])
            name = score_name(*score)
            mean = saved.mean(model, *score).plus_minus(3, "± ")
            scores.setdefault(name, []).append(f"{saved.name(model)} {mean}")
        else:
            scores.setdefault("trained on folds alone", []).append(saved.name(model))
    parts = [f"{name}: {'; '.join(found)}." for name, found in scores.items()]
    return " ".join(part[0].upper() + part[1:] for part in parts)


def scores_text(saved: Saved) -> str:
    """Return a table of all models' scores with 95% intervals of the mean, and the baselines."""
    means = {
        model: {
            score_name(part, metric): saved.mean(model, part, metric)
            for part in ("final", "test")
            for metric in sorted(saved.trainings(model)[0][part], key=metric_order)
        }
        for model in saved.models
        if saved.trainings(model)
    }
    simple = {
        name: {f"test {metric}": score for metric, score in scores.items()}
        for name, scores in saved.record["baselines"].items()
    }
    tables = (*means.values(), *simple.values())
    found = dict.fromkeys(column for scores in tables for column in scores)
    names = sorted(found, key=lambda column: column.startswith("test"))
    columns = {name: max(9, *(len(word) + 1 for word in _words(name))) for name in names}
    lines = _column_heads(columns)
    for model, scores in means.items():
        name = saved.name(model)
        lines.append(name if name == model else f"{name} ({model})")  # what to type
        count = len(saved.seeds(model))
        label = "one seed" if count == 1 else f"mean of {count} seeds"
        cells = {column: _decimals(score.mean) for column, score in scores.items()}
        lines.append(_in_columns(f"  {label}", cells, columns))
        if count > 1:
            cells = {column: _decimals(score.high - score.mean) for column, score in scores.items()}
            lines.append(_in_columns("  95% interval +-", cells, columns))
    for name, scores in simple.items():
        cells = {column: _decimals(score) for column, score in scores.items()}
        lines.append(_in_columns(name, cells, columns))
    return "\n".join(lines)


def _column_heads(columns: Mapping[str, int]) -> list[str]:
    """Return the names of scores above their columns, a word in a line."""
    words = [reversed(_words(column)) for column in columns]
    rows = itertools.zip_longest(*words, fillvalue="")
    lines = [_in_columns("", dict(zip(columns, row, strict=True)), columns) for row in rows]
    return lines[::-1]


def _words(column: str) -> list[str]:
    return column.replace("_", " ").removeprefix("last ").split()


def _in_columns(label: str, cells: Mapping[str, str], columns: Mapping[str, int]) -> str:
    """Return a line of cells; a label takes the room of those that are empty."""
    line = " " * LABEL + "".join(f"{cells.get(name, ''):>{wide}}" for name, wide in columns.items())
    return (label + line[len(label) :]).rstrip()


def numbers_text(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """Return the numbers of the tutorial beside ours, by model; a reason stands below its number.

    Args:
        rows: numbers and facts with their verdicts.
        names: what readers call each model.
    """
    numbers = [row for row in rows if not is_fact(row)]
    lines, model = [], None
    if numbers:
        lines.append(NUMBER.format("", "tutorial", "ours", "one run, 95%", "verdict"))
    for row in numbers:
        of_model, _, name = row["quantity"].partition(": ")
        if of_model != model:
            lines.append(names.get(of_model, of_model))
            model = of_model
        ends = [row["low"], row["high"]] if row["low"] is not None else []
        interval = " to ".join(map(_decimals, ends))
        parts = _decimals(row["tutorial"]), _decimals(row["ours"]), interval
        lines.append(NUMBER.format(f"  {name}", *parts, row["verdict"] or NOT_JUDGED))
        if row.get("outer", ends) != ends:
            lines.append(f"    on new test rows {' to '.join(map(_decimals, row['outer']))}")
        if "reason" in row:
            lines.append(_wrapped(row["reason"], "    "))
    return "\n".join(lines)


def is_fact(row: Mapping[str, Any]) -> bool:
    """Tell whether a row of the tutorial's numbers is a fact of the data."""
    return row["quantity"].startswith(FACT)


def facts_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return what the tutorial says of the data, beside what ours are."""
    lines = []
    for row in rows:
        if is_fact(row):
            verdict = row["verdict"] or NOT_JUDGED
            verdict += f": {row['reason']}" if "reason" in row else ""
            text = f"{row['quantity']}: {row['ours']}; tutorial {row['tutorial']}: {verdict}"
            lines.append(_wrapped(text))
    return "\n".join(lines)


def claims_text(claims: Iterable[Mapping[str, Any]], evidence: bool = True) -> str:
    """Return the claims with their verdicts, and perhaps the evidence, as text."""
    return "\n".join(
        _wrapped(f"{row['id']} {in_words(row).upper()}: {row['claim']}")
        + (f"\n{_wrapped(row['evidence'] + '.', '    ')}\n" if evidence else "")
        for row in claims
    ).rstrip()


def in_words(claim: Mapping[str, Any]) -> str:
    """Return the verdict of a claim with its margin, such as "holds within 5% of the loss"."""
    is_within = claim["verdict"] == HOLDS_WITHIN
    return f"{HOLDS_WITHIN} {claim.get('within', '')}" if is_within else claim["verdict"]


def shown(quantity: str, names: Mapping[str, str]) -> str:
    """Return the name of a number with its model as readers call it."""
    model, separator, rest = quantity.partition(": ")
    return f"{names.get(model, model)}{separator}{rest}"


def _decimals(value: float) -> str:
    """Return a number with as many decimals as its size leaves room for."""
    if math.isnan(value):
        return "failed"
    return f"{value:.{4 if abs(value) < 10 else 2}f}"


def _wrapped(text: str, indent: str = "", hanging: str = "  ") -> str:
    """Return a text in lines of a terminal's width."""
    later = indent or hanging
    return textwrap.fill(text, terminal.WIDTH, initial_indent=indent, subsequent_indent=later)

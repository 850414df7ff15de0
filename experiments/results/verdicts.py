"""The words of verdicts, and the texts that show scores, numbers and claims with them."""

import math
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from results.saved import Saved, metric_order
from results.statistics import mean_interval

# Of a number of the tutorial.
REPRODUCED, DIFFERS, NOT_COMPARABLE = "reproduced", "differs", "not comparable"
# Of a claim of the tutorial.
HOLDS, DOES_NOT_HOLD, UNDECIDED = "holds", "does not hold", "undecided"


def quantity(model: str, part: str, metric: str) -> str:
    """Name a number, such as "mlp: test accuracy" or "mlp: last training loss"."""
    if part == "final":
        kind = "last validation" if metric.startswith("val_") else "last training"
        return f"{model}: {kind} {metric.removeprefix('val_')}"
    return f"{model}: {part} {metric}"


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
    return [row | {"verdict": None} for row in numbers], [row | other for row in claims], ""


def main_score(run: Mapping[str, Any]) -> tuple[str, str]:
    """Return which score of a training stands for it, as part and metric.

    It is the test accuracy or MAE, or the last accuracy or validation MAE where nothing is tested.
    """
    part = "test" if run["test"] else "final"
    known = ("accuracy", "mae") if part == "test" else ("accuracy", "val_mae")
    return part, next(metric for metric in known if metric in run[part])


def scores_line(saved: Saved) -> str:
    """Return the main score of each model in one sentence; models with folds alone are named."""
    scores: dict[str, list[str]] = {}
    for model in saved.models:
        if runs := saved.trainings(model):
            score = main_score(runs[0])
            name = quantity(model, *score).removeprefix(f"{model}: ")
            mean = saved.mean(model, *score).plus_minus(3, "± ")
            scores.setdefault(name, []).append(f"{saved.name(model)} {mean}")
        else:
            scores.setdefault("trained on folds alone", []).append(saved.name(model))
    parts = [f"{name}: {'; '.join(found)}." for name, found in scores.items()]
    return " ".join(part[0].upper() + part[1:] for part in parts)


def evaluation(saved: Saved) -> str:
    """Return a table of all models' scores with 95% intervals of the mean, and the baselines."""
    import pandas as pd

    table: dict[str, dict[str, str]] = {}
    for model in saved.models:
        runs, row = saved.trainings(model), saved.name(model)
        if row != model:
            row += f" ({model})"  # what to type
        for part in ("final", "test") if runs else ():
            for metric in sorted(runs[0][part], key=metric_order):
                name = quantity(model, part, metric).removeprefix(f"{model}: ")
                mean = mean_interval(saved.scores(model, part, metric))
                table.setdefault(row, {})[name] = mean.plus_minus(4, "+-")
    shown_models = [model for model in saved.models if saved.trainings(model)] or saved.models
    seeds = sorted({len(saved.seeds(model)) for model in shown_models})
    for name, scores in saved.record["baselines"].items():
        table[name] = {f"test {metric}": f"{score:.4f}" for metric, score in scores.items()}
    text = pd.DataFrame(table).T.fillna("").to_string()
    if seeds == [1]:
        return f"One seed.\n{text}"
    return f"Mean over {' or '.join(map(str, seeds))} seeds, +- its 95% interval.\n{text}"


def numbers_text(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """Return the numbers of the tutorial beside ours as a table, and the facts of the data.

    Args:
        rows: numbers and facts with their verdicts.
        names: what readers call each model.
    """
    import pandas as pd

    lines, facts = [], []
    for row in rows:
        verdict = row["verdict"] or "not judged"
        verdict += f": {row['reason']}" if "reason" in row else ""
        if row["quantity"].startswith("data: "):
            facts.append(f"{row['quantity']}: {row['ours']}; tutorial {row['tutorial']}: {verdict}")
            continue
        cells = {"": shown(row["quantity"], names), "tutorial": f"{row['tutorial']:.4f}"}
        cells["ours"] = "failed" if math.isnan(row["ours"]) else f"{row['ours']:.4f}"
        known = row["low"] is not None
        cells["one run, 95%"] = f"{row['low']:.4f} to {row['high']:.4f}" if known else ""
        lines.append(cells | {"verdict": verdict})
    table = pd.DataFrame(lines).to_string(index=False, justify="left") if lines else ""
    return "\n\n".join(filter(None, [table, "\n".join(facts)]))


def shown(quantity: str, names: Mapping[str, str]) -> str:
    """Return the name of a number with its model as readers call it."""
    model, separator, rest = quantity.partition(": ")
    return f"{names.get(model, model)}{separator}{rest}"


def claims_text(claims: Iterable[Mapping[str, str]]) -> str:
    """Return the claims with their verdicts and evidence as text."""
    return "\n\n".join(
        f"{row['id']} {row['verdict'].upper()}: {row['claim']}\n  {row['evidence']}."
        for row in claims
    )

"""The words of verdicts, and the texts that show scores, numbers and claims with them."""

import math
from collections.abc import Iterable, Mapping
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


def withheld(numbers: Iterable[Mapping], claims: Iterable[Mapping]) -> tuple[list, list]:
    """Return rows of numbers and claims without verdicts: the protocol is not the tutorial's."""
    other = {"verdict": UNDECIDED, "evidence": "not the tutorial's protocol"}
    return [dict(row) | {"verdict": None} for row in numbers], [row | other for row in claims]


def evaluation(saved: Saved) -> str:
    """Return a table of all models' scores with 95% intervals of the mean, and the baselines."""
    import pandas as pd

    table: dict[str, dict[str, str]] = {}
    for model in saved.models:
        runs = saved.trainings(model)
        for part in ("final", "test") if runs else ():
            for metric in sorted(runs[0][part], key=metric_order):
                name = quantity(model, part, metric).removeprefix(f"{model}: ")
                mean = mean_interval(saved.scores(model, part, metric))
                table.setdefault(model, {})[name] = mean.plus_minus(4, "+-")
    for name, scores in saved.record["baselines"].items():
        table[name] = {f"test {metric}": f"{score:.4f}" for metric, score in scores.items()}
    text = pd.DataFrame(table).T.fillna("").to_string()
    seeds = sorted({len(saved.trainings(model)) for model in table if model in saved.models})
    if not seeds or seeds == [1]:
        return f"One seed.\n{text}"
    return f"Mean over {' or '.join(map(str, seeds))} seeds, +- its 95% interval.\n{text}"


def numbers_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the numbers of the tutorial beside ours as a table, and the facts of the data."""
    import pandas as pd

    lines, facts = [], []
    for row in rows:
        verdict = row["verdict"] or "not judged"
        verdict += f": {row['reason']}" if "reason" in row else ""
        if row["quantity"].startswith("data: "):
            facts.append(f"{row['quantity']}: {row['ours']}; tutorial {row['tutorial']}: {verdict}")
            continue
        cells = {"": row["quantity"], "tutorial": f"{row['tutorial']:.4f}"}
        cells["ours"] = "failed" if math.isnan(row["ours"]) else f"{row['ours']:.4f}"
        known = row["low"] is not None
        cells["one run, 95%"] = f"{row['low']:.4f} to {row['high']:.4f}" if known else ""
        lines.append(cells | {"verdict": verdict})
    table = pd.DataFrame(lines).to_string(index=False, justify="left") if lines else ""
    return "\n\n".join(filter(None, [table, "\n".join(facts)]))


def claims_text(claims: Iterable[Mapping[str, str]]) -> str:
    """Return the claims with their verdicts and evidence as text."""
    return "\n\n".join(
        f"{row['id']} {row['verdict'].upper()}: {row['claim']}\n  {row['evidence']}."
        for row in claims
    )

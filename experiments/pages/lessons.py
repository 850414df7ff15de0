"""The README's account of what a class needs: paths through the suite and networks to ask."""

import re
from pathlib import Path

import pandas as pd

from pages.language import ENGLISH, Language

SECTION = "## For a class\n"
PYTHON = ".venv/bin/python"


def paths(page: str) -> dict[str, list[str]]:
    """Return the commands of each path for a class in the English README, by its heading."""
    section = page.split(SECTION)[1].split("\n## ")[0]
    found = {}
    for part in section.split("\n### ")[1:]:
        code = re.search(r"```sh\n(.*?)```", part, re.DOTALL)[1].replace("\\\n  ", "")
        found[part.split("\n")[0]] = code.splitlines()
    return found


def lessons_table(figures: Path, say: Language = ENGLISH) -> str:
    """Return how long each command of the paths took, in Markdown."""
    table = pd.read_csv(figures / "benchmark_lessons.csv")
    lines = [f"| {say('path')} | {say('command')} | {say('time')} |", "|---|---|---|"]
    for path, rows in table.groupby("path", sort=False):
        for row in rows.itertuples():
            command = row.command.removeprefix(f"{PYTHON} experiments/")
            lines.append(f"| {say(path)} | `{command}` | {say(seconds_text(row.seconds))} |")
        lines.append(
            f"| {say(path)} | {say('in all')} | {say(seconds_text(rows['seconds'].sum()))} |"
        )
    return "\n".join(lines)


def predict_table(figures: Path, say: Language = ENGLISH) -> str:
    """Return how long networks take to be trained first and to answer, in Markdown."""
    table = pd.read_csv(figures / "benchmark_predict.csv")
    head = (say("network"), say("training it first"), say("an answer"))
    lines = [f"| {' | '.join(head)} |", "|---|---|---|"]
    lines += [
        f"| {row.network} | {say(seconds_text(row.train_s))} | {say(f'{row.answer_s:.1f} s')} |"
        for row in table.itertuples()
    ]
    return "\n".join(lines)


def seconds_text(seconds: float) -> str:
    """Return a time as "42 s" or "3 min"."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"

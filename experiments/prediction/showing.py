"""Show answers: as text for a terminal, as JSON for scripts, as a picture."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prediction.answers import Answer, Trained, trust, trust_text

WIDTH = 98  # columns


def headline(trained: Trained, answer: Answer) -> str:
    """Return the answer with its probability or its unit."""
    if answer.probability is None:
        return f"{answer.answer:.1f} {trained.card['unit']}"
    return f"{answer.answer}, with probability {answer.probability:.4f}"


def as_text(trained: Trained, answer: Answer, because: Sequence[str]) -> str:
    """Return an answer as lines for a terminal.

    Args:
        trained: the network.
        answer: its answer.
        because: lines that say what it rests on.
    """
    sample = "SAMPLE DATA: " * trained.is_sample
    others = ", ".join(f"{name} {p:.4f}" for name, p in answer.others.items())
    lines = [
        f"{sample}{headline(trained, answer)}{f' (next: {others})' if others else ''}",
        *textwrap.wrap(trust_text(trained.card, answer), WIDTH - 2),
        *because,
    ]
    given = textwrap.shorten(answer.given, WIDTH, placeholder=" ...")
    return "\n  ".join([given, *lines])


def about(trained: Trained) -> str:
    """Return what network it is and what it must not be used for."""
    card = trained.card
    score = card["score"]["text"] if card["score"] else "not tested"
    whose = "published network" if trained.is_published else "network of your own run"
    text = f"{trained.name}, {whose}: {score}. Not for {card['not_for']} Its card: "
    return f"{textwrap.fill(text, WIDTH)}\n{trained.path.with_suffix('.md')}"


def as_json(trained: Trained, answer: Answer) -> dict[str, Any]:
    """Return an answer with all that it rests on, for `json.dumps`."""
    card = trained.card
    return {
        "experiment": card["experiment"],
        "model": card["model"],
        "data": card["data"]["source"],
        "published": trained.is_published,
        "input": answer.given,
        "answer": answer.answer,
        "unit": card["unit"] or None,
        "probability": answer.probability,
        "others": answer.others,
        "because": _plain(answer.because),
        "seen": _plain(answer.seen),
        "reliability": trust(card, answer),
        "warnings": answer.warnings,
        "not_for": card["not_for"],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return np.round(value, 6).tolist()
    return value


def save_plot(trained: Trained, answer: Answer, draw: Callable[[Answer], Any], path: Path) -> None:
    """Draw an answer, what it rests on and how far to trust it, as PNG.

    Args:
        trained: the network.
        answer: its answer.
        draw: returns the figure of what it rests on.
        path: where to.

    Raises:
        UsageError: the file cannot be written.
    """
    from common import plotting

    figure = draw(answer)
    figure.suptitle(f"{trained.name}: {headline(trained, answer)}", weight="bold")
    figure.supxlabel(textwrap.fill(trust_text(trained.card, answer), 80), fontsize=8)
    plotting.save(figure, path, "SAMPLE DATA" if trained.is_sample else "")


def bars(axes, names: Sequence[str], values: Sequence[float]) -> None:
    """Draw a bar for each name, the first on top, positive and negative in other colours."""
    from common.plotting import COLOURS

    axes.barh(names, values, color=[COLOURS[0] if value >= 0 else COLOURS[1] for value in values])
    axes.axvline(0, color="black", linewidth=0.8)
    axes.invert_yaxis()

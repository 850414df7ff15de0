"""An answer of a network: what it is, how sure, what it rests on, and how far to trust it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from base.errors import damage_named
from prediction.network import Network

CARD = {
    "experiment",
    "model",
    "data",
    "score",
    "reliability",
    "takes",
    "not_for",
    "answers",
    "unit",
    "features",
    "columns",
    "words",
    "lengths",
    "sha256",
}
NAMED = 3  # most probable answers that are named


@dataclass(frozen=True)
class Trained:
    """A trained network and its card, `NAME.keras` or `NAME.npz`, and `NAME.json`."""

    card: Mapping[str, Any]
    network: Network
    path: Path

    @classmethod
    def read(cls, path: Path) -> "Trained":
        """Read a network and its card.

        Args:
            path: of the network's file.

        Raises:
            UsageError: one is missing or damaged.
        """
        with damage_named(path.with_suffix(".json"), "a network's card") as file:
            card = json.loads(file.read_bytes())
            if not card.keys() >= CARD or not isinstance(card["data"]["source"], str):
                raise ValueError
        with damage_named(path, "a trained network") as file:
            if hashlib.sha256(file.read_bytes()).hexdigest() != card["sha256"]:
                raise ValueError
        return cls(card, Network(path), path)

    @property
    def name(self) -> str:
        """The experiment's number and the model, as "07 mnist"."""
        return f"{self.card['experiment'][:2]} {self.card['model']}"

    @property
    def source(self) -> str:
        """Where the data come from that it was trained on: "real", "sample" and so on."""
        return self.card["data"]["source"]

    @property
    def is_published(self) -> bool:
        """Whether it came with the published results, not from a run of one's own."""
        return self.path.suffix == ".npz"

    @property
    def is_sample(self) -> bool:
        """Whether it was trained on sample data, which say nothing about the real."""
        return self.source == "sample"

    def class_probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Return the probability of each class, float64 (rows, classes)."""
        outputs = self.network(rows).astype(np.float64)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


@dataclass
class Answer:
    """What a network answers to one input.

    Attributes:
        given: the input, in words.
        answer: the name of the class, or the number.
        probability: of the answer; None where it is a number.
        others: the next most probable answers with their probabilities.
        because: what it rests on, by the kind of input; arrays as lists.
        seen: the image as the network sees it, uint8 (28, 28), or None.
        warnings: what is doubtful about the input, one line each.
    """

    given: str
    answer: str | float
    probability: float | None
    others: dict[str, float] = field(default_factory=dict)
    because: dict[str, Any] = field(default_factory=dict)
    seen: np.ndarray | None = None
    warnings: list[str] = field(default_factory=list)


def classified(trained: Trained, row: np.ndarray, given: str) -> Answer:
    """Return the most probable class for one row."""
    probabilities = trained.class_probabilities(row[None])[0]
    names = trained.card["answers"]
    first, *others = np.argsort(-probabilities, kind="stable")[:NAMED]
    rest = {names[i]: float(probabilities[i]) for i in others}
    return Answer(given, names[first], float(probabilities[first]), rest)


def trust(card: Mapping[str, Any], answer: Answer) -> dict[str, Any] | None:
    """Return how often the network is right when it is so sure, or how far off a number is.

    A row of the card's table, of test rows with the same answer where there are two answers; None
    where nothing was tested or no test row was like that.
    """
    found = card["reliability"]
    if found is None or answer.probability is None:
        return found
    fitting = [
        row
        for row in found.get("any") or found.get(answer.answer) or ()
        if row["low"] <= answer.probability < row["high"] or answer.probability >= row["high"] == 1
    ]
    return fitting[0] if fitting else None


def trust_text(card: Mapping[str, Any], answer: Answer) -> str:
    """Return what `trust` has found as a sentence."""
    found = trust(card, answer)
    if card["reliability"] is None:
        return "How often it is right is not known: it was not tested."
    if found is None:
        return "How often it is right when it is so sure is not known: no test row was like that."
    if answer.probability is None:
        return (
            f"Of {found['rows']} test rows, half were off by less than {found['half_within']:.1f},"
            f" nine in ten by less than {found['nine_tenths_within']:.1f} {card['unit']}."
        )
    answered = "" if "any" in card["reliability"] else f" {answer.answer}"
    return (
        f"Of {found['rows']:,} test rows answered{answered} with {found['low']:.2f} to"
        f" {found['high']:.2f}, {found['share']:.1%} were right"
        f" [{found['share_low']:.1%}, {found['share_high']:.1%}]."
    )

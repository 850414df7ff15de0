"""How often a classifier is right when it says how sure it is, and what it is surest and wrong of.

The confidence of an answer is the probability that the network gives it.
"""

import itertools
from typing import NamedTuple

import numpy as np

from results.training_result import classes

# Bins of confidence, finer towards 1, where networks put most of their answers.
EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
MISTAKES = 10


class Bin(NamedTuple):
    """Test rows that were answered with a confidence from `low` to below `high` (1 included).

    Attributes:
        low: the lower end.
        high: the upper end.
        rows: how many there are.
        confidence: their mean confidence.
        right: how many of them are right.
    """

    low: float
    high: float
    rows: int
    confidence: float
    right: int


def confidences(outputs: np.ndarray) -> np.ndarray:
    """Return the probability of the answer for each row.

    Args:
        outputs: float (rows, 1), the probability of class 1, or (rows, classes).

    Returns:
        float64 (rows,).
    """
    outputs = outputs.astype(np.float64)
    if outputs.shape[1] == 1:
        return np.maximum(outputs[:, 0], 1 - outputs[:, 0])
    return outputs.max(axis=1)


def reliability(outputs: np.ndarray, targets: np.ndarray) -> list[Bin]:
    """Count the right answers of a network by its confidence; bins without rows are left out.

    Source: DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician
    32 (1983).

    Args:
        outputs: probabilities for the test rows, as for `confidences`.
        targets: their classes, int (rows,).
    """
    sure, right = confidences(outputs), classes(outputs) == targets
    places = np.searchsorted(EDGES[1:-1], sure, side="right")
    return [
        Bin(low, high, int(here.sum()), float(sure[here].mean()), int(right[here].sum()))
        for place, (low, high) in enumerate(itertools.pairwise(EDGES))
        if (here := places == place).any()
    ]


def surest_mistakes(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the ten rows (or fewer) that a network is surest of and wrong about, surest first.

    Args:
        outputs: probabilities for the test rows, as for `confidences`.
        targets: their classes, int (rows,).
    """
    wrong = np.flatnonzero(classes(outputs) != targets)
    order = np.argsort(-confidences(outputs[wrong]), kind="stable")
    return wrong[order[:MISTAKES]]

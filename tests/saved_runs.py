"""Make saved runs whose scores are known, for the tests that compare runs."""

import copy
import math
from dataclasses import replace

import numpy as np

from base.paths import ROOT
from engine.fitting import failed_epoch
from results import records
from results.training_result import Trained, TrainingResult

ROWS = 400  # of the test set
LOSSES = [0.30, 0.34, 0.31, 0.33]
ACCURACIES = [0.80, 0.78, 0.79, 0.76]


def write(folder, trainings, **changes):
    """Save trainings as a run and read it back; parts of the record may be given."""
    settings = {
        "experiment": "05_mnist_odd_even",
        "data": {"source": "real", "files": {"mnist.npz": "731c"}, "facts": {"rows": np.int64(3)}},
        "config": {"epochs": {"mlp": 3}, "as_published": True},
        "environment": {"python": "3.11"},
        "baselines": {"majority class": {"accuracy": 0.5}},
        "arrays": {"targets": np.array([1, 0, 0], np.uint8)},
    }
    records.write(folder, trainings, **settings | changes)
    return records.read(folder)


def training(loss, accuracy=0.8, *, epochs=3, lowest=2, metric="accuracy", validated=True):
    """Make a training that ends with these scores; its validation loss is lowest where said."""
    after = np.arange(1, epochs + 1)
    history = {
        "loss": (loss * epochs / after).tolist(),
        metric: (accuracy + 0.01 * (after - epochs)).tolist(),
    }
    if validated:
        history["val_loss"] = (loss + 0.01 * np.abs(after - lowest)).tolist()
        history[f"val_{metric}"] = history[metric]
    noise = {"loss": 0.01, metric: math.sqrt(abs(accuracy * (1 - accuracy)) / ROWS)}
    outputs = np.full((ROWS, 1), 0.75, np.float32)
    right = np.arange(ROWS) < round(accuracy * ROWS) if metric == "accuracy" else None
    scores, failed = {"loss": loss, metric: accuracy}, failed_epoch(history)
    return TrainingResult(7, "summary", history, 1, scores, noise, outputs, right, failed)


def mlp(folder, losses, accuracies=None, *, first_seed=0, model="mlp", parts=None, **options):
    """Save and read runs of one model, one for each loss; their seeds follow each other."""
    accuracies = [0.8] * len(losses) if accuracies is None else accuracies
    scores = zip(losses, accuracies, strict=True)
    runs = [
        Trained(model, seed, None, training(*score, **options), 1.0)
        for seed, score in enumerate(scores, first_seed)
    ]
    return write(folder, runs, **parts or {})


def row_of(rows, quantity):
    (row,) = [row for row in rows if row.quantity == quantity]
    return row


def with_value(saved, value, *path):
    """Return results in whose record one value is another."""
    record = copy.deepcopy(saved.record)
    part = record
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return replace(saved, record=record)


def published(stem):
    """Return the published results of an experiment."""
    return records.read(ROOT / "figures" / stem)

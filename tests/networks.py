"""Small networks with random weights, saved as a lesson saves them, for the tests of answers."""

import hashlib
import json
import warnings

import numpy as np

from common import models
from prediction.answers import Trained

WORDS = ["", "", "", "", *"the a film good bad dull it's 'quoted don't 1987 fun was".split()]
TOPICS = ["earn", "grain", "gold"]
CLASSES = {"sigmoid": 1, "softmax": 3}
FEATURES = [
    {
        "name": "RM",
        "meaning": "rooms",
        "mean": 6.0,
        "deviation": 0.5,
        "low": 3.0,
        "high": 9.0,
        "values": [],
    },
    {
        "name": "CHAS",
        "meaning": "river",
        "mean": 0.1,
        "deviation": 0.3,
        "low": 0.0,
        "high": 1.0,
        "values": [0.0, 1.0],
    },
]
COLUMNS = [["RM", 6.0, 0.5], ["CHAS", 1.0, -1.0], ["CHAS", 0.0, 1.0]]


def saved(folder, network, **card):
    """Save a network with random biases, too, and a card; return it as `predict.py` reads it."""
    rng = np.random.default_rng(1)
    network.set_weights([rng.normal(0, 0.5, w.shape) for w in network.get_weights()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy, about Keras
        network.save(folder / "network.keras")
    usual = {
        **dict.fromkeys(("reliability", "score")),
        "experiment": "00_test",
        "model": "network",
        "not_for": "use.",
        "unit": "",
        "data": {"source": "real"},
        "features": [],
        "columns": [],
        "words": [],
        "lengths": [2, 99],
        "sha256": hashlib.sha256((folder / "network.keras").read_bytes()).hexdigest(),
    }
    (folder / "network.json").write_text(json.dumps(usual | card))
    return Trained.read(folder / "network.keras")


def text_network(folder, activation):
    network = models.dense(len(WORDS), (8, 5), CLASSES[activation], activation, 0.3, name="n")
    answers = TOPICS if activation == "softmax" else ["negative", "positive"]
    return network, saved(folder, network, takes="text", answers=answers, words=WORDS)

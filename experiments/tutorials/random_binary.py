"""What the tutorial on random binary classification prints and concludes (01)."""

from itertools import pairwise

import numpy as np
import scipy  # which imports its parts when they are used

from results.model_card import Use
from results.saved import Saved
from results.statistics import mean_interval, proportion_interval
from tutorials.catalogue import About
from tutorials.evidence import Part, claim, needs
from tutorials.numbers import scores_beside

ABOUT = About(
    title="Random binary classification",
    question="what do networks learn where there is nothing to learn?",
    models={
        "perceptron": "perceptron",
        "mlp": "multilayer perceptron",
        "deep_mlp": "deep multilayer perceptron",
    },
    cover="histories_side_by_side",
    score=("deep_mlp", "test", "accuracy"),
    networks=("mlp", "perceptron", "deep_mlp"),
    input="row",
    generated=True,
    minutes=0.8,
)
MODELS = ("perceptron", "mlp", "deep_mlp")
MORE_ACCURACY = "accuracy_5000_rows"
MORE_ROWS = 5_000  # to see chance more closely than the tutorial's 100 test rows can show it
FEATURES = {f"x{i}": "a random number from 0 to 1" for i in range(1, 13)}
NUMBERS = {
    "perceptron": {
        "final": {"loss": 0.6842, "accuracy": 0.5530},
        "test": {"loss": 0.7150, "accuracy": 0.50},
    },
    "mlp": {
        "final": {"loss": 0.4599, "accuracy": 0.7980},
        "test": {"loss": 0.9055, "accuracy": 0.52},
    },
    "deep_mlp": {
        "final": {"loss": 0.0091, "accuracy": 1.0000},
        "test": {"loss": 2.9442, "accuracy": 0.49},
    },
}


def numbers(saved: Saved):
    """Return the tutorial's numbers beside ours."""
    return scores_beside(saved, NUMBERS, by_chance=True)


@needs("deep_mlp")
def finding(saved: Saved) -> str:
    """Say in a sentence what was found."""
    old, new = (
        saved.mean("deep_mlp", *of).mean for of in (("final", "accuracy"), ("test", MORE_ACCURACY))
    )
    return (
        f"The deep network memorises noise: it gets {old:.2f} of the training labels right and"
        f" {new:.2f} of new ones."
    )


def use(model, protocol, features) -> Use:
    """Say what a network is for."""
    return Use(
        takes="row",
        purpose="Answers 0 or 1 to twelve numbers, as it has memorised.",
        not_for="anything: its training labels were drawn at random.",
        answers=("0", "1"),
        features=features,
    )


@claim("01a1", "The fewer layers, the more of the training labels are memorised", *MODELS)
def memorises_more(saved):
    """Compare the training accuracy that is reached, in pairs by seed."""
    reached = [saved.scores(name, "final", "accuracy") for name in MODELS]
    gaps = [mean_interval(fewer - more) for fewer, more in pairwise(reached)]
    each = zip(map(saved.name, MODELS), reached, strict=True)
    return _steps(gaps), (
        f"training accuracy at the end: {', '.join(f'{n} {r.mean():.3f}' for n, r in each)};"
        f" one layer less changes it by {gaps[0].text(3)} and {gaps[1].text(3)}"
    )


@claim("01a2", "The fewer layers, the sooner the training has settled", *MODELS, epochs=100)
def settles_sooner(saved):
    """Compare after how many epochs the training loss has made nine tenths of its fall."""
    settled = []
    for name in MODELS:
        loss = saved.by_seed(name, "loss").rolling(10, min_periods=1).mean()
        settled.append((loss < loss.iloc[0] * 0.1 + loss.iloc[-1] * 0.9).idxmax().to_numpy())
    gaps = [mean_interval(more - fewer) for fewer, more in pairwise(settled)]
    each = zip(map(saved.name, MODELS), map(mean_interval, settled), strict=True)
    epochs = ", ".join(f"{name} {epoch.text(0)}" for name, epoch in each)
    return _steps(gaps), (
        f"nine tenths of the fall of the training loss are made after epoch: {epochs};"
        f" one layer more changes it by {gaps[0].text(0)} and {gaps[1].text(0)}"
    )


def _steps(gaps):
    """Return a part for each step from one network to the next, which is to be above 0."""
    names = "perceptron and multilayer", "multilayer and deep"
    return [Part(name, gap, low=0) for name, gap in zip(names, gaps, strict=True)]


@claim("01b", "On new rows all three stay at chance", *MODELS, over="seeds and rows", within="0.02")
def stays_at_chance(saved):
    """Test whether all seeds together are right on half of their rows."""
    level = 1 - 0.05 / len(MODELS)  # Bonferroni: one false alarm in twenty for the three
    shares = {}
    for name in MODELS:
        scores = saved.scores(name, "test", MORE_ACCURACY)
        rows = MORE_ROWS * len(scores)
        shares[name] = proportion_interval(round(scores.mean() * rows), rows, level)
    words = ", ".join(f"{saved.name(name)} {share.text()}" for name, share in shares.items())
    return [Part(saved.name(name), share, 0.48, 0.52) for name, share in shares.items()], (
        f"share of right answers on {MORE_ROWS:,} new rows for each of {len(scores)} seeds: {words}"
        " (simultaneous); holds within 0.02 of a half"
    )


@claim("01c", "Scatter plots show a pattern where features correlate; here is none", over="pairs")
def shows_no_pattern(saved):
    """Count correlations that chance would give in one of twenty pairs."""
    found = saved.predictions["correlations"]
    x = saved.predictions["features"]
    clear = np.abs(found) > np.tanh(scipy.stats.norm.ppf(0.975) / np.sqrt(len(x) - 3))  # Fisher's z
    share = proportion_interval(clear.sum(), clear.size)
    control = np.corrcoef(x[:, 0], x[:, 0] + x[:, 1] > 1)[0, 1]
    return [Part("pairs that correlate", share, high=0.1)], (
        f"of {clear.size} pairs of features and labels {share.text(3)} correlate at the 5% level"
        f" (chance: 0.05); largest {np.abs(found).max():.2f}. With the label of the right-hand"
        f" plot feature 1 correlates by {control:.2f}"
    )


CLAIMS = [memorises_more, settles_sooner, stays_at_chance, shows_no_pattern]

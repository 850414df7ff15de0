"""Keep trained networks: for each a `.keras` file, a model card, and what `predict.py` needs.

Of each model the network of the first seed is kept. `NAME.json` has all that the card says and how
an input becomes numbers, so that neither the data nor TensorFlow are needed to use the network.
"""

import hashlib
import json
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from base import files
from results.reliability import reliability
from results.saved import Saved
from results.statistics import mean_interval, proportion_interval
from results.training_result import TrainingResult, classes


@dataclass(frozen=True)
class Feature:
    """A number that a row gives by name, as the training rows have it.

    Attributes:
        name: such as "RM".
        meaning: in words, with the unit.
        mean: over the training rows.
        deviation: the standard deviation over them.
        low: the smallest value among them.
        high: the largest.
        values: all values, if they are few.
    """

    name: str
    meaning: str
    mean: float
    deviation: float
    low: float
    high: float
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Use:
    """What a network takes and gives, and what it must not be used for.

    Attributes:
        takes: "text", "digit", "clothing" or "row".
        purpose: what it answers, in a sentence.
        not_for: what it must not be used for, in a sentence or two.
        answers: the name of each class, or none where it predicts a number.
        unit: of that number.
        words: for texts, the word of each index.
        lengths: for texts, the words of the shortest and the longest of the middle nine tenths of
            the test texts.
        features: for rows, the numbers to give.
        columns: for rows, how each input follows from a feature: its name, what is subtracted and
            what that is divided by; where there are none, the features are the inputs.
        data: the data set, where an experiment has several.
        targets: the saved array that has the true answers of the test rows; "" if none is tested.
    """

    takes: str
    purpose: str
    not_for: str
    answers: tuple[str, ...] = ()
    unit: str = ""
    words: Sequence[str] = ()
    lengths: tuple[int, int] | None = None
    features: tuple[Feature, ...] = ()
    columns: tuple[tuple[str, float, float], ...] = ()
    data: str = ""
    targets: str = "targets"


def features_of(table: np.ndarray, meanings: Mapping[str, str]) -> tuple[Feature, ...]:
    """Describe the columns of the training rows.

    Args:
        table: float (rows, features).
        meanings: of each column in words, by its name, in order.
    """
    found = []
    for (name, meaning), column in zip(meanings.items(), table.astype(float).T, strict=True):
        values = np.unique(column)
        ends = column.mean(), column.std(), values[0], values[-1]
        few = tuple(values.tolist()) if len(values) <= 8 else ()
        found.append(Feature(name, meaning, *map(float, ends), few))
    return tuple(found)


def middle_lengths(texts: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return between which numbers of words the middle nine tenths of these texts lie."""
    low, high = np.quantile([len(text) for text in texts], (0.05, 0.95))
    return int(low), int(high)


def write(path: Path, network: bytes, card: Mapping[str, Any]) -> None:
    """Write a network, and beside it its card for people and as JSON.

    Args:
        path: where to; its folder is made if it is missing.
        network: the bytes of its file.
        card: what `describe` has returned.
    """
    card = {**card, "sha256": hashlib.sha256(network).hexdigest()}
    files.replace(
        {
            path: network,
            path.with_suffix(".json"): (json.dumps(card, indent=1) + "\n").encode(),
            path.with_suffix(".md"): _markdown(card, path.name).encode(),
        }
    )


def keras_file(result: TrainingResult) -> bytes:
    """Return a trained network as the bytes of a `.keras` file."""
    import keras

    network = keras.models.model_from_json(result.architecture)
    network.set_weights(result.weights)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy, about Keras
        path = Path(folder) / "network.keras"
        network.save(path)
        return path.read_bytes()


def describe(
    saved: Saved, model: str, result: TrainingResult, use: Use, data_files: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the card of a network says, as JSON has it.

    Args:
        saved: the results of its run.
        model: its name.
        result: of its first seed, with weights.
        use: what it is for.
        data_files: SHA-256 of each file of its data, by name.
    """
    record, first = saved.record, saved.trainings(model)[0]
    config, environment = record["config"], record["environment"]
    protocol = {}
    for name in ("optimizer", "batch_size"):  # one for all models, or one for each
        protocol[name] = config[name][model] if isinstance(config[name], dict) else config[name]
    protocol |= {name: config[name] for name in ("learning_rate", "dropout") if name in config}
    tested = use.targets and first["test"]
    targets = saved.predictions[use.targets].ravel() if tested else np.zeros(0)
    return {
        "experiment": record["experiment"],
        "model": model,
        "data": {"source": record["data"]["source"], "files": data_files},
        "as_published": config["as_published"],
        "protocol": {"epochs": first["epochs"], "seed": first["seed"], **protocol},
        "parameters": record["models"][model]["parameters"],
        "environment": {name: environment[name] for name in ("tensorflow", "keras", "device")},
        "score": _score(saved, model, targets, use) if tested else None,
        "reliability": _reliability(result.outputs, targets, use) if tested else None,
        **{name: getattr(use, name) for name in ("takes", "purpose", "not_for", "answers", "unit")},
        "features": [asdict(feature) for feature in use.features],
        "columns": use.columns or [(feature.name, 0.0, 1.0) for feature in use.features],
        "lengths": use.lengths,
        "words": use.words,
    }


def _score(saved: Saved, model: str, targets: np.ndarray, use: Use) -> dict[str, Any]:
    """Return the test score: of this network, for the choice of test rows, and of all seeds."""
    test, noise = (saved.trainings(model)[0][part] for part in ("test", "test_noise"))
    metric = "mae" if "mae" in test else "accuracy"
    value, seeds, rows = test[metric], saved.scores(model, "test", metric), len(targets)
    most_frequent = None
    if metric == "accuracy":
        most_frequent = float(np.bincount(targets).max() / rows)
        ends = proportion_interval(round(value * rows), rows)
    else:
        ends = value, value - 1.96 * noise[metric], value + 1.96 * noise[metric]
    known = len(seeds) > 1 and np.isfinite(seeds).all()  # no training has failed
    score = {
        "metric": metric,
        "rows": rows,
        "first_seed": [float(end) for end in ends],
        "seeds": len(seeds),
        "most_frequent": most_frequent,
        "mean": [float(end) for end in mean_interval(seeds)] if known else None,
    }
    return score | {"text": _score_text(score, use.unit)}


def _reliability(outputs: np.ndarray, targets: np.ndarray, use: Use) -> dict[str, Any]:
    """Return how often a classifier is right by its confidence, or how far off a number is.

    Of two answers each has its own table: a rare one may be wrong as often as the other is right.
    """
    if len(use.answers) == 2:
        answered = classes(outputs)
        parts = {name: answered == place for place, name in enumerate(use.answers)}
    else:
        parts = {"any": np.ones(len(targets), bool)}
    if use.answers:
        return {
            name: [
                {
                    **bin._asdict(),
                    "share": share.mean,
                    "share_low": share.low,
                    "share_high": share.high,
                }
                for bin in reliability(outputs[rows], targets[rows])
                for share in [proportion_interval(bin.right, bin.rows)]
            ]
            for name, rows in parts.items()
        }
    off = np.abs(outputs[:, 0].astype(float) - targets)
    half, nine_tenths = np.quantile(off, (0.5, 0.9))
    return {"rows": len(off), "half_within": float(half), "nine_tenths_within": float(nine_tenths)}


def _markdown(card: Mapping[str, Any], file: str) -> str:
    """Return a card for people, of a network in a file of this name."""
    data, protocol, environment = card["data"], card["protocol"], card["environment"]
    sample = " **SAMPLE DATA, not the real ones.**" * (data["source"] == "sample")
    digests = [f"  - `{name}`, SHA-256 `{digest}`" for name, digest in data["files"].items()]
    changed = "" if card["as_published"] else " Not the tutorial's protocol."
    settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in protocol.items())
    is_keras = file.endswith(".keras")
    reader = "`keras.models.load_model`" if is_keras else "`predict.py`, its weights rounded"
    lines = [
        f"# {card['model']} of {card['experiment']}",
        "",
        card["purpose"] + sample,
        "",
        f"**It must not be used for:** {card['not_for']}",
        "",
        f"- Data: {data['source']}",
        *digests,
        f"- Protocol: {settings}.{changed}",
        f"- Network: {card['parameters']:,} parameters; `{file}` for {reader}; TensorFlow"
        f" {environment['tensorflow']}, Keras {environment['keras']}, {environment['device']}",
        f"- Score: {card['score']['text'] if card['score'] else 'none; it was not tested'}",
        "",
        *_reliability_lines(card),
        *_feature_lines(card),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _score_text(score: Mapping[str, Any], unit: str) -> str:
    """Return the score of a network with its intervals, in words."""
    value, low, high = score["first_seed"]
    name = f"mean absolute error ({unit})" if score["metric"] == "mae" else score["metric"]
    text = f"test {name} {value:.4f}, on {score['rows']:,} other rows 95% [{low:.4f}, {high:.4f}]"
    if score["mean"]:
        mean, low, high = score["mean"]
        text += f"; mean of {score['seeds']} seeds {mean:.4f}, 95% [{low:.4f}, {high:.4f}]"
    if score["most_frequent"]:
        text += f"; always the most frequent answer: {score['most_frequent']:.4f}"
    return text


def _reliability_lines(card: Mapping[str, Any]) -> Sequence[str]:
    found = card["reliability"]
    if not found:
        return ()
    if not card["answers"]:
        return (
            f"Of {found['rows']} test rows half are off by less than {found['half_within']:.2f} and"
            f" nine tenths by less than {found['nine_tenths_within']:.2f} {card['unit']}.",
            "",
        )
    rows = [
        f"| {name} | {b['low']:.2f} to {b['high']:.2f} | {b['rows']:,} | {b['confidence']:.4f} |"
        f" {b['share']:.4f} [{b['share_low']:.4f}, {b['share_high']:.4f}] |"
        for name, bins in found.items()
        for b in bins
    ]
    head = "| answer | confidence | test rows | mean confidence | share right, 95% |"
    return (head, "|---|---|---|---|---|", *rows, "")


def _feature_lines(card: Mapping[str, Any]) -> Sequence[str]:
    rows = [
        f"| {f['name']} | {f['meaning']} | {f['low']:g} to {f['high']:g} | {f['mean']:.4g} |"
        for f in card["features"]
    ]
    head = "| feature | meaning | in the training rows | mean |", "|---|---|---|---|"
    return (*head, *rows) if rows else ()

"""Pack published networks and inputs for the page, where the reader asks them without a server."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from pages import embedding
from prediction.answers import Trained
from prediction.network import Network
from results.saved import Saved
from tutorials.catalogue import Lesson

COARSE, FINE = 127, 1023  # steps of a weight on either side of 0: in a byte, in two
DATA = {"mnist": "mnist"} | dict.fromkeys(("first_model", "second_model"), "fashion_mnist")
SMALL = "mlp"  # the network that the page trains
MISTAKE = "a sure mistake"
MOST_CHARACTERS = 1200  # of a text to try


def widgets(saved: Saved, lesson: Lesson) -> list[dict[str, Any]]:
    """Return what a reader can try on the page of a lesson, as its scripts read it.

    Each has a `kind`: "labels", "digit", "clothing" or "text"; and, but for the first, `networks`
    and `samples` to ask them with.
    """
    if lesson.about.generated:
        if SMALL not in saved.models:
            return []
        runs = saved.scores(SMALL, "final", "accuracy")
        return [{"kind": "labels", "runs": runs[np.isfinite(runs)].tolist()}]
    found: dict[str, dict[str, Any]] = {}
    for model in lesson.about.published:
        if network := _networks(saved, model):
            kind = network.pop("takes")
            widget = found.setdefault(kind, {"kind": kind, "networks": [], "samples": []})
            widget["networks"].append(network | {"label": saved.name(model)})
            widget["samples"] += _samples(saved, model, kind)
    return [widget for kind, widget in found.items() if kind != "row"]


def _networks(saved: Saved, model: str) -> dict[str, Any] | None:
    """Return a model's published networks; None where there are none of dense layers alone.

    The weights of a unit are whole numbers times its scale. Texts have few inputs that are not 0,
    so that a byte for each weight is enough.
    """
    folder = saved.folder / "networks"
    path = folder / f"{model}.npz"
    if not path.exists():
        return None
    first = Trained.read(path)
    card, is_text = first.card, first.card["takes"] == "text"
    if not first.network.is_dense:
        return None
    others = map(Network, sorted(folder.glob(f"{model}_*.npz")))
    all_of_them = [first.network, *others]
    steps = COARSE if is_text else FINE
    shapes = [(*weights.shape, kind) for weights, _, kind in first.network.dense]
    return {
        "takes": card["takes"],
        "shapes": shapes,
        "bytes": 1 if is_text else 2,
        "number": len(all_of_them),
        "packed": embedding.packed(
            b"".join(_bytes(network.dense, steps) for network in all_of_them)
        ),
        "words": embedding.packed(json.dumps(card["words"]).encode()) if is_text else "",
        **{name: card[name] for name in ("answers", "reliability")},
    }


def _bytes(layers: Iterable[tuple[np.ndarray, np.ndarray, str]], steps: int) -> bytes:
    """Return a network: of each layer its weights, perhaps high bytes first, scales, biases."""
    parts: list[np.ndarray] = []
    for weights, bias, _ in layers:
        largest = np.abs(weights).max(axis=0)
        scale = np.where(largest > 0, largest / steps, 1).astype("<f4")
        whole = np.rint(weights / scale).astype(np.int16)
        if steps == FINE:
            parts += [(whole >> 8).astype(np.int8), (whole & 255).astype(np.uint8)]
        else:
            parts.append(whole.astype(np.int8))
        parts += [scale, bias.astype("<f4")]
    return b"".join(part.tobytes() for part in parts)


def _samples(saved: Saved, model: str, kind: str) -> list[dict[str, Any]]:
    """Return inputs to begin with: some that the tutorial shows, and the surest mistakes."""
    arrays = saved.predictions
    if kind == "text":
        shown = next(name for name in ("review_texts", "newswire_texts") if name in arrays)
        rows = [*arrays[shown.replace("_texts", "_rows")][:3], *arrays[f"{model}.mistakes"][:3]]
        texts = [*arrays[shown][:3], *arrays["mistaken_texts"][:3]]
        return [
            {"text": str(text)[:MOST_CHARACTERS], "class": int(arrays["targets"][row]), "is": note}
            for text, row, note in zip(texts, rows, ["", "", "", *[MISTAKE] * 3], strict=True)
        ]
    if kind == "row":
        return []
    data = DATA.get(model, "")
    targets = arrays[f"{data}.targets" if data else "targets"]
    images = arrays[f"{data}.images"] if data else arrays["digits"][:10]
    classes = arrays[f"{data}.labels"] if data else targets[:10]
    pairs = [(image, one, "") for image, one in zip(images, classes, strict=True)]
    mistaken = arrays[f"{model}.mistaken_images"], targets[arrays[f"{model}.mistakes"]]
    pairs += [(image, one, MISTAKE) for image, one in zip(*mistaken, strict=True)]
    return [
        {"pixels": embedding.packed(image.tobytes()), "class": int(one), "is": note}
        for image, one, note in pairs
    ]

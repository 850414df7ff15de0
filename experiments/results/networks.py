"""Keep the trained networks of a run, each with its card, for `predict.py` and the hub."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from base import files
from base.paths import FIGURES
from results import model_card
from results.saved import Saved
from results.training_result import Trained

TASKS = {"text": "text-classification", "row": "tabular-classification"}  # others: images
LARGE = 500_000  # weights; a packed network has 8 bits for each of more, 16 of fewer


def keep(
    folder: Path,
    saved: Saved,
    trainings: Iterable[Trained],
    protocols: Mapping[str, Any],
    tutorial: ModuleType,
    datasets: Sequence[Any],
) -> None:
    """Write the networks of a run, if the tutorial's module names their model.

    That of a model's first seed has a card; those of others are in `seeds/`, by model and seed.
    With published results go some of them, packed, in `networks/`. A `README.md` makes the folder
    one that can be uploaded to the Hugging Face hub as it is.

    Args:
        folder: where to.
        saved: the results of the run.
        trainings: all trainings; those without weights are left out.
        protocols: what each model was trained with.
        tutorial: the lesson's module; `ABOUT.networks` names the models, `use` says what each is
            for, and `FEATURES` what the columns of its rows mean.
        datasets: what the lesson has loaded, as `common.data.Dataset`.
    """
    written = False
    for one in trainings:
        result = one.result
        if one.model not in tutorial.ABOUT.networks or not result.weights or result.failed:
            continue
        written = True
        network, pack = model_card.keras_file(result), None
        if saved.folder.parent == FIGURES and one.model in tutorial.ABOUT.published:
            pack = packed(result.architecture, result.weights)
        if one.seed != saved.seeds(one.model)[0]:
            files.replace({folder / "seeds" / f"{one.model}_{one.seed}.keras": network})
            if pack:
                files.replace({saved.folder / "networks" / f"{one.model}_{one.seed}.npz": pack})
            continue
        features = ()
        if result.rows is not None:
            features = model_card.features_of(result.rows, tutorial.FEATURES)
        use = tutorial.use(one.model, protocols[one.model], features)
        used = [dataset for dataset in datasets if use.data in ("", dataset.name)]
        if use.takes == "text":
            (texts,) = used
            (_, _), (test, _) = texts.arrays
            lengths = model_card.middle_lengths(test)
            use = replace(use, words=texts.word_list, lengths=lengths)
        sources = {name: digest for dataset in used for name, digest in dataset.files.items()}
        card = model_card.describe(saved, one.model, result, use, sources)
        card["data"]["name"] = used[0].name
        model_card.write(folder / f"{one.model}.keras", network, card)
        if pack:
            model_card.write(saved.folder / "networks" / f"{one.model}.npz", pack, card)
    if written:
        cards = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
        cards = [card for card in cards if "name" in card["data"]]  # none of an older version
        files.replace({folder / "README.md": hub_card(cards).encode()})
        print(f"Trained networks: {folder}")


def packed(architecture: str, weights: Sequence[np.ndarray]) -> bytes:
    """Return a network as a small NPZ file, whose bytes depend on nothing but the network.

    Args:
        architecture: what `keras.models.model_from_json` builds it from.
        weights: as `model.get_weights` gives them. Biases stay as they are; of a large network the
            other weights of a unit are whole numbers from -127 to 127 times the unit's scale.
    """
    is_large = sum(array.size for array in weights) > LARGE
    network = json.loads(architecture)
    for place, layer in enumerate(network["config"]["layers"]):
        layer["config"]["name"] = f"layer_{place}"  # Keras counts on what the process has built
    arrays = {"architecture": np.array(json.dumps(network))}
    for place, array in enumerate(weights):
        if array.ndim == 1:
            arrays[f"{place}"] = array
        elif is_large:
            largest = np.abs(array).max(axis=tuple(range(array.ndim - 1)))
            scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
            arrays |= {f"{place}": np.rint(array / scale).astype(np.int8), f"{place}.scale": scale}
        else:
            arrays[f"{place}"] = array.astype(np.float16)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def hub_card(cards: Sequence[Mapping[str, Any]]) -> str:
    """Return the README of a folder of networks as the Hugging Face hub reads it.

    Its head is YAML, of which JSON is a part. Source: the hub's documentation, "Model cards".

    Args:
        cards: of each network what `model_card.describe` has returned.
    """
    tested = [card for card in cards if card["score"]]
    index = [{"name": card["model"], "results": [_result(card)]} for card in tested]
    datasets = dict.fromkeys(card["data"]["name"] for card in cards)
    tasks = dict.fromkeys(map(_task, cards))
    sample = " **Sample data, not the real ones.**"
    lines = [
        "---",
        "license: mit",
        "library_name: keras",
        f"pipeline_tag: {next(iter(tasks))}",
        f"tags: {json.dumps(['keras', 'tutorial', *tasks])}",
        f"datasets: {json.dumps([*datasets])}",
        f"metrics: {json.dumps([*dict.fromkeys(card['score']['metric'] for card in tested)])}",
        f"model-index: {json.dumps(index)}",
        "---",
        f"# Networks of {cards[0]['experiment']}",
        "",
        "Small networks of a reproduced Keras tutorial, to learn from. Read one with"
        f' `keras.models.load_model("{cards[0]["model"]}.keras")`; its card says how inputs'
        " become numbers.",
        "",
    ]
    for card in cards:
        score = f" Score: {card['score']['text']}." if card["score"] else ""
        mark = sample if card["data"]["source"] == "sample" else ""
        name, use = card["model"], f" It must not be used for {card['not_for']}"
        lines.append(f"- [{name}]({name}.md): {card['purpose']}{mark}{score}{use}")
    return "\n".join(lines) + "\n"


def _task(card: Mapping[str, Any]) -> str:
    if not card["answers"]:
        return "tabular-regression"
    return TASKS.get(card["takes"], "image-classification")


def _result(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the hub's index of results has of a network."""
    score, data = card["score"], card["data"]["name"]
    value = round(score["first_seed"][0], 6)
    return {
        "task": {"type": _task(card)},
        "dataset": {"name": data, "type": data, "split": "test"},
        "metrics": [{"type": score["metric"], "value": value, "name": f"test {score['metric']}"}],
    }

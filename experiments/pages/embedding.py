"""Put what a page shows into the page: scripts, pictures and data, packed as its scripts read them.

So it is one file, which works wherever it is moved to, and without a network.
"""

import base64
import functools
import io
import json
import math
import zlib
from collections.abc import Mapping
from typing import Any

import pandas as pd
import vl_convert
from markupsafe import Markup
from PIL import Image

from comparison.scores import has_folds, mean_over_folds
from results.saved import Saved
from results.verdicts import quantity

# Up to which epoch every how manieth is in the viewer: the first matter most, and curves of
# different length share theirs.
GRID = ((40, 1), (100, 2), (250, 5), (500, 10), (1000, 20), (math.inf, 50))
MOST_COLOURS = 24  # of a picture
HARMLESS = str.maketrans("<>&", ",.:")  # what HTML and JSON leave alone


def packed(content: bytes) -> str:
    """Return bytes as text for a page; `unpack` of its scripts reads it.

    They are compressed, and written in base 85, which is shorter than base 64.
    """
    return base64.b85encode(zlib.compress(content, 9)).decode().translate(HARMLESS)


def as_json(value: Any) -> Markup:
    """Return JSON for a script element, which no text in it can end."""
    return Markup(json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"))


def levels(baselines: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return the scores of simple predictors by metric and name."""
    metrics = dict.fromkeys(metric for scores in baselines.values() for metric in scores)
    return {
        metric: {name: scores[metric] for name, scores in baselines.items() if metric in scores}
        for metric in metrics
    }


def curves(saved: Saved) -> str:
    """Return the curves of an experiment for the viewer, as JSON.

    Of a long training some epochs are left out. Of a model that is trained on folds the mean over
    the folds of a seed is shown.
    """
    numbers = {row["quantity"]: row["tutorial"] for row in saved.record["tutorial"]}
    models = {}
    for model in saved.models:
        tables = mean_over_folds(saved, model)
        first = next(iter(tables.values()))  # all have the same epochs and seeds
        epochs = [epoch for epoch in first.index if _is_kept(epoch) or epoch == first.index[-1]]
        models[model] = {
            "name": saved.name(model),
            "folds": has_folds(saved, model),
            "seeds": [int(seed) for seed in first.columns],
            "epochs": epochs,
            "theirs": {
                metric: numbers[name]
                for metric in tables
                if (name := quantity(model, "final", metric)) in numbers
            },
            "values": {metric: _columns(table.loc[epochs]) for metric, table in tables.items()},
        }
    return as_json(models)


def _is_kept(epoch: int) -> bool:
    return epoch % next(step for end, step in GRID if epoch <= end) == 0


def _columns(table: pd.DataFrame) -> list[list[float | None]]:
    """Return a list for each seed, with four digits; None for what is no number."""
    return [
        [float(f"{value:.4g}") if math.isfinite(value) else None for value in table[seed]]
        for seed in table
    ]


def picture(image: Image.Image) -> str:
    """Return a picture as an address that holds it: as WebP, in colours that are enough for it."""
    few = image.convert("RGB").quantize(MOST_COLOURS, dither=Image.Dither.NONE).convert("RGB")
    file = io.BytesIO()
    few.save(file, format="WEBP", lossless=True, quality=50, method=2)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


@functools.cache
def vega() -> str:
    """Return Vega-Lite as one script, packed; it takes a second."""
    # In no thread of its own, which would outlive a Ctrl-C.
    return packed(vl_convert.javascript_bundle().encode())

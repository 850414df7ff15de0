"""Write the report: one page that needs nothing but the figures beside it, not even a network."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup
from PIL import Image
from scipy import stats

from base import files
from base.errors import UsageError
from comparison.scores import has_folds, mean_over_folds
from pages import asking, embedding, evidence
from pages.summary import scores
from results import records
from results.saved import Saved
from results.statistics import LEVEL
from results.verdicts import (
    CANNOT_DECIDE,
    DIFFERS,
    DOES_NOT_HOLD,
    HOLDS,
    HOLDS_WITHIN,
    NOT_COMPARABLE,
    REPRODUCED,
    TOO_WIDE,
    UNDECIDED,
    in_words,
    is_fact,
    quantity,
    shown,
)
from tutorials import catalogue
from tutorials.catalogue import Lesson

HERE = Path(__file__).parent
# Up to which epoch every how manieth is in the viewer: the first matter most, and curves of
# different length share theirs.
GRID = ((40, 1), (100, 2), (250, 5), (500, 10), (1000, 20), (math.inf, 50))
PLURALS = {HOLDS: "hold", DOES_NOT_HOLD: "do not hold", DIFFERS: "differ"}
MOST_SEEDS = 100  # of a run that a reader adds
MARKS = {
    **dict.fromkeys((REPRODUCED, HOLDS, HOLDS_WITHIN), "good"),
    **dict.fromkeys((DIFFERS, DOES_NOT_HOLD), "bad"),
    **dict.fromkeys((UNDECIDED, CANNOT_DECIDE, NOT_COMPARABLE, TOO_WIDE), "open"),
}
SCRIPTS = (
    "histories",
    "viewer",
    "networks",
    "pictures",
    "words",
    "memorising",
    "glossary",
    "routing",
)
SPEED = "How many times faster the networks train here than with stock Keras and other libraries."


def folders_of(folder: Path) -> list[Path]:
    """Return the folders of results in a folder, one for each experiment, in order.

    Raises:
        UsageError: there are none.
    """
    try:
        known = [folder / lesson.stem for lesson in catalogue.lessons()]
        found = [results for results in known if (results / "record.json").exists()]
    except OSError as error:  # such as a name too long
        raise UsageError(f"{folder}: cannot be read ({error.strerror}).") from error
    if not found:
        raise UsageError(f"{folder}: expected results such as {known[0].name}/, found none.")
    return found


def write(folder: Path) -> Path:
    """Write `index.html` for the experiments in a folder; return its path.

    Args:
        folder: holds a folder of results for each experiment.

    Raises:
        UsageError: results are damaged, or the folder cannot be written.
    """
    saved = {
        catalogue.find(results.name): records.with_ablations(records.read(results))
        for results in folders_of(folder)
    }
    experiments = [_experiment(results, lesson) for lesson, results in saved.items()]
    picture = evidence.write(folder, saved.values())
    path = folder / "index.html"
    render(
        "index.html",
        path,
        experiments=experiments,
        marks=MARKS,
        verdicts={
            "numbers": _count(row["verdict"] for e in experiments for row in e["measured"]),
            "claims": _count(row["verdict"] for e in experiments for row in e["claims"]),
        },
        evidence=embedding.svg(picture) if picture else "",
        speed=_figure(folder / "benchmark.png", SPEED),
    )
    return path


def render(template: str, path: Path, **parts: Any) -> None:
    """Write a page with the history viewer, which needs no network.

    Args:
        template: the name of its template here.
        path: where to.
        parts: what the template shows.
    """
    loader = jinja2.FileSystemLoader(HERE)
    templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    templates.filters["packed"] = lambda text: Markup(embedding.packed(text.encode()))
    page = templates.get_template(template).render(
        **parts,
        style=_source("style.css"),
        scripts=[_source(f"{name}.js") for name in SCRIPTS],
        vega=embedding.vega(),
        grid=[[end if end < math.inf else None, step] for end, step in GRID],
        quantiles=[float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) for n in range(2, MOST_SEEDS + 1)],
    )
    with files.replacing(path) as file:
        file.write(page.encode())


def _source(name: str) -> Markup:
    return _script((HERE / name).read_text(encoding="utf-8"))


def _script(text: str) -> Markup:
    """Return code of ours or of a library for a script or style element."""
    return Markup(text.replace("</script", "<\\/script"))


def _count(verdicts: Iterable[str | None]) -> list[tuple[str, int, str]]:
    """Return verdicts with their numbers, and how they are said of so many."""
    counts = Counter(filter(None, verdicts))
    words = {verdict: PLURALS.get(verdict, verdict) for verdict in MARKS}
    return [
        (verdict, number, words[verdict] if number > 1 else verdict)
        for verdict in MARKS
        if (number := counts[verdict])
    ]


def _experiment(saved: Saved, lesson: Lesson) -> dict[str, Any]:
    """Return what the page shows of an experiment."""
    record, folder = saved.record, saved.folder
    facts = [row for row in record["tutorial"] if is_fact(row)]
    figures = {
        name: figure
        for name, caption in record.get("figures", {}).items()
        if (figure := _figure(folder / f"{name}.png", caption))
    }
    return {
        "number": lesson.number,
        "stem": lesson.stem,
        "about": lesson.about,
        "description": lesson.description,
        "script": lesson.source,
        "source": record["data"]["source"],
        "variation": not record["config"]["as_published"],
        "finding": record.get("finding", ""),
        "scores": [score._replace(model=saved.name(score.model)) for score in scores(record)],
        "baselines": record["baselines"],
        "measured": [
            {"reason": "", **row, "quantity": shown(row["quantity"], saved.names)}
            for row in record["tutorial"]
            if not is_fact(row)
        ],
        "facts": [
            row | {"is": _short(row["ours"]), "was": _short(row["tutorial"])} for row in facts
        ],
        "claims": [row | {"in_words": in_words(row)} for row in record["claims"]],
        "verdicts": _count(row["verdict"] for row in record["claims"]),
        "figures": list(figures.values()),
        "cover": figures.get(lesson.about.cover) or next(iter(figures.values()), None),
        "texts": [
            {"name": path.stem.replace("_", " "), "text": path.read_text("utf-8", "replace")}
            for path in sorted(folder.glob("*.txt"))
            if path.stem not in ("claims", "evaluation")
        ],
        "settings": _settings(saved),
        "curves": viewer_data(saved),
        "levels": _levels(record["baselines"]),
        "widgets": [_as_json(widget) for widget in asking.widgets(saved, lesson)],
    }


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > 12:
        return f"{', '.join(map(str, value[:10]))}, ... ({len(value)} numbers)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _figure(path: Path, caption: str) -> dict[str, Any] | None:
    """Return what the page needs to show a figure; None if the file is missing."""
    if not path.exists():
        return None
    try:
        with Image.open(path) as image:
            width, height = image.size
            source = embedding.picture(image)
    except OSError as error:
        raise UsageError(f"{path}: expected a figure, found a damaged file; redraw it.") from error
    return {"name": path.stem, "source": source, "alt": caption, "width": width, "height": height}


def _levels(baselines: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return the scores of simple predictors by metric and name."""
    metrics = dict.fromkeys(metric for scores in baselines.values() for metric in scores)
    return {
        metric: {name: scores[metric] for name, scores in baselines.items() if metric in scores}
        for metric in metrics
    }


def _settings(saved: Saved) -> dict[str, str]:
    """Return protocol, data and environment as text."""
    record, name = saved.record, saved.name
    config = {
        name: v for name, v in record["config"].items() if name not in ("as_published", "forms")
    }
    seeds = config.pop("seeds", {}).items()
    seeds = [f"{name(model)}: {len(some)} from {some[0]}" for model, some in seeds]
    epochs = [f"{name(model)}: {number}" for model, number in config.pop("epochs", {}).items()]
    data = [f"{name}, SHA-256 {digest}" for name, digest in record["data"]["files"].items()]
    return {
        **{name.replace("_", " "): _plain(value) for name, value in config.items()},
        "epochs": "; ".join(epochs),
        "seeds": "; ".join(seeds),
        "data": "; ".join([record["data"]["source"], *data]),
        **{name: str(value) for name, value in record["environment"].items()},
    }


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def viewer_data(saved: Saved) -> str:
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
    return _as_json(models)


def _as_json(value: Any) -> Markup:
    """Return JSON for a script element, which no text in it can end."""
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))


def _is_kept(epoch: int) -> bool:
    return epoch % next(step for end, step in GRID if epoch <= end) == 0


def _columns(table: pd.DataFrame) -> list[list[float | None]]:
    """Return a list for each seed, with four digits; None for what is no number."""
    return [
        [float(f"{value:.4g}") if math.isfinite(value) else None for value in table[seed]]
        for seed in table
    ]

"""Write the report: one page that needs nothing but the figures beside it, not even a network."""

import importlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from PIL import Image
from scipy import stats

from base import files
from base.errors import UsageError
from pages import asking, embedding, evidence
from pages.summary import scores
from results import records
from results.saved import Saved
from results.statistics import LEVEL
from results.verdicts import (
    DIFFERS,
    DOES_NOT_HOLD,
    HOLDS,
    HOLDS_WITHIN,
    in_words,
    is_fact,
    shown,
)
from tutorials import catalogue
from tutorials.catalogue import Lesson

HERE = Path(__file__).parent
PLURALS = {
    HOLDS: "hold",
    HOLDS_WITHIN: "hold within a margin",
    DOES_NOT_HOLD: "do not hold",
    DIFFERS: "differ",
}
MOST_SEEDS = 100  # of a run that a reader adds
MARKS = {verdict: standing for verdict, (standing, _, _) in evidence.STYLES.items()}
SCRIPTS = ("histories", "viewer", "glossary", "routing")  # in this order
WIDGETS = ("guess", "networks", "pictures", "words", "memorising")  # scripts of what can be tried
CURVES = ("_history", "_accuracy", "_validation_mae")  # ends of names of figures
INVITATIONS = {  # by the kind of what can be tried
    "labels": "Train on noise",
    "text": "Ask about a text",
    "digit": "Draw a digit",
    "clothing": "Choose clothes",
}
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
    path = folder / "index.html"
    render(
        "index.html",
        path,
        WIDGETS,
        experiments=experiments,
        marks=MARKS,
        verdicts={
            "numbers": _count(row["verdict"] for e in experiments for row in e["measured"]),
            "claims": _count(row["verdict"] for e in experiments for row in e["claims"]),
        },
        speed=_figure(folder / "benchmark.png", SPEED),
    )
    return path


def render(template: str, path: Path, widgets: Iterable[str] = (), **parts: Any) -> None:
    """Write a page with the history viewer, which needs no network.

    Args:
        template: the name of its template here.
        path: where to.
        widgets: the scripts that it needs but for the viewer's.
        parts: what the template shows.
    """
    loader = jinja2.FileSystemLoader(HERE)
    templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    templates.filters["packed"] = lambda text: Markup(embedding.packed(text.encode()))
    page = templates.get_template(template).render(
        **parts,
        style=_source("style.css"),
        scripts=[_source(f"{name}.js") for name in (*SCRIPTS[:2], *widgets, *SCRIPTS[2:])],
        vega=embedding.vega(),
        grid=[[end if end < math.inf else None, step] for end, step in embedding.GRID],
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
    numbers = [row for row in record["tutorial"] if not is_fact(row)]
    cover, widgets = lesson.about.cover, asking.widgets(saved, lesson)
    figures = {
        name: figure
        for name, caption in record.get("figures", {}).items()
        if name == cover or not _is_in_viewer(name, saved.models)
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
            {
                "reason": "",
                **row,
                "quantity": shown(row["quantity"], saved.names),
                "mark": evidence.number_mark(row, saved.names),
                "place": f"{lesson.number}-number-{i}",
            }
            for i, row in enumerate(numbers)
        ],
        "facts": [
            row | {"is": _short(row["ours"]), "was": _short(row["tutorial"])} for row in facts
        ],
        "claims": [
            row
            | {
                "in_words": in_words(row),
                "mark": evidence.claim_mark(row),
                "place": f"claim-{row['id']}".replace(" ", "-"),
            }
            for row in record["claims"]
        ],
        "verdicts": _count(row["verdict"] for row in record["claims"]),
        "figures": list(figures.values()),
        "texts": [
            {"name": path.stem.replace("_", " "), "text": path.read_text("utf-8", "replace")}
            for path in sorted(folder.glob("*.txt"))
            if path.stem not in ("claims", "evaluation")
        ],
        "settings": _settings(saved),
        "curves": embedding.curves(saved),
        "levels": embedding.levels(record["baselines"]),
        "settling": _settling(saved, lesson),
        "widgets": [embedding.as_json(widget) for widget in widgets],
        "invitation": INVITATIONS[widgets[0]["kind"]] if widgets else "",
    }


def _settling(saved: Saved, lesson: Lesson) -> list[str]:
    """Return what the numbers' verdicts would be of one seed, of two, and so on to all of them."""
    numbers, texts = importlib.import_module(lesson.tutorial).numbers, []
    for seeds in range(1, max(len(saved.seeds(model)) for model in saved.models) + 1):
        rows = [row for row in numbers(_of_first_seeds(saved, seeds)) if not is_fact(row)]
        counts = _count(row["verdict"] for row in rows)
        unknown = "no verdict, one run has no interval" if rows else ""
        texts.append(", ".join(f"{number} {words}" for _, number, words in counts) or unknown)
    return texts


def _of_first_seeds(saved: Saved, number: int) -> Saved:
    """Return results as if each model had been trained with so many seeds at most."""
    models = {}
    for model, entry in saved.record["models"].items():
        seeds = saved.seeds(model)[:number]
        models[model] = entry | {"runs": [run for run in entry["runs"] if run["seed"] in seeds]}
    return replace(saved, record=saved.record | {"models": models})


def _is_in_viewer(figure: str, models: Iterable[str]) -> bool:
    """Tell whether a figure has nothing but the curves of one model, which the viewer draws."""
    return any(figure.startswith(f"{model}_") for model in models) and figure.endswith(CURVES)


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

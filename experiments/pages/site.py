"""Write the report: one page, which needs no other file and no network."""

import importlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
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
from tutorials import catalogue, numbers
from tutorials.catalogue import Lesson

HERE = Path(__file__).parent
PLURALS = {
    HOLDS: "hold",
    HOLDS_WITHIN: "hold within a margin",
    DOES_NOT_HOLD: "do not hold",
    DIFFERS: "differ",
}
MOST_SEEDS = 100  # of a run that a reader adds
STANDINGS = {verdict: standing for verdict, (standing, _, _) in evidence.STYLES.items()}
SCRIPTS = ("histories", "viewer", "glossary")
ALSO = ("guess", "networks", "pictures", "words", "memorising")  # of what can be tried
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
        ALSO,
        experiments=experiments,
        standings=STANDINGS,
        most_seeds=max(len(one.seeds(model)) for one in saved.values() for model in one.models),
        teaser=next((e["number"] for e in reversed(experiments) if e["draws"]), ""),
        verdicts={
            "numbers": _count(row["verdict"] for e in experiments for row in e["measured"]),
            "claims": _count(row["verdict"] for e in experiments for row in e["claims"]),
        },
        speed=_figure(folder / "benchmark.png", SPEED),
    )
    return path


def render(template: str, path: Path, also: Iterable[str] = (), **parts: Any) -> None:
    """Write a page with the history viewer, which needs no network.

    Args:
        template: the name of its template here.
        path: where to.
        also: the scripts that it needs beside the viewer's.
        parts: what the template shows.
    """
    loader = jinja2.FileSystemLoader(HERE)
    templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    templates.filters["packed"] = lambda text: Markup(embedding.packed(text.encode()))
    page = templates.get_template(template).render(
        **parts,
        style=_source("style.css"),
        scripts=[_source(f"{name}.js") for name in (*SCRIPTS, *also, "routing")],
        vega=embedding.vega(),
        grid=[[end if end < math.inf else None, step] for end, step in embedding.GRID],
        quantiles=[float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) for n in range(2, MOST_SEEDS + 1)],
    )
    with files.replacing(path) as file:
        file.write(page.encode())


def _source(name: str) -> Markup:
    return Markup((HERE / name).read_text(encoding="utf-8"))


def _count(verdicts: Iterable[str | None]) -> list[tuple[str, int, str]]:
    """Return verdicts with their numbers, and how they are said of so many."""
    counts = Counter(filter(None, verdicts))
    words = {verdict: PLURALS.get(verdict, verdict) for verdict in STANDINGS}
    return [
        (verdict, number, words[verdict] if number > 1 else verdict)
        for verdict in STANDINGS
        if (number := counts[verdict])
    ]


def _experiment(saved: Saved, lesson: Lesson) -> dict[str, Any]:
    """Return what the page shows of an experiment."""
    record, folder = saved.record, saved.folder
    widgets, measured = asking.widgets(saved, lesson), _numbers(saved, lesson)
    kinds = [widget["kind"] for widget in widgets]
    captions = {
        name: caption
        for name, caption in record.get("figures", {}).items()
        if not _is_in_viewer(name, saved.models)
    }
    figures = [_figure(folder / f"{name}.png", caption) for name, caption in captions.items()]
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
        "measured": measured,
        "counts": {
            "numbers": _count(row["verdict"] for row in measured),
            "claims": _count(row["verdict"] for row in record["claims"]),
        },
        "facts": [
            row | {"is": _short(row["ours"]), "was": _short(row["tutorial"])}
            for row in record["tutorial"]
            if is_fact(row)
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
        "figures": [figure for figure in figures if figure],
        "texts": [
            {"name": path.stem.replace("_", " "), "text": path.read_text("utf-8", "replace")}
            for path in sorted(folder.glob("*.txt"))
            if path.stem not in ("claims", "evaluation")
        ],
        "settings": _settings(saved),
        "curves": embedding.curves(saved),
        "levels": embedding.levels(record["baselines"]),
        "verdicts_by_seeds": _verdicts_by_seeds(saved, lesson),
        "widgets": [{"kind": w["kind"], "json": embedding.as_json(w)} for w in widgets],
        "invitation": INVITATIONS[kinds[0]] if kinds else "",
        "draws": "digit" in kinds,
    }


def _numbers(saved: Saved, lesson: Lesson) -> list[dict[str, Any]]:
    """Return the numbers of the tutorial beside ours, as the page names, marks and finds them."""
    rows = [row for row in saved.record["tutorial"] if not is_fact(row)]
    return [
        {
            "reason": "",
            **row,
            "quantity": shown(row["quantity"], saved.names),
            "mark": evidence.number_mark(row, saved.names),
            "place": f"{lesson.number}-number-{i}",
        }
        for i, row in enumerate(rows)
    ]


def _verdicts_by_seeds(saved: Saved, lesson: Lesson) -> list[str]:
    """Return the counts of the numbers' verdicts after one seed, after two, and so on."""
    module = importlib.import_module(lesson.tutorial)
    counts = [_count(verdicts) for verdicts in numbers.verdicts_by_seeds(saved, module.numbers)]
    return [
        ", ".join(f"{number} {words}" for _, number, words in of_seeds)
        or "no verdict, one run has no interval"
        for of_seeds in counts
    ]


def _is_in_viewer(figure: str, models: Iterable[str]) -> bool:
    """Tell whether a figure has the curves of one model alone, which the viewer draws, too."""
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

"""Draw all numbers and all claims of the tutorials: in one picture, and as marks for the page."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from common import plotting
from results.statistics import Interval
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
    shown,
)
from tutorials.catalogue import Lesson
from tutorials.evidence import Part

GOOD, BAD, OPEN = "good", "bad", "open"
COLOURS = {GOOD: "#0072B2", BAD: "#D55E00", OPEN: "#666666"}  # the colour-blind tell them apart
STYLES = {  # in the order of counts: how it stands, marker, whether it is filled
    REPRODUCED: (GOOD, "D", True),
    HOLDS: (GOOD, "o", True),
    HOLDS_WITHIN: (GOOD, "s", True),
    DIFFERS: (BAD, "D", True),
    DOES_NOT_HOLD: (BAD, "o", True),
    UNDECIDED: (OPEN, "o", False),
    CANNOT_DECIDE: (OPEN, "X", False),
    NOT_COMPARABLE: (OPEN, "x", True),
    TOO_WIDE: (OPEN, "D", False),
}
SPAN = 2.5  # half widths of the inner bar that are shown to either side
REACH = 9.0  # half widths of a claim's interval
SIZE = (10.0, 13.6)  # inches


@dataclass(frozen=True)
class Number:
    """A number of a tutorial beside our runs; what is not shown as it is, is on the bar's scale.

    Attributes:
        name: what it is.
        verdict: what is said of it.
        runs: where our runs are, the inner bar being -1 to 1.
        outer: the ends of the outer bar.
        theirs: the tutorial's number.
    """

    name: str
    verdict: str
    runs: np.ndarray
    outer: tuple[float, float]
    theirs: float


@dataclass(frozen=True)
class Mark:
    """A number or a claim as the page draws it; places are percents of its strip's width.

    Attributes:
        at: the tutorial's number, or where the claim stands; near an end if it is beyond the strip.
        low: the lower end of the bar.
        high: its upper end.
        inside: where a number or a claim should be.
        beyond: "left" or "right" if it is beyond the strip, else "".
        standing: GOOD, BAD or OPEN.
        kind: "number" or "claim".
        text: what it is, in words.
    """

    at: float
    low: float
    high: float
    inside: tuple[float, float]
    beyond: str
    standing: str
    kind: str
    text: str


def number_mark(row: Mapping[str, Any], names: Mapping[str, str]) -> Mark | None:
    """Return the mark of a number of a tutorial, whose models have names; None if not judged."""
    if not _has_runs(row):
        return None
    one = _number(row)
    text = f"{shown(row['quantity'], names)}: tutorial {row['tutorial']:.4g}, one run of ours"
    text += f" {row['low']:.4g} to {row['high']:.4g}; {row['verdict']}"
    places = [one.theirs, *one.outer, -1, 1]
    return _mark_of([place / SPAN for place in places], one.verdict, "number", text)


def claim_mark(claim: Mapping[str, Any]) -> Mark | None:
    """Return the mark of a claim; None if it has no interval."""
    if not claim.get("parts"):
        return None
    at, ends, _ = _distance(claim)
    text = f"{claim['id']} {claim['claim']}: {in_words(claim)}"
    places = [at / REACH, *(end / REACH for end in ends), 0, math.inf]
    return _mark_of(places, claim["verdict"], "claim", text)


def _mark_of(places: Sequence[float], verdict: str, kind: str, text: str) -> Mark:
    """Return a mark of places of which -1 and 1 are near the ends of its strip."""
    beyond = "" if abs(places[0]) <= 1 else "left" if places[0] < 0 else "right"
    low, high, *inside = np.clip(np.array(places[1:]) * 46 + 50, 0, 100).round(1).tolist()
    at = round(50 + 46 * float(np.clip(places[0], -1, 1)), 1)
    return Mark(at, low, high, tuple(inside), beyond, STYLES[verdict][0], kind, text)


def _has_runs(row: Mapping[str, Any]) -> bool:
    """Tell whether a number of a tutorial is judged and has runs of ours beside it."""
    return bool(row["verdict"] and row.get("runs"))


def write(path: Path, results: Iterable[tuple[Lesson, Mapping[str, Any]]]) -> None:
    """Draw the picture of some lessons' records, if there is anything to draw."""
    numbers, claims = [], []
    for lesson, record in results:
        numbers += [(lesson, _number(row)) for row in record["tutorial"] if _has_runs(row)]
        claims += [(lesson, claim) for claim in record["claims"] if claim.get("parts")]
    if numbers and claims:
        plotting.save(draw(numbers, claims), path)


def draw(
    numbers: Sequence[tuple[Lesson, Number]], claims: Sequence[tuple[Lesson, Mapping[str, Any]]]
) -> Figure:
    """Draw numbers on the left and claims on the right, a row each, lesson by lesson."""
    figure, (left, right) = plotting.new(1, 2, size=SIZE, width_ratios=(1, 0.75))
    _draw_numbers(left, numbers)
    _draw_claims(right, claims)
    used = [one.verdict for _, one in numbers] + [claim["verdict"] for _, claim in claims]
    handles = [_handle(verdict, used.count(verdict)) for verdict in STYLES if verdict in used]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=10)
    return figure


def _number(row: Mapping[str, Any]) -> Number:
    """Put a number on the scale of its inner bar: the log of losses, the logit of shares."""
    values = np.array([row["low"], row["high"], *row["outer"], row["tutorial"], *row["runs"]])
    if row["share"]:
        values = np.clip(values, 5e-6, 1 - 5e-6)
        scaled = np.log(values / (1 - values))
    else:
        scaled = np.log(np.maximum(values, 1e-9))
    low, high, *others = scaled
    half = (high - low) / 2 or 1e-9
    outer_low, outer_high, theirs, *runs = (np.array(others) - (low + high) / 2) / half
    name = row["quantity"].replace("last ", "").replace("probability of test review", "review")
    name = textwrap.shorten(name, 40, placeholder=" ...")
    return Number(name, row["verdict"], np.array(runs), (outer_low, outer_high), theirs)


def _draw_numbers(axes: Axes, rows: Sequence[tuple[Lesson, Number]]) -> None:
    names, bold = [], set()
    for place, (lesson, one) in enumerate(rows):
        if not place or rows[place - 1][0] != lesson:
            bold.add(len(names))
            names.append((lesson, f"{lesson.number} {lesson.about.title}"))
        _draw_number(axes, len(names), one)
        names.append((lesson, one.name))
    _rows(axes, names)
    for place in bold:
        axes.get_yticklabels()[place].set_fontweight("bold")
    axes.set(xlim=(-SPAN - 0.3, SPAN + 0.3), xlabel="half widths of the inner bar")
    title = "Numbers: does a run of ours come out so?\nthick: 95% of new runs, thin: on new rows"
    axes.set_title(title, fontsize=11)


def _draw_number(axes: Axes, place: int, one: Number) -> None:
    standing, marker, filled = STYLES[one.verdict]
    inside = np.clip(one.outer, -SPAN, SPAN)
    axes.plot(inside, [place, place], color="0.75", linewidth=1.2, zorder=1)
    axes.plot([-1, 1], [place, place], color="0.55", linewidth=4.5, zorder=2, alpha=0.6)
    runs = np.clip(one.runs, -SPAN, SPAN)
    axes.plot(runs, np.full(len(runs), place), "|", color="0.2", markersize=6, zorder=3)
    if abs(one.theirs) > SPAN:
        marker = "<" if one.theirs < 0 else ">"
    _mark(axes, float(np.clip(one.theirs, -SPAN, SPAN)), place, COLOURS[standing], marker, filled)


def _draw_claims(axes: Axes, rows: Sequence[tuple[Lesson, Mapping[str, Any]]]) -> None:
    axes.axvspan(0, REACH + 1, color=COLOURS[GOOD], alpha=0.08, zorder=0)
    axes.axvline(0, color="0.4", linewidth=1)
    for place, (_, claim) in enumerate(rows):
        at, ends, floor = _distance(claim)
        standing, marker, filled = STYLES[claim["verdict"]]
        colour = COLOURS[standing]
        if abs(at) <= REACH:
            axes.plot(ends, [place, place], color=colour, linewidth=2.5, alpha=0.6)
            if floor:
                axes.plot([at - floor, at + floor], [place, place], "|", color="0.1", markersize=9)
        else:
            marker = ">" if at > 0 else "<"
        _mark(axes, float(np.clip(at, -REACH, REACH)), place, colour, marker, filled)
    names = [(lesson, f"{claim['id']} {_short(claim['claim'])}") for lesson, claim in rows]
    _rows(axes, names)
    axes.set(xlim=(-REACH - 0.6, REACH + 0.6), xlabel="half widths of the interval from the bound")
    title = (
        "Claims: is it where the claim holds (shaded)?\nbar: 95%, | what more seeds do not narrow"
    )
    axes.set_title(title, fontsize=11)


def _distance(claim: Mapping[str, Any]) -> tuple[float, tuple[float, float], float]:
    """Return where the part that decides lies, the ends of its interval and its floor.

    All are distances from the nearest bound, inside positive, in widths of the interval's side.
    """
    parts = []
    for one in claim["parts"]:
        low, high = one["holds"]
        bounds = -math.inf if low is None else low, math.inf if high is None else high
        interval = Interval(one["mean"], one["low"], one["high"])
        parts.append(Part(one["name"], interval, *bounds, one["floor"]))
    part = min(parts, key=lambda part: part.distance / (part.half or 1e-9))
    unit = part.half or 1e-9
    sides = part.interval.mean - part.interval.low, part.interval.high - part.interval.mean
    if part.high - part.interval.mean < part.interval.mean - part.low:  # inside is to the left
        sides = sides[::-1]
    at = part.distance / unit
    return at, (at - sides[0] / unit, at + sides[1] / unit), part.floor / unit


def _short(text: str) -> str:
    """Return a claim in two lines, the second perhaps cut."""
    return "\n".join(textwrap.wrap(text, 42, max_lines=2, placeholder=" ..."))


def _mark(axes: Axes, x: float, y: float, colour: str, marker: str, filled: bool) -> None:
    face = colour if filled else "white"
    axes.plot(x, y, marker, color=colour, markerfacecolor=face, markersize=6.5, zorder=5)


def _rows(axes: Axes, names: Sequence[tuple[Lesson, str]]) -> None:
    """Name the rows, and part the lessons by lines."""
    axes.set_yticks(range(len(names)), [name for _, name in names], fontsize=9, linespacing=0.95)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.4, -0.6)
    for place in range(1, len(names)):
        if names[place][0] != names[place - 1][0]:
            axes.axhline(place - 0.5, color="0.7", linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _handle(verdict: str, count: int):
    standing, marker, filled = STYLES[verdict]
    colour = COLOURS[standing]
    style = {"color": colour, "markerfacecolor": colour if filled else "white"}
    return Line2D([], [], linestyle="", marker=marker, label=f"{count} {verdict}", **style)

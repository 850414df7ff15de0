"""Pieces of Markdown pages: paragraphs, points of a list, tables, texts of their cells."""

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100  # of a line


def paragraph(text: str) -> str:
    """Return a text in lines that fit the page."""
    return textwrap.fill(text, WIDTH)


def point(text: str) -> str:
    """Return a text as a point of a list; names with hyphens stay whole."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(head: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a table by its first line and the cells of its rows."""
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    return "\n".join(lines + [f"| {' | '.join(cells)} |" for cells in rows])


def seconds(value: float) -> str:
    """Return a time as "42 s" or "3 min"."""
    return f"{value:.0f} s" if value < 100 else f"{value / 60:.0f} min"


def digits(value: float) -> str:
    """Return a number with two significant digits, whole from 10 on."""
    return (
        f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"
    )

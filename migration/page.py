"""Write the catalogue of changes as a page: MIGRATION.md."""

import re

from migration.catalogue import Change, changes

INTRODUCTION = """# My old Keras script fails

What scripts for Keras 1 and 2, TensorFlow 1, NumPy 1, pandas 0 and 1, old scikit-learn, matplotlib,
seaborn, SciPy and Python 2 do that today ends in an error or a warning, or silently does something
else; and the line to write instead. Today is TensorFlow 2.21, Keras 3.15, NumPy 2.4, pandas 3,
scikit-learn 1.9, matplotlib 3.11, seaborn 0.13, SciPy 1.17 and Python 3.11 to 3.13.

Two ways to use it:

* Search this page for the message that you see, without the names and numbers of your own.
* Let a program read your script. It runs nothing, and rewrites your own lines where that is simple:

  ```sh
  .venv/bin/python -m migration old_script.py notebook.ipynb
  ```

Every row is tested: `migration/tests/` runs the old line and gets what the row says, and runs
the new line, which works without a warning. In messages `...` stands for what varies. In lines
of code `np`, `pd`, `plt`, `sns`, `tf` and `K` are what they usually are.
"""
SILENT = """## No message, another result

These run, and what they give is not what it was. Read these first: nothing else tells you. Of the
warnings below two leave the table as it was: pandas' `ChainedAssignmentError`.
"""
WARNING = "(a warning)"
KEYWORDS = """## Keywords, methods and attributes that are gone

Where nothing stands beside one, its row above says what to do.
"""
NAMES = """## Names that are gone

Renamed, moved or removed; what takes their place stands beside them. Everything that begins with
such a name is meant, too. `tf.keras` and `tensorflow.keras` count as `keras`, except for names with
an asterisk, which `tf.keras` still has.
"""


def code(text: str) -> str:
    """Return lines of code for a cell of a table."""
    return "<br>".join(_span(line) for line in text.strip().splitlines())


def _span(line: str) -> str:
    """Return one line as a code span; leading spaces stay, `|` does not end the cell."""
    fence = "``" if "`" in line else "`"
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}".replace("|", r"\|")


def _prose(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def _message(change: Change) -> str:
    """Return the message as it is searched for; prose where nothing is shown."""
    if change.kind == "silent":
        return _prose(change.sees)
    return code(change.sees) + (f" {WARNING}" if change.kind == "warning" else "")


def _table(rows: list[Change], first: str) -> list[str]:
    lines = [f"| {first} | old | why | write |", "|---|---|---|---|"]
    for row in rows:
        cells = (_message(row), code(row.old), _prose(row.cause), code(row.new))
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _differs(change: Change, old: str) -> str:
    """Return a remark on what replaces a function, if it does not take the same arguments."""
    if old not in change.fits:
        return ""
    return ", other arguments" if change.fits[old] == "-" else ", some arguments differ"


def _names() -> list[str]:
    """Return the lines of the table of all names that are gone."""
    lines = ["| gone | instead |", "|---|---|"]
    for change in changes().values():
        for old, new in (change.gone | change.builtins).items():
            star = r"\*" if change.only else ""
            old, new = (f"{name}*" if name.endswith(".") else name for name in (old, new))
            instead = f"`{new}`{_differs(change, old)}" if new else ""
            lines.append(f"| `{old}`{star} | {instead} |")
    return lines


def _where(change: Change) -> str:
    """Return the names of the functions that a row's keywords belong to."""
    names = [re.sub(r"^(keras\.datasets\.|.*:|\.)", "", call) for call in change.calls]
    plain = sorted({name for name in names if "[" not in name})
    return ", ".join(f"`{name}`" for name in plain) or f"any class of {change.library}"


def _value(text: str) -> str:
    """Return a keyword, or a keyword with its value as it is written in a script."""
    name, equals, value = text.partition("=")
    constant = not value or value in ("True", "False", "None") or value[0] in "'r"
    return text if constant else f"{name}{equals}'{value}'"


def _keywords() -> list[str]:
    """Return the lines of the table of all keywords, methods and attributes that are gone."""
    lines = ["| gone | of | instead |", "|---|---|---|"]
    for change in changes().values():
        for old, new in change.keywords.items():
            instead = {"-": "nothing: leave it out", "": ""}.get(new, f"`{new}`")
            lines.append(f"| `{_value(old)}` | {_where(change)} | {instead} |")
        for old, new in (change.methods | change.attributes).items():
            instead = f"`.{new}`{_differs(change, old)}" if new else ""
            lines.append(f"| `.{old}` | {change.library} | {instead} |")
    return lines


def text() -> str:
    """Return the page."""
    rows = list(changes().values())
    silent = [row for row in rows if row.kind == "silent"]
    parts = [INTRODUCTION, _contents(rows), SILENT]
    parts.append("\n".join(_table(silent, "what happens")) + "\n")
    for library in dict.fromkeys(row.library for row in rows):
        mine = [row for row in rows if row.library == library and row.kind != "silent"]
        parts.append(f"## {library}\n")
        parts.append("\n".join(_table(mine, "message")) + "\n")
    parts += [KEYWORDS, "\n".join(_keywords()) + "\n", NAMES, "\n".join(_names()) + "\n"]
    return "\n".join(parts)


def _contents(rows: list[Change]) -> str:
    """Return links to the sections, with their numbers of rows."""
    counts = {"No message, another result": sum(row.kind == "silent" for row in rows)}
    for row in rows:
        counts[row.library] = counts.get(row.library, 0) + (row.kind != "silent")
    links = [f"[{name}](#{_anchor(name)}) ({number})" for name, number in counts.items()]
    for section in (KEYWORDS, NAMES):
        heading = section.splitlines()[0].removeprefix("## ")
        links.append(f"[{heading}](#{_anchor(heading)})")
    return " ·\n".join(links) + "\n"


def _anchor(heading: str) -> str:
    """Return a heading as GitHub links to it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")

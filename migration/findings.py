"""List what no longer works in a script, with the line to write instead."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from migration import (
    history_checks,
    model_checks,
    number_checks,
    patterns,
    plot_checks,
    renames,
    table_checks,
)
from migration.catalogue import Change, changes
from migration.names import Names
from migration.patterns import Match
from migration.reader import Source, parse

OLD_VERSION = re.compile(
    r"\s*(%tensorflow_version\s+1|[!%](sudo )?pip3? install\b.*?['\" ]"
    r"(?P<pinned>keras==[012]\.[\d.]+|tensorflow(-gpu)?==[01]\.[\d.]+))",
    re.IGNORECASE,
)
OLD_TENSORFLOW = "ValueError: Tensorflow 1 is unsupported in Colab."
OLD_KERAS = "an old Keras takes the place of today's, which TensorFlow needs"
NO_VERSION = "ERROR: No matching distribution found for {}"


@dataclass(frozen=True)
class Finding:
    """Something in a script that no longer works or has silently changed.

    Attributes:
        place: where it is, such as "12" or "cell 3, line 2".
        line: that line of the script.
        change: the row of the catalogue, None for a line that cannot be parsed.
        message: what one sees.
        write: the line to write instead.
        is_own: whether that is the script's own line, rewritten, and not the catalogue's.
        imports: what such a line needs that the script does not import.
    """

    place: str
    line: str
    change: Change | None
    message: str
    write: str
    is_own: bool = True
    imports: tuple[str, ...] = ()


def find(lines: list[str], places: list[str]) -> list[Finding]:
    """Return what no longer works in these lines, in their order.

    Args:
        lines: of a script, or of a notebook's cells behind each other.
        places: for each line where it is.
    """
    source = parse(lines)
    found: dict[tuple[int, str], Finding] = {}
    names = _names(source)
    matches = _matches(source, names)
    of_line: dict[int, list[Match]] = {}
    for match in matches:
        of_line.setdefault(match.line, []).append(match)
    for match in matches:
        if match.line in source.unreadable or (match.line, match.id) in found:
            continue
        change = changes()[match.id]
        own = _own(source, match, matches, of_line[match.line])
        old = source.lines[match.line - 1]
        found[match.line, match.id] = Finding(
            places[match.line - 1],
            lines[match.line - 1].strip(),
            change,
            match.message or change.message,
            own or change.new.strip(),
            is_own=bool(own),
            imports=tuple(renames.imports(old, own, names)) if own else (),
        )
    for number, (id, new) in source.repaired.items():
        change = changes()[id]
        old = lines[number - 1].strip()
        alike = of_line.get(number, [])
        own = "" if _unfixed(alike) else _rewritten(source, None, alike) or new.strip()
        new = own or change.new.strip()
        found[number, id] = Finding(
            places[number - 1], old, change, change.message, new, is_own=bool(own)
        )
    for number in source.magics:
        if finding := _of_magic(lines[number - 1].strip(), places[number - 1]):
            found[number, ""] = finding
    for number, message in source.unreadable.items():
        old = lines[number - 1].strip()
        found[number, ""] = Finding(places[number - 1], old, None, message, "")
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _of_magic(line: str, place: str) -> Finding | None:
    """Return what is wrong with a line that only notebooks run, None if nothing is."""
    in_script = place.isdigit()
    if old := OLD_VERSION.match(line):
        change, pinned = changes()["paste-old-version"], (old["pinned"] or "").lower()
        message = "SyntaxError: invalid syntax" if pinned else change.message
        if not in_script:
            message = NO_VERSION.format(pinned) if pinned else OLD_TENSORFLOW
            message = OLD_KERAS if pinned.startswith("keras") else message
        return Finding(place, line, change, message, change.new, is_own=False)
    change = changes()["paste-magic"]
    return Finding(place, line, change, change.message, change.new) if in_script else None


def _names(source: Source) -> Names:
    try:
        return Names(source.tree)
    except RecursionError:  # an expression too deep to follow
        source.tree.body.clear()
        return Names(source.tree)


def _matches(source: Source, names: Names) -> list[Match]:
    try:
        nodes = list(ast.walk(source.tree))
        matches = list(patterns.matches(nodes, names))
        for checks in (history_checks, model_checks, table_checks, number_checks, plot_checks):
            matches += checks.matches(nodes, names, source)
    except RecursionError:
        return []
    return sorted(matches, key=lambda match: match.line)


def _own(source: Source, match: Match, matches: list[Match], alike: list[Match]) -> str:
    """Return the script's own line with all of its faults fixed, "" if that is not simple."""
    if _unfixed(alike):
        return ""
    if match.write:
        errors = [other for other in alike if changes()[other.id].kind == "error"]
        return match.write if all(other.write == match.write for other in errors) else ""
    return _rewritten(source, match, matches)


def _unfixed(alike: list[Match]) -> bool:
    """Tell whether an error is among these matches that no edit fixes."""
    fixed = {match.id for match in alike if match.edits or match.write}
    return any(changes()[m.id].kind == "error" and m.id not in fixed for m in alike)


def _rewritten(source: Source, match: Match | None, matches: Iterable[Match]) -> str:
    """Return the script's own lines with all edits that its matches have, "" if there are none.

    Args:
        source: the script.
        match: whose edits are wanted, with all others in the same lines; None: those of any.
        matches: all that may have edits there.
    """
    edits = {edit for other in matches for edit in other.edits}
    if match:
        mine = {edit[0] for edit in match.edits}
        if mine - {match.line}:  # in several lines: the whole statement
            first, last = _statement(source, match.line)
            mine = {*mine, first, last}
        edits = {edit for edit in edits if mine and min(mine) <= edit[0] <= max(mine)}
    if not edits:
        return ""
    numbers = sorted(mine if match else {edit[0] for edit in edits})
    lines = source.lines[numbers[0] - 1 : numbers[-1]]
    for index, number in enumerate(range(numbers[0], numbers[-1] + 1)):
        mine = [edit for edit in edits if edit[0] == number]
        lines[index] = _edited(lines[index], sorted(mine, reverse=True))
    return "\n".join(line for line in lines if line.strip()).strip()


def _statement(source: Source, line: int) -> tuple[int, int]:
    """Return the numbers of the first and the last line of the statement that a line is in."""
    around = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.stmt) and not hasattr(node, "body")
    ]
    return next((lines for lines in around if lines[0] <= line <= lines[1]), (line, line))


def _edited(text: str, edits: list[patterns.Edit]) -> str:
    """Return a line with edits, the last of them first."""
    line = text.encode()
    end = len(line) + 1
    for _, start, stop, new in edits:
        if not new:  # what is left out may overlap; its comma goes, too
            stop = min(stop, end)
            before, behind = line[:start].strip(), line[stop:].lstrip()
            if (not before or before.endswith(b"(")) and behind.startswith(b","):
                stop = len(line) - len(behind) + 1
        if stop <= end:  # of two other edits that overlap, the one behind
            line, end = line[:start] + new.encode() + line[stop:], start
    return line.decode(errors="replace")

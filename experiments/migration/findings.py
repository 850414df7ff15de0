"""List what no longer works in a script, with the line to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass

from migration import checks, patterns
from migration.catalogue import Change, changes
from migration.names import Names
from migration.patterns import Match
from migration.reader import Source, parse


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
    """

    place: str
    line: str
    change: Change | None
    message: str
    write: str
    is_own: bool = True


def find(lines: list[str], places: list[str]) -> list[Finding]:
    """Return what no longer works in these lines, in their order.

    Args:
        lines: of a script, or of a notebook's cells behind each other.
        places: for each line where it is.
    """
    source = parse(lines)
    found: dict[tuple[int, str], Finding] = {}
    matches = _matches(source)
    for match in matches:
        if match.line in source.unreadable or (match.line, match.id) in found:
            continue
        change = changes()[match.id]
        alike = [other for other in matches if other.line == match.line]
        own = match.write or _rewritten(source, match, alike)
        found[match.line, match.id] = Finding(
            places[match.line - 1],
            lines[match.line - 1].strip(),
            change,
            match.message or change.message,
            own or change.new.strip(),
            is_own=bool(own),
        )
    for number, (id, new) in source.repaired.items():
        change = changes()[id]
        old = lines[number - 1].strip()
        new = _rewritten(source, None, [m for m in matches if m.line == number]) or new.strip()
        found[number, id] = Finding(places[number - 1], old, change, change.message, new)
    for number in source.magics:
        if places[number - 1].isdigit():  # in a script
            change = changes()["paste-magic"]
            old = lines[number - 1].strip()
            found[number, ""] = Finding(str(number), old, change, change.message, change.new)
    for number, message in source.unreadable.items():
        old = lines[number - 1].strip()
        found[number, ""] = Finding(places[number - 1], old, None, message, "")
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _matches(source: Source) -> list[Match]:
    try:
        names = Names(source.tree)
        matches = [*patterns.matches(source, names), *checks.matches(source, names)]
    except RecursionError:  # an expression too deep to follow
        return []
    return sorted(matches, key=lambda match: match.line)


def _rewritten(source: Source, match: Match | None, alike: Iterable[Match]) -> str:
    """Return the script's own line with all edits that its matches have, "" if there are none.

    Args:
        source: the script.
        match: whose edit is wanted; None: that of any.
        alike: all matches in the same line.
    """
    if match and not match.edits:
        return ""
    edits = sorted({edit for other in alike for edit in other.edits}, reverse=True)
    edits = [edit for edit in edits if match is None or edit[0] == match.edits[0][0]]
    if not edits:
        return ""
    line = source.lines[edits[0][0] - 1].encode()
    end = len(line) + 1
    for _, start, stop, text in edits:
        if stop <= end:  # of two edits that overlap, the one behind
            line, end = line[:start] + text.encode() + line[stop:], start
    return line.decode(errors="replace").strip()

"""Read old scripts and notebooks: a line that cannot be parsed is named, the rest read."""

import ast
import io
import json
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_SIZE = 20_000_000  # bytes; a larger file is data
MAX_REPAIRS = 300  # lines of one text that cannot be parsed
CELL_CODE = ("time", "timeit", "capture", "prun", "python", "python2", "python3")
PROMPT = re.compile(r"(>>>|\.\.\.|In \[\d+\]:)( |$)")
MAGIC = re.compile(r"\s*(%%?[A-Za-z]|![^=]|[\w.]+\?\??\s*$|[\w, ]*=\s*[%!][A-Za-z])")
PASTED = {
    "paste-spaces": str.maketrans(
        dict.fromkeys("\u00a0\u2002\u2003\u2009\u3000", " ") | {"\u200b": ""}
    ),
    "paste-quotes": str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}),
}
COMMENT = re.compile(r"((?:[^#'\"]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|['\"])*?)(#.*)?")
# Python 2, and what it is today: statements of one line, and what may be anywhere in a line.
STATEMENTS = {
    "py-print-chevron": (
        r"print\s*>>\s*(?P<to>[^,]+?)\s*,\s*(?P<what>.*)$",
        r"print(\g<what>, file=\g<to>)",
    ),
    "py-print": (r"print(?![\w(=.]|\s*=[^=])\s*(?P<what>.*?),?\s*$", r"print(\g<what>)"),
    "py-except": (
        r"except\s+(?P<kind>.+?)\s*,\s*(?P<name>\w+)\s*:",
        r"except \g<kind> as \g<name>:",
    ),
}
ANYWHERE = [
    (r"\braise\s+([\w.]+)\s*,\s*(.+)$", r"raise \1(\2)"),
    (r"\bexec\s+(.+)$", r"exec(\1)"),
    (r"`([^`]+)`", r"repr(\1)"),
    (r"<>", "!="),
    (r"\b([0-9]+)[lL]\b", r"\1"),
    (r"\b0([0-7]+)\b", r"0o\1"),
    (r"\b[uU][rR](?=['\"])", ""),
]


class FileError(Exception):
    """A file that is no script and no notebook; the message is one line."""


@dataclass
class Source:
    """A text as it is parsed.

    Attributes:
        lines: the lines, without prompts and magics of notebooks, in today's syntax.
        tree: what they say.
        repaired: what is Python 2, by its number in `lines`: the row's id and the line of today.
        unreadable: what cannot be parsed, by number: why.
        magics: the numbers of lines that only notebooks run.
        cleaned: whether such lines and prompts have been left out.
    """

    lines: list[str]
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))
    repaired: dict[int, tuple[str, str]] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    magics: set[int] = field(default_factory=set)
    cleaned: bool = False


def read_file(path: Path) -> tuple[list[str], list[str]]:
    """Read a script or a notebook.

    Returns:
        Its lines, those of a notebook's cells behind each other; and for each line where it is,
        such as "12" or "cell 3, line 2".

    Raises:
        FileError: it cannot be read, is no text, or no notebook.
    """
    try:
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "what is no file"
            raise FileError(f"{path}: expected a script or a notebook, found {kind}.")
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{path}: cannot be read ({reason}).") from error
    if len(content) > MAX_SIZE:
        raise FileError(f"{path}: expected a script, found more than {MAX_SIZE:,} bytes.")
    text = decode(content)
    if text is None:
        raise FileError(f"{path}: expected text, found other bytes.")
    if not text.strip():
        raise FileError(f"{path}: expected a script or a notebook, found nothing in it.")
    if path.suffix == ".ipynb":
        return _cells(path, text)
    lines = split_lines(text)
    return lines, [str(number) for number in range(1, len(lines) + 1)]


def decode(content: bytes) -> str | None:
    """Return the text in these bytes, None if they are no text; old Korean files are cp949."""
    try:
        declared = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    except SyntaxError:
        declared = "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        declared = "utf-16"
    for encoding in (declared, "utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
        return None if "\0" in text else text
    return None


def split_lines(text: str) -> list[str]:
    """Return the lines of a text as Python counts them."""
    return re.split(r"\r\n|\r|\n", text.replace("\f", ""))


def _cells(path: Path, text: str) -> tuple[list[str], list[str]]:
    """Return the lines of a notebook's code cells and where they are."""
    try:
        notebook = json.loads(text)
        sheets = notebook.get("worksheets") or [notebook]  # worksheets: before 2015
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        kinds = [cell["cell_type"] for cell in cells]
        parts = [cell.get("source", cell.get("input", "")) for cell in cells]
        texts = [part if isinstance(part, str) else "".join(part) for part in parts]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        text = "expected a notebook, found no JSON with cells"
        raise FileError(f"{path}: {text} ({type(error).__name__}).") from error
    lines, places = [], []
    for number, (kind, source) in enumerate(zip(kinds, texts, strict=True), 1):
        if kind == "code":
            inside = split_lines(_without_cell_magic(source))
            lines += inside
            places += [f"cell {number}, line {line}" for line in range(1, len(inside) + 1)]
    return lines, places


def _without_cell_magic(cell: str) -> str:
    """Return a cell's Python; a cell in another language gives none."""
    magic = re.match(r"\s*%%(\w+)", cell)
    return "" if magic and magic[1] not in CELL_CODE else cell


def parse(lines: list[str]) -> Source:
    """Parse lines, in spite of prompts, magics, Python 2 and what cannot be parsed at all."""
    source = Source([line.replace("\0", " ") for line in lines])
    for _ in range(len(lines) + MAX_REPAIRS):
        problem = _problem(source)
        if problem is None:
            break
        number, message = problem
        if len(source.unreadable) >= MAX_REPAIRS:
            source.unreadable[number] = "the rest is not read: too much cannot be parsed"
            source.tree = ast.Module([], [])
            break
        if not _repair(source, number, message):
            source.unreadable[number] = message
            _blank(source.lines, number)
    _forget_repairs_in_text(source)
    return source


def _clean(source: Source) -> bool:
    """Leave out what a shell or a notebook adds; tell whether there was anything."""
    prompts = any(line.lstrip().startswith((">>> ", "In [")) for line in source.lines)
    lines = []
    for number, line in enumerate(source.lines, 1):
        stripped = line.lstrip()
        prompt = PROMPT.match(stripped) if prompts else None
        line = stripped[prompt.end() :] if prompt else line
        if MAGIC.match(line):
            source.magics.add(number)
            line = f"{line[: len(line) - len(line.lstrip())]}pass"
        lines.append(line)
    changed = lines != source.lines
    source.lines[:] = lines
    return changed


def _problem(source: Source) -> tuple[int, str] | None:
    """Parse the lines; return the number of the line that fails and why, None if none does."""
    try:
        with warnings.catch_warnings(action="ignore"):
            source.tree = ast.parse("\n".join(source.lines))
        return None
    except SyntaxError as error:
        number = min(max(error.lineno or 1, 1), len(source.lines))
        while number > 1 and not source.lines[number - 1].strip():
            number -= 1
        return number, f"{type(error).__name__}: {error.msg}"
    except (ValueError, MemoryError, RecursionError) as error:
        sizes = [len(line) for line in source.lines]
        return sizes.index(max(sizes)) + 1, f"{type(error).__name__}: too long or too deep"


def _repair(source: Source, number: int, message: str) -> bool:
    """Write what a notebook, a web page or Python 2 has in today's Python; tell if any was."""
    if not source.cleaned:
        source.cleaned = True
        if _clean(source):
            return True
    if message.startswith("TabError"):
        if any(change == "py-tabs" for change, _ in source.repaired.values()):
            return False
        source.lines[:] = [line.expandtabs(8) for line in source.lines]
        source.repaired[number] = ("py-tabs", source.lines[number - 1])
        return True
    if "invalid non-printable character" in message or "invalid character" in message:
        found = [_unpasted(source, number, change) for change in PASTED]
        return any(found)
    # One line at fault means that others like it are: all are fixed before the next attempt.
    nearby = range(max(number - 1, 1), number + 1)
    alike = range(1, len(source.lines) + 1) if "'print'" in message else nearby
    fixed = False
    for candidate in (*nearby, *alike):
        line = source.lines[candidate - 1]
        for change, new in _todays(line):
            if candidate not in source.repaired and _parses_better(line, new):
                source.lines[candidate - 1] = new
                source.repaired[candidate] = (change, new)
                fixed = True
                break
    return fixed


def _unpasted(source: Source, number: int, change: str) -> bool:
    """Write one kind of characters that web pages have as Python's; tell whether there were any."""
    table = PASTED[change]
    lines = [
        line.translate(table) if change == "paste-spaces" or _fails(line) else line
        for line in source.lines
    ]
    changed = lines != source.lines
    if changed:
        differing = [n for n, line in enumerate(lines, 1) if line != source.lines[n - 1]]
        first = number if number in differing else differing[0]
        source.repaired[first] = (change, lines[first - 1])
        source.lines[:] = lines
    return changed


def _todays(line: str) -> Iterator[tuple[str, str]]:
    """Yield what a line of Python 2 may be today, with the id of the row."""
    indent = line[: len(line) - len(line.lstrip())]
    code, comment = COMMENT.fullmatch(line.strip()).groups()
    code = code.rstrip()
    comment = f"  {comment}" * bool(comment)
    others = code
    for pattern, new in ANYWHERE:
        others = re.sub(pattern, new, others)
    for text in dict.fromkeys([code, others]):
        for change, (pattern, new) in STATEMENTS.items():
            if found := re.match(rf"(?P<before>(?:[^'\"#]*?:\s*)?){pattern}", text):
                rest = text[found.end() :]
                yield change, indent + found["before"] + found.expand(new) + rest + comment
    yield "py-syntax", indent + others + comment


def _parses_better(old: str, new: str) -> bool:
    """Tell whether a line fails by itself and the new one does not."""
    return _fails(old) and not _fails(new)


def _fails(line: str) -> bool:
    """Tell whether a line, with a body if it begins a block, cannot be parsed by itself."""
    code = line.strip()
    if re.match(r"(except|finally|else|elif)\b", code):
        code = f"try: pass\n{code}" if code.startswith(("except", "finally")) else code
        code = re.sub(r"^el(se|if)\b", r"if 1: pass\nel\1", code)
    with warnings.catch_warnings(action="ignore"):
        for text in (code, f"{code}\n pass", f"{code})", f"{code}]"):
            try:
                ast.parse(text)
                return False
            except (SyntaxError, ValueError, MemoryError, RecursionError):
                continue
    return True


def _blank(lines: list[str], number: int) -> None:
    """Leave a line out; if nothing is left of it but `pass`, leave out that, too."""
    line = lines[number - 1]
    indent = line[: len(line) - len(line.lstrip())]
    lines[number - 1] = "" if line.strip() == "pass" else f"{indent}pass"


def _forget_repairs_in_text(source: Source) -> None:
    """Forget repairs of lines that are inside of a text of several lines."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for number in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1):
                source.repaired.pop(number, None)

"""Find what the catalogue describes by names, keywords, methods and arguments alone."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from migration import messages
from migration.catalogue import Change, changes
from migration.names import Names, canonical
from migration.renames import fits, gone, short, top
from migration.syntax import Edit, argued, instead, renamed, text_of

AXIS = {"concat": "axis", "drop": "axis", "read_csv": "sep"}


@dataclass(frozen=True)
class Match:
    """A place where a row of the catalogue applies.

    Attributes:
        id: of the row.
        line: the number of the line.
        edits: what to replace, where that is simple.
        write: the line to write instead, where it is another one altogether.
        message: what one sees, where it is not just what the row says.
    """

    id: str
    line: int
    edits: tuple[Edit, ...] = ()
    write: str = ""
    message: str = ""


def matches(nodes: list[ast.AST], names: Names) -> Iterator[Match]:
    """Yield what the patterns of the catalogue match in a script."""
    inner = {
        id(node.value) for node in nodes if isinstance(node, ast.Attribute) and names.written(node)
    }
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)
        elif isinstance(node, ast.Call):
            yield from _call(node, names)
        if isinstance(node, ast.Attribute):
            yield from _attribute(node, names)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner:
            yield from _use(node, names)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Match]:
    """Yield what an import names that is gone."""
    if isinstance(node, ast.Import):
        for name in node.names:
            if found := gone(name.name):
                first = top(name.name)
                message = messages.of_import(found[0], first, first, first)
                yield Match(found[0].id, node.lineno, write=_new_imports(node), message=message)
        return
    if not node.module or node.level:
        return
    for name in node.names:
        full = _full(node, name)
        if found := gone(full):
            message = messages.of_import(found[0], node.module, full, top(full))
            yield Match(found[0].id, node.lineno, write=_new_imports(node), message=message)


def _full(node: ast.Import | ast.ImportFrom, name: ast.alias) -> str:
    """Return the full name of what an import names; of the module for `*`."""
    if isinstance(node, ast.Import):
        return name.name
    return node.module if name.name == "*" else f"{node.module}.{name.name}"


def _new_imports(node: ast.Import | ast.ImportFrom) -> str:
    """Return an import that works today, "" if not all of what it names has a successor."""
    lines: dict[str, list[str]] = {}
    for name in node.names:
        full = _full(node, name)
        was = full
        while found := gone(full):  # the successor may be gone, too
            _, old, new = found
            if not new:
                return ""
            today = canonical(full).replace(old, new, 1)
            tensorflow = full.startswith("tensorflow.") and today.startswith("keras.")
            full = f"tensorflow.{today}" if tensorflow else today
        home, _, last = full.rpartition(".")
        alias = name.asname
        if isinstance(node, ast.Import):
            alias = alias or (name.name if full != was and "." not in name.name else None)
            lines[f"import {full}" + (f" as {alias}" if alias and alias != full else "")] = []
        elif name.name == "*":
            lines[f"from {full} import *"] = []
        elif home:
            part = last + (f" as {alias}" if alias and alias != last else "")
            lines.setdefault(f"from {home} import ", []).append(part)
        elif last in ("map", "zip", "filter"):
            lines[f"{alias or name.name} = {last}"] = []
        else:
            lines[f"import {last}" + (f" as {alias}" if alias and alias != last else "")] = []
    return "\n".join(start + ", ".join(names) for start, names in lines.items())


def _use(node: ast.Attribute | ast.Name, names: Names) -> Iterator[Match]:
    """Yield a use of what is gone; for a name the import says it, unless nothing is imported."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield from _name(node, names)
        return
    written = names.written(node)
    found = gone(written) if written and isinstance(node.ctx, ast.Load) else None
    if not found:
        return
    change, old, new = found
    chain, base = [], node
    while isinstance(base, ast.Attribute):
        chain.insert(0, base)
        base = base.value
    if canonical(names.written(base)).startswith(old):
        return  # the import says it
    # The outermost part of the chain that is gone, such as np.int of np.int.name.
    for part in chain:
        if canonical(names.written(part)).startswith(old):
            break
    else:
        return
    owner, _, last = top(written).rpartition(".")
    message = messages.of_attribute(change, canonical(owner), last)
    simple = new and canonical(names.written(part)) == old and fits(change, old, part, names)
    edits = instead(part, _as_written(new, base, chain, names)) if simple else ()
    yield Match(change.id, part.end_lineno or part.lineno, edits, message=message)


def _as_written(new: str, base: ast.AST, chain: list[ast.Attribute], names: Names) -> str:
    """Return a full name with as much as remains of what the script has there."""
    for part in [*reversed(chain), base]:
        full = names.written(part)
        for known in (full, canonical(full)):
            if known and new.startswith(f"{known}.") and not gone(full):
                return f"{ast.unparse(part)}{new[len(known) :]}"
    return short(new, names)


def _name(node: ast.Name, names: Names) -> Iterator[Match]:
    """Yield a name that Python has no more, or a use of one that is imported under a new name."""
    if node.id in names.full:
        full = names.full[node.id]
        found = gone(full)
        renamed = found and found[2] and found[2].rpartition(".")[2] != node.id
        if renamed and full == found[1] and full.endswith(f".{node.id}"):
            edits = instead(node, found[2].rpartition(".")[2])
            edits = edits if fits(found[0], found[1], node, names) else ()
            message = messages.of_import(found[0], full.rpartition(".")[0], full, top(full))
            yield Match(found[0].id, node.lineno, edits, message=message)
        return
    if node.id in names.bound:
        return
    for change in changes().values():
        if node.id in change.builtins:
            new = change.builtins[node.id]
            message = messages.of_name(change, node.id)
            yield Match(change.id, node.lineno, instead(node, new) if new else (), message=message)


def _attribute(node: ast.Attribute, names: Names) -> Iterator[Match]:
    """Yield an attribute or a method that objects have no more."""
    if names.written(node):
        return
    inner = node.value.attr if isinstance(node.value, ast.Attribute) else ""
    for change in changes().values():
        for old, new in (change.attributes | change.methods).items():
            if node.attr == old or f"{inner}.{node.attr}" == old:
                last = ".".join(new.split(".")[old.count(".") :])
                message = messages.of_member(change, node.attr)
                edits = renamed(node, last) if new and fits(change, old, node, names) else ()
                yield Match(change.id, node.end_lineno, edits, message=message)


def _call(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield what is wrong with the arguments of a call."""
    call, full = names.call(node), names.known(node.func)
    for change in changes().values():
        if any(fnmatchcase(call, p) or fnmatchcase(full, p) for p in change.calls):
            yield from _of_removed(_keywords(node, change, call), node, names)
        pattern = change.strings.get(call)
        first = node.args[0] if node.args else None
        text = text_of(first)
        if pattern and text is not None and re.fullmatch(pattern, text):
            yield Match(change.id, first.lineno, message=messages.of_value(change, text))
        if call in change.positional:
            yield from _positional(node, call, change, names)


def _of_removed(found: Iterator[Match], node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield faults of keywords; of a method that is gone they are edits only."""
    method = getattr(node.func, "attr", "")
    for change in changes().values():
        if method in change.methods and not names.written(node.func):
            if fits(change, method, node.func, names):
                message = messages.of_member(change, method)
                for match in found:
                    yield Match(change.id, match.line, match.edits, message=message)
            return
    yield from found


def _keywords(node: ast.Call, change: Change, call: str) -> Iterator[Match]:
    """Yield keywords that a call does not take, or takes as something else."""
    given = [keyword.arg for keyword in node.keywords]
    name, value, _ = change.missing.partition("=")
    if name and name not in given and None not in given:
        yield Match(change.id, node.lineno, argued(node, change.missing) if value else ())
    for keyword in node.keywords:
        for old, new in change.keywords.items():
            name, _, value = old.partition("=")
            if keyword.arg != name or (value and not _is(keyword.value, value)):
                continue
            value = ast.unparse(keyword.value)
            message = messages.of_keyword(change, re.split(r"[:.]", call)[-1], name, value)
            yield Match(change.id, keyword.lineno, new_keyword(node, keyword, new), "", message)


def new_keyword(node: ast.Call, keyword: ast.keyword, new: str) -> tuple[Edit, ...]:
    """Return the edit that renames a keyword, gives it another value or leaves it out."""
    line, start, end = keyword.lineno, keyword.col_offset, keyword.end_col_offset
    if not new or (keyword.end_lineno != line and ("=" in new or new == "-")):
        return ()
    if new != "-":
        end = end if "=" in new else start + len(keyword.arg.encode())
        return ((line, start, end, new),)
    given = sorted([*node.args, *node.keywords], key=lambda part: (part.lineno, part.col_offset))
    place = given.index(keyword)
    if place and given[place - 1].end_lineno == line:
        return ((line, given[place - 1].end_col_offset, end, ""),)
    if place + 1 < len(given) and given[place + 1].lineno == line:
        return ((line, start, given[place + 1].col_offset, ""),)
    return ((line, start, end, ""),)


def _is(node: ast.AST, value: str) -> bool:
    """Tell whether an expression is this constant."""
    return isinstance(node, ast.Constant) and str(node.value) == value


def _positional(node: ast.Call, call: str, change: Change, names: Names) -> Iterator[Match]:
    """Yield a call with too many arguments without names."""
    extra = node.args[change.positional[call] :]
    if not extra or any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    if call.startswith("."):
        constant = all(isinstance(argument, ast.Constant) for argument in extra)
        if not constant or names.is_kind(node.func.value, "list", "dict"):
            return
    last = re.split(r"[:.]", call)[-1]
    named = dict(zip(("x", "y"), node.args, strict=False)) if call.startswith("seaborn:") else {}
    if last in AXIS and len(extra) == 1:
        named = {AXIS[last]: extra[0]}
    elif len(node.args) > len(named):
        named = {}
    edits = [(n.lineno, n.col_offset, n.col_offset, f"{name}=") for name, n in named.items()]
    edits = edits if len({edit[0] for edit in edits}) == 1 else []
    yield Match(change.id, extra[0].lineno, tuple(edits), message=_too_many(node, call))


def _too_many(node: ast.Call, call: str) -> str:
    """Return what Python says of too many arguments, "" where the row says it."""
    last = re.split(r"[:.]", call)[-1]
    if any(keyword.arg == "data" for keyword in node.keywords):
        return f"TypeError: {last}() got multiple values for argument 'data'"
    given = len(node.args)
    if call.startswith("pandas:"):
        return f"TypeError: {last}() takes 1 positional argument but {given} were given"
    if call.startswith("seaborn:") and given > 1:
        return f"TypeError: {last}() takes from 0 to 1 positional arguments but {given} were given"
    return "TypeError: DataFrame.pivot() takes 1 positional argument" * (last == "pivot")

"""Find what old code does with tables that pandas no longer does."""

import ast
import re
from collections.abc import Iterator

from migration.names import Names
from migration.patterns import Match
from migration.reader import Source
from migration.syntax import argued, argument, behind, keyword, names_object, renamed, text_of

REGULAR = re.compile(r"[\\\[\]*+?^$|(){}]")
READ_ONLY = {True: "output array is read-only", False: "assignment destination is read-only"}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def matches(nodes: list[ast.AST], names: Names, source: Source) -> Iterator[Match]:
    """Yield what the checks of this module find among the parts of a script."""
    calls = {names.call(node) for node in nodes if isinstance(node, ast.Call)}
    # Text beside the numbers: a column of a table is encoded, and a network is trained.
    mixed = "sklearn:LabelEncoder" in calls and bool(calls & {"keras:Sequential", "keras:Model"})
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AugAssign):
            yield from _chained(node, names)
            yield from _read_only(node, names)
        if isinstance(node, ast.Assign):
            yield from _append_to_itself(node, names)
            if mixed:
                yield from _objects(node, names)
        elif isinstance(node, ast.Call):
            yield from _inplace(node, names)
            yield from _methods(node, names)
        elif isinstance(node, ast.Subscript):
            yield from _ix(node, names)
        elif isinstance(node, ast.Compare):
            yield from _dtype(node, names)


def _methods(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield methods that tables no longer have, or that mean something else."""
    if not isinstance(node.func, ast.Attribute) or names.written(node.func):
        return
    owner, method = node.func.value, node.func.attr
    frame = names.kind(owner) == "frame"
    if method == "append" and (frame or keyword(node, "ignore_index")):
        yield Match("pd-append", node.lineno)
    if method == "sort" and not names.is_kind(owner, "list"):
        text = node.args and text_of(node.args[0])
        if frame or text or keyword(node, "by") or keyword(node, "columns"):
            edits = () if keyword(node, "columns") else renamed(node.func, "sort_values")
            yield Match("pd-sort", node.func.end_lineno, edits)
    if method in ("get_value", "set_value") and frame:
        message = f"AttributeError: 'DataFrame' object has no attribute '{method}'"
        yield Match("pd-methods", node.func.end_lineno, message=message)
    if method == "select_dtypes" and names_object(argument(node, "include")):
        yield Match("pd-select-object", node.lineno)
    if method == "replace" and isinstance(owner, ast.Attribute) and owner.attr == "str":
        pattern = text_of(argument(node, "pat")) or ""
        if REGULAR.search(pattern) and len(pattern) > 1 and not keyword(node, "regex"):
            yield Match("pd-str-replace", node.lineno, argued(node, "regex=True"))


def _dtype(node: ast.Compare, names: Names) -> Iterator[Match]:
    """Yield questions whether a column is of the type object."""
    left, right = node.left, node.comparators[0]
    if not isinstance(left, ast.Attribute) or left.attr not in ("dtype", "dtypes"):
        return
    column = isinstance(left.value, ast.Subscript) or names.kind(left.value) == "frame"
    if column and names_object(right) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
        yield Match("pd-dtype-object", node.lineno)


def _append_to_itself(node: ast.Assign, names: Names) -> Iterator[Match]:
    """Yield `rows = rows.append(row)`, which nobody writes of a list."""
    call = node.value
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return
    if call.func.attr == "append" and not names.written(call.func):
        yield Match("pd-append", node.lineno)


def _chained(node: ast.Assign | ast.AugAssign, names: Names) -> Iterator[Match]:
    """Yield `df['age'][0] = 30`, which changes a copy."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        inner = getattr(target, "value", None)
        if not isinstance(target, ast.Subscript) or not _is_part(inner, names):
            continue
        table = inner.value
        write = ""
        if isinstance(inner, ast.Subscript) and isinstance(table, ast.Name):
            rows, column = target.slice, inner.slice
            if text_of(rows) is not None:
                rows, column = column, rows
            place = f"{table.id}.loc[{ast.unparse(rows)}, {ast.unparse(column)}]"
            sign = "=" if isinstance(node, ast.Assign) else f"{SIGNS.get(type(node.op), '')}="
            write = f"{place} {sign} {ast.unparse(node.value)}"
        yield Match("pd-chained-assignment", node.lineno, write=write)


def _is_part(node: ast.AST, names: Names) -> bool:
    """Tell whether an expression is a copy of a part of a table."""
    if isinstance(node, ast.Subscript):
        return names.is_kind(node.value, "frame")
    if not isinstance(node, ast.Attribute) or not names.is_kind(node.value, "frame"):
        return False
    if node.attr in ("iloc", "loc", "iat", "at"):
        return isinstance(node.value, ast.Subscript)
    return node.attr not in ("values", "columns", "index", "T") and node.attr[0] != "_"


def _inplace(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield `df['age'].fillna(0, inplace=True)`, which changes a copy."""
    inplace = keyword(node, "inplace")
    if not (isinstance(inplace, ast.Constant) and inplace.value is True):
        return
    owner = getattr(node.func, "value", None)
    column = isinstance(owner, ast.Subscript) and names.is_kind(owner.value, "frame")
    attribute = isinstance(owner, ast.Attribute) and names.is_kind(owner.value, "frame")
    if column or attribute:
        rest = [ast.unparse(a) for a in node.args]
        rest += [f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords if k.arg != "inplace"]
        place = ast.unparse(owner)
        write = f"{place} = {place}.{node.func.attr}({', '.join(rest)})"
        yield Match("pd-chained-inplace", node.lineno, write=write)


def _read_only(node: ast.Assign | ast.AugAssign, names: Names) -> Iterator[Match]:
    """Yield changes of the array that a table gives, if all its columns are of one type."""
    whole = isinstance(node, ast.AugAssign)
    for target in node.targets if not whole else [node.target]:
        array = target.value if isinstance(target, ast.Subscript) else target if whole else None
        if isinstance(array, ast.Name) and names.kind(array) == "view of frame":
            whole = whole and not isinstance(target, ast.Subscript)
            message = f"ValueError: {READ_ONLY[whole]} (if all columns are of one type)"
            yield Match("pd-read-only", node.lineno, message=message)


def _objects(node: ast.Assign, names: Names) -> Iterator[Match]:
    """Yield columns of a table's array, which are objects if another column is text."""
    columns = getattr(node.value, "slice", None)
    columns = columns.elts[-1] if isinstance(columns, ast.Tuple) else None
    if isinstance(columns, ast.Slice) and names.kind(node.value) == "view of frame":
        edits = behind(node.value, ".astype('float32')")
        message = "ValueError: Invalid dtype: object (if a column is text)"
        yield Match("pd-object-values", node.lineno, edits, message=message)


def _ix(node: ast.Subscript, names: Names) -> Iterator[Match]:
    """Yield `df.ix[...]`."""
    owner = node.value
    if isinstance(owner, ast.Attribute) and owner.attr == "ix" and not names.written(owner):
        texts = any(text_of(part) is not None for part in ast.walk(node.slice))
        yield Match("pd-ix", owner.end_lineno, renamed(owner, "loc" if texts else "iloc"))

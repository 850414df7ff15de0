"""Take expressions of a script apart."""

import ast

from migration.names import text_of
from migration.patterns import Edit


def keyword(node: ast.Call, name: str) -> ast.AST | None:
    """Return the value of a keyword of a call, None without it."""
    return next((given.value for given in node.keywords if given.arg == name), None)


def argument(node: ast.Call, name: str, position: int = 0) -> ast.AST | None:
    """Return an argument of a call, by its keyword or its position."""
    given = keyword(node, name)
    return node.args[position] if given is None and len(node.args) > position else given


def text_edit(node: ast.Constant, new: str) -> tuple[Edit, ...]:
    """Return the edit that puts another text in the place of one."""
    if node.end_lineno != node.lineno:
        return ()
    return ((node.lineno, node.col_offset, node.end_col_offset, repr(new)),)


def listed(node: ast.AST) -> tuple[Edit, ...]:
    """Return the edits that make a list of an iterator."""
    if node.end_lineno != node.lineno:
        return ()
    start, end = node.col_offset, node.end_col_offset
    return ((node.lineno, start, start, "list("), (node.lineno, end, end, ")"))


def names_object(node: ast.AST | None) -> bool:
    """Tell whether an argument is the type object, or names it."""
    parts = [node] if node is not None else []
    parts += getattr(node, "elts", [])
    return any(
        text_of(part) in ("object", "O") or (isinstance(part, ast.Name) and part.id == "object")
        for part in parts
    )

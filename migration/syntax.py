"""Take expressions of a script apart."""

import ast

Edit = tuple[int, int, int, str]  # number of the line, from and to which byte, the new text


def text_of(node: ast.AST | None) -> str | None:
    """Return the text that an expression is, None if it is none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keyword(node: ast.Call, name: str) -> ast.AST | None:
    """Return the value of a keyword of a call, None without it."""
    return next((given.value for given in node.keywords if given.arg == name), None)


def argument(node: ast.Call, name: str, position: int = 0) -> ast.AST | None:
    """Return an argument of a call, by its keyword or its position."""
    given = keyword(node, name)
    return node.args[position] if given is None and len(node.args) > position else given


def instead(node: ast.AST, new: str) -> tuple[Edit, ...]:
    """Return the edit that puts code in the place of an expression of one line."""
    one_line = node.lineno == node.end_lineno
    return ((node.lineno, node.col_offset, node.end_col_offset, new),) if one_line else ()


def renamed(node: ast.Attribute, new: str) -> tuple[Edit, ...]:
    """Return the edit that puts another name behind the dot."""
    end = node.end_col_offset
    return ((node.end_lineno, end - len(node.attr.encode()), end, new),)


def behind(node: ast.AST, text: str, back: int = 0) -> tuple[Edit, ...]:
    """Return the edit that adds text behind an expression, or so many characters before."""
    end = node.end_col_offset - back
    return ((node.end_lineno, end, end, text),)


def argued(node: ast.Call, text: str) -> tuple[Edit, ...]:
    """Return the edit that adds an argument to others."""
    return behind(node, f", {text}", back=1)


def inside(node: ast.AST, function: str) -> tuple[Edit, ...]:
    """Return the edits that make an expression of one line a function's argument."""
    if node.end_lineno != node.lineno:
        return ()
    return ((node.lineno, node.col_offset, node.col_offset, f"{function}("), *behind(node, ")"))


def names_object(node: ast.AST | None) -> bool:
    """Tell whether an argument is the type object, or names it."""
    parts = [node] if node is not None else []
    parts += getattr(node, "elts", [])
    return any(
        text_of(part) in ("object", "O") or (isinstance(part, ast.Name) and part.id == "object")
        for part in parts
    )

"""Find what old code does with numbers, arrays and lists, and what is Python 2."""

import ast
from collections.abc import Iterator

from migration.names import Names
from migration.patterns import Match
from migration.reader import Source
from migration.syntax import Edit, argued, behind, inside, instead, keyword

SIZES = ("zeros", "ones", "empty", "full", "linspace", "eye")
NAMES_OF_PYTHON_2 = {"cPickle", "urllib2", "StringIO", "xrange", "raw_input", "unicode"}


def matches(nodes: list[ast.AST], names: Names, source: Source) -> Iterator[Match]:
    """Yield what the checks of this module find among the parts of a script."""
    python_2 = any(change != "py-tabs" for change, _ in source.repaired.values())
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    python_2 = python_2 or bool(NAMES_OF_PYTHON_2 & (used | names.full.keys()))
    for node in nodes:
        if isinstance(node, ast.Call):
            for check in (_float_size, _ragged, _iterators):
                yield from check(node, names)
            yield from _methods(node, names, python_2)
            if python_2:
                yield from _pickle(node, names)
        elif isinstance(node, ast.Subscript):
            for check in (_float_index, _item_of_iterator, _mode):
                yield from check(node, names)
        elif isinstance(node, ast.Expr):
            yield from _chevron(node)
        elif isinstance(node, ast.BinOp) and python_2:
            yield from _division(node)


def _division_in(node: ast.AST) -> list[ast.BinOp]:
    """Return the divisions that an index, one of its parts or an argument is."""
    if isinstance(node, ast.Slice):
        parts = [node.lower, node.upper, node.step]
    else:
        parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [p for p in parts if isinstance(p, ast.BinOp) and isinstance(p.op, ast.Div)]


def _whole(divisions: list[ast.BinOp], line: int) -> tuple[Edit, ...]:
    """Return the edits that make divisions whole."""
    mine = [node for node in divisions if node.lineno == line]
    whole = [f"{ast.unparse(node.left)} // {ast.unparse(node.right)}" for node in mine]
    return sum(map(instead, mine, whole), ())


def _float_index(node: ast.Subscript, names: Names) -> Iterator[Match]:
    """Yield an index that `/` makes a float."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    found = [division for part in parts for division in _division_in(part)]
    if found and not names.is_kind(node.value, "dict"):
        yield Match("np-float-index", node.lineno, _whole(found, node.lineno))


def _float_size(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield a size that `/` makes a float."""
    call = names.call(node)
    root, _, name = call.partition(":")
    found = [division for part in node.args for division in _division_in(part)]
    if not found:
        return
    edits = _whole(found, node.lineno)
    size = (node.args[2:] or [ast.Pass()])[0] if name == "linspace" else node.args[0]
    if root == "matplotlib" and name == "subplot":
        yield Match("mpl-subplot-float", node.lineno, edits)
    elif call == ":range" or call == ":xrange":
        yield Match("py-range-size", node.lineno, edits)
    elif (root == "numpy" and name in SIZES and _division_in(size)) or call == ".reshape":
        yield Match("np-float-size", node.lineno, edits)


def _ragged(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield arrays of rows of different lengths."""
    if names.call(node) not in ("numpy:array", "numpy:asarray") or not node.args:
        return
    first = node.args[0]
    if not isinstance(first, ast.List) or keyword(node, "dtype"):
        return
    rows = [row for row in first.elts if isinstance(row, ast.List | ast.Tuple)]
    starred = any(isinstance(part, ast.Starred) for row in rows for part in row.elts)
    if len(rows) == len(first.elts) and len({len(r.elts) for r in rows}) > 1 and not starred:
        yield Match("np-ragged", node.lineno, argued(node, "dtype=object"))


def _iterators(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield iterators where Python 2 had lists."""
    if not node.args:
        return
    call, first = names.call(node), node.args[0]
    lazy = names.kind(first) in ("iterator", "view")
    if lazy and call in ("numpy:array", "numpy:asarray"):
        yield Match("np-array-iterator", node.lineno, inside(first, "list"))
    elif lazy and call in ("numpy:vstack", "numpy:hstack", "numpy:stack", "numpy:concatenate"):
        yield Match("np-stack-iterator", node.lineno, inside(first, "list"))
    elif call == ":len" and names.kind(first) == "iterator":
        message = "TypeError: object of type 'map' has no len()"
        yield Match("py-iterator-index", node.lineno, inside(first, "list"), message=message)
    elif call in ("random:shuffle", "numpy:shuffle") and names.kind(first) == "range":
        yield Match("py-shuffle-range", node.lineno)
    elif call in (":int", ":float") and names.call_of(first) == "numpy:array":
        parts = first.args and getattr(first.args[0], "elts", [])
        if len(parts or []) == 1:
            yield Match("np-one-element", node.lineno, behind(first, "[0]"))


def _item_of_iterator(node: ast.Subscript, names: Names) -> Iterator[Match]:
    """Yield items of what has none in Python 3."""
    value = node.value
    lazy = names.kind(value) in ("iterator", "view")
    if lazy and isinstance(node.ctx, ast.Load):
        yield Match("py-iterator-index", node.lineno, inside(value, "list"))


def _mode(node: ast.Subscript, names: Names) -> Iterator[Match]:
    """Yield `stats.mode(x)[0][0]`."""
    inner = node.value
    if isinstance(inner, ast.Subscript) and names.call_of(inner.value) == "scipy:mode":
        edit = (node.end_lineno, inner.end_col_offset, node.end_col_offset, "")
        yield Match("sp-mode", node.lineno, (edit,))


def _pickle(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield the reading of what Python 2 has pickled."""
    if names.written(node.func) in ("pickle.load", "cPickle.load") and not keyword(
        node, "encoding"
    ):
        yield Match("py-pickle", node.lineno, argued(node, "encoding='latin1'"))


def _division(node: ast.BinOp) -> Iterator[Match]:
    """Yield divisions of whole numbers in a script of Python 2."""

    def is_whole(part: ast.AST) -> bool:
        if isinstance(part, ast.Call):
            return isinstance(part.func, ast.Name) and part.func.id == "len"
        return isinstance(part, ast.Constant) and type(part.value) is int

    if isinstance(node.op, ast.Div) and is_whole(node.left) and is_whole(node.right):
        yield Match("py-division", node.lineno, _whole([node], node.lineno))


def _methods(node: ast.Call, names: Names, python_2: bool) -> Iterator[Match]:
    """Yield methods that lists had, or that need an argument today."""
    if not isinstance(node.func, ast.Attribute) or names.written(node.func):
        return
    owner, method = node.func.value, node.func.attr
    if method == "sort" and names.is_kind(owner, "view"):
        message = "AttributeError: 'dict_keys' object has no attribute 'sort'"
        yield Match("py-iterator-index", node.lineno, message=message)
    if method == "has_key" and len(node.args) == 1:
        edits = instead(node, f"{ast.unparse(node.args[0])} in {ast.unparse(owner)}")
        yield Match("py-dict", node.lineno, edits)
    stepped = method == "next" and not node.args and not node.keywords
    if stepped and (python_2 or names.kind(owner) == "iterator"):
        yield Match("py-next", node.lineno, instead(node, f"next({ast.unparse(owner)})"))
    loaded = method == "item" and names.call_of(owner) == "numpy:load"
    if loaded and not keyword(owner, "allow_pickle"):
        yield Match("np-load-pickle", owner.lineno, argued(owner, "allow_pickle=True"))


def _chevron(node: ast.Expr) -> Iterator[Match]:
    """Yield `print >>file, text`, which can be parsed today."""
    parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    first = parts[0] if parts else None
    shifted = isinstance(first, ast.BinOp) and isinstance(first.op, ast.RShift)
    if shifted and isinstance(first.left, ast.Name) and first.left.id == "print":
        text = ", ".join(map(ast.unparse, [*parts[1:]]))
        write = f"print({text}{', ' * bool(text)}file={ast.unparse(first.right)})"
        yield Match("py-print-chevron", node.lineno, write=write)

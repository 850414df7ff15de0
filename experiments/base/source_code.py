"""Digests of source code: what changes when a line of code does, not when a comment does."""

import ast
import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from base import paths


@functools.cache
def digest(folders: tuple[Path, ...]) -> str:
    """Return a digest of all modules in some folders, by their syntax trees.

    Comments, docstrings and the layout of lines do not count, nor where a module lies: neither its
    own name and folder nor those of the modules of this project that it imports from.

    Args:
        folders: searched without their subfolders, each module once.

    Returns:
        SHA-256, in hexadecimal.

    Raises:
        SyntaxError: a module is no Python.
    """
    modules = {path for folder in folders for path in folder.glob("*.py")}
    trees = sorted(_without_comments(path.read_text(encoding="utf-8")) for path in modules)
    return hashlib.sha256("\n".join(trees).encode()).hexdigest()


def _without_comments(source: str) -> str:
    """Return the syntax tree of a module as text, without docstrings and places of modules."""
    tree = ast.parse(source)
    wings = {wing.name for wing in paths.wings()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
        if isinstance(node, ast.Module):
            node.body = list(_split_imports(node.body, wings))
    return ast.dump(tree)


def _drop_docstring(node) -> None:
    if ast.get_docstring(node, clean=False) is not None:
        del node.body[0]


def _split_imports(body: Iterable[ast.stmt], wings: set[str]):
    """Yield statements; imports of this project's modules come first, each name by itself."""
    names, others = set(), []
    for statement in body:
        module = statement.module if isinstance(statement, ast.ImportFrom) else None
        if module and module.partition(".")[0] in wings:
            # What is imported counts: a name, and the name that it gets here.
            names |= {(alias.name, alias.asname) for alias in statement.names}
        else:
            others.append(statement)
    for name, given in sorted(names, key=str):
        yield ast.ImportFrom(module="", names=[ast.alias(name=name, asname=given)], level=0)
    yield from others

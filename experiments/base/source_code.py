"""Digests of source code: what changes when a line of code does, not when a comment does."""

import ast
import functools
import hashlib
from pathlib import Path

from base import paths


@functools.cache
def digest(folders: tuple[Path, ...]) -> str:
    """Return a digest of all modules in some folders, by their syntax trees.

    Comments, docstrings and the layout of lines do not count, nor where a module lies: neither its
    own name and folder nor those of the modules of this project that it imports from.

    Args:
        folders: searched without their subfolders.

    Returns:
        SHA-256, in hexadecimal.

    Raises:
        SyntaxError: a module is no Python.
    """
    bare = _Bare({wing.name for wing in paths.wings()})
    modules = [path.read_text(encoding="utf-8") for f in folders for path in f.glob("*.py")]
    trees = sorted(ast.dump(bare.visit(ast.parse(module))) for module in modules)
    return hashlib.sha256("\n".join(trees).encode()).hexdigest()


class _Bare(ast.NodeTransformer):
    """Takes docstrings out of a syntax tree, and imports from the wings.

    What is imported counts where it is used.
    """

    def __init__(self, wings: set[str]):
        self._wings = wings

    def visit_ImportFrom(self, node):
        return None if (node.module or "").partition(".")[0] in self._wings else node

    def generic_visit(self, node):
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
        return super().generic_visit(node)

"""Find what takes more than a pattern to see."""

import ast
from collections.abc import Iterator

from migration import history_checks, model_checks, number_checks, plot_checks, table_checks
from migration.names import Names
from migration.patterns import Match
from migration.reader import Source


def matches(source: Source, names: Names) -> Iterator[Match]:
    """Yield what the checks find in a script."""
    nodes = list(ast.walk(source.tree))
    yield from history_checks.matches(nodes, names)
    yield from model_checks.matches(nodes, names)
    yield from table_checks.matches(nodes, names)
    yield from number_checks.matches(nodes, names, source)
    yield from plot_checks.matches(nodes, names, source)

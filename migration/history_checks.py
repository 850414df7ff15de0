"""Find old keys of histories and metrics, and predictions that are taken for numbers."""

import ast
import re
from collections.abc import Iterator

from migration.names import Names
from migration.patterns import Match
from migration.reader import Source
from migration.syntax import Edit, argument, behind, instead, keyword, text_of

ACCURACY = {"acc": "accuracy", "val_acc": "val_accuracy"}
LONG = {
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "mean_squared_logarithmic_error": "msle",
}
LONG |= {f"val_{long}": f"val_{short}" for long, short in LONG.items()}
FLOAT_FORMAT = re.compile(r"%[-+ #0-9.*]*[deEfFgGixX]")


def matches(nodes: list[ast.AST], names: Names, source: Source) -> Iterator[Match]:
    """Yield what the checks of this module find among the parts of a script."""
    metrics = compiled(nodes)
    for node in nodes:
        if isinstance(node, ast.Subscript):
            yield from _history_key(node, names, metrics)
            yield from _key_order(node, names)
            yield from _logs(node, node.value, node.slice, metrics)
        elif isinstance(node, ast.Call):
            yield from _monitor(node, names, metrics)
            yield from _converted(node, names)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
                yield from _logs(node, node.func.value, node.args[0], metrics)
        elif isinstance(node, ast.BinOp | ast.FormattedValue):
            yield from _formatted(node, names)


def compiled(nodes: list[ast.AST]) -> set[str]:
    """Return the names of all metrics and losses that models are compiled with; "?" if unclear."""
    found = set()
    for node in nodes:
        method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if not method or node.func.attr != "compile":
            continue
        metrics, loss = argument(node, "metrics", 2), argument(node, "loss", 1)
        parts = [part for given in (metrics, loss) if given for part in ast.walk(given)]
        found |= {str(part.value) for part in parts if isinstance(part, ast.Constant)}
        if isinstance(metrics, ast.Name | ast.Call):
            found.add("?")
    return found


def _history_key(node: ast.Subscript, names: Names, metrics: set[str]) -> Iterator[Match]:
    """Yield keys of a history that today's Keras calls otherwise."""
    key = text_of(node.slice)
    if key is None or not names.is_kind(node.value, "history dict"):
        return
    if key in ACCURACY and not metrics & {"acc", "?"}:
        edits = instead(node.slice, repr(ACCURACY[key]))
        yield Match("keras-history-acc", node.lineno, edits, message=f"KeyError: {key!r}")
    short = LONG.get(key, "").removeprefix("val_")
    if short and short in metrics and key.removeprefix("val_") not in metrics:
        edits = instead(node.slice, repr(LONG[key]))
        yield Match("keras-history-long", node.lineno, edits, message=f"KeyError: {key!r}")


def _logs(node: ast.AST, owner: ast.AST, key: ast.AST, metrics: set[str]) -> Iterator[Match]:
    """Yield `logs.get('acc')` and `logs['acc']` in a callback."""
    is_logs = isinstance(owner, ast.Name) and owner.id == "logs"
    if is_logs and text_of(key) in ACCURACY and not metrics & {"acc", "?"}:
        yield Match("keras-logs-acc", node.lineno, instead(key, repr(ACCURACY[key.value])))


def _monitor(node: ast.Call, names: Names, metrics: set[str]) -> Iterator[Match]:
    """Yield callbacks that watch a metric which today has another name."""
    name = names.call(node).removeprefix("keras:")
    if name not in ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"):
        return
    watched = argument(node, "monitor", 1 if name == "ModelCheckpoint" else 0)
    if text_of(watched) in ACCURACY and not metrics & {"acc", "?"}:
        mode = text_of(keyword(node, "mode"))
        id = "keras-monitor-skip" if mode in ("min", "max") else "keras-monitor-mode"
        edits = instead(watched, repr(ACCURACY[watched.value]))
        message = f"ValueError: {name} callback received monitor={watched.value}, but Keras isn't"
        message += " able to automatically determine whether that metric should be maximized or"
        message += " minimized."
        yield Match(id, watched.lineno, edits, message=message * (id == "keras-monitor-mode"))


def _key_order(node: ast.Subscript, names: Names) -> Iterator[Match]:
    """Yield lists of a history's keys of which one is taken by its place."""
    for made in (node.value, *names.values.get(getattr(node.value, "id", ""), ())):
        if names.call_of(made) in (":list", ":tuple") and made.args:
            inner = made.args[0]
            method = getattr(getattr(inner, "func", None), "attr", "")
            inner = inner.func.value if method in ("keys", "values", "items") else inner
            if names.is_kind(inner, "history dict"):
                yield Match("keras-history-order", made.lineno)


def _formatted(node: ast.AST, names: Names) -> Iterator[Match]:
    """Yield rows of predictions that are formatted as if they were numbers."""
    if isinstance(node, ast.FormattedValue):
        if node.format_spec and names.kind(node.value) == "row of prediction":
            yield Match("keras-predict-format", node.lineno, _first(node.value))
    elif isinstance(node.op, ast.Mod) and FLOAT_FORMAT.search(text_of(node.left) or ""):
        parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        for part in parts:
            if names.kind(part) == "row of prediction":
                yield Match("keras-predict-scalar", part.lineno, _first(part))


def _converted(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield rows of predictions that are converted to numbers."""
    rows = [part for part in node.args if names.kind(part) == "row of prediction"]
    if rows and names.call(node) in (":int", ":float", ":round"):
        yield Match("keras-predict-scalar", node.lineno, _first(rows[0]))
    template = text_of(node.func.value) if isinstance(node.func, ast.Attribute) else None
    if rows and template and node.func.attr == "format" and re.search(r"\{\w*:[^}]", template):
        yield Match("keras-predict-format", rows[0].lineno, _first(rows[0]))


def _first(node: ast.AST) -> tuple[Edit, ...]:
    """Return the edit that takes the one number out of a row."""
    return behind(node, ", 0", back=1) if isinstance(node, ast.Subscript) else ()

"""Find layers that are told the shape of their input."""

import ast
from collections.abc import Iterator

from migration.names import Names
from migration.patterns import Match, new_keyword
from migration.renames import short
from migration.syntax import Edit, keyword

NO_LAYERS = ("Embedding", "Input", "InputLayer")
SHAPES = ("input_dim", "input_shape")


def matches(nodes: list[ast.AST], names: Names) -> Iterator[Match]:
    """Yield such layers; the first of a model has an `Input` before it instead."""
    firsts, others, inner = _places(nodes, names)
    for node in nodes:
        if not isinstance(node, ast.Call) or not _has_shape(node, names):
            continue
        edits = ()
        if id(node) in firsts:
            edits = _with_input(node, firsts[id(node)], names)
        elif id(node) in others or id(node) not in inner:
            edits = _without(node)
        yield Match("keras-input-dim", node.lineno, edits)


def _has_shape(node: ast.Call, names: Names) -> bool:
    name = names.known(node.func)
    if not name.startswith("keras.layers.") or name.rpartition(".")[2] in NO_LAYERS:
        return False
    return any(given.arg in SHAPES for given in node.keywords)


def _places(nodes: list[ast.AST], names: Names) -> tuple[dict[int, ast.AST], set[int], set[int]]:
    """Return where layers are.

    Returns:
        By the ids of layers that are the first of a model, what to write the `Input` before: the
        layer itself in a list, the statement in `model.add(...)`; the ids of layers behind the
        first; and those of layers that are arguments of others or not at once in a model.
    """
    firsts, others, inner, begun = {}, set(), set(), set()
    ordered = sorted(
        (node for node in nodes if isinstance(node, ast.Assign | ast.Expr | ast.Call)),
        key=lambda node: (node.lineno, node.col_offset, not isinstance(node, ast.Assign)),
    )
    for node in ordered:
        if isinstance(node, ast.Assign) and names.call_of(node.value) == "keras:Sequential":
            filled = any(getattr(part, "elts", [part]) for part in node.value.args)
            for target in node.targets:
                (begun.add if filled else begun.discard)(ast.unparse(target))
        elif isinstance(node, ast.Call):
            inner |= {id(part) for part in node.args}
            inner |= {id(given.value) for given in node.keywords}
            if names.call(node) == "keras:Sequential" and node.args:
                layers = getattr(node.args[0], "elts", [])
                firsts |= {id(layer): layer for layer in layers[:1]}
                others |= {id(layer) for layer in layers[1:]}
        elif isinstance(node, ast.Expr):
            call = node.value
            method = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if method and call.func.attr == "add" and call.args:
                owner = ast.unparse(call.func.value)
                if owner in begun:
                    others.add(id(call.args[0]))
                else:
                    firsts[id(call.args[0])] = node
                begun.add(owner)
    assigned = {id(n.value) for n in nodes if isinstance(n, ast.Assign | ast.Return)}
    listed = {id(part) for n in nodes if isinstance(n, ast.List | ast.Tuple) for part in n.elts}
    return firsts, others, inner | assigned | listed


def _without(node: ast.Call) -> tuple[Edit, ...]:
    """Return the edits that leave the shape out, none if that is not simple."""
    parts = [new_keyword(node, given, "-") for given in node.keywords if given.arg in SHAPES]
    return sum(parts, ()) if all(parts) else ()


def _with_input(node: ast.Call, place: ast.AST, names: Names) -> tuple[Edit, ...]:
    """Return the edits that also write an `Input` before the layer."""
    size, shape = keyword(node, "input_dim"), keyword(node, "input_shape")
    left_out = _without(node)
    if not left_out or keyword(node, "input_length") or (size and _is_recurrent(node, names)):
        return ()
    function = short("keras.Input", names)
    function = "Input" if function == "keras.Input" and "keras" not in names.full else function
    new = f"{function}({ast.unparse(shape) if shape else f'({ast.unparse(size)},)'})"
    if isinstance(place, ast.Expr):
        text = f"{ast.unparse(place.value.func)}({new})\n"
    else:
        text = f"{new}, "
    return ((place.lineno, place.col_offset, place.col_offset, text), *left_out)


def _is_recurrent(node: ast.Call, names: Names) -> bool:
    """Tell whether `input_dim` is the size of one step only."""
    return names.call(node).endswith((":LSTM", ":GRU", ":SimpleRNN", ":Bidirectional"))

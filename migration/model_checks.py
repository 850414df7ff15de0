"""Find old ways to build, train, save and load models."""

import ast
import re
from collections.abc import Iterator

from migration.input_checks import matches as _input_shapes
from migration.names import Names
from migration.patterns import Match
from migration.reader import Source
from migration.renames import short
from migration.syntax import argued, argument, inside, instead, keyword, renamed, text_of

CONVOLUTIONS = ("Conv2D", "Convolution2D", "SeparableConv2D", "AtrousConvolution2D")
RATES = {"adadelta": 1.0, "adagrad": 0.01, "adamax": 0.002, "nadam": 0.002}
# Losses that an HDF5 file names as they were given.
SHORT = ("mse", "mae", "mape", "msle", "bce", "kld")
LISTS = "ValueError: Unrecognized data type: x=[...] (of type <class 'list'>)"


def matches(nodes: list[ast.AST], names: Names, source: Source) -> Iterator[Match]:
    """Yield what the checks of this module find among the parts of a script."""
    yield from _input_shapes(nodes, names)
    for node in nodes:
        if isinstance(node, ast.Call):
            for check in (_stride, _rate, _fit, _load_data, _files, _symbolic, _tensorflow):
                yield from check(node, names)
        elif isinstance(node, ast.Attribute):
            yield from _layer_shape(node)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from _tensorflow_python(node)
    yield from _sessions(nodes, names)
    yield from _load_h5(nodes, names)


def _stride(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield `Conv2D(32, 3, 3)`; with two different numbers the last may well be the stride."""
    if names.call(node).removeprefix("keras:") not in CONVOLUTIONS or len(node.args) < 3:
        return
    _, rows, columns = node.args[:3]
    old = {"border_mode", "subsample", "dim_ordering", "init"} & {k.arg for k in node.keywords}
    if ast.dump(rows) == ast.dump(columns) or old:
        edits = ()
        if rows.lineno == columns.end_lineno:
            text = f"({ast.unparse(rows)}, {ast.unparse(columns)})"
            edits = ((rows.lineno, rows.col_offset, columns.end_col_offset, text),)
        yield Match("keras-conv-stride", rows.lineno, edits)


def _rate(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield optimizers whose learning rate had another default."""
    name = names.call(node).removeprefix("keras:")
    if name.lower() in RATES and not node.args:
        given = {part.arg for part in node.keywords}
        if not given & {"lr", "learning_rate", None}:
            start = node.func.end_col_offset + 1
            rate = f"learning_rate={RATES[name.lower()]}{', ' * bool(given - {'schedule_decay'})}"
            edit = (node.func.end_lineno, start, start, rate)
            yield Match(f"keras-{name.lower()}-rate", node.lineno, (edit,))
    if getattr(node.func, "attr", "") == "compile":
        text = names.text(argument(node, "optimizer"))
        name = str(text_of(text)).lower()
        if name in RATES:
            new = f"{short(f'keras.optimizers.{name.title()}', names)}(learning_rate={RATES[name]})"
            yield Match(f"keras-{name}-rate", text.lineno, instead(text, new))


def _numbers(node: ast.AST) -> bool:
    """Tell whether an expression is a list of numbers, or of lists of numbers."""
    if not isinstance(node, ast.List) or not node.elts:
        return False
    return all(
        _numbers(part)
        or (isinstance(part, ast.Constant) and isinstance(part.value, int | float | bool))
        for part in node.elts
    )


def _fit(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield what old calls of `fit` and its like do."""
    if not isinstance(node.func, ast.Attribute):
        return
    owner, method = node.func.value, node.func.attr
    if not names.is_kind(owner, "network"):
        return
    if method in ("fit", "evaluate", "predict") and any(map(_numbers, node.args[:2])):
        edits = [inside(part, "np.array") for part in node.args[:2] if _numbers(part)]
        yield Match("keras-fit-lists", node.lineno, sum(edits, ()), message=LISTS)
    alone = names.kind(owner) == "network" and not names.is_guess(owner)
    if method == "predict_proba" and alone:
        edits = renamed(node.func, "predict")
        yield Match("keras-predict-proba", node.func.end_lineno, edits)
    if method == "compile":
        for part in ast.walk(keyword(node, "metrics") or ast.Pass()):
            if text_of(part) in ("fmeasure", "fbeta_score", "matthews_correlation"):
                message = f"ValueError: Could not interpret metric identifier: {part.value}"
                yield Match("keras-metric-fmeasure", part.lineno, message=message)


def _load_data(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield `load_data` with the path of a file."""
    path = argument(node, "path")
    if names.call(node) != "keras:load_data" or path is None:
        return
    joined = isinstance(path, ast.Call) and "path" in ast.unparse(path.func)
    if joined or "/" in (text_of(path) or "") or "\\" in (text_of(path) or ""):
        yield Match("keras-load-data-path", node.lineno)


def _files(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield names of files that today's Keras does not take."""
    call = names.call(node)
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    path = names.text(argument(node, "filepath"))
    name = text_of(path)
    if not name:
        return
    stem = re.sub(r"(\.weights)?\.(hdf5|h5|tf|ckpt|hdf|model)$", "", name)
    if method == "save_weights" and not name.endswith(".weights.h5"):
        edits = instead(path, repr(f"{stem}.weights.h5"))
        message = f"ValueError: The filename must end in `.weights.h5`. Received: filepath={name}"
        yield Match("keras-save-weights", path.lineno, edits, message=message)
    elif call == "keras:ModelCheckpoint":
        alone = keyword(node, "save_weights_only")
        end = ".weights.h5" if isinstance(alone, ast.Constant) and alone.value else ".keras"
        if not name.endswith(end):
            message = "ValueError: "
            message += "When using `save_weights_only=True` in `ModelCheckpoint`, t" * (
                len(end) > 6
            )
            message += "T" * (len(end) == 6) + f"he filepath provided must end in `{end}`"
            edits = instead(path, repr(stem + end))
            yield Match("keras-checkpoint-name", path.lineno, edits, message=message)
    elif method == "save" and names.is_kind(node.func.value, "network"):
        if not name.endswith(".keras"):
            id = "keras-save-h5" if name.endswith((".h5", ".hdf5")) else "keras-save-folder"
            yield Match(id, path.lineno, instead(path, repr(f"{stem}.keras")))
    elif call == "keras:load_model" and not re.search(r"\.(keras|h5|hdf5)$", name):
        message = f"ValueError: File format not supported: filepath={name}."
        yield Match("keras-load-folder", path.lineno, message=message)


def _load_h5(nodes: list[ast.AST], names: Names) -> Iterator[Match]:
    """Yield the loading of a model with a loss that is named in short, from an HDF5 file."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    compiled = [node for node in calls if getattr(node.func, "attr", "") == "compile"]
    losses = [str(text_of(names.text(argument(node, "loss", 1)))) for node in compiled]
    losses = [loss for loss in losses if loss.lower() in SHORT]
    for node in calls if losses else ():
        name = text_of(names.text(argument(node, "filepath"))) or ""
        of_file = names.call(node) == "keras:load_model" and name.endswith((".h5", ".hdf5"))
        if of_file and not keyword(node, "compile"):
            edits = argued(node, "compile=False")
            message = f"ValueError: Could not deserialize 'keras.metrics.{losses[0]}'"
            message += " because it is not a KerasSaveable subclass"
            yield Match("keras-load-h5", node.lineno, edits, message=message)


def _layer_shape(node: ast.Attribute) -> Iterator[Match]:
    """Yield the shapes of a layer."""
    if node.attr not in ("output_shape", "input_shape"):
        return
    owner = node.value
    item = isinstance(owner, ast.Subscript) and isinstance(owner.value, ast.Attribute)
    got = isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute)
    if (item and owner.value.attr == "layers") or (got and owner.func.attr == "get_layer"):
        edits = renamed(node, node.attr.replace("_", "."))
        yield Match("keras-layer-shape", node.end_lineno, edits)


def _symbolic(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield functions of TensorFlow on symbolic tensors of Keras."""
    symbolic = node.args and names.is_kind(node.args[0], "symbolic")
    if symbolic and names.call(node).startswith("tensorflow:"):
        yield Match("keras-kerastensor", node.lineno)


def _tensorflow_python(node: ast.Import | ast.ImportFrom) -> Iterator[Match]:
    """Yield imports from the remainder of Keras 2 in TensorFlow."""
    old = "tensorflow.python.keras"
    named = [name.name for name in node.names] if isinstance(node, ast.Import) else [node.module]
    if not any(name and name.startswith(old) for name in named):
        return
    edits = ()
    if isinstance(node, ast.ImportFrom) and node.module.startswith(old):
        start = node.col_offset + len("from ")
        edits = ((node.lineno, start, start + len(old), "tensorflow.keras"),)
    yield Match("keras-tensorflow-python", node.lineno, edits)


def _tensorflow(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield calls of TensorFlow whose arguments mean something else today."""
    name = names.known(node.func)
    if name == "tensorflow.nn.dropout" and len(node.args) > 1:
        yield Match("tf-dropout-rate", node.lineno)
    if name.startswith("tensorflow.nn.") and "cross_entropy_with_logits" in name and node.args:
        yield Match("tf-cross-entropy-order", node.lineno)
    evaluated = isinstance(node.func, ast.Attribute) and node.func.attr == "eval" and not name
    if evaluated and (names.is_kind(node.func.value, "tensor") or keyword(node, "session")):
        yield Match("tf-eval", node.lineno)


def _sessions(nodes: list[ast.AST], names: Names) -> Iterator[Match]:
    """Yield sessions that find nothing, as TensorFlow 2 has computed everything at once."""
    used = {names.written(node) for node in nodes if isinstance(node, ast.Attribute)}
    old = ("disable_eager_execution", "disable_v2_behavior", "as_default", "Graph")
    if any(name.endswith(old) for name in used):
        return
    for node in nodes:
        if (
            isinstance(node, ast.Attribute)
            and names.written(node) == "tensorflow.compat.v1.Session"
        ):
            yield Match("tf-session-empty", node.lineno)

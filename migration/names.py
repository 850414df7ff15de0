"""Tell what the names in a script stand for: libraries, networks, tables, predictions."""

import ast
import re
from collections import Counter
from collections.abc import Iterable

from migration.syntax import text_of

# What a piece of a script means by names that it does not define.
CUSTOMARY = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "tf": "tensorflow",
    "keras": "keras",
    "layers": "keras.layers",
    "K": "keras.backend",
    "np_utils": "keras.utils.np_utils",
}
LAYERS = """
    Activation AveragePooling2D BatchNormalization Bidirectional Conv1D Conv2D Convolution1D
    Convolution2D Dense Dropout Embedding Flatten GRU Input LSTM LeakyReLU MaxPooling1D MaxPooling2D
    RepeatVector Reshape SimpleRNN TimeDistributed ZeroPadding2D
""".split()
CUSTOMARY |= {name: f"keras.layers.{name}" for name in LAYERS}
CUSTOMARY |= {name: f"keras.models.{name}" for name in ("Sequential", "Model", "load_model")}
CUSTOMARY |= {name: f"keras.optimizers.{name}" for name in ("SGD", "Adam", "RMSprop")}
KERAS = re.compile(r"(tensorflow(\.python|\.compat\.v2)?\.keras|tf_keras)(?=\.|$)")
NETWORK = re.compile(r"(\w*_)?(model|network|autoencoder|classifier_nn)\d*|net\d*")


class Names:
    """What the names of one script stand for.

    Attributes:
        full: the library's name for each imported one, as it is written: "tensorflow.keras".
        bound: the names that the script defines itself, and how often.
        values: what it stores in variables.
        modules: the modules that it imports, under whatever name.
        calls: the call of each function, by the id of the function's node.
        kinds: what the script's variables hold, as far as that is plain to see; "?" where not.
    """

    def __init__(self, tree: ast.Module):
        self.full: dict[str, str] = {}
        self.bound: Counter[str] = Counter()
        self.values: dict[str, list[ast.AST]] = {}
        self.kinds: dict[str, set[str]] = {}
        self.modules: list[str] = []
        self.calls: dict[int, ast.Call] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        nodes = list(ast.walk(tree))
        for node in nodes:
            self._note(node)
        for last in (False, False, True):  # until what follows from what is known, too
            self.unknown = {"?"} if last else set()
            for node in nodes:
                self._note_kinds(node)

    def _note(self, node: ast.AST) -> None:
        """Note what a node imports or defines."""
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.split(".")[0]
                self.full[name.asname or top] = name.name if name.asname else top
                self.modules.append(name.name)
        elif isinstance(node, ast.Call):
            self.calls[id(node.func)] = node
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                self.full[name.asname or name.name] = f"{node.module}.{name.name}"
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self.bound[node.id] += 1
        elif isinstance(node, ast.arg):
            self.bound[node.arg] += 1
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.bound[node.name] += 1
            if isinstance(node, ast.FunctionDef):
                self.functions[node.name] = node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.values.setdefault(getattr(target, "id", ""), []).append(node.value)

    def text(self, node: ast.AST | None) -> ast.Constant | None:
        """Return the text that an expression is or ends with, None where that is not plain."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.text(node.right)
        if isinstance(node, ast.Call) and self.written(node.func) == "os.path.join" and node.args:
            return self.text(node.args[-1])
        if isinstance(node, ast.Name):
            found = self.values.get(node.id, [])
            before = [value for value in found if value.lineno < node.lineno]
            plain = before and len(found) == self.bound[node.id]
            return self.text(max(before, key=lambda value: value.lineno)) if plain else None
        return node if text_of(node) is not None else None

    def written(self, node: ast.AST) -> str:
        """Return a library's full name for a name or a chain of attributes, "" if it is none."""
        if isinstance(node, ast.Attribute):
            base = self.written(node.value)
            return f"{base}.{node.attr}" if base else ""
        if not isinstance(node, ast.Name):
            return ""
        if node.id in self.full:
            return self.full[node.id]
        return "" if node.id in self.bound else CUSTOMARY.get(node.id, "")

    def known(self, node: ast.AST) -> str:
        """Return the same with one name for all that is Keras."""
        return canonical(self.written(node))

    def call(self, node: ast.Call) -> str:
        """Return how a call is matched: "keras:Dense", ".fit" or ":sorted"."""
        if name := self.known(node.func):
            root, _, rest = name.replace("numpy.ma.", "numpy_ma.", 1).partition(".")
            return f"{root}:{rest.rpartition('.')[2] or root}"
        if isinstance(node.func, ast.Attribute):
            return f".{node.func.attr}"
        if isinstance(node.func, ast.Name) and node.func.id not in self.bound:
            return f":{node.func.id}"
        return ""

    def call_of(self, node: ast.AST) -> str:
        """Return how an expression is matched as a call, "" if it is none."""
        return self.call(node) if isinstance(node, ast.Call) else ""

    def _note_kinds(self, node: ast.AST) -> None:
        """Note what a statement stores in variables."""
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._store(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            self._store(node.target, node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            self._note_loop(node.target, node.iter)

    def _note_loop(self, target: ast.AST, items: ast.AST) -> None:
        """Note the rows of predictions that a loop goes through."""
        if self.call_of(items) == ":enumerate" and isinstance(target, ast.Tuple):
            target, items = target.elts[-1], items.args[0] if items.args else items
        if isinstance(target, ast.Name) and self.kind(items) == "prediction":
            self.kinds.setdefault(target.id, set()).add("row of prediction")

    def _store(self, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self._store(one, other)
        elif isinstance(target, ast.Name):
            kind = self.kind(value)
            if found := {kind} if kind else self.unknown:
                self.kinds.setdefault(target.id, set()).update(found)

    def is_kind(self, node: ast.AST, *kinds: str) -> bool:
        """Tell whether an expression is, or may be, of one of these kinds."""
        if isinstance(node, ast.Name) and self.kinds.get(node.id, set()) - {"?"}:
            return bool(self.kinds[node.id] & set(kinds))
        return self.kind(node) in kinds

    def is_guess(self, node: ast.AST) -> bool:
        """Tell whether only a variable's name says that it holds a network."""
        named = isinstance(node, ast.Name) and node.id in self.bound
        return named and not self.kinds.get(node.id, set()) - {"?"}

    def kind(self, node: ast.AST) -> str:
        """Return what an expression is, "" where that is not plain to see."""
        if isinstance(node, ast.Name):
            found = self.kinds.get(node.id, set())
            if not found - {"?"} and node.id not in self.full and NETWORK.fullmatch(node.id):
                return "network"
            return "".join(found - {"?"}) if len(found) == 1 else ""
        if isinstance(node, ast.List | ast.ListComp):
            return "list"
        if isinstance(node, ast.Dict | ast.DictComp):
            return "dict"
        if isinstance(node, ast.Call):
            return self._kind_of_call(node)
        if isinstance(node, ast.Attribute):
            return self._kind_of_attribute(node)
        if isinstance(node, ast.Subscript):
            return self._kind_of_item(node)
        return ""

    def _kind_of_call(self, node: ast.Call) -> str:
        call = self.call(node)
        made = {
            "network": ("keras:Sequential", "keras:Model", "keras:load_model", "keras:clone_model"),
            "list": (":list", ":sorted"),
            "dict": (":dict", "collections:Counter", "collections:OrderedDict"),
            "iterator": (":map", ":zip", ":filter", ":iter"),
            "range": (":range",),
            "symbolic": ("keras:Input",),
            "tensor": ("tensorflow:constant", "tensorflow:Variable"),
        }
        for kind, calls in made.items():
            if call in calls:
                return kind
        root, _, last = call.rpartition(":")
        if root == "pandas":
            return "frame"
        if root == "numpy":
            return "array"
        if root == "sklearn" and re.match("[A-Z]|make_", last):
            return "estimator"
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            return self._returned(self.functions[node.func.id])
        if isinstance(node.func, ast.Call) and self.call(node.func).startswith("keras:"):
            return "symbolic" if self._any_symbolic(node.args) else ""
        if isinstance(node.func, ast.Attribute) and not root:
            return self._kind_of_method(node.func)
        return ""

    def _any_symbolic(self, nodes: Iterable[ast.AST]) -> bool:
        inside = [part for node in nodes for part in getattr(node, "elts", [node])]
        return any(self.is_kind(node, "symbolic") for node in inside)

    def _kind_of_method(self, function: ast.Attribute) -> str:
        if function.attr in ("keys", "values", "items"):
            mine = self.is_kind(function.value, "frame")
            return "frame" if mine else "view"
        if self.is_kind(function.value, "network"):
            return {"fit": "history", "fit_generator": "history", "predict": "prediction"}.get(
                function.attr, ""
            )
        if self.is_kind(function.value, "frame"):
            return "array" if function.attr in ("to_numpy", "as_matrix") else "frame"
        return ""

    def _kind_of_attribute(self, node: ast.Attribute) -> str:
        if node.attr == "history" and not self.is_kind(node.value, "network", "frame"):
            return "history dict"
        if self.is_kind(node.value, "frame"):
            return "view of frame" if node.attr == "values" else "frame"
        if self.is_kind(node.value, "view of frame") and node.attr == "T":
            return "view of frame"
        return ""

    def _kind_of_item(self, node: ast.Subscript) -> str:
        if self.is_kind(node.value, "frame"):
            return "frame"
        sliced = isinstance(node.slice, ast.Slice)
        if self.kind(node.value) == "prediction":
            if isinstance(node.slice, ast.Tuple):
                return ""
            return "prediction" if sliced else "row of prediction"
        if self.is_kind(node.value, "view of frame"):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            plain = (ast.Slice, ast.Constant, ast.UnaryOp)
            return "view of frame" if all(isinstance(part, plain) for part in parts) else ""
        return ""

    def _returned(self, function: ast.FunctionDef) -> str:
        """Return the kind of what a function of the script returns."""
        values = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
        names = [value for value in values if isinstance(value, ast.Name)]
        calls = [v for v in values if isinstance(v, ast.Call) and self.call(v)[:1] not in ("", ".")]
        kinds = {self.kind(value) for value in names}
        kinds |= {self.kind(v) for v in calls if not isinstance(v.func, ast.Name)}
        return kinds.pop() if len(kinds) == 1 else ""


def canonical(name: str) -> str:
    """Return a library's name with one name for all that is Keras."""
    name = KERAS.sub("keras", name, count=1)
    if name.startswith(("pylab", "matplotlib.pylab")):
        name = name.replace("matplotlib.", "").replace("pylab", "matplotlib.pyplot", 1)
    return name.replace("matplotlib.pyplot.cm.", "matplotlib.cm.", 1)

"""Find what old code does with plots, and with splits for cross-validation."""

import ast
import re
from collections.abc import Iterator

from migration.names import Names
from migration.patterns import Match
from migration.reader import Source
from migration.syntax import argued, instead, keyword, text_of

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
TEXTS = """
    title suptitle xlabel ylabel zlabel set_title set_xlabel set_ylabel set_zlabel text annotate
    figtext legend xticks yticks set_xticklabels set_yticklabels
""".split()
FONTS = re.compile(r"font_manager|font\.family|font_family|rc\(\s*['\"]font|koreanize|fontprop")


def matches(nodes: list[ast.AST], names: Names, source: Source) -> Iterator[Match]:
    """Yield what the checks of this module find among the parts of a script."""
    fonts = FONTS.search("\n".join(source.lines))
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _plots(node, names)
            yield from _style(node, names)
            yield from _folds(node, names)
            if not fonts:
                yield from _hangul(node)


def _plots(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield calls of plots that mean something else today."""
    call, first = names.call(node), node.args[0] if node.args else None
    named = {given.arg for given in node.keywords}
    if call == "seaborn:countplot" and len(node.args) == 1 and text_of(first) is None:
        if not named & {"data", "x", "y"}:
            edit = (first.lineno, first.col_offset, first.col_offset, "x=")
            yield Match("sns-countplot", first.lineno, (edit,))
    elif call == "mpl_toolkits:Axes3D" and first and "auto_add_to_figure" not in named:
        text = f"{ast.unparse(first)}.add_subplot(projection='3d')"
        yield Match("mpl-axes3d", node.lineno, instead(node, text))
    elif call == "seaborn:heatmap" and text_of(keyword(node, "fmt")) == "d" and first:
        made = ast.unparse(first)
        if " / " in made or ".corr()" in made:
            yield Match("sns-heatmap-fmt", node.lineno)


def _hangul(node: ast.Call) -> Iterator[Match]:
    """Yield Hangul in plots of a script that names no font."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    inside = list(node.args) if name in TEXTS else []
    inside += [k.value for k in node.keywords if k.arg in ("label", "title", "xlabel", "ylabel")]
    for part in (part for given in inside for part in ast.walk(given)):
        if found := HANGUL.search(text_of(part) or ""):
            message = f"UserWarning: Glyph {ord(found[0])} missing from font(s) DejaVu Sans."
            yield Match("mpl-hangul", node.lineno, message=message)


def _folds(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield folds with a seed that are not shuffled."""
    if names.call(node) not in ("sklearn:KFold", "sklearn:StratifiedKFold"):
        return
    seed, shuffle = keyword(node, "random_state"), keyword(node, "shuffle")
    shuffled = shuffle is not None and getattr(shuffle, "value", True)
    if seed is not None and getattr(seed, "value", 0) is not None and not shuffled:
        edits = () if shuffle else argued(node, "shuffle=True")
        yield Match("sk-kfold-random-state", node.lineno, edits)


def _style(node: ast.Call, names: Names) -> Iterator[Match]:
    """Yield matplotlib's copies of seaborn's styles under their old names."""
    style = node.args[0] if node.args else None
    name = text_of(style) or ""
    if not names.known(node.func).startswith("matplotlib.") or "style" not in names.known(
        node.func
    ):
        return
    if re.fullmatch(r"seaborn(-(?!v0_8).*)?", name):
        message = f"OSError: '{name}' is not a valid package style"
        edits = instead(style, repr(name.replace("seaborn", "seaborn-v0_8", 1)))
        yield Match("mpl-style-seaborn", style.lineno, edits, message=message)

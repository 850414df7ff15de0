"""Tell what replaces a name that is gone, for which calls, and how a script may write it."""

import ast
import builtins
import re

from migration.catalogue import Change, changes
from migration.names import CUSTOMARY, Names, canonical

# `import urllib` does not load these.
SUBMODULES = re.compile(r"\burllib\.(request|parse)\b")


def gone(name: str) -> tuple[Change, str, str] | None:
    """Return the row for a library's full name, the part that is gone, and what replaces it."""
    best = None
    known = canonical(name)
    for change in changes().values():
        if change.only and known != name:
            continue
        for old, new in change.gone.items():
            inside = known == old or known.startswith(old if old.endswith(".") else f"{old}.")
            if inside and (best is None or len(old) > len(best[1])):
                best = change, old, new
    return best


def top(name: str) -> str:
    """Return the first part of a full name that is gone, as Python names it in its message."""
    known = canonical(name)
    parts = known.split(".")
    starts = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    old = {key.rstrip(".") for change in changes().values() for key in change.gone}
    first = next((start for start in starts if start in old), known)
    return f"tensorflow.{first}" if name.startswith("tensorflow.keras") else first


def fits(change: Change, old: str, function: ast.AST, names: Names) -> bool:
    """Tell whether what replaces a function takes the arguments that the script gives it."""
    call = names.calls.get(id(function))
    if old not in change.fits or call is None:
        return True
    given = ["*" if isinstance(argument, ast.Starred) else "_" for argument in call.args]
    given += [keyword.arg or "**" for keyword in call.keywords]
    return bool(re.fullmatch(change.fits[old], ", ".join(given)))


def short(new: str, names: Names) -> str:
    """Return a full name as the script may write it, with its own name for the library."""
    mine = {name: canonical(full) for name, full in names.full.items() if not gone(full)}
    for name, full in mine.items():
        if new == full:
            return name
    for name in sorted(mine, key=lambda name: -len(mine[name])):
        if new.startswith(f"{mine[name]}."):
            return f"{name}{new[len(mine[name]) :]}"
    for name, full in mine.items():
        if full == "tensorflow" and new.startswith("keras."):
            return f"{name}.{new}"
    return new


def imports(old: str, new: str, names: Names) -> list[str]:
    """Return the imports that a rewritten line needs and the script does not have.

    Args:
        old: the line, or lines, of the script.
        new: what is to be written instead.
        names: of the script.
    """
    homes = {}
    for full in names.full.values():
        if (found := gone(full)) and "." in found[2]:
            home, _, last = found[2].rpartition(".")
            homes[last] = f"from {home} import {last}"
    known = {*names.bound, *names.full, *vars(builtins), *_roots(old)}
    found = []
    for name in sorted(_roots(new) - known):
        home, _, last = CUSTOMARY.get(name, name).rpartition(".")
        home = "keras" if name == "Input" else home
        if any(full.startswith("tensorflow.keras") for full in names.full.values()):
            home = re.sub(r"^keras\b", "tensorflow.keras", home)
        plain = f"from {home} import {name}" if home and last == name else f"import {name}"
        if name in ("np", "pd", "plt", "sns", "tf"):
            plain = f"import {CUSTOMARY[name]} as {name}"
        found.append(homes.get(name, plain))
    modules = {match[0] for match in SUBMODULES.finditer(new)} - set(names.modules)
    return list(dict.fromkeys([*found, *(f"import {module}" for module in sorted(modules))]))


def _roots(text: str) -> set[str]:
    """Return the names that lines use, as far as they can be parsed by themselves."""
    if "import " in text:
        return set()
    for code in (text, f"{text}\n pass", f"({text}", f"{text})", f"f({text})"):
        try:
            nodes = list(ast.walk(ast.parse(code.strip())))
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        used = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        return used - {n.arg for n in nodes if isinstance(n, ast.arg)}
    return set()

"""Say what one sees for the names and keywords in a script, not for those in the catalogue."""

import re

from migration.catalogue import Change

IMPORTED = re.compile(r"(ModuleNotFoundError: No module named|ImportError: cannot import name) ")
ATTRIBUTE = re.compile(r"AttributeError: [Mm]odule '[\w.]+' has no attribute '\w+'")
REMOVED = re.compile(r"`np\.\w+` was removed in the NumPy 2\.0 release\.")
KEYWORD = re.compile(
    r"(?:(?P<function>\w+)(?P<init>\.__init__)?\(\) )?"
    r"(?P<got>[Gg]ot an unexpected keyword argument) '\w+'"
)
UNKNOWN = re.compile(r"keyword arguments passed to \w+: \{.*")
UNRECOGNIZED = re.compile(r"not recognized: \{.*")
FREQUENCY = re.compile(r"(?<=Invalid frequency: )\w+")
INVALID = re.compile(r"The '\w+' parameter of \w+ must be .*")


def _is_standard(change: Change) -> bool:
    """Tell whether Python itself says it, in its usual words."""
    return any(pattern.search(change.sees) for pattern in (IMPORTED, ATTRIBUTE, REMOVED))


def of_import(change: Change, module: str, full: str, first: str) -> str:
    """Return the message for an import from a module, of whose full name the first part is gone."""
    if not _is_standard(change):
        return ""
    if f"{module}.".startswith(f"{first}."):
        return f"ModuleNotFoundError: No module named '{first}'"
    return f"ImportError: cannot import name '{full.rpartition('.')[2]}' from '{module}'"


def of_attribute(change: Change, owner: str, name: str) -> str:
    """Return the message for the use of a name that is gone from a module."""
    if REMOVED.search(change.sees):
        return REMOVED.sub(f"`np.{name}` was removed in the NumPy 2.0 release.", change.sees)
    if not _is_standard(change):
        return ""
    kind = "Module" if owner in ("scipy", "sklearn") else "module"
    if owner == "pandas.DataFrame":
        kind, owner = "type object", "DataFrame"
    if owner.startswith("tensorflow."):
        owner = owner.replace(".", "._api.v2.", 1)
    dot = "." if change.sees.endswith("'.") else ""
    return f"AttributeError: {kind} '{owner}' has no attribute '{name}'{dot}"


def of_member(change: Change, name: str) -> str:
    """Return the message for an attribute or a method that objects have no more."""
    missing = re.compile(r"has no attribute '\w+'")
    if missing.search(change.sees):
        return missing.sub(f"has no attribute '{name}'", change.sees)
    return "" if change.kind == "silent" else f"AttributeError: ... has no attribute '{name}'"


def of_name(change: Change, name: str) -> str:
    """Return the message for a name that Python has no more."""
    return re.sub(r"name '\w+'", f"name '{name}'", change.sees)


def of_keyword(change: Change, function: str, name: str, value: str) -> str:
    """Return the message for a keyword that a function does not take.

    Args:
        change: the row.
        function: the function's or the class's name.
        name: the keyword.
        value: what it is given.
    """
    if change.kind != "error" or not function:
        return ""
    layer = function.replace("Convolution", "Conv")
    given = f"{{'{name}': {value}}}"

    def called(found: re.Match) -> str:
        owner = "set" if found["function"] == "set" else f"{function}{found['init'] or ''}"
        return f"{owner}() " if found["function"] else ""

    text = KEYWORD.sub(lambda found: f"{called(found)}{found['got']} '{name}'", change.sees)
    text = UNKNOWN.sub(lambda _: f"keyword arguments passed to {layer}: {given}", text)
    text = UNRECOGNIZED.sub(lambda _: f"not recognized: {given}", text)
    text = FREQUENCY.sub(value.strip("'"), text)
    return INVALID.sub(f"The '{name}' parameter of {function} must be ...", text)


def of_value(change: Change, value: str) -> str:
    """Return the message for a text that a function does not take."""
    return FREQUENCY.sub(value, change.sees)

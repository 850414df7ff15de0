"""Read the catalogue of changes, the one source of MIGRATION.md, the findings and the tests."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PATH = Path(__file__).with_name("changes.toml")
KINDS = ("silent", "error", "warning")


@dataclass(frozen=True)
class Change:
    """One thing that old scripts do; changes.toml says what each field means."""

    id: str
    library: str
    kind: str
    old: str
    sees: str
    cause: str
    new: str
    setup: str = ""
    result: str = ""
    works: str = ""
    only: str = ""
    missing: str = ""
    calls: tuple[str, ...] = ()
    keywords: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    fits: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    strings: Mapping[str, str] = field(default_factory=dict)
    positional: Mapping[str, int] = field(default_factory=dict)
    builtins: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return what one sees: the message, or what happens silently."""
        return f"silently: {self.sees}" if self.kind == "silent" else self.sees


@functools.cache
def _table() -> dict:
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def prelude() -> str:
    """Return the code that the old and new lines of all rows are tested after."""
    return _table()["prelude"]


@functools.cache
def changes() -> dict[str, Change]:
    """Return all rows of the catalogue by their id, in its order."""
    rows = [Change(**row) for row in _table()["change"]]
    return {row.id: row for row in rows}

"""Load the data sets; arrays out.

A data set that cannot be had is replaced by its stand-in, a sample, which says so.
"""

import importlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from base.errors import DataError, UnreachableError, UsageError
from base.paths import DATA_DIR
from datasets import bundled, fetching
from datasets.texts import VOCABULARY
from engine import progress

SOURCES = ("sample", "real", "bundled", "generated")  # the first of several is said of all


@dataclass(frozen=True)
class Dataset:
    """A data set as arrays, and where it came from.

    Attributes:
        name: of its module in `datasets/`, or of scikit-learn's.
        source: one of `SOURCES`: "sample" of a stand-in, "bundled" of what a package brings along,
            "generated" of what a lesson draws.
        arrays: what the loader returns: for most `(x_train, y_train), (x_test, y_test)`, the texts
            as arrays of word indexes, uint16; for the thoracic data one table.
        files: SHA-256 of each verified file, by name; empty where there are none.
        words: the word of each index, for the two text data sets.
    """

    name: str
    source: str
    arrays: Any
    files: dict[str, str] = field(default_factory=dict)
    words: dict[int, str] | None = None

    @property
    def word_list(self) -> list[str]:
        """The word of each index of the vocabulary; "" where an index has none."""
        return [self.words.get(index, "") for index in range(VOCABULARY)]


class Loaded(list[Dataset]):
    """The data sets that a lesson has loaded."""

    @property
    def source(self) -> str:
        """Where they come from, one of `SOURCES`.

        Raises:
            UsageError: the lesson has neither loaded any nor says that it generates them.
        """
        if not self:
            expected = "expected experiment.load, or generated=True in ABOUT, found neither"
            raise UsageError(f"a lesson's data: {expected}.")
        return next(source for source in SOURCES if source in {one.source for one in self})

    @property
    def as_record(self) -> dict[str, Any]:
        """What a record keeps of them: their source, and the SHA-256 of each verified file."""
        files = {name: digest for one in self for name, digest in one.files.items()}
        return {"source": self.source, "files": files}


def load(name: str, choice: str = "auto", data_dir: Path = DATA_DIR) -> Dataset:
    """Load a data set.

    Args:
        name: of a module in `datasets/`, or of a data set that scikit-learn bundles.
        choice: "real", "sample", or "auto": real where it can be had, else the sample. Bundled data
            are always the same.
        data_dir: the folder whose `datasets/` holds the files.

    Raises:
        DataError: a file is damaged, or "real" is asked for and cannot be had, or there is no such
            data set.
    """
    if name in bundled.NAMES:
        return Dataset(name, "bundled", bundled.load(name))
    if name not in fetching.registry():
        known = ", ".join([*fetching.registry(), *bundled.NAMES])
        raise DataError(f"{name}: expected a data set, {known}; write datasets/{name}.py.")
    module = importlib.import_module(f"datasets.{name}")
    if choice != "sample":
        try:
            files = {file: digest for file, (_, digest) in fetching.fetch(name, data_dir).items()}
            arrays, words = module.load(data_dir / "datasets")
            return Dataset(name, "real", arrays, files, words)
        except UnreachableError as error:
            if choice == "real":
                raise
            # Of several lessons each would say again what `make data` has said.
            why = f"{name}: not to be had." if progress.suite else str(error)
            print(f"warning: {why} Going on with sample data.", file=sys.stderr)
    arrays, words = module.stand_in()
    return Dataset(name, "sample", arrays, {}, words)

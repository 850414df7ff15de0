"""Make Keras's own loaders read the folder of data that this run reads."""

import atexit
import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from base.errors import DataError


def use(data_dir: Path) -> None:
    """Make Keras's loaders read `<data_dir>/datasets`; call it before Keras is imported.

    Raises:
        DataError: Keras is imported already and reads another folder.
    """
    home = _keras_home(data_dir)
    if "keras" in sys.modules and os.environ.get("KERAS_HOME") != home:
        raise DataError(f"--data-dir {data_dir}: Keras already reads another folder; start anew.")
    os.environ["KERAS_HOME"] = home


@functools.cache
def _keras_home(data_dir: Path) -> str:
    """Return the data folder or, as Keras passes over one that it cannot write to, a link to it."""
    if not data_dir.exists() or os.access(data_dir, os.W_OK):
        return str(data_dir)
    home = tempfile.mkdtemp(prefix="keras-home-")
    os.symlink(data_dir / "datasets", Path(home) / "datasets")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home

"""Where things lie: the checkout, its data, its published and its other results."""

import atexit
import functools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from base.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "experiments"
DATA_DIR = ROOT / "data"  # its datasets/ holds the files of the data sets
FIGURES = ROOT / "figures"  # published results, committed
RUNS = ROOT / "runs"  # all other results
ABLATIONS = "ablations"  # the folder of costly variants, inside their experiment's
LESSON = "[0-9][0-9]_*.py"  # the names of lessons


def lessons() -> list[Path]:
    """Return the scripts of all lessons in the order of their numbers."""
    found = sorted(EXPERIMENTS.glob(LESSON))
    return [path for path in found if path.is_file() and path.stem[3:].isidentifier()]


def saved_trainings() -> Path:
    """Return where trainings are saved: runs/cache, or the folder TRAINING_CACHE names."""
    return Path(os.environ.get("TRAINING_CACHE") or RUNS / "cache").absolute()


def wings() -> list[Path]:
    """Return the folders of `experiments/` that hold modules."""
    return sorted(init.parent for init in EXPERIMENTS.glob("*/__init__.py"))


def use_keras_home(data_dir: Path) -> None:
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

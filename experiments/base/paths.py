"""Where things lie: the checkout, its data, its published and its other results."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "experiments"
DATA_DIR = ROOT / "data"  # its datasets/ holds the files of the data sets
FIGURES = ROOT / "figures"  # published results, committed
RUNS = ROOT / "runs"  # all other results
ABLATIONS = "ablations"  # the folder of costly variants, inside their experiment's
LESSON = "[0-9][0-9]_*.py"  # the names of lessons


def lessons() -> list[Path]:
    """Return the scripts of all lessons in the order of their numbers."""
    return sorted(EXPERIMENTS.glob(LESSON))


def saved_trainings() -> Path:
    """Return where trainings are saved: runs/cache, or the folder TRAINING_CACHE names."""
    return Path(os.environ.get("TRAINING_CACHE") or RUNS / "cache").absolute()


def wings() -> list[Path]:
    """Return the folders of `experiments/` that hold modules."""
    return sorted(init.parent for init in EXPERIMENTS.glob("*/__init__.py"))

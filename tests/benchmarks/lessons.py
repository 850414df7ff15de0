"""Measure the class paths of experiments/README.md: each command in a fresh clone, in order.

Usage:
    DATA_MIRROR=/media/usb python tests/benchmarks/lessons.py
    python tests/benchmarks/lessons.py --out elsewhere
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "experiments"), str(ROOT / "tests")]

import drawing
from base import errors, files
from pages import readme
from pages.speed_tables import PYTHON


def main() -> None:
    """Measure each command and write a table."""
    errors.prepare_program()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "figures", help="folder for the table")
    given = parser.parse_args()
    rows = []
    for path, commands in readme.commands_for_a_class(ROOT).items():
        with tempfile.TemporaryDirectory() as folder:
            clone = Path(folder) / "clone"
            subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
            drawing.digit(4, width=14, slant=0.1).save(clone / "digit.png")
            _run(f"{PYTHON} -m experiments data", clone)
            for command in commands:
                started = time.monotonic()
                _run(command, clone)
                seconds = time.monotonic() - started
                rows.append({"path": path, "command": command, "seconds": seconds})
                print(rows[-1], flush=True)
    with files.replacing(given.out / "benchmark_lessons.csv") as file:
        pd.DataFrame(rows).to_csv(file, index=False, float_format="%.3g", lineterminator="\n")


def _run(command: str, clone: Path) -> None:
    """Run a command of the page in a clone, with the packages of this process."""
    python, *words = shlex.split(command)
    if python != PYTHON:
        raise ValueError(f"expected a command of {PYTHON}, found {command}")
    cache = {"TRAINING_CACHE": str(clone.parent / "cache")}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | cache
    subprocess.run([sys.executable, *words], cwd=clone, env=environment, check=True, **quiet)


if __name__ == "__main__":
    main()

"""Measure how long `predict.py` takes: to train a network first, and to answer with one at hand.

Usage:
    python tests/benchmarks/predicting.py
    python tests/benchmarks/predicting.py --networks "07 mnist,02 retrained" --out elsewhere
"""

import argparse
import os
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
from questions import DISTRICT, PATIENT, row
from tutorials import catalogue

ANSWERS = 5  # times that an answer is measured
QUESTIONS = {
    "02": ["--text", "a wonderful film"],
    "03": ["--text", "opec cuts oil output"],
    "04": ["--row", row(DISTRICT)],
    "05": ["--image", "digit.png"],
    "06": ["--row", row(PATIENT)],
    "07": ["--image", "digit.png"],
}


def main() -> None:
    """Measure each network and write a table."""
    errors.prepare_program()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    usual = [f"{number} {catalogue.find(number).about.networks[0]}" for number in QUESTIONS]
    usual += ["05 mlp", "07 first_model"]
    parser.add_argument("--networks", default=",".join(usual), help="experiment and model, ...")
    parser.add_argument("--out", type=Path, default=ROOT / "figures", help="folder for the table")
    given = parser.parse_args()
    rows = []
    for network in given.networks.split(","):
        rows.append({"network": network, **measure(*network.split())})
        print(rows[-1], flush=True)
    with files.replacing(given.out / "benchmark_predict.csv") as file:
        pd.DataFrame(rows).to_csv(file, index=False, float_format="%.3g", lineterminator="\n")


def measure(number: str, model: str) -> dict[str, float]:
    """Return the seconds of a training, nothing saved before, and the median of its answers."""
    with tempfile.TemporaryDirectory() as folder:
        drawing.digit(4).save(Path(folder) / "digit.png")
        cache = {"TRAINING_CACHE": str(Path(folder) / "cache")}
        train = [catalogue.find(number).script, "--models", model, "--seeds", "1", "--out", folder]
        trained = _seconds(folder, cache, train)
        ask = [ROOT / "experiments" / "predict.py", number, "--model", model, "--run", folder]
        answers = [_seconds(folder, cache, [*ask, *QUESTIONS[number]]) for _ in range(ANSWERS)]
    return {"train_s": trained, "answer_s": sorted(answers)[ANSWERS // 2]}


def _seconds(folder: str, environment: dict[str, str], command: list) -> float:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - started


if __name__ == "__main__":
    main()

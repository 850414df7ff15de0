"""Measure what a Dask cluster gains: one and two workers on this machine, in turns.

A whole command is timed, with imports, data, compilation, baselines and figures. Scheduler and
workers are started anew for each, and nothing is taken from earlier runs.

Usage:
    python tests/benchmarks/cluster.py
    python tests/benchmarks/cluster.py --workers 1,2,4 --out elsewhere
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "experiments"))

from base import errors, files

ROUNDS = 2
SCRIPT = ROOT / "experiments" / "05_mnist_odd_even.py"
MODEL, EPOCHS, SEEDS = "mlp", 30, 6
STARTED = 5  # seconds that scheduler and workers have before the command starts


def main() -> None:
    """Measure each number of workers and write a table."""
    errors.prepare_program()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", default="1,2", help="numbers of workers")
    parser.add_argument("--out", type=Path, default=ROOT / "figures", help="folder for the table")
    given = parser.parse_args()
    rows = []
    for turn in range(1, ROUNDS + 1):
        for workers in map(int, given.workers.split(",")):
            seconds = measure(workers)
            row = {"model": f"05 {MODEL}", "epochs": EPOCHS, "seeds": SEEDS, "workers": workers}
            row |= {"round": turn, "seconds": seconds, "seeds_per_minute": 60 * SEEDS / seconds}
            print(row, flush=True)
            rows.append(row)
    with files.replacing(given.out / "benchmark_cluster.csv") as file:
        pd.DataFrame(rows).to_csv(file, index=False, float_format="%.4g", lineterminator="\n")


def measure(workers: int) -> float:
    """Return the seconds of a command whose trainings run on so many workers."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as processes:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT / "experiments"),
            "TRAINING_CACHE": str(Path(folder) / "cache"),
        }

        def start(*arguments):
            command = [Path(sys.executable).with_name("dask"), *arguments, "--no-dashboard"]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(command, env=environment, cwd=folder, **quiet)
            processes.callback(process.wait)
            processes.callback(process.terminate)

        address = "tcp://127.0.0.1:8799"
        start("scheduler", "--host", "127.0.0.1", "--port", "8799")
        start("worker", address, "--nthreads", "1", "--nworkers", str(workers))
        time.sleep(STARTED)
        options = ["--models", MODEL, "--epochs", str(EPOCHS), "--seeds", str(SEEDS)]
        options += ["--jobs", f"dask:{address}", "--out", str(Path(folder) / "out")]
        started = time.monotonic()
        subprocess.run(
            [sys.executable, SCRIPT, *options],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.monotonic() - started


if __name__ == "__main__":
    main()

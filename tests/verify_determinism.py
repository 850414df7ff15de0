"""Train every model of every experiment again in fresh processes and compare every byte.

Each experiment runs for a few epochs with two seeds: twice in the same way, once with two trainings
at a time, and once with the second seed alone, which nothing has been trained before.

Usage:
    python tests/verify_determinism.py
    python tests/verify_determinism.py 04 06
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

EXPERIMENTS = Path(__file__).resolve().parents[1] / "experiments"
FIGURES = EXPERIMENTS.parent / "figures"
sys.path.insert(0, str(EXPERIMENTS))

from base import errors, paths
from base.errors import FailedError, UsageError
from results import records

EPOCHS = 2
FILES = ("record.json", "history.csv", "predictions.npz")


def run(script: Path, out: Path, *options: str) -> Path:
    """Train all models of an experiment anew; return the folder of the results."""
    models = records.with_ablations(records.read(FIGURES / script.stem)).models
    command = [sys.executable, str(script), "--epochs", str(EPOCHS), "--models", ",".join(models)]
    environment = os.environ | {"TRAINING_CACHE": str(out / "cache")}
    done = subprocess.run(
        [*command, "--out", str(out), *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FailedError(f"{script.name} {' '.join(options)}: {done.stderr.strip()[-300:]}")
    return out / script.stem


def differences(script: Path, scratch: Path) -> list[str]:
    """Return in words how runs of an experiment differ; nothing if they do not."""
    first = records.read(FIGURES / script.stem).record["models"]
    seed = next(iter(first.values()))["runs"][0]["seed"]
    ways = {
        "one": ["--seeds", "2", "--jobs", "1"],
        "again": ["--seeds", "2", "--jobs", "1"],
        "two at a time": ["--seeds", "2", "--jobs", "2"],
        "second seed alone": ["--seeds", "1", "--seed", str(seed + 1), "--jobs", "1"],
    }
    with ThreadPoolExecutor(2) as pool:
        folders = dict(
            zip(
                ways,
                pool.map(lambda way: run(script, scratch / way, *ways[way]), ways),
                strict=True,
            )
        )
    found = [
        f"{way}: {name}"
        for way in ("again", "two at a time")
        for name in FILES
        if (folders[way] / name).read_bytes() != (folders["one"] / name).read_bytes()
    ]
    alone, together = (records.read(folders[way]) for way in ("second seed alone", "one"))
    rows = together.history[together.history["seed"] == seed + 1].reset_index(drop=True)
    return found + ([] if rows.equals(alone.history) else ["second seed alone: history.csv"])


def main() -> int:
    """Compare the runs of each experiment; return the exit status."""
    errors.prepare_program()
    known = {script.name[:2]: script for script in paths.lessons()}
    wanted = sys.argv[1:] or list(known)
    if strange := [number for number in wanted if number not in known]:
        raise UsageError(f"{strange[0]!r}: expected numbers of experiments, {' '.join(known)}.")
    failed = False
    for number in wanted:
        with tempfile.TemporaryDirectory() as scratch:
            found = differences(known[number], Path(scratch))
        failed = failed or bool(found)
        print(f"{known[number].stem}: {'; '.join(found) or 'identical'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

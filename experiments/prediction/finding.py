"""Find the trained network that is asked for; train it first if there is none."""

import csv
import subprocess
import sys
import time
from pathlib import Path

from common.errors import FailedError, UsageError
from common.fetching import ROOT
from prediction.answers import Trained

SCRIPTS = {path.stem[:2]: path for path in sorted((ROOT / "experiments").glob("0?_*.py"))}
RUNS = {"real": ROOT / "runs", "sample": ROOT / "runs" / "sample"}
# Which network answers unless another is named: the tutorial's last word, or, where that trains
# for long or was not tested, the best of the others.
USUAL = {
    "01": "mlp",
    "02": "retrained",
    "03": "retrained",
    "04": "without_b_4_folds",
    "05": "cnn",
    "06": "check_fresh_without_id",
    "07": "mnist",
}
DURATIONS = ROOT / "figures" / "benchmark_predict.csv"


def find(number: str, model: str | None, data: str, run: Path | None) -> Trained:
    """Return a trained network.

    Args:
        number: of the experiment, such as "07".
        model: its name; the usual one of the experiment where None.
        data: "real", "sample", or "auto": a network of real data if there is one or it can be
            trained, else one of sample data.
        run: a folder of results that has `models/`, or None for `runs/` and `runs/sample/`.

    Raises:
        UsageError: there is none in `run`, or the experiment has no such model.
        FailedError: the training failed.
    """
    script, model = SCRIPTS[number], model or USUAL[number]
    file = Path("models") / script.stem / f"{model}.keras"
    folders = (
        [run] if run else [RUNS[kind] for kind in ("real", "sample") if data in (kind, "auto")]
    )
    for folder in folders:
        if (folder / file).is_file():
            return Trained.read(folder / file)
    if run:
        found = sorted(path.stem for path in (run / file).parent.glob("*.keras"))
        raise UsageError(
            f"{run / file}: expected a trained network, found"
            f" {', '.join(found) if found else 'none'}; run {script.stem} into {run} first."
        )
    _train(script, model, data)
    for folder in folders:
        if (folder / file).is_file():
            return Trained.read(folder / file)
    raise FailedError(f"{model}: the training left no network; run experiments/{script.name}.")


def _train(script: Path, model: str, data: str) -> None:
    """Train one seed of a model, as published.

    Raises:
        FailedError: the training failed; its own line has said why.
    """
    usual = _duration(script.stem[:2], model)
    print(
        f"No trained network {script.stem[:2]} {model} yet; training it first{usual}.",
        file=sys.stderr,
        flush=True,
    )
    command = [sys.executable, str(script), "--models", model, "--seeds", "1", "--data", data]
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(done.returncode)
    print(f"Trained in {time.monotonic() - started:.0f} s.", file=sys.stderr, flush=True)


def _duration(number: str, model: str) -> str:
    """Return how long the training took when it was measured, in words."""
    try:
        with DURATIONS.open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["network"] == f"{number} {model}"]
    except FileNotFoundError:
        rows = []
    if not rows:
        return "; the time left is shown"
    seconds = float(rows[0]["train_s"])
    return f", about {seconds:.0f} s" if seconds < 100 else f", about {seconds / 60:.0f} minutes"

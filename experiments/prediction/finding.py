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
# The networks that each experiment keeps. The first answers unless another is named: the tutorial's
# last word or, where that trains for long or was not tested, the best of the others.
KEPT = {
    "01": ("mlp", "perceptron", "deep_mlp"),
    "02": ("retrained", "held_out", "units_4", "units_64"),
    "03": (*("retrained", "held_out", "width_4", "width_16", "width_32", "width_46", "width_128"),),
    "04": (
        *("without_b_4_folds", "all_features_3_folds", "without_b_3_folds"),
        *("one_hot_chas_4_folds", "all_features_4_folds", "rows_100", "rows_200", "rows_404"),
    ),
    "05": ("cnn", "mlp", "deep_cnn", "deep_cnn_without_dropout"),
    "06": (
        *("check_fresh_without_id", "check_fresh", "small", "large", "one_hot_bce", "one_hot_cce"),
    ),
    "07": ("mnist", "first_model", "second_model"),
}
DURATIONS = ROOT / "figures" / "benchmark_predict.csv"


def find(number: str, model: str | None, data: str, run: Path | None) -> Trained:
    """Return a trained network.

    Args:
        number: of the experiment, such as "07".
        model: its name; the usual one of the experiment where None.
        data: "real", "sample", or "auto": a network of real data if there is one, else one of
            sample data; if there is neither, one is trained, on real data if they can be had.
        run: a folder of results that has `models/`, or None for `runs/` and `runs/sample/`.

    Raises:
        UsageError: there is none in `run`, or the experiment keeps no such network.
        FailedError: the training failed.
    """
    script, model = SCRIPTS[number], model or KEPT[number][0]
    if model not in KEPT[number]:
        raise UsageError(f"--model: expected one of {', '.join(KEPT[number])}, found {model!r}.")
    if run and data != "auto":
        raise UsageError(f"--run {run}: its networks are of the data that it had; no --data.")
    file = Path("models") / script.stem / f"{model}.keras"
    folders = (
        [run] if run else [RUNS[kind] for kind in ("real", "sample") if data in (kind, "auto")]
    )
    if not (path := _first(folders, file)):
        if run:
            found = sorted(path.stem for path in (run / file).parent.glob("*.keras"))
            raise UsageError(
                f"{run / file}: expected a trained network, found"
                f" {', '.join(found) if found else 'none'}; run {script.stem} into {run} first."
            )
        _train(script, model, data)
        if not (path := _first(folders, file)):
            raise FailedError(f"{model}: its training has failed; run experiments/{script.name}.")
    trained = Trained.read(path)
    if data == "auto" and not run and trained.card["data"]["source"] == "sample":
        print(
            "warning: a network of SAMPLE DATA; --data real asks for one of real data.",
            file=sys.stderr,
        )
    return trained


def _first(folders: list[Path], file: Path) -> Path | None:
    """Return the first of these folders' files that exists."""
    try:
        return next((folder / file for folder in folders if (folder / file).is_file()), None)
    except OSError as error:  # such as a name too long
        raise UsageError(f"--run: cannot be read ({error.strerror}).") from error


def _train(script: Path, model: str, data: str) -> None:
    """Train one seed of a model, as published; end the program as the training does if it fails."""
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

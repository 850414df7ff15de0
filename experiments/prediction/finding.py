"""Find the trained network that is asked for: of one's own run, published, or trained first."""

import csv
import subprocess
import sys
import time
from pathlib import Path

from base.errors import FailedError, UsageError
from base.paths import FIGURES, RUNS
from prediction.answers import Trained
from tutorials.catalogue import Lesson

DURATIONS = FIGURES / "benchmark_predict.csv"


def find(lesson: Lesson, model: str | None, data: str, run: Path | None) -> Trained:
    """Return a trained network.

    Args:
        lesson: whose network is asked.
        model: its name; the usual one of the lesson where None.
        data: "real", "sample", or "auto": a network of real data if there is one, else one of
            sample data; if there is neither, one is trained, on real data if they can be had.
        run: a folder of results that has `models/`, or None for `runs/` and `runs/sample/`.

    Raises:
        UsageError: there is none in `run`, or the lesson keeps no such network.
        FailedError: the training failed.
    """
    known = lesson.about.networks
    model = model or known[0]
    if model not in known:
        raise UsageError(f"--model: expected one of {', '.join(known)}, found {model!r}.")
    if run and data != "auto":
        raise UsageError(f"--run {run}: its networks are of the data that it had; no --data.")
    places = candidates(lesson, model, data, run)
    if not (trained := _first(places, data)):
        if run:
            found = sorted(path.stem for path in places[0].parent.glob("*.keras"))
            raise UsageError(
                f"{places[0]}: expected a trained network, found"
                f" {', '.join(found) if found else 'none'}; run {lesson.stem} into {run} first."
            )
        _train(lesson, model, data)
        if not (trained := _first(places, data)):
            raise FailedError(
                f"{model}: its training has failed; run experiments/{lesson.script.name}."
            )
    if data == "auto" and not run and trained.is_sample:
        print(
            "warning: a network of SAMPLE DATA; --data real asks for one of real data.",
            file=sys.stderr,
        )
    return trained


def candidates(lesson: Lesson, model: str, data: str, run: Path | None) -> list[Path]:
    """Return where a network of the data that are asked for may be, the preferred place first.

    What is drawn or bundled has no sample: its usual network is the one of `--data sample`, too.
    """
    file = Path("models") / lesson.stem / f"{model}.keras"
    if run:
        return [run / file]
    published = FIGURES / lesson.stem / "networks" / f"{model}.npz"
    return {
        "auto": [RUNS / file, published, RUNS / "sample" / file],
        "real": [RUNS / file, published],
        "sample": [RUNS / "sample" / file, RUNS / file],
    }[data]


def _first(places: list[Path], data: str) -> Trained | None:
    """Return the first network in these places; none of real data where a sample is asked for."""
    try:
        found = [path for path in places if path.is_file()]
    except OSError as error:  # such as a name too long
        raise UsageError(f"--run: cannot be read ({error.strerror}).") from error
    networks = map(Trained.read, found)
    return next((one for one in networks if data != "sample" or one.source != "real"), None)


def _train(lesson: Lesson, model: str, data: str) -> None:
    """Train one seed of a model, as published; end the program as the training does if it fails."""
    usual = _duration(lesson.number, model)
    print(
        f"No trained network {lesson.number} {model} yet; training it first{usual}.",
        file=sys.stderr,
        flush=True,
    )
    options = ["--models", model, "--seeds", "1", "--data", data]
    command = [sys.executable, str(lesson.script), *options]
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

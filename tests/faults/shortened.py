"""Shortened real runs, to be disturbed; an epoch is saved as soon as it has ended."""

import time

from conftest import run_script

RUNS = {
    "01_random_binary": ["--epochs", "300", "--seeds", "3", "--models", "perceptron,mlp"],
    "04_boston_regression": [
        "--epochs",
        "60",
        "--seeds",
        "2",
        "--models",
        "without_b_3_folds,rows_100",
    ],
    "05_mnist_odd_even": ["--epochs", "2", "--seeds", "1", "--models", "mlp,cnn"],
}
AT_ONCE = "from engine import checkpoints; checkpoints.SAVE_EVERY = 0; checkpoints.SHARE = 1e9"
FILES = ("history.csv", "record.json", "predictions.npz")


def options_of(stem, folder, data_dir):
    """Return the arguments of a shortened run, and where its saved trainings are."""
    options = [*RUNS[stem], "--out", str(folder / "out"), "--data-dir", str(data_dir)]
    return options, {"home": folder, "prelude": AT_ONCE}


def results(folder, stem):
    """Return all that a run has written, but for its times."""
    found = {path.name: path.read_bytes() for path in (folder / "out" / stem).iterdir()}
    assert set(FILES) <= found.keys()
    del found["timing.json"]
    return found


def undisturbed(stem, once, real_data_dir):
    """Run a script undisturbed, once for all tests; return its results and its seconds."""

    def in_peace(folder):
        options, where = options_of(stem, folder, real_data_dir)
        begun = time.monotonic()
        done = run_script(f"{stem}.py", *options, **where)
        assert done.returncode == 0, done.stderr
        return time.monotonic() - begun

    folder, seconds = once(f"undisturbed_{stem}", in_peace)
    return results(folder, stem), seconds


def saved_trainings(folder):
    return sorted((folder / "cache").glob("[!.]*"))

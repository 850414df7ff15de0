"""Histories for TensorBoard, read by a real one."""

import contextlib
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import requests

from conftest import assert_one_line_error, run_here, server

SCRIPT = "04_boston_regression.py"


@contextlib.contextmanager
def served(folder, log):
    """Start TensorBoard on a folder; yield a function that asks it."""
    command = [Path(sys.executable).with_name("tensorboard"), "--logdir", folder]
    command += ["--host", "127.0.0.1", "--port", "0", "--load_fast", "false"]
    command += ["--reload_interval", "1"]
    with server(command, r"http://127\.0\.0\.1:\d+", log) as (_, address):
        yield lambda path: requests.get(f"{address[0]}/data/{path}", timeout=20).json()


@pytest.mark.programs
def test_tensorboard_shows_each_training(tmp_path):
    folder = tmp_path / "events"
    options = ["--data", "sample", "--models", "rows_100", "--seeds", "2", "--epochs", "2"]
    options += ["--out", str(tmp_path / "o"), "--tensorboard", str(folder)]
    done = run_here(SCRIPT, *options, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"tensorboard --logdir {folder}" in done.stdout
    again = run_here(SCRIPT, *options, "--plots-only", home=tmp_path)  # replaces, does not add
    assert again.returncode == 0, again.stderr
    assert len(list(folder.rglob("events.out.tfevents.*"))) == 4
    place = "o/04_boston_regression/rows_100"
    expected = {f"{place}/seed_{n}/{part}" for n in (100, 101) for part in ("train", "validation")}
    history = pd.read_csv(tmp_path / "o" / "04_boston_regression" / "history.csv")
    # Started last: while files are replaced it would show both the old and the new.
    with served(folder, tmp_path / "log") as ask:
        for _ in range(100):
            if set(ask("runs")) == expected:
                break
            time.sleep(0.1)
        assert set(ask("runs")) == expected
        for run in expected:
            *_, seed, part = run.split("/")
            rows = history[history["seed"] == int(seed.removeprefix("seed_"))]
            for metric in ("loss", "mae"):
                points = ask(f"plugin/scalars/scalars?run={run}&tag=epoch_{metric}")
                _, steps, values = zip(*points, strict=True)
                assert list(steps) == [1, 2]
                ours = rows[f"val_{metric}" if part == "validation" else metric]
                assert np.array_equal(np.float32(values), np.float32(ours)), json.dumps(points)


@pytest.mark.parametrize(("folder", "text"), [("file", "file"), (".", "a folder of its own")])
def test_a_folder_that_will_not_do_is_refused_before_anything_is_trained(folder, text, tmp_path):
    (tmp_path / "file").touch()
    options = ["--tensorboard", str(tmp_path / folder), "--out", str(tmp_path / "out")]
    done = run_here(SCRIPT, *options, home=tmp_path)
    assert_one_line_error(done, text)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "package", "extra"),
    [
        (("--tensorboard", "x"), "tensorboard", "tensorboard"),
        (("--jobs", "dask:tcp://localhost:1"), "distributed", "cluster"),
    ],
)
def test_a_missing_package_is_named_before_anything_is_trained(
    option, package, extra, tmp_path, monkeypatch
):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == package else find(name)
    )
    done = run_here(SCRIPT, *option, home=tmp_path)
    assert_one_line_error(done, f"package {package}", f"pip install -e '.[{extra}]'")

"""Trainings on a Dask cluster: a real scheduler and real workers on this machine."""

import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from common import child, cli, errors, tasks
from conftest import ROOT, assert_one_line_error, kill, run_here, server, start_script

DASK = Path(sys.executable).with_name("dask")
SCRIPT = "01_random_binary.py"
RESULTS = ("record.json", "history.csv", "predictions.npz")


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler; yield its address and a function that starts a worker."""
    usual = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "DATA_MIRROR")}
    local = "--host", "127.0.0.1", "--no-dashboard"
    with contextlib.ExitStack() as processes:
        command, log = [DASK, "scheduler", *local, "--port", "0"], tmp_path / "scheduler.log"
        ready = server(command, r"tcp://127\.0\.0\.1:\d+", log, usual)
        _, address = processes.enter_context(ready)

        def worker(cache, **environment):
            command = [DASK, "worker", address[0], *local, "--nthreads", "1", "--no-nanny"]
            environment = usual | environment | {"TRAINING_CACHE": str(cache)}
            log = tmp_path / f"{cache.name}.log"
            ready = server(command, "Starting established connection", log, environment)
            return processes.enter_context(ready)[0]

        yield address[0], worker


def test_a_lost_workers_trainings_are_done_again_and_the_results_are_those_of_a_serial_run(
    cluster, tmp_path
):
    address, worker = cluster
    caches = [tmp_path / "cache of one", tmp_path / "cache of two"]
    first, _ = (worker(cache, PYTHONPATH=str(ROOT / "experiments")) for cache in caches)
    options = ["--models", "perceptron,mlp", "--seeds", "5", "--epochs", "1500"]
    there = ["--jobs", f"dask:{address}", "--out", str(tmp_path / "there")]
    run = start_script(SCRIPT, *options, *there, home=tmp_path / "home")
    try:
        here = run_here(SCRIPT, *options, "--out", str(tmp_path / "here"), home=tmp_path / "other")
        assert here.returncode == 0, here.stderr
        while not all(trained := [len(list(cache.glob("*"))) for cache in caches]):
            assert run.poll() is None, run.communicate()
            time.sleep(0.02)
        first.kill()
        assert sum(trained) < 10
        _, messages = run.communicate(timeout=200)
    finally:
        kill(run)
    assert run.returncode == 0, messages
    assert "10 of 10 trainings done" in messages
    written = [tmp_path / where / "01_random_binary" for where in ("here", "there")]
    for file in RESULTS:
        assert (written[0] / file).read_bytes() == (written[1] / file).read_bytes(), file


def test_a_worker_without_our_modules_is_named(cluster, tmp_path):
    address, worker = cluster
    worker(tmp_path / "cache")
    there = ["--jobs", f"dask:{address}", "--out", str(tmp_path / "there")]
    done = run_here(SCRIPT, "--epochs", "1", *there, home=tmp_path)
    assert_one_line_error(done, "no module 'common'", "PYTHONPATH=experiments")


def test_without_a_scheduler_a_run_ends_with_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("common.cluster.CONNECT", 0.2)
    options = ["--epochs", "1", "--jobs", "dask:tcp://127.0.0.1:9", "--out", str(tmp_path / "out")]
    done = run_here(SCRIPT, *options, home=tmp_path)
    assert_one_line_error(done, "--jobs dask:tcp://127.0.0.1:9", "dask scheduler")


def test_a_worker_with_other_code_or_versions_is_refused(tmp_path):
    settings = cli.parse("name", "text", epochs={"a": 1}, models=("a",), arguments=["--device=cpu"])
    versions = {"code": tasks.CODE, "keras": "3.15.1", "numpy": "1.26.0"}
    with pytest.raises(errors.UsageError, match=r"expected numpy 1\.26\.0 as on .*, found 2"):
        child._run(print, settings, versions, (), ())
    with pytest.raises(errors.UsageError, match="expected code other as on"):
        child._run(print, settings, {"code": "other"}, (), ())


def test_a_child_that_is_killed_ends_its_task_with_one_line():
    process = child.Child(b"")
    process._process.kill()
    with pytest.raises(errors.FailedError, match="status -9"):
        process.run((), ())
    assert process.has_ended()

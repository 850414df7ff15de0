"""Faults of a Dask cluster: a real scheduler and real workers on this machine."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from base import command_line, errors
from conftest import ROOT, assert_one_line_error, kill, run_here, server, start_script
from engine import checkpoints, cluster_process, process, progress

DASK = Path(sys.executable).with_name("dask")
SCRIPT = "01_random_binary.py"
LOCAL = "--host", "127.0.0.1", "--no-dashboard"
SCHEDULER = r"tcp://127\.0\.0\.1:\d+"  # what a scheduler prints when it is ready
CALL = pickle.dumps((print, None, {}))
RESULTS = ("record.json", "history.csv", "predictions.npz")


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler; yield its address and a function that starts a worker."""
    usual = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "DATA_MIRROR")}
    with contextlib.ExitStack() as processes:
        command, log = [DASK, "scheduler", *LOCAL, "--port", "0"], tmp_path / "scheduler.log"
        ready = server(command, SCHEDULER, log, usual)
        _, address = processes.enter_context(ready)

        def worker(cache, **environment):
            command = [DASK, "worker", address[0], *LOCAL, "--nthreads", "1", "--no-nanny"]
            environment = usual | environment | {"TRAINING_CACHE": str(cache)}
            log = tmp_path / f"{cache.name}.log"
            ready = server(command, "Starting established connection", log, environment)
            return processes.enter_context(ready)[0]

        yield address[0], worker


@pytest.mark.long
def test_a_lost_workers_trainings_are_done_again(cluster, tmp_path):
    """The results are those of a run without a cluster, byte for byte."""
    address, worker = cluster
    caches = [tmp_path / "cache of one", tmp_path / "cache of two"]
    first, _ = (worker(cache, PYTHONPATH=str(ROOT / "experiments")) for cache in caches)
    options = ["--models", "perceptron,mlp", "--seeds", "4", "--epochs", "1500"]
    there = ["--jobs", f"dask:{address}", "--out", str(tmp_path / "there")]
    run = start_script(SCRIPT, *options, *there, home=tmp_path / "home")
    try:
        while not list(caches[0].glob("*")):
            assert run.poll() is None, run.communicate()
            time.sleep(0.02)
        first.kill()
        assert sum(len(list(cache.glob("*"))) for cache in caches) < 8
        here = run_here(SCRIPT, *options, "--out", str(tmp_path / "here"), home=tmp_path / "other")
        assert here.returncode == 0, here.stderr
        _, messages = run.communicate(timeout=200)
    finally:
        kill(run)
    assert run.returncode == 0, messages
    assert "8 of 8 trainings done" in messages
    written = [tmp_path / where / "01_random_binary" for where in ("here", "there")]
    for file in RESULTS:
        assert (written[0] / file).read_bytes() == (written[1] / file).read_bytes(), file


def test_a_worker_without_our_modules_is_named(cluster, tmp_path):
    address, worker = cluster
    worker(tmp_path / "cache")
    there = ["--jobs", f"dask:{address}", "--out", str(tmp_path / "there")]
    done = run_here(SCRIPT, "--epochs", "1", *there, home=tmp_path)
    assert_one_line_error(done, "no module 'engine'", "PYTHONPATH=experiments")


def test_without_a_scheduler_a_run_ends_with_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.cluster.CONNECT", 0.2)
    options = ["--epochs", "1", "--jobs", "dask:tcp://127.0.0.1:9", "--out", str(tmp_path / "out")]
    done = run_here(SCRIPT, *options, home=tmp_path)
    assert_one_line_error(done, "--jobs dask:tcp://127.0.0.1:9", "dask scheduler")


def test_a_worker_with_other_code_or_versions_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path))
    monkeypatch.setattr(checkpoints, "store", checkpoints.Store())
    monkeypatch.setattr(progress, "console", progress.console)
    settings = command_line.parse(
        "name", "text", epochs={"a": 1}, models=("a",), arguments=["--device=cpu"]
    )
    versions = {"code": process.code(), "keras": "3.15.1", "numpy": "1.26.0"}
    with pytest.raises(errors.UsageError, match=r"expected numpy 1\.26\.0 as on .*, found 2"):
        cluster_process._run(print, settings, versions, (), ())
    with pytest.raises(errors.UsageError, match="expected code other as on"):
        cluster_process._run(print, settings, {"code": "other"}, (), ())


@pytest.mark.long
def test_without_its_scheduler_a_run_ends_with_one_line(tmp_path):
    command, log = [DASK, "scheduler", *LOCAL, "--port", "0"], tmp_path / "scheduler.log"
    with server(command, SCHEDULER, log) as (scheduler, address):
        there = ["--jobs", f"dask:{address[0]}", "--out", str(tmp_path / "there")]
        run = start_script(SCRIPT, *there, home=tmp_path / "home")
        try:
            while "no worker has come" not in (line := run.stderr.readline()):
                assert line, run.wait()
            time.sleep(1)  # the tasks are on their way
            scheduler.kill()
            _, messages = run.communicate(timeout=100)
        finally:
            kill(run)
    assert run.returncode == 1
    (line,) = messages.splitlines()
    assert line.startswith(f"error: the scheduler at {address[0]} is gone")


@pytest.mark.long
def test_an_interrupted_run_leaves_its_workers_free(cluster, tmp_path):
    address, worker = cluster
    process = worker(tmp_path / "cache", PYTHONPATH=str(ROOT / "experiments"))
    options = ["--models", "mlp", "--epochs", "999999", "--seeds", "1"]
    there = ["--jobs", f"dask:{address}", "--out", str(tmp_path / "there")]
    run = start_script(SCRIPT, *options, *there, home=tmp_path / "home")
    try:
        while not list((tmp_path / "cache").glob("*")):
            assert run.poll() is None, run.communicate()
            time.sleep(0.1)
        os.killpg(run.pid, signal.SIGINT)
        _, messages = run.communicate(timeout=60)
    finally:
        kill(run)
    assert run.returncode == 130
    assert "0 of 1 trainings were done; what is saved lies with the workers" in messages
    deadline = time.monotonic() + 30
    living = ["pgrep", "-P", str(process.pid), "-r", "R,S"]
    while subprocess.run(living, stdout=subprocess.DEVNULL, check=False).returncode == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def a_child():
    process = cluster_process.Child(CALL)
    yield process
    process.end()


def wanted():
    return True


def test_a_child_that_is_killed_ends_its_task_with_one_line(a_child):
    a_child._process.kill()
    with pytest.raises(errors.FailedError, match="status -9, as when memory runs out"):
        a_child.run((), (), wanted)
    assert not a_child.is_fit()


def test_a_child_whose_task_is_no_longer_wanted_ends(a_child, monkeypatch):
    monkeypatch.setattr(cluster_process, "ASK_EVERY", 0.01)
    with pytest.raises(errors.FailedError, match="interrupted"):
        a_child.run((), (), lambda: False)
    assert not a_child.is_fit()


def test_a_child_that_is_idle_for_long_is_not_used_again(a_child, monkeypatch):
    assert a_child.is_fit()
    monkeypatch.setattr(cluster_process, "IDLE", 0.0)
    assert not a_child.is_fit()

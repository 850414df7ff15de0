"""Fixtures: one folder of verified data, and scripts run as a user runs them, without network."""

import atexit
import contextlib
import fcntl
import io
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "experiments"))

from base import errors, paths
from datasets import fetching
from engine import checkpoints, environment

# The same cases in each run, however slow the machine.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis.settings.load_profile("suite")

# Keras reads its home once: all tests of this process share this folder.
DATA_DIR = Path(tempfile.mkdtemp(prefix="experiments-data-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
paths.use_keras_home(DATA_DIR)


def pytest_configure(config):
    """Start TensorFlow where tests run: not in the process that only hands them out."""
    if hasattr(config, "workerinput") or not config.getoption("tx"):
        environment.configure("cpu", threads=1)


@pytest.fixture(scope="session")
def real_data_dir():
    """Return a folder with the real files, copied from DATA_MIRROR and verified."""
    mirror = os.environ.get("DATA_MIRROR", "")
    if not Path(mirror or "-").is_dir():
        pytest.skip("DATA_MIRROR names no folder with the real data")
    for name in fetching.registry():
        fetching.fetch(name, DATA_DIR)
    return DATA_DIR


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """Cut this process off: no mirror, no files at home, a proxy that nothing listens on."""
    for name, value in offline_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DATA_MIRROR", raising=False)


NO_TENSORFLOW = "sys.modules.update(tensorflow=None, keras=None)"  # a prelude for `start_script`
PROGRESS = re.compile(r"epoch [0-9]+/[0-9]+|[0-9]+ of [0-9]+ trainings done|^First curves, until ")


def offline_environment(home: Path) -> dict[str, str]:
    """Return environment variables with which nothing outside this machine is reached."""
    nowhere = "http://127.0.0.1:9"
    proxies = {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "127.0.0.1"}
    return {"HOME": str(home), "TRAINING_CACHE": str(home / "cache"), **proxies}


def start_script(
    name: str,
    *arguments: str,
    home: Path,
    prelude: str = "",
    under: Sequence[str] = (),
    **environment: str,
) -> subprocess.Popen:
    """Start a script of experiments/ in a process group of its own, offline.

    Args:
        name: of the script.
        arguments: for the script.
        home: the home folder, which has the saved trainings, too.
        prelude: code that runs in that process before the script.
        under: a command that runs the script's command.
        environment: further environment variables.
    """
    inherited = {k: v for k, v in os.environ.items() if k not in ("DATA_MIRROR", "KERAS_HOME")}
    script = ROOT / "experiments" / name
    code = "import runpy, sys\nsys.argv = sys.argv[1:]\n"
    code += f"sys.path.insert(0, sys.argv[0].rpartition('/')[0])\n{prelude}\n"
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [*under, sys.executable, "-W", "error::DeprecationWarning:__main__"]
    command += ["-c", code] if prelude else []
    return subprocess.Popen(
        [*command, str(script), *arguments],
        env=inherited | offline_environment(home) | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run_script(name: str, *arguments: str, **options) -> subprocess.CompletedProcess:
    """Run a script as `start_script` starts it; return its exit status and what it printed."""
    process = start_script(name, *arguments, **options)
    try:
        output, errors = process.communicate(timeout=280)
    finally:
        kill(process)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def run_here(name: str, *arguments: str, home: Path) -> subprocess.CompletedProcess:
    """Run a script as `run_script` does, but in this process, which has TensorFlow loaded.

    It reads the folder of data that all tests of this process share.
    """
    script = ROOT / "experiments" / name
    output, messages, status = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "argv", [str(script), *arguments, "--data-dir", str(DATA_DIR)])
        monkeypatch.setattr(checkpoints, "store", checkpoints.Store())
        monkeypatch.delenv("DATA_MIRROR", raising=False)
        for variable, value in offline_environment(home).items():
            monkeypatch.setenv(variable, value)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(messages):
            try:
                try:
                    runpy.run_path(str(script), run_name="__main__")
                except errors.OneLineError as error:
                    errors.one_line(type(error), error, None)
            except SystemExit as end:
                status = end.code
    return subprocess.CompletedProcess(name, status, output.getvalue(), messages.getvalue())


def kill(process: subprocess.Popen) -> None:
    """Kill a process that `start_script` has started and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()


@contextlib.contextmanager
def server(command: Sequence, until: str, log: Path, environment: dict[str, str] | None = None):
    """Start a program that serves others; end it and all that it has started afterwards.

    Args:
        command: its command line.
        until: what it prints when it is ready, as a regular expression.
        log: the file for what it prints.
        environment: all of its environment variables; those of this process where None.

    Yields:
        The process and the match of `until`.
    """
    with log.open("w") as file:
        options = {"stdout": file, "stderr": file, "start_new_session": True, "cwd": log.parent}
        process = subprocess.Popen(command, env=environment, **options)
    try:
        for _ in range(1200):
            if found := re.search(until, log.read_text()):
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]} is not ready after two minutes: {log.read_text()}")
        yield process, found
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return a function that makes something once for all processes of the tests.

    Called with a name and a function, it returns what the function has returned, as JSON keeps it.
    The function is called with a folder of its own.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name, function):
        made, folder = base / f"{name}.json", base / name
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                folder.mkdir(exist_ok=True)
                made.write_text(json.dumps(function(folder)))
        return folder, json.loads(made.read_text())

    return make


# What would take longest on sample data: less of it.
LESS = {
    "02_imdb_binary": ["--models", "held_out,retrained,units_64"],
    "03_reuters_multiclass": ["--models", "held_out,retrained,width_4", "--seeds", "1"],
    "04_boston_regression": [
        "--seeds=1",
        "--models",
        "without_b_4_folds,all_features_4_folds,rows_100",
    ],
    "05_mnist_odd_even": ["--seeds", "1", "--models", "mlp,cnn"],
    "06_thoracic_surgery": [
        "--seeds=1",
        "--models",
        "large,check_fresh,check_fresh_without_id,one_hot_bce,one_hot_cce,cv_scaled_weighted",
    ],
    "07_mnist_fashion_multiclass": ["--models", "mnist,first_model"],
}


@pytest.fixture(scope="session")
def sample_runs(once):
    """Run each script once on sample data, whichever process of the tests asks for it first.

    The function returned gives the folder of a script's results and what it printed.
    """

    def run(stem):
        def on_sample_data(folder):
            options = ["--data", "sample", "--epochs", "2", "--seeds", "2", "--out", str(folder)]
            options += LESS.get(stem, ())
            done = run_here(f"{stem}.py", *options, home=folder)
            return done.returncode, done.stdout, done.stderr

        folder, printed = once(f"sample_{stem}", on_sample_data)
        return folder / stem, subprocess.CompletedProcess(stem, *printed)

    return run


@pytest.fixture(scope="session")
def real_networks(once, real_data_dir):
    """Return the folder of a run with the published networks of 02 and 07, one seed of each."""

    def on_real_data(folder):
        for script, model in (
            ("02_imdb_binary", "retrained"),
            ("07_mnist_fashion_multiclass", "mnist"),
        ):
            options = ["--data", "real", "--seeds", "1", "--models", model, "--out", str(folder)]
            done = run_here(f"{script}.py", *options, home=folder)
            assert done.returncode == 0, done.stderr

    return once("real_networks", on_real_data)[0]


def assert_one_line_error(done: subprocess.CompletedProcess, *parts: str) -> None:
    """Check exit status 2 and one line, beside those of progress, that holds these parts."""
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.strip().splitlines() if not PROGRESS.search(line)]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]

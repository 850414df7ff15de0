"""Fixtures: one folder of verified data, and scripts run as a user runs them, without network."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "experiments"))

from common import data, environment, fetching

# Keras reads its home once: all tests of this process share this folder.
DATA_DIR = Path(tempfile.mkdtemp(prefix="experiments-data-"))
data.set_keras_home(DATA_DIR)
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


NO_TENSORFLOW = "sys.modules.update(tensorflow=None, keras=None)"  # a prelude for `run_script`


def offline_environment(home: Path) -> dict[str, str]:
    """Return environment variables with which nothing outside this machine is reached."""
    nowhere = "http://127.0.0.1:9"
    proxies = {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "127.0.0.1"}
    return {"HOME": str(home), **proxies}


def run_script(name: str, *arguments: str, home: Path, prelude: str = "", **environment: str):
    """Run a script of experiments/ in a process of its own, offline; return what it printed.

    `prelude` is code that runs in that process before the script.
    """
    inherited = {k: v for k, v in os.environ.items() if k not in ("DATA_MIRROR", "KERAS_HOME")}
    script = ROOT / "experiments" / name
    code = f"import runpy, sys; {prelude}; sys.argv = sys.argv[1:]; "
    code += "sys.path.insert(0, sys.argv[0].rpartition('/')[0]); "
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-W", "error::DeprecationWarning:__main__"]
    command += ["-c", code] if prelude else []
    return subprocess.run(
        [*command, str(script), *arguments],
        env=inherited | offline_environment(home) | environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def assert_one_line_error(done: subprocess.CompletedProcess, *parts: str) -> None:
    """Check exit status 2 and a single line on standard error that holds these parts."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]

"""Memory that runs out, of a GPU or of the machine: advice in the place of a stack trace."""

import os
import signal
import time

import pytest

from base import errors
from conftest import kill, run_script, start_script
from engine import environment

STEM = "01_random_binary"
USERS = """#!/bin/sh
echo "4242, /usr/bin/python3, 79000 MiB"
"""
# A tensor of a petabyte, allocated where the first epoch would be trained.
GREEDY = (
    "from engine import compiled;"
    "compiled.CompiledTwin.train = lambda *_: __import__('tensorflow').zeros((2**48,))"
)


@pytest.fixture
def gpu_users(tmp_path, monkeypatch):
    """Put a driver's tool on the path that names a process on the GPU."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text(USERS)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")


def test_out_of_memory_of_a_gpu_gives_advice_and_names_who_holds_it(gpu_users, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: ["a GPU"])
    reported = "OOM when allocating tensor with shape[281474976710656] and type float"
    with pytest.raises(errors.FailedError) as caught, environment.memory_named():
        raise tf.errors.ResourceExhaustedError(None, None, reported)
    message = str(caught.value)
    assert "4242, /usr/bin/python3, 79000 MiB" in message
    assert f"this one is {os.getpid()}" in message
    for advice in ("--batch-size", "--jobs 1", "--device cpu"):
        assert advice in message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.long
def test_a_run_out_of_memory_is_one_line(tmp_path):
    options = ["--models", "mlp", "--seeds", "2", "--out", str(tmp_path)]
    done = run_script(f"{STEM}.py", *options, home=tmp_path, prelude=GREEDY)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: this machine's memory is not enough (")
    assert line.endswith("Use a smaller --batch-size, --jobs 1.")


@pytest.mark.long
def test_a_training_process_that_is_killed_is_one_line(tmp_path, real_data_dir):
    """As the system does it where memory runs out."""
    options = ["--models", "mlp", "--seeds", "2", "--jobs", "2", "--out", str(tmp_path / "out")]
    options += ["--data-dir", str(real_data_dir)]
    process = start_script("05_mnist_odd_even.py", *options, home=tmp_path)
    try:
        deadline = time.monotonic() + 120
        while not (workers := children_at_work(process.pid)):
            assert time.monotonic() < deadline
            time.sleep(0.5)
        os.kill(workers[-1], signal.SIGKILL)
        _, printed = process.communicate(timeout=60)
    finally:
        kill(process)
    assert process.returncode == 1
    assert "Traceback" not in printed
    assert printed.strip().splitlines()[-1].startswith("error: a training's process was killed")


def children_at_work(parent):
    """Return the processes of a parent that have computed for five seconds, by Linux's /proc."""
    found = []
    for task in os.listdir(f"/proc/{parent}/task"):
        with open(f"/proc/{parent}/task/{task}/children") as file:
            found += map(int, file.read().split())
    ticks = {child: sum(map(int, stat(child)[11:13])) for child in found}
    return [child for child, used in ticks.items() if used > 500]


def stat(process):
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(")")[2].split()


@pytest.mark.programs
def test_gpu_without_one_is_one_line_before_anything_is_loaded(tmp_path):
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}
    done = run_script("05_mnist_odd_even.py", "--device", "gpu", home=tmp_path, **hidden)
    assert done.returncode == 2
    assert (
        done.stderr.strip() == "error: --device gpu: TensorFlow sees no GPU here; use --device cpu."
    )


def test_memory_of_a_gpu_is_taken_as_it_is_needed():
    """`TF_FORCE_GPU_ALLOW_GROWTH` is read when TensorFlow starts, so it is set before."""
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"

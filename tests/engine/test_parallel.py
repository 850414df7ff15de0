"""How many trainings run at once, and when processes are worth their start."""

import os
import subprocess
import sys

import pytest

from base.paths import EXPERIMENTS
from engine import parallel
from engine.process import Measured
from results.training_result import TrainingResult


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [([], 0), ([4.0], -6), ([31.0], 21), ([4.0, 0.2], 0.2), ([9.0, 30.0, 200.0], 30.0)],
)
def test_compiling_is_not_taken_for_training(seconds, expected):
    done = [Measured(TrainingResult(1, "", {}), s) for s in seconds]
    reused = [Measured(TrainingResult(1, "", {}, restored=True), 99.0)]
    assert parallel._seconds_each(reused + done + reused) == expected


def test_without_jobs_a_gpu_has_one_training_at_a_time():
    assert parallel._jobs({"device": "gpu"}, threads=1) == 1
    assert parallel._jobs({"device": "cpu"}, threads=1) == os.cpu_count()


WITHOUT_SEMAPHORES = """
from types import SimpleNamespace
from base.paths import EXPERIMENTS
from engine import parallel
settings = SimpleNamespace(cluster=None, jobs=2, threads=1, seeds={"mlp": range(3)})
one = lambda name, seed, fold: SimpleNamespace(seed=seed, reused=0.0, restored=False)
tasks, first = [("mlp", seed, None) for seed in range(3)], []
done = parallel.run(one, tasks, (), settings, {"device": "cpu"}, lambda *found: first.append(found))
assert [(name, result.seed) for name, result in first] == [("mlp", 0)]
print([found.result.seed for found in done])
"""


def test_without_room_for_processes_trainings_run_one_after_the_other():
    """The variable makes joblib take /dev/shm for full."""
    environment = os.environ | {"JOBLIB_MULTIPROCESSING": "0", "PYTHONPATH": str(EXPERIMENTS)}
    command = [sys.executable, "-c", WITHOUT_SEMAPHORES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[0, 1, 2]\n"
    assert done.stderr.count("warning: /dev/shm: expected room") == 1

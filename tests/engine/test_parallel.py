"""How many trainings run at once, and when processes are worth their start."""

import os

import pytest

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

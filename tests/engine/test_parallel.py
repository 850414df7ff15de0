"""How many trainings run at once, and when processes are worth their start."""

import os
import signal
import time
from concurrent.futures import Future
from types import SimpleNamespace

import joblib
import pytest

from engine import parallel
from engine.process import Measured
from results.training_result import TrainingResult


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([], 0),
        ([("mlp", 4.0)], -6),
        ([("mlp", 31.0)], 21),
        ([("mlp", 4.0), ("cnn", 6.0)], -5),  # each has compiled
        ([("mlp", 4.0), ("mlp", 0.2)], 0.2),
        ([("mlp", 9.0), ("cnn", 40.0), ("mlp", 6.0), ("cnn", 30.0)], 6.0),
    ],
)
def test_compiling_is_not_taken_for_training(seconds, expected):
    def measured(seconds, restored=False):
        return Measured(TrainingResult(1, "", {}, restored=restored), seconds)

    done = {("mlp", "saved", None): measured(99.0, restored=True)}
    done |= {(name, seed, None): measured(s) for seed, (name, s) in enumerate(seconds)}
    assert parallel._seconds_each(done) == expected


def test_without_jobs_a_gpu_has_one_training_at_a_time():
    assert parallel._jobs({"device": "gpu"}, threads=1) == 1
    assert parallel._jobs({"device": "cpu"}, threads=1) == os.cpu_count()


def test_without_room_for_processes_trainings_run_one_after_the_other(monkeypatch, capsys):
    """As joblib finds it where /dev/shm is full."""
    monkeypatch.setattr(joblib._parallel_backends, "mp", None)
    parallel._processes_can_start.cache_clear()
    settings = SimpleNamespace(cluster=None, jobs=2, threads=1, seeds={"mlp": range(3)})
    one = lambda name, seed, fold: SimpleNamespace(seed=seed, reused=0.0, restored=False)  # noqa: E731
    tasks, first = [("mlp", seed, None) for seed in range(3)], []
    note = lambda *found: first.append(found)  # noqa: E731
    done = parallel.run(one, tasks, (), settings, {"device": "cpu"}, note)
    parallel._processes_can_start.cache_clear()
    assert [(name, result.seed) for name, result in first] == [("mlp", 0)]
    assert [found.result.seed for found in done] == [0, 1, 2]
    assert capsys.readouterr().err.count("warning: /dev/shm: expected room") == 1


def test_a_process_that_is_killed_between_lessons_is_replaced(monkeypatch):
    monkeypatch.setattr(parallel, "_processes", [])
    killed = parallel._submit(0, os.getpid).result()
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not parallel._processes[0]._flags.broken and time.monotonic() < deadline:
        time.sleep(0.01)
    assert parallel._submit(0, os.getpid).result() != killed
    parallel._processes.pop().shutdown(kill_workers=True)


@pytest.mark.parametrize("long", [0.0, 60.0])
def test_a_process_keeps_to_its_models_unless_their_trainings_are_long(long, monkeypatch):
    """A network that takes minutes does not wait for the process that has compiled it."""
    places = {}

    def submit(place, _, parent, function, task, *rest):
        places.setdefault(task[0], set()).add(place)
        future = Future()
        future.set_result((task, None))
        return future

    monkeypatch.setattr(parallel, "_submit", submit)
    monkeypatch.setattr(parallel, "LONG", long)
    tasks = [("cnn", 0), ("mlp", 0), ("cnn", 1), ("cnn", 2), ("mlp", 1), ("mlp", 2)]
    done = [task for task, _ in parallel._in_processes(None, tasks, (), None, jobs=2)]
    assert {*done} == {*tasks}
    assert len(places["cnn"]) == (1 if long else 2)

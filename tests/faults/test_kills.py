"""Runs that are killed: the same command goes on, and ends as if nothing had been."""

import random
import signal
import subprocess
import time

import pytest
from shortened import AT_ONCE, options_of, results, saved_trainings, undisturbed

from conftest import kill, run_script, start_script

# Kills at random moments: 40 in all, with the seeds of the generators of their moments.
KILLS = [
    *(("01_random_binary", number) for number in range(14)),
    *(("04_boston_regression", number) for number in range(14)),
    *(("05_mnist_odd_even", number) for number in range(12)),
]


@pytest.mark.long
@pytest.mark.parametrize(("stem", "number"), KILLS)
def test_a_random_kill_changes_nothing(stem, number, once, real_data_dir, tmp_path):
    expected, seconds = undisturbed(stem, once, real_data_dir)
    moment = random.Random(f"{stem} {number}").uniform(0, seconds)
    options, where = options_of(stem, tmp_path, real_data_dir)
    process = start_script(f"{stem}.py", *options, **where)
    try:
        process.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        kill(process)
    before = len(saved_trainings(tmp_path))
    done = run_script(f"{stem}.py", *options, **where)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path, stem) == expected
    if before > 1:
        assert "trainings were saved before" in done.stdout


def killed_when(condition, *command, **options):
    """Start a script and kill it when a condition is met."""
    process = start_script(*command, **options)
    try:
        while not condition():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.005)
    finally:
        kill(process)


def test_a_killed_run_goes_on_where_it_was(once, real_data_dir, tmp_path):
    """Finished trainings are not trained again, an unfinished one goes on after its last epoch."""
    stem = "01_random_binary"
    expected, _ = undisturbed(stem, once, real_data_dir)
    options, where = options_of(stem, tmp_path, real_data_dir)
    killed_when(
        lambda: len(saved_trainings(tmp_path)) == 4, f"{stem}.py", *options, **where
    )  # the second network's second seed has just saved its first epochs
    assert not (tmp_path / "out" / stem / "record.json").exists()
    times = {path: path.stat().st_mtime_ns for path in saved_trainings(tmp_path)}
    done = run_script(f"{stem}.py", *options, **where)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path, stem) == expected
    assert "3 of 6 trainings were saved before; --fresh trains anew." in done.stdout
    assert "mlp: goes on after epoch" in done.stderr
    now = {path: path.stat().st_mtime_ns for path in saved_trainings(tmp_path)}
    assert len(now.items() - times.items()) == 3


@pytest.mark.long
def test_a_second_run_trains_nothing_and_fresh_trains_all(once, real_data_dir, tmp_path):
    stem = "01_random_binary"
    expected, _ = undisturbed(stem, once, real_data_dir)
    options, where = options_of(stem, tmp_path, real_data_dir)
    written = []
    for more in ([], [], ["--fresh"]):
        done = run_script(f"{stem}.py", *options, *more, **where)
        assert done.returncode == 0, done.stderr
        assert results(tmp_path, stem) == expected
        times = [path.stat().st_mtime_ns for path in saved_trainings(tmp_path)]
        written.append((times, "6 of 6 trainings were saved before" in done.stdout))
    (first, was_saved), (second, is_saved), (third, is_reused) = written
    assert (was_saved, is_saved, is_reused) == (False, True, False)
    assert first == second
    assert len(third) == len(first)
    assert not set(third) & set(first)


@pytest.mark.long
def test_workers_end_with_a_parent_that_is_killed(real_data_dir, tmp_path):
    stem = "05_mnist_odd_even"
    options = ["--epochs", "30", "--seeds", "2", "--models", "mlp", "--jobs", "2"]
    options += ["--out", str(tmp_path / "out"), "--data-dir", str(real_data_dir)]
    process = start_script(f"{stem}.py", *options, home=tmp_path, prelude=AT_ONCE)
    try:
        while not saved_trainings(tmp_path):
            assert process.poll() is None
            time.sleep(0.1)
        process.kill()  # alone, as the system does when memory runs out
        process.wait()
        deadline = time.monotonic() + 30
        while group_lives(process.pid):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        kill(process)


def group_lives(group):
    command = ["ps", "-eo", "pgid=,stat="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    return any(int(pgid) == group and not stat.startswith("Z") for pgid, stat in rows)


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_ctrl_c_says_what_is_saved(jobs, tmp_path):
    stem = "01_random_binary"
    options = ["--epochs", "999999", "--seeds", "2", "--models", "mlp", "--jobs", jobs]
    options += ["--out", str(tmp_path / "out")]
    process = start_script(f"{stem}.py", *options, home=tmp_path, prelude=AT_ONCE)
    try:
        while not saved_trainings(tmp_path):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        kill(process)
    assert process.returncode == 130
    lines = [line for line in errors.splitlines() if line and "epoch" not in line.split(":")[1][:7]]
    (line,) = lines
    assert line.startswith("interrupted: 0 of 2 trainings are saved, and of a long one the epochs")
    assert "the same command goes on" in line


@pytest.mark.parametrize("moment", [1.5, pytest.param(3, marks=pytest.mark.long)])
def test_ctrl_c_while_a_script_starts_is_one_line(moment, tmp_path):
    process = start_script("01_random_binary.py", "--out", str(tmp_path), home=tmp_path)
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    kill(process)
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in errors

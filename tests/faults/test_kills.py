"""Runs that are killed: the same command goes on, and ends as if nothing had been."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from shortened import AT_ONCE, options_of, results, saved_trainings, undisturbed

from conftest import PROGRESS, kill, run_script, start_script

# Kills at random moments: 40 in all, with the seeds of the generators of their moments.
KILLS = [
    *(("01_random_binary", number) for number in range(14)),
    *(("04_boston_regression", number) for number in range(14)),
    *(("05_mnist_odd_even", number) for number in range(12)),
]


def is_killed(seconds, *arguments, **options):
    """Start a script and kill it after so many seconds; tell whether it had not ended by then."""
    process = start_script(*arguments, **options)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return True
    finally:
        kill(process)
    return False


@pytest.mark.long
@pytest.mark.parametrize(("stem", "number"), KILLS)
def test_a_random_kill_changes_nothing(stem, number, once, real_data_dir, tmp_path):
    expected, seconds = undisturbed(stem, once, real_data_dir)
    moment = random.Random(f"{stem} {number}").uniform(0, seconds)
    options, where = options_of(stem, tmp_path, real_data_dir)
    while not is_killed(moment, f"{stem}.py", *options, **where):  # this machine is faster now
        moment *= 0.8
        shutil.rmtree(tmp_path / "out")
        shutil.rmtree(tmp_path / "cache")
    before = len(saved_trainings(tmp_path))
    done = run_script(f"{stem}.py", *options, **where)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path, stem) == expected
    if before > 1:
        assert "Taken from saved trainings: " in done.stdout


KILLED_AT_THE_FOURTH = f"""{AT_ONCE}
import os, signal
save, paths = checkpoints.Checkpoint.save, []
def save_and_die(self, *arguments, **options):
    save(self, *arguments, **options)
    paths.append(self._path)
    if len(set(paths)) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
checkpoints.Checkpoint.save = save_and_die
"""


def test_a_killed_run_goes_on_where_it_was(once, real_data_dir, tmp_path):
    """Finished trainings are not trained again, an unfinished one goes on after its last epoch."""
    stem = "01_random_binary"
    expected, _ = undisturbed(stem, once, real_data_dir)
    options, where = options_of(stem, tmp_path, real_data_dir)
    killed = run_script(f"{stem}.py", *options, **where | {"prelude": KILLED_AT_THE_FOURTH})
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "out" / stem / "record.json").exists()
    times = {path: path.stat().st_mtime_ns for path in saved_trainings(tmp_path)}
    assert len(times) == 4
    done = run_script(f"{stem}.py", *options, **where)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path, stem) == expected
    assert "Taken from saved trainings: 3 of 6; --fresh trains anew." in done.stdout
    assert "mlp, seed 101: goes on after epoch 50 of 300, which was saved" in done.stderr
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
        written.append((times, "Taken from saved trainings: 6 of 6" in done.stdout))
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


def interrupted(moment, *arguments, **options):
    """Press Ctrl-C, which goes to all processes of a terminal; return the lines of errors."""
    process = start_script(*arguments, **options)
    try:
        moment(process)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        kill(process)
    assert process.returncode == 130, errors
    return [line for line in errors.splitlines() if line and not PROGRESS.search(line)]


def endless(tmp_path, jobs):
    options = ["--epochs", "999999", "--seeds", "2", "--models", "mlp", "--jobs", jobs]
    return ["01_random_binary.py", *options, "--out", str(tmp_path / "out")]


@pytest.mark.programs
@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.long)])
@pytest.mark.parametrize("fresh", [False, pytest.param(True, marks=pytest.mark.long)])
def test_ctrl_c_says_what_is_saved(jobs, fresh, tmp_path):
    def has_saved(process):
        while not saved_trainings(tmp_path):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)

    arguments = [*endless(tmp_path, jobs), *(["--fresh"] if fresh else [])]
    (line,) = interrupted(has_saved, *arguments, home=tmp_path, prelude=AT_ONCE)
    assert line.startswith(
        "interrupted: 0 of 2 trainings were done; what has been trained is saved"
    )
    assert line.endswith(f"the same command{' without --fresh' * fresh} goes on from there.")


@pytest.mark.long
@pytest.mark.parametrize("seconds", [1, 2.5])
def test_ctrl_c_while_processes_start_is_one_line(seconds, tmp_path):
    def has_begun(process):
        while not (tmp_path / "out" / "01_random_binary").exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.02)
        time.sleep(seconds)

    (line,) = interrupted(has_begun, *endless(tmp_path, "2"), home=tmp_path)
    assert line.startswith("interrupted: 0 of 2 trainings")


@pytest.mark.programs
def test_ctrl_c_while_tensorflow_starts_is_one_line(tmp_path):
    def imports_tensorflow(process):
        maps = Path("/proc", str(process.pid), "maps")
        while "tensorflow" not in maps.read_text():
            time.sleep(0.01)

    (line,) = interrupted(imports_tensorflow, *endless(tmp_path, "1"), home=tmp_path)
    assert line.startswith("interrupted: ")

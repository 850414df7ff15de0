"""Runs that are killed: the same command goes on, and ends as if nothing had been."""

import os
import random
import signal
import subprocess
import time

import pytest

from common import records
from conftest import kill, run_script, start_script

# Shortened real runs; an epoch is saved as soon as it has ended.
RUNS = {
    "01_random_binary": ["--epochs", "300", "--seeds", "2"],
    "04_boston_regression": [
        *("--epochs", "60", "--seeds", "2"),
        *("--models", "without_b_3_folds,rows_100"),
    ],
    "05_mnist_odd_even": ["--epochs", "2", "--seeds", "1", "--models", "mlp,cnn"],
}
AT_ONCE = "from common import checkpoints; checkpoints.SAVE_EVERY = 0; checkpoints.SHARE = 1e9"
FILES = ("history.csv", "record.json", "predictions.npz")
# Kills at random moments: 40 in all, with the seeds of the generators of their moments.
KILLS = [
    *(("01_random_binary", number) for number in range(14)),
    *(("04_boston_regression", number) for number in range(14)),
    *(("05_mnist_odd_even", number) for number in range(12)),
]


def options_of(stem, folder, data_dir):
    """Return the arguments of a shortened run, and where its saved trainings are."""
    options = [*RUNS[stem], "--out", str(folder / "out"), "--data-dir", str(data_dir)]
    return options, {"home": folder, "prelude": AT_ONCE}


def results(folder, stem):
    """Return all that a run has written, but for its times."""
    found = {path.name: path.read_bytes() for path in (folder / "out" / stem).iterdir()}
    assert set(FILES) <= found.keys()
    del found["timing.json"]
    return found


@pytest.fixture
def undisturbed(once, real_data_dir):
    """Return a function that runs a script undisturbed, once; it gives results and seconds."""

    def run(stem):
        def in_peace(folder):
            options, where = options_of(stem, folder, real_data_dir)
            begun = time.monotonic()
            done = run_script(f"{stem}.py", *options, **where)
            assert done.returncode == 0, done.stderr
            return time.monotonic() - begun

        folder, seconds = once(f"undisturbed_{stem}", in_peace)
        return results(folder, stem), seconds

    return run


def saved_trainings(folder):
    return sorted((folder / "cache").glob("[!.]*"))


@pytest.mark.long
@pytest.mark.parametrize(("stem", "number"), KILLS)
def test_a_random_kill_changes_nothing(stem, number, undisturbed, real_data_dir, tmp_path):
    expected, seconds = undisturbed(stem)
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


def test_a_killed_run_goes_on_where_it_was(undisturbed, real_data_dir, tmp_path):
    """Finished trainings are not trained again, an unfinished one goes on after its last epoch."""
    stem = "01_random_binary"
    expected, _ = undisturbed(stem)
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


def test_a_second_run_trains_nothing_and_fresh_trains_all(undisturbed, real_data_dir, tmp_path):
    stem = "01_random_binary"
    expected, _ = undisturbed(stem)
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


@pytest.mark.parametrize("moment", [1.5, 3])
def test_ctrl_c_while_a_script_starts_is_one_line(moment, tmp_path):
    process = start_script("01_random_binary.py", "--out", str(tmp_path), home=tmp_path)
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    kill(process)
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in errors


def test_what_a_kill_has_left_half_written_is_removed(tmp_path):
    out = tmp_path / "out" / "01_random_binary"
    out.mkdir(parents=True)
    old, new = out / ".part-old", out / ".part-new"
    for part in (old, new):
        part.write_bytes(b"half")
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    options = ["--epochs", "1", "--seeds", "1", "--models", "mlp", "--out", str(tmp_path / "out")]
    done = run_script("01_random_binary.py", *options, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not old.exists()
    assert new.exists()  # another program may be writing it
    assert records.read(out).models == ["mlp"]

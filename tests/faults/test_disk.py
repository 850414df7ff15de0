"""Full disks and folders that cannot be written: the old results stay, and the error says why."""

import hashlib
import os
import shutil
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_bad_data import without_rights

from base import errors, files
from base.paths import ROOT
from conftest import assert_one_line_error, run_script

STEM = "01_random_binary"


def on_a_small_disk(folder, kilobytes):
    """Return a command that runs another where a folder is a disk of so many kilobytes."""
    mount = f'mount -t tmpfs -o size={kilobytes}k none "$0" && cp -r "$0.old/." "$0" && "$@"'
    mount += '; status=$?; cp -r "$0/." "$0.new"; exit $status'
    command = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs unshare, to mount a small disk")
    return [*command, "sh", "-c", mount, str(folder)]


@pytest.fixture
def results(tmp_path):
    """Return a folder with a copy of published results, `out.old`, beside an empty one, `out`."""
    shutil.copytree(ROOT / "figures" / STEM, tmp_path / "out.old" / STEM)
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def assert_whole(folder, old):
    """Check that each file of results is as it was, and that no half file lies beside them."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in old.iterdir():
        assert found.pop(path.name) == path.read_bytes()
    assert found == {}


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["--plots-only"], ".png"),
        pytest.param(
            ["--models", "mlp", "--epochs", "200", "--seeds", "9"], ".csv", marks=pytest.mark.long
        ),
    ],
)
def test_a_full_disk_is_one_line_and_the_old_results_stay(arguments, kind, results, tmp_path):
    old = results.with_name("out.old")
    pages = sum(-(-path.stat().st_size // 4096) for path in old.rglob("*") if path.is_file())
    done = run_script(
        f"{STEM}.py",
        *arguments,
        "--out",
        str(results),
        home=tmp_path,
        under=on_a_small_disk(results, 4 * pages + 8),
    )
    parts = str(results / STEM), kind, "No space left on device", "bytes needed"
    assert_one_line_error(done, *parts)
    assert_whole(results.with_name("out.new") / STEM, old / STEM)


@pytest.mark.long
def test_a_full_disk_for_saved_trainings_is_one_line(tmp_path):
    cache, options = tmp_path / "cache", ["--epochs", "50", "--seeds", "9", "--models", "mlp"]
    for folder in (cache, cache.with_name("cache.old")):
        folder.mkdir()
    done = run_script(
        f"{STEM}.py",
        *options,
        "--out",
        str(tmp_path / "out"),
        home=tmp_path,
        under=on_a_small_disk(cache, 40),
    )
    assert_one_line_error(done, str(cache), "No space left on device", "bytes needed")
    saved = {path.name: path.read_bytes() for path in cache.with_name("cache.new").iterdir()}
    assert saved
    for name, content in saved.items():
        assert hashlib.sha256(name.encode() + content[32:]).digest() == content[:32]


def test_a_full_disk_for_data_is_one_line(real_data_dir, tmp_path):
    datasets = tmp_path / "data" / "datasets"
    for folder in (datasets, datasets.with_name("datasets.old")):
        folder.mkdir(parents=True)
    done = run_script(
        "__main__.py",
        "data",
        "--data-dir",
        str(datasets.parent),
        home=tmp_path,
        under=on_a_small_disk(datasets, 1000),
        DATA_MIRROR=str(real_data_dir / "datasets"),
    )
    assert_one_line_error(done, str(datasets), "No space left on device", "bytes needed")
    written = datasets.with_name("datasets.new").rglob("*")
    assert {path.name for path in written if path.is_file()} == {"boston_housing.npz"}  # it fits


def test_a_folder_that_cannot_be_written_is_one_line(results, tmp_path):
    folder = results.with_name("out.old") / STEM
    folder.chmod(0o555)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    options = ["--plots-only", "--out", str(folder.parent)]
    done = run_script(f"{STEM}.py", *options, home=tmp_path, under=without_rights())
    assert_one_line_error(done, str(folder), "cannot be written (Permission denied)")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.long
def test_a_folder_that_cannot_be_written_is_found_out_before_training(results, tmp_path):
    folder = results.with_name("out.old") / STEM
    folder.chmod(0o555)
    options = ["--epochs", "999999", "--out", str(folder.parent)]
    done = run_script(f"{STEM}.py", *options, home=tmp_path, under=without_rights())
    assert_one_line_error(done, str(folder), "cannot be written (Permission denied)")


@pytest.mark.long
def test_without_a_place_for_saved_trainings_a_run_goes_on(tmp_path):
    (tmp_path / "file").write_text("in the way")
    options = ["--epochs", "1", "--seeds", "1", "--models", "mlp", "--out", str(tmp_path / "out")]
    cache = {"TRAINING_CACHE": str(tmp_path / "file")}
    done = run_script(f"{STEM}.py", *options, home=tmp_path, **cache)
    assert done.returncode == 0
    assert f"warning: {tmp_path / 'file'}: cannot be written" in done.stderr


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=4), st.integers(0, 3))
def test_files_are_replaced_together_or_not_at_all(tmp_path_factory, contents, broken):
    """One of them cannot be written: none of the others is, either."""
    folder = tmp_path_factory.mktemp("files")
    paths = [folder / str(i) for i in range(len(contents))]
    for path in paths:
        path.write_bytes(b"old")
    broken %= len(paths)
    places = [path / "in a file" if i == broken else path for i, path in enumerate(paths)]
    new = dict(zip(places, contents, strict=True))
    with pytest.raises(errors.UsageError, match="cannot be written"):
        files.replace(new)
    assert [path.read_bytes() for path in paths] == [b"old"] * len(paths)
    assert len(list(folder.iterdir())) == len(paths)
    files.replace(dict(zip(paths, contents, strict=True)))
    assert [path.read_bytes() for path in paths] == contents


def test_the_umask_says_who_may_read_what_is_written(tmp_path):
    usual = os.umask(0o077)
    try:
        files.replace({tmp_path / "private": b"x"})
        os.umask(0o022)
        files.replace({tmp_path / "public": b"x"})
    finally:
        os.umask(usual)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"private": 0o600, "public": 0o644}


def test_what_a_kill_has_left_half_written_is_removed(tmp_path):
    old, new = tmp_path / ".part-old", tmp_path / ".part-new"
    for part in (old, new):
        part.write_bytes(b"half")
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    files.make_folder(tmp_path)
    assert not old.exists()
    assert new.exists()  # another program may be writing it

"""What may be wrong with a file of the data: each is refused in one line and left as it is."""

import io
import os
import shutil
import struct
import zlib

import numpy as np
import pytest
from serving import send, serving

from base import errors
from base.paths import ROOT
from common import data
from conftest import assert_one_line_error, run_script
from datasets import fetching
from results import records

FILES = {file: name for name, entry in fetching.registry().items() for file in entry["files"]}
ARFF = "ThoraricSurgery.arff"


@pytest.fixture
def folder_with(real_data_dir, tmp_path):
    """Return a function that copies the real files of a data set; it gives the path of one."""

    def copy(file):
        for other in fetching.registry()[FILES[file]]["files"]:
            target = tmp_path / "data" / "datasets" / other
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(real_data_dir / "datasets" / other, target)
        return tmp_path / "data" / "datasets" / file

    return copy


@pytest.fixture
def tempting(offline, monkeypatch):
    """Serve something in place of every file; give the server, which should not be asked."""
    with serving(lambda request: send(request, b"another file")) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        yield server


def assert_refused(path, tempting, *parts):
    """Check that loading the data of a file is refused in a line, and that nothing is fetched."""
    name, data_dir = FILES[str(path.relative_to(path_of_datasets(path)))], path_of_datasets(path)
    for choice in ("auto", "real"):
        with pytest.raises(errors.DataError) as caught:
            data.load(name, choice, data_dir.parent)
        message = str(caught.value)
        assert not isinstance(caught.value, errors.UnreachableError)
        assert "\n" not in message
        for part in (str(path), *parts, "Delete or replace it, then run `make data`."):
            assert part in message
    assert tempting.paths == []


def path_of_datasets(path):
    return next(parent for parent in path.parents if parent.name == "datasets")


def flip_a_bit(content):
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 0b100
    return bytes(changed)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda content: content[: len(content) // 2], "bytes"),
        (flip_a_bit, "bytes"),
        (lambda content: b"<!DOCTYPE html><h1>502 Bad Gateway</h1>", "an HTML page of 39 bytes"),
        (lambda content: b"", "0 bytes"),
        (lambda content: content + b"\n% more\n1,2,3\n", "bytes"),
    ],
    ids=["truncated", "bit flipped", "HTML page", "empty", "longer"],
)
def test_a_damaged_file_is_refused_and_kept(file, damage, found, folder_with, tempting):
    path = folder_with(file)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    assert_refused(path, tempting, "expected SHA-256", found)
    assert path.read_bytes() == damaged


def test_another_data_sets_file_is_refused(folder_with, tempting):
    path = folder_with("boston_housing.npz")
    shutil.copyfile(folder_with("reuters.npz"), path)
    assert_refused(path, tempting, "expected SHA-256")


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: path.symlink_to("/nowhere/mnist.npz"), "a link to nothing"),
        (lambda path: path.symlink_to(path), "a link to nothing"),
        (os.mkfifo, "no regular file"),
    ],
    ids=["folder", "broken link", "link to itself", "pipe"],
)
def test_what_is_no_file_is_refused_and_kept(make, found, folder_with, tempting):
    path = folder_with("mnist.npz")
    path.unlink()
    make(path)
    assert_refused(path, tempting, f"expected a file, found {found}")
    assert os.path.lexists(path)


def without_rights():
    """Return a command that runs another without the rights that root has to all files."""
    if os.geteuid():
        return []
    rights = "-dac_override,-dac_read_search"
    return [
        shutil.which("setpriv") or pytest.skip("needs setpriv, or another user than root"),
        f"--bounding-set={rights}",
        f"--inh-caps={rights}",
    ]


def test_an_unreadable_file_is_refused(folder_with, tmp_path):
    path = folder_with("mnist.npz")
    path.chmod(0)
    options = {"home": tmp_path, "under": without_rights()}
    done = run_script("__main__.py", "data", "--data-dir", str(tmp_path / "data"), **options)
    assert_one_line_error(done, str(path), "cannot be read (Permission denied)", "make data")


def test_a_file_that_is_replaced_between_runs_is_refused(folder_with, tempting):
    path = folder_with("boston_housing.npz")
    assert fetching.fetch("boston_housing", path.parents[1])[path.name][0] == "cache"
    with np.load(path) as arrays:
        np.savez(path.with_suffix(""), x=arrays["x"] * 2, y=arrays["y"])
    assert_refused(path, tempting, "expected SHA-256")


def test_a_file_under_a_wrong_name_is_found_out(folder_with, offline):
    path = folder_with("boston_housing.npz")
    path.rename(path.with_name("boston_housing (1).npz"))
    with pytest.raises(errors.UnreachableError, match=r"boston_housing \(1\)\.npz there"):
        fetching.fetch("boston_housing", path.parents[1])


def without_a_column(text):
    lines = [line for line in text.splitlines() if not line.lower().startswith("@attribute pre5")]
    start = next(i for i, line in enumerate(lines) if line.lower().startswith("@data")) + 1
    rows = [",".join(row.split(",")[:2] + row.split(",")[3:]) for row in lines[start:]]
    return "\n".join([*lines[:start], *rows])


@pytest.mark.parametrize(
    "change",
    [
        without_a_column,
        lambda text: text.replace("2.88", "much", 1),
        lambda text: text.replace("2.88", "NaN", 1),
        lambda text: text.replace("2.88", "?", 1),
        lambda text: text.replace("DGN2", "DGN9", 1),
        lambda text: text.replace("@relation", "@nothing", 1).replace("@RELATION", "@NOTHING", 1),
    ],
    ids=["missing column", "text for a number", "NaN", "no value", "other category", "no ARFF"],
)
def test_another_table_is_refused(change, folder_with, tempting):
    path = folder_with(ARFF)
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))
    assert_refused(path, tempting, "expected SHA-256")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_other_line_endings_pass(ending, folder_with, tempting):
    path = folder_with(ARFF)
    text = path.read_text()
    path.write_bytes(text.replace("\n", ending).encode())
    assert data.load("thoracic_surgery", "real", path.parents[1]).arrays.shape == (470, 18)
    assert tempting.paths == []


class Touch:
    """Something that creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mknod, (str(self.path),)


def test_a_pickle_with_code_is_not_run(folder_with, tempting, tmp_path):
    path, marker = folder_with("imdb.npz"), tmp_path / "run"
    evil = np.array([Touch(marker)], object)
    np.savez(path.with_suffix(""), x_train=evil, y_train=evil, x_test=evil, y_test=evil)
    assert_refused(path, tempting, "expected SHA-256")
    assert not marker.exists()
    with np.load(path, allow_pickle=True) as arrays:
        assert arrays["x_train"].shape == (1,)
    assert marker.exists()  # the code was there, and would have run


def bomb(gigabytes):
    """Return a zip archive of a few megabytes whose members unpack to so many GiB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    times, members, directory = 1023, io.BytesIO(), b""
    content, size = piece * times + b"\x03\x00", times * 2**20
    for i in range(gigabytes):
        name, start = f"{i}.npy".encode(), members.tell()
        sizes = struct.pack("<HHIIIH", 0, 0, 0, len(content), size, len(name))
        members.write(b"PK\3\4" + struct.pack("<HHH", 20, 0, 8) + sizes + b"\0\0" + name + content)
        directory += b"PK\1\2" + struct.pack("<HHHH", 20, 20, 0, 8) + sizes
        directory += struct.pack("<HHHHII", 0, 0, 0, 0, 0, start) + name
    end = struct.pack("<HHHHIIH", 0, 0, gigabytes, gigabytes, len(directory), members.tell(), 0)
    return members.getvalue() + directory + b"PK\5\6" + end


def test_what_unpacks_to_50_gigabytes_is_not_unpacked(folder_with, tempting):
    path = folder_with("mnist.npz")
    path.write_bytes(bomb(50))
    assert_refused(path, tempting, "expected SHA-256")


def test_predictions_that_unpack_to_50_gigabytes_are_not_unpacked(tmp_path):
    copy = tmp_path / "01_random_binary"
    shutil.copytree(ROOT / "figures" / "01_random_binary", copy)
    (copy / "predictions.npz").write_bytes(bomb(50))
    with pytest.raises(errors.UsageError, match=r"predictions\.npz: .* damaged"):
        records.read(copy)


def test_a_mirrors_damaged_file_is_named_and_kept(folder_with, tmp_path, offline, monkeypatch):
    """The user has said where data come from: nothing is fetched from elsewhere unasked."""
    path = folder_with(ARFF)
    path.write_bytes(b"damaged")
    monkeypatch.setenv("DATA_MIRROR", str(path.parent))
    with pytest.raises(errors.DataError, match=f"{path}: expected SHA-256"):
        data.load("thoracic_surgery", "auto", tmp_path / "new")
    assert path.read_bytes() == b"damaged"
    assert list((tmp_path / "new" / "datasets").iterdir()) == []


def test_a_damaged_file_of_keras_is_passed_over_and_kept(tmp_path, offline, capsys):
    home = tmp_path / ".keras" / "datasets" / ARFF
    home.parent.mkdir(parents=True)
    home.write_bytes(b"damaged")
    with pytest.raises(errors.UnreachableError):
        fetching.fetch("thoracic_surgery", tmp_path / "new")
    assert f"ignored {home}" in capsys.readouterr().err
    assert home.read_bytes() == b"damaged"


@pytest.mark.long
def test_a_users_keras_json_changes_nothing(tmp_path, folder_with):
    path = folder_with("boston_housing.npz")
    settings = '{"floatx": "float16", "epsilon": 0.1, "backend": "jax"}'
    (tmp_path / "data" / "keras.json").write_text(settings)
    options = ["--data-dir", str(tmp_path / "data"), "--epochs", "1", "--seeds", "1"]
    written = []
    for out, content in (("a", settings), ("b", "{}")):
        (path.parents[1] / "keras.json").write_text(content)
        done = run_script(
            "04_boston_regression.py",
            *options,
            "--models",
            "rows_100",
            "--out",
            str(tmp_path / out),
            home=tmp_path / out,
        )
        assert done.returncode == 0, done.stderr
        written.append((tmp_path / out / "04_boston_regression" / "history.csv").read_bytes())
    assert written[0] == written[1]

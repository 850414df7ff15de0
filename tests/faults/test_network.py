"""What a network does to downloads, on a real server; then the offline rule."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from serving import send, serving

from base import errors
from common import data
from conftest import run_script
from datasets import downloads, fetching

FILE = "ThoraricSurgery.arff"
ENTRY = fetching.registry()["thoracic_surgery"]
TIMEOUT = downloads.TIMEOUT


@pytest.fixture
def arff(real_data_dir):
    return (real_data_dir / "datasets" / FILE).read_bytes()


@pytest.fixture(autouse=True)
def _soon(monkeypatch, offline):
    """Wait for a second where users wait for ten or thirty."""
    monkeypatch.setattr(downloads, "TIMEOUT", (1, 1))
    monkeypatch.setattr(downloads, "PAUSES", (0, 0))
    monkeypatch.setattr(downloads, "silent", {})


def hang(request):
    request.server.ended.wait()


def hang_in_the_middle(request):
    send(request, b"@relation", length=23_734)
    hang(request)


def cut(request):
    send(request, b"@relation", length=23_734)


def say(status):
    return lambda request: send(request, b"no", status)


def log_in(request):
    if request.path == "/login":
        send(request, b"<!DOCTYPE html><title>Log in</title>")
        return
    request.send_response(302)
    request.send_header("location", "/login")
    request.end_headers()


def redirect_for_ever(request):
    request.send_response(302)
    request.send_header("location", request.path)
    request.end_headers()


def redirect_to_a_file(request):
    request.send_response(302)
    request.send_header("location", "file:///etc/passwd")
    request.end_headers()


def send_without_end(request):
    send(request, b"x" * 10_000_000)


def send_gzip_that_is_none(request):
    request.send_response(200)
    request.send_header("content-encoding", "gzip")
    request.end_headers()
    request.wfile.write(b"@relation")


@pytest.mark.parametrize(
    ("answer", "reason", "requests"),
    [
        (hang, "no byte for", 1),
        (hang_in_the_middle, "no byte for", 1),
        (cut, "ProtocolError", 3),
        (say(403), "HTTP 403", 1),
        (say(404), "HTTP 404", 1),
        (say(500), "HTTP 500", 3),
        (log_in, "an HTML page of 36 bytes", 2),
        (redirect_for_ever, "HTTP 302", 31),
        (redirect_to_a_file, "InvalidSchema", 1),
        (send_without_end, "sends more than 47,468 bytes", 1),
        (send_gzip_that_is_none, "DecodeError", 1),
    ],
)
def test_a_bad_answer_is_named_and_the_sample_stands_in(
    answer, reason, requests, tmp_path, monkeypatch, capsys
):
    with serving(answer) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        dataset = data.load("thoracic_surgery", "auto", tmp_path)
        assert len(server.paths) == requests
        assert dataset.source == "sample"
        with pytest.raises(errors.UnreachableError, match=r"^[^\n]*$"):
            data.load("thoracic_surgery", "real", tmp_path)
    warnings = capsys.readouterr().err
    assert f"{server.address}/{FILE}" in warnings
    assert reason in warnings
    assert list((tmp_path / "datasets").iterdir()) == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1:9", "no connection"),
        ("http://nosuch.invalid", "name not found"),
        ("http://a..b", "LocationParseError"),
        ("http://[x", "not an address"),
    ],
)
def test_no_server_is_named(address, reason, tmp_path, monkeypatch):
    entry = ENTRY | {"publisher": f"{address}/", "archive": f"{address}/archive.zip"}
    monkeypatch.setattr(fetching, "registry", lambda: {"thoracic_surgery": entry})
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(errors.UnreachableError, match=reason):
        fetching.fetch("thoracic_surgery", tmp_path)


@pytest.mark.parametrize("mirror", ["http://", "https:///x", "nosuch"])
def test_a_mirror_that_is_none_is_refused(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_MIRROR", mirror)
    with pytest.raises(errors.DataError, match=f"DATA_MIRROR={mirror}: expected a folder") as told:
        data.load("thoracic_surgery", "auto", tmp_path)
    assert not isinstance(told.value, errors.UnreachableError)  # no sample stands in


def test_a_slow_download_that_lives_goes_on(arff, tmp_path, monkeypatch):
    """Each wait is shorter than the limit of two seconds, all of them together are longer."""
    monkeypatch.setattr(downloads, "TIMEOUT", (2, 2))
    with serving(lambda request: send(request, arff, piece=2_000, pause=0.2)) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        fetched = fetching.fetch("thoracic_surgery", tmp_path)
    assert fetched[FILE][0] == f"{server.address}/{FILE}"


def test_a_download_that_was_cut_is_tried_again(arff, tmp_path, monkeypatch):
    def answer(request):
        whole = len(request.server.paths) > 2
        send(request, arff if whole else arff[:9_000], length=len(arff))

    with serving(answer) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        fetching.fetch("thoracic_surgery", tmp_path)
    assert len(server.paths) == 3
    assert (tmp_path / "datasets" / FILE).read_bytes() == arff


def test_silence_after_a_cut_is_an_error(arff, tmp_path, monkeypatch):
    def answer(request):
        (cut if len(request.server.paths) < 3 else hang)(request)

    with serving(answer) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        with pytest.raises(errors.UnreachableError, match="no byte for"):
            fetching.fetch("thoracic_surgery", tmp_path)
    assert len(server.paths) == 3


def test_a_host_that_does_not_answer_is_asked_once(tmp_path, monkeypatch):
    with serving(hang) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        for name in ("mnist", "imdb", "fashion_mnist"):
            with pytest.raises(errors.UnreachableError, match="no byte for"):
                fetching.fetch(name, tmp_path)
    assert len(server.paths) == 1


def test_users_wait_thirty_seconds_at_most():
    assert max(TIMEOUT) <= 30


@pytest.mark.long
def test_a_hanging_server_costs_one_wait(tmp_path):
    """As users meet it: `make data` ends after half a minute, not half a minute for each file."""
    with serving(hang) as server:
        begun = time.monotonic()
        options = ["--data-dir", str(tmp_path), "--allow-missing"]
        environment = {"home": tmp_path, "DATA_MIRROR": server.address}
        done = run_script("__main__.py", "data", *options, **environment)
        assert time.monotonic() - begun < 45
    assert done.returncode == 0
    assert done.stderr.count("no byte for 30 s") == 6


def test_a_server_that_comes_back_serves(arff, tmp_path, monkeypatch):
    """What failed leaves nothing behind that is in the way of the next program."""
    with serving(cut) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        with pytest.raises(errors.UnreachableError):
            fetching.fetch("thoracic_surgery", tmp_path)
    with serving(lambda request: send(request, arff)) as server:
        monkeypatch.setenv("DATA_MIRROR", server.address)
        fetching.fetch("thoracic_surgery", tmp_path)
    assert [path.name for path in (tmp_path / "datasets").iterdir()] == [FILE]


def archive_of(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


# With bytes in the middle of the compressed member changed.
DAMAGED = archive_of(**{FILE: bytes(range(256)) * 90})
DAMAGED = DAMAGED[:200] + b"\xff" * 50 + DAMAGED[250:]


@pytest.fixture
def publishers_archive(tmp_path, monkeypatch):
    """Return a function that fetches where the publisher has nothing but an archive."""

    def fetch(content):
        def answer(request):
            is_archive = request.path == "/archive.zip"
            send(request, content if is_archive else b"gone", 200 if is_archive else 404)

        with serving(answer) as server:
            addresses = {
                "publisher": f"{server.address}/",
                "archive": f"{server.address}/archive.zip",
            }
            monkeypatch.setattr(
                fetching, "registry", lambda: {"thoracic_surgery": ENTRY | addresses}
            )
            return fetching.fetch("thoracic_surgery", tmp_path / "data")

    return fetch


def test_the_publishers_archive_serves_where_the_file_is_gone(publishers_archive, arff, tmp_path):
    place, _ = publishers_archive(archive_of(**{FILE: arff, "../../evil": b"evil"}))[FILE]
    assert place.endswith("/archive.zip")
    found = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert found == [Path("data", "datasets", FILE)]  # no other name in the archive is used


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive_of(**{FILE: b"\0" * 10_000_000}), "unpacks to more than 47,468 bytes"),
        (archive_of(**{f"../{FILE}": b"@relation"}), f"expected an archive with {FILE}"),
        (DAMAGED, f"expected an archive with {FILE}"),
        (b"PK\3\4 cut off", f"expected an archive with {FILE}"),
    ],
)
def test_a_bad_archive_is_refused(publishers_archive, content, reason):
    with pytest.raises(errors.UnreachableError, match=reason):
        publishers_archive(content)

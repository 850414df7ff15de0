"""Input from outside is never code: not in a pickle, a path, a shell or a page."""

import hashlib
import json
import pickle
import shutil
import subprocess

import numpy as np
import pytest
from test_bad_data import Touch
from test_numbers import diverging

from base import errors
from base.paths import ROOT
from common import training
from conftest import assert_one_line_error, run_script
from engine import checkpoints, environment
from pages import site
from results import records

STEM = "01_random_binary"
EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.fixture
def results(tmp_path):
    """Return a copy of published results, to change."""
    shutil.copytree(ROOT / "figures" / STEM, tmp_path / STEM)
    return tmp_path / STEM


def test_a_pickle_in_predictions_is_not_run(results, tmp_path):
    marker = tmp_path / "run"
    np.savez(results / "predictions.npz", features=np.array([Touch(marker)], object))
    with pytest.raises(errors.UsageError, match=r"predictions\.npz: .* damaged"):
        records.read(results)
    assert not marker.exists()


def test_a_pickle_in_a_saved_training_is_not_run(tmp_path, monkeypatch):
    """Neither are its bytes taken for weights: the training is done again."""
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(checkpoints, "store", checkpoints.Store())
    checkpoints.configure(environment.configure("cpu"))
    x, y = np.ones((20, 12), np.float32), np.ones((20, 1), np.float32)

    def losses():
        model = diverging()
        model.optimizer.learning_rate = 0.01
        return training.fit(model, x, y, epochs=2, batch_size=5).history["loss"]

    expected, marker = losses(), tmp_path / "run"
    (saved,) = (tmp_path / "cache").iterdir()
    for evil in (b"", b"x" * 1000, saved.read_bytes()[:-1], saved.read_bytes() + b"more"):
        saved.write_bytes(evil)
        assert losses() == expected
    np.savez(tmp_path / "evil.npz", names=np.array([Touch(marker)], object))
    for content in ((tmp_path / "evil.npz").read_bytes(), pickle.dumps(Touch(marker)), b"[]\n"):
        saved.write_bytes(hashlib.sha256(saved.name.encode() + content).digest() + content)
        assert losses() == expected
    assert not marker.exists()


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "a/b"])
def test_names_in_a_record_lead_nowhere_else(name, results, tmp_path):
    path = results / "record.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"figures": {name: "a caption"}}))
    with pytest.raises(errors.UsageError, match=r"record\.json: .* damaged"):
        records.read(results)
    record["models"][name] = record["models"].pop("mlp")
    path.write_text(json.dumps(record))
    history = results / "history.csv"
    history.write_text(history.read_text().replace("\nmlp,", f"\n{name},"))
    done = run_script(f"{STEM}.py", "--plots-only", "--out", str(tmp_path), home=tmp_path)
    assert_one_line_error(done, f"found {STEM} with a model {name!r}")
    assert not list(tmp_path.rglob("evil*"))


def with_evil_words(value):
    """Return a structure with every text in it replaced, but for what must be a known word."""
    if isinstance(value, dict):
        kept = ("verdict", "source", "seed", "fold", "experiment")
        return {k: v if k in kept else with_evil_words(v) for k, v in value.items()}
    if isinstance(value, list):
        return [with_evil_words(item) for item in value]
    return EVIL if isinstance(value, str) else value


def test_no_word_of_a_record_is_markup(results):
    path = results / "record.json"
    path.write_text(json.dumps(with_evil_words(json.loads(path.read_text()))))
    (results / "evil.txt").write_text(EVIL)
    page = site.write(results.parent).read_text()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_make_hands_values_on_and_runs_none(tmp_path):
    """Values that are commands to a shell arrive as they are."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "01_lesson.py").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    (tmp_path / ".venv" / "ready").touch()
    evil = "x\"; touch evil; echo '`touch evil`; touch evil #"
    for target, variables, flags in (
        ("01", ("SEEDS", "DATA", "OUT", "JOBS"), ("--seeds", "--data", "--out", "--jobs")),
        ("compare", ("A", "B", "EXP"), ("--experiment",)),
        ("mirror", ("DEST",), ("--mirror",)),
    ):
        values = {name: f"-{name} {evil}" for name in variables}
        done = subprocess.run(
            ["make", "--no-print-directory", target, *(f"{n}={v}" for n, v in values.items())],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        printed = done.stdout.splitlines()
        given = dict(zip(flags, list(values.values())[-len(flags) :], strict=True))
        for flag, value in given.items():  # no option of its own, though it begins like one
            assert f"{flag}={value}" in printed
        if target == "compare":
            assert printed[-3:] == ["--", values["A"], values["B"]]
    assert not (tmp_path / "evil").exists()


def test_packages_are_installed_by_their_hashes_alone():
    installing = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip" in line]
    locked = [line for line in installing if "install" in line and "pip-audit" not in line]
    assert locked
    for line in locked:
        assert "--require-hashes" in line


def test_nothing_is_unpickled_but_what_was_verified():
    """`allow_pickle=True` stands in one place, behind the check of the digest.

    What a cluster's own scheduler sends is unpickled, as Dask does, too.
    """
    code = {path.name: path.read_text() for path in (ROOT / "experiments").rglob("*.py")}
    assert [name for name, text in code.items() if "allow_pickle=True" in text] == ["imdb.py"]
    for word in ("import pickle", "pickle.load"):
        assert {n for n, text in code.items() if word in text} == {
            "cluster_process.py",
            "cluster.py",
        }, word
    for word in ("joblib.load", "eval(", "exec(", "shell=True"):
        assert not [name for name, text in code.items() if word in text], word

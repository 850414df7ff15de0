"""The default folders: what a command line saves, the same with --plots-only finds, and predict.py.

In folders of each test's own, which stand for a copy of the checkout.
"""

import itertools
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from base import settings as base_settings
from base.errors import UsageError
from base.paths import ROOT
from base.protocol import Protocol
from common import data
from common.experiment import Experiment
from conftest import DATA_DIR, offline_environment
from engine import checkpoints, environment
from prediction import finding
from saved_runs import mlp
from tutorials import catalogue

FLAGS = ([], ["--label", "wide"], ["--seeds", "2"])  # published, named, a variation
GIVES = {"auto": ("real", "sample"), "sample": ("sample",), "real": ("real",)}
LESSONS = {lesson.stem: lesson.about for lesson in catalogue.lessons()}
LESSONS["08_bundled"] = catalogue.About(title="Of a data set that scikit-learn brings along")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Let results and networks go into a folder of the test's own."""
    monkeypatch.setattr(base_settings, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(base_settings, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(finding, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(environment, "configure", lambda *_: {"device": "cpu"})
    monkeypatch.setattr(checkpoints, "configure", lambda *_: "")
    return tmp_path


def begin(stem, *arguments):
    """Begin a run of a lesson with one model, up to where it would load its data."""
    models = {"mlp": Protocol(epochs=5, batch_size=8, optimizer="sgd")}
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "argv", [f"{stem}.py", *arguments, "--data-dir", str(DATA_DIR)])
        return Experiment(stem, "A lesson.", models, SimpleNamespace(ABOUT=LESSONS[stem]))


def sources_of(stem, choice):
    """Return where the data may come from that a lesson has loaded."""
    if LESSONS[stem].generated:
        return ("generated",)
    return ("bundled",) if stem == "08_bundled" else GIVES[choice]


@pytest.mark.parametrize("stem", LESSONS)
@pytest.mark.parametrize("choice", GIVES)
def test_what_a_run_has_saved_is_redrawn_and_asked(stem, choice, checkout, monkeypatch):
    for flags, source in itertools.product(FLAGS, sources_of(stem, choice)):
        shutil.rmtree(checkout / "figures", ignore_errors=True)
        shutil.rmtree(checkout / "runs", ignore_errors=True)
        found = data.Dataset("data", source, None)
        monkeypatch.setattr(data, "load", lambda *_, found=found: found)
        run = begin(stem, *flags, "--data", choice)
        run.load("data")
        record = {"source": source, "files": {}, "facts": {}}
        mlp(run.folder, [0.3], parts={"experiment": stem, "data": record})
        assert run.folder.is_relative_to(checkout)
        is_published = source != "sample" and not flags
        assert run.folder.is_relative_to(checkout / "figures") is is_published
        assert run.saved.folder == run.folder
        run._locks.close()
        redrawn = begin(stem, *flags, "--data", choice, "--plots-only")
        assert redrawn.saved.folder == run.folder, (flags, source)
        assert redrawn.saved.record["data"]["source"] == source
        redrawn._locks.close()
        if "--label" not in flags:
            lesson = catalogue.Lesson(ROOT / "experiments" / f"{stem}.py")
            places = finding.candidates(lesson, "mlp", choice, None)
            assert run.settings.models_folder(source) in [path.parent for path in places]


def test_a_sample_is_not_looked_for_among_real_results(checkout):
    stem = "05_mnist_odd_even"
    mlp(checkout / "figures" / stem, [0.3])
    with pytest.raises(UsageError, match=r"runs/sample/05_mnist_odd_even.*found none"):
        _ = begin(stem, "--data", "sample", "--plots-only").saved
    assert begin(stem, "--plots-only").saved.folder == checkout / "figures" / stem


@pytest.mark.programs
def test_a_run_in_a_copy_of_the_checkout_is_redrawn_and_asked(tmp_path):
    """01 draws its data: --data sample changes nothing there."""
    shutil.copytree(ROOT / "experiments", tmp_path / "experiments")
    script = tmp_path / "experiments" / "01_random_binary.py"
    protocol = '"epochs": 1000, "batch_size": 64'
    shorter = '"epochs": 1, "seeds": 2, "batch_size": 500'
    text = script.read_text(encoding="utf-8")
    assert protocol in text
    script.write_text(text.replace(protocol, shorter), encoding="utf-8")
    variables = {k: v for k, v in os.environ.items() if k not in ("DATA_MIRROR", "KERAS_HOME")}

    def run(name, *arguments):
        command = [sys.executable, str(script.with_name(name)), *arguments, "--data", "sample"]
        done = subprocess.run(
            command,
            env=variables | offline_environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    run(script.name)
    assert (tmp_path / "figures" / script.stem / "histories_side_by_side.png").unlink() is None
    run(script.name, "--plots-only")
    assert (tmp_path / "figures" / script.stem / "histories_side_by_side.png").exists()
    assert not (tmp_path / "runs" / "sample").exists()
    row = ",".join(f"x{i}=0.5" for i in range(1, 13))
    assert "training it first" not in run("predict.py", "01", "--row", row).stderr

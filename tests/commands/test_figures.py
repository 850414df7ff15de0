"""`make figures`: what is redrawn, and what is said of it."""

import os
import shutil
import signal

import pytest

from base.errors import FailedError
from base.paths import FIGURES
from commands import figures
from tutorials import catalogue


def test_each_figure_has_its_verdict(tmp_path, capsys):
    lesson = catalogue.find("03")
    folder = tmp_path / lesson.stem
    shutil.copytree(FIGURES / lesson.stem, folder)
    (folder / "width_of_second_layer.png").write_bytes(b"another")
    (folder / "held_out_history.png").unlink()
    failed, verdicts, complaints = figures.redraw(lesson, ["--out", str(tmp_path)])
    assert not failed
    assert not complaints
    assert verdicts.pop("width_of_second_layer") == "changed"
    assert verdicts.pop("held_out_history") == "was missing"
    assert set(verdicts.values()) == {"same"}
    assert not capsys.readouterr().out
    (folder / "history.csv").unlink()
    failed, verdicts, complaints = figures.redraw(lesson, ["--out", str(tmp_path)])
    assert failed
    assert not verdicts
    assert "history.csv" in complaints


def test_a_process_that_is_killed_is_one_line(monkeypatch):
    monkeypatch.setattr(figures, "redraw", killed)
    with pytest.raises(FailedError, match="was killed"):
        figures.main([])


def killed(lesson, arguments):
    os.kill(os.getpid(), signal.SIGKILL)

"""`make figures`: what is redrawn, and what is said of it."""

import shutil

from base.paths import FIGURES
from commands import figures
from tutorials import catalogue


def test_each_figure_has_its_verdict(tmp_path, capsys):
    lesson = catalogue.find("02")
    folder = tmp_path / lesson.stem
    shutil.copytree(FIGURES / lesson.stem, folder)
    (folder / "units.png").write_bytes(b"another")
    (folder / "held_out_history.png").unlink()
    failed, verdicts = figures.redraw(lesson, ["--out", str(tmp_path)])
    assert not failed
    assert verdicts.pop("units") == "changed"
    assert verdicts.pop("held_out_history") == "missing"
    assert set(verdicts.values()) == {"same"}
    assert not capsys.readouterr().out
    (folder / "history.csv").unlink()
    assert figures.redraw(lesson, ["--out", str(tmp_path)]) == (1, {})
    assert "history.csv" in capsys.readouterr().err

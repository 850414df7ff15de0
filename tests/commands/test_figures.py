"""`make figures`: what is redrawn, and what is said of it."""

import shutil

from base.paths import FIGURES
from commands import figures
from tutorials import catalogue


def test_each_figure_has_its_verdict(tmp_path):
    lesson = catalogue.find("02")
    folder = tmp_path / lesson.stem
    shutil.copytree(FIGURES / lesson.stem, folder)
    (folder / "units.png").write_bytes(b"another")
    (folder / "left_over.png").write_bytes(b"of no record")
    error, verdicts = figures.redraw(lesson, folder, ["--out", str(tmp_path)])
    assert error == ""
    assert verdicts.pop("units") == "changed"
    assert verdicts.pop("left_over") == "same"
    assert set(verdicts.values()) == {"same"}
    (folder / "history.csv").unlink()
    error, verdicts = figures.redraw(lesson, folder, ["--out", str(tmp_path)])
    assert "history.csv" in error
    assert set(verdicts.values()) == {"same"}

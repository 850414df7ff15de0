"""The pages of the project: generated tables, links, commands."""

import dataclasses
import json
import re
import shlex
import shutil

import pytest

from base import errors
from base.paths import ROOT
from lesson_commands import TARGETS, begin
from pages import lesson_tables, readme
from tutorials import catalogue

PARTS = ("data", "experiments", "figures", "migration", "tests")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(page for part in PARTS for page in (ROOT / part).rglob("*.md"))]
)
LESSON = ".venv/bin/python experiments/0"
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def test_the_tables_of_the_pages_are_those_of_the_records(tmp_path):
    figures = tmp_path / "figures"  # as in a fresh clone: without the times of runs here
    shutil.copytree(ROOT / "figures", figures, ignore=shutil.ignore_patterns("timing.json"))
    for page, texts in readme.tables(figures, ROOT).items():
        path = ROOT / page
        assert readme.filled(path, texts) == path.read_text("utf-8"), f"{page}: run make readme"


def test_every_mark_of_a_page_is_filled():
    mark = re.compile(readme.BEGIN.format("([a-z]+)"))
    marks = {page: mark.findall(page.read_text("utf-8")) for page in PAGES}
    written = readme.tables(ROOT / "figures", ROOT)
    expected = {ROOT / page: [*texts] for page, texts in written.items()}
    assert {page: names for page, names in marks.items() if names} == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_somewhere(page):
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", text):
        if not target.startswith("http"):
            path = page.parent / target if target else page
            assert path.exists(), target
            assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


def anchors(path):
    """Return the headings of a page as GitHub links to them."""
    page = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.*)", page, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found]


def test_the_first_pages_are_short():
    for name in ("README.md", "README.ko.md"):
        assert len((ROOT / name).read_text("utf-8").splitlines()) < 200


def test_every_target_of_make_is_on_a_page():
    words = " ".join(page.read_text("utf-8") for page in PAGES).split()
    named = set(re.findall(r"\bmake ([a-z-]+)", " ".join(words)))
    shown_by_make_alone = {"help", "$(LESSONS)", *catalogue.numbers()}
    assert TARGETS - shown_by_make_alone <= named


def test_the_commands_of_the_pages_are_accepted():
    """Each command for a lesson is one that its script accepts."""
    text = "".join(page.read_text("utf-8") for page in PAGES)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    commands = [shlex.split(line, comments=True)[1:] for line in lines if LESSON in line]
    assert len(commands) > 10
    for command in commands:
        if "--help" not in command:
            begin(*command)


def test_a_lesson_without_results_is_left_out(tmp_path):
    stem = "04_boston_regression"
    shutil.copytree(ROOT / "figures" / stem, tmp_path / stem)
    *_, rule, row = lesson_tables.results_table(tmp_path, "").splitlines()
    assert rule.startswith("|---")
    assert row.startswith(f"| [04](experiments/{stem}.py) |")


def test_a_lesson_without_a_score_is_named_and_shows_none(monkeypatch):
    lesson = catalogue.Lesson(catalogue.find("01").script)
    lesson.__dict__["_about"] = dataclasses.replace(lesson.about, score=()), ""
    assert lesson.missing() == ["a score of one of its models"]
    monkeypatch.setattr(catalogue, "find", lambda name: lesson)
    row = lesson_tables.results_table(ROOT / "figures", "").splitlines()[2]
    assert row.split(" | ")[2] == "-"


def test_findings_and_names_are_those_of_the_record(tmp_path):
    stem = "01_random_binary"
    shutil.copytree(ROOT / "figures" / stem, tmp_path / stem)
    path = tmp_path / stem / "record.json"
    record = json.loads(path.read_text()) | {"finding": "A finding.", "names": {"mlp": "a name"}}
    path.write_text(json.dumps(record))
    assert lesson_tables.findings(tmp_path).endswith(": A finding.")
    assert "| 01 | a name | test accuracy |" in lesson_tables.scores_table(tmp_path)
    assert "| 01 | a name: test accuracy |" in lesson_tables.numbers_table(tmp_path)
    assert "| deep multilayer perceptron |" in lesson_tables.scores_table(tmp_path)


def test_a_page_without_marks_is_refused_and_none_is_written(tmp_path):
    for page in readme.tables(ROOT / "figures", ROOT):
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / page, tmp_path / page)
    first, *_, last = readme.tables(ROOT / "figures", ROOT)
    text = (ROOT / first).read_text("utf-8").replace("2 min |", "3 min |")
    (tmp_path / first).write_text(text, "utf-8")
    (tmp_path / last).write_text("no marks")
    with pytest.raises(errors.UsageError, match="expected the line"):
        readme.write_tables(ROOT / "figures", tmp_path)
    assert (tmp_path / first).read_text("utf-8") == text
    (tmp_path / last).unlink()
    with pytest.raises(errors.UsageError, match="expected a page"):
        readme.write_tables(ROOT / "figures", tmp_path)

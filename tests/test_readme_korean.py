"""README.ko.md has the commands, the headings and the links of README.md."""

import re

import pytest

from base.paths import ROOT

ENGLISH, KOREAN = "README.md", "README.ko.md"
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# What a reader types: a command, an option, a line for a notebook.
COMMAND = re.compile(r"make\b|pip |uv |source |rm |\.venv/bin/|--|%env ")


def code_blocks(page):
    """Return the code blocks in their order, without comments, which are translated."""
    return [re.sub(r"\s+# .*", "", block) for block in CODE.findall(page)]


def commands(page):
    """Return the commands and options that the prose and its tables name."""
    spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", CODE.sub("", page)))
    return {span for span in spans if COMMAND.match(span)}


def links(page):
    """Return what the page links to beside the other language; English tables are generated."""
    page = re.sub(r"<!-- \w+: written.*?<!-- end of", "", page, flags=re.DOTALL)
    return {link for link in re.findall(r"\]\(([^)\s]+)\)", page) if not link.startswith("README")}


def levels(page):
    return re.findall(r"^#+(?= )", CODE.sub("", page), re.MULTILINE)


def test_the_korean_page_links_to_all_that_the_english_one_does():
    english, korean = (links((ROOT / name).read_text("utf-8")) for name in (ENGLISH, KOREAN))
    assert len(english) > 10
    assert english <= korean


@pytest.mark.parametrize("part", [code_blocks, commands, levels])
def test_both_pages_have_the_same(part):
    english, korean = (part((ROOT / name).read_text("utf-8")) for name in (ENGLISH, KOREAN))
    assert len(english) >= 5
    assert korean == english


@pytest.mark.parametrize(("page", "other"), [(ENGLISH, KOREAN), (KOREAN, ENGLISH)])
def test_each_page_names_the_other_first(page, other):
    assert f"({other})" in (ROOT / page).read_text("utf-8").split("\n")[0]

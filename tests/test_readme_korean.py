"""README.ko.md keeps in step with README.md, and its tables say what the records say."""

import importlib
import re
import shutil
from collections import Counter
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from base import errors
from base.paths import ROOT
from pages import readme
from pages.language import ENGLISH, Korean
from results import failures
from saved_runs import mlp
from tutorials import evidence

ENGLISH_PAGE = (ROOT / ENGLISH.page).read_text(encoding="utf-8")
KOREAN_PAGE = (ROOT / Korean.page).read_text(encoding="utf-8")
# Small numbers are words in English and digits in Korean; one and two may be words in both.
SPELT_OUT = {
    **{"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40},
    **{"fifty": 50, "hundred": 100},
}
CLAIMS = [
    importlib.import_module(f"claims.{path.stem}")
    for path in sorted((ROOT / "experiments" / "claims").glob("[a-z]*.py"))
]


class Block(NamedTuple):
    """A heading, a code block, or a paragraph, list or table with its items or rows."""

    section: str
    kind: str
    lines: list[str]


def blocks(page):
    """Return the blocks of a page without its first line and its generated tables."""
    page = re.sub(r"(<!-- \w+: written by .*? -->).*?(<!-- end of)", r"\1\n\2", page, flags=re.S)
    section, found, inside = "the top", [], False
    for line in page.split("\n")[1:]:
        if line.startswith("```"):
            if not inside:
                found.append(Block(section, "code", []))
            inside = not inside
        if inside or line.startswith("```"):
            found[-1].lines.append(line)
        elif heading := re.match(r"#+ ", line):
            section = line
            found.append(Block(section, f"heading {heading[0].strip()}", [line]))
        elif not line.strip():
            found.append(Block(section, "gap", []))
        else:
            sign = {"|": "table", "-": "list"}.get(line[0], "paragraph")
            if line.startswith("  ") and found[-1].kind == "list":
                found[-1].lines[-1] += " " + line.strip()
            elif found[-1].kind == sign == "paragraph":
                found[-1].lines[0] += " " + line
            elif found[-1].kind == sign:
                found[-1].lines.append(line)
            else:
                found.append(Block(section, sign, [line]))
    return [block for block in found if block.kind != "gap"]


def code_and_comment(line):
    code, _, comment = re.fullmatch(r"(.*?)((?:^|\s+)#\s(.*))?", line).groups()
    return code, comment


def spans(text):
    """Return the inline code of a text; headings of generated tables in English."""
    english = {korean: key for key, korean in Korean().templates.items()}
    found = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text))
    return Counter(english.get(span, span) for span in found)


def links(text):
    return Counter(re.findall(r"(!?\[)[^\]]*\]\(([^)]+)\)", text))


def digits(text):
    return Counter(re.findall(r"\d+(?:[.,]\d+)*", text))


def numbers(text):
    """Return the numbers of a text, without those of its code and its links' addresses."""
    text = re.sub(r"`[^`]*`|\]\([^)]+\)", " ", text)
    for word, number in SPELT_OUT.items():
        text = re.sub(rf"\b{word}\b", str(number), text, flags=re.IGNORECASE)
    return digits(text)


def aspects(kind, line):
    """Return what must be the same in both pages, and the prose that must be translated."""
    if kind == "code":
        code, comment = code_and_comment(line)
        return {"code": code, "numbers of comments": numbers(comment or "")}, comment or ""
    columns = line.count("|") if kind == "table" else 0
    same = {"inline code": spans(line), "links": links(line), "numbers": numbers(line)}
    return same | {"columns": columns}, re.sub(r"`[^`]*`|\]\(\S+\)|<[^>]*>", "", line)


def out_of_step(english, korean):
    """Return what differs between both pages, a line for each place, with its section."""
    wrong = []
    for ours, theirs in zip_longest(blocks(english), blocks(korean)):
        sizes = [(block.kind, len(block.lines)) if block else "nothing" for block in (ours, theirs)]
        if sizes[0] != sizes[1]:  # all that follows would differ, too
            place = ours or theirs
            where = f"{place.section}: {place.lines[0][:60]!r}"
            return [*wrong, f"{where}: {sizes[0]} in English, {sizes[1]} in Korean"]
        for first, second in zip(ours.lines, theirs.lines, strict=True):
            where = f"{ours.section}: {first[:60]!r}"
            (same, prose), (other, translated) = (
                aspects(ours.kind, line) for line in (first, second)
            )
            for what in same:
                left, right = same[what], other[what]
                if left != right:
                    if isinstance(left, Counter):
                        left, right = list(left - right), list(right - left)
                    wrong.append(f"{where}: {what}: {left} in English, {right} in Korean")
            if re.search("[a-z]{3}", prose) and not re.search("[가-힣]", translated):
                wrong.append(f"{where}: {translated[:60]!r} is not translated")
    return wrong


class Recording(Korean):
    """Korean that keeps what it has translated, beside the English."""

    def __init__(self):
        super().__init__()
        self.said = []

    def __call__(self, phrase, **values):
        korean = super().__call__(phrase, **values)
        self.said.append((phrase, ENGLISH(phrase, **values), korean))
        return korean


@pytest.fixture(scope="module")
def korean(tmp_path_factory):
    """Return the tables in Korean, and what was said to make them."""
    figures = tmp_path_factory.mktemp("clone") / "figures"  # without the times of runs here
    shutil.copytree(ROOT / "figures", figures, ignore=shutil.ignore_patterns("timing.json"))
    say = Recording()
    return readme.tables(figures, ENGLISH_PAGE, say), say.said


def test_both_pages_are_in_step():
    assert not (wrong := out_of_step(ENGLISH_PAGE, KOREAN_PAGE)), "\n".join(wrong)


def test_both_pages_name_each_other():
    assert f"({Korean.page})" in ENGLISH_PAGE.split("\n")[0]
    assert f"({ENGLISH.page})" in KOREAN_PAGE.split("\n")[0]


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        ("make setup PYTHON=python3.12", "make setup PYTHON=python3.11", "## Two commands"),
        ("make test    #", "make tests   #", "## Two commands"),
        ("make compare A=figures", "make compare A=figure", "## Compare two runs"),
        ("--tolerance 1e-4", "--tolerance 1e-3", "## Compare two runs"),
        ("](data/README.md)", "](tests/README.md)", "## Data, also offline"),
        ("5.6 GB", "6.5 GB", "## What was mended"),
        ("64 MB", "46 MB", "## Data, also offline"),
        ("시드 10개로 얻은", "시드 12개로 얻은", "# Keras tutorials"),
        ("| 13 | 전체 |", "| 13 | 전체 | 모두 |", "## What was mended"),
        ("\n## 구성\n", "\n### 구성\n", "## Layout"),
        ("\n## 구성\n", "\n", "## Layout"),
    ],
)
def test_a_change_in_one_page_alone_is_named_with_its_section(old, new, section):
    assert old in KOREAN_PAGE
    wrong = out_of_step(ENGLISH_PAGE, KOREAN_PAGE.replace(old, new))
    assert wrong
    assert all(line.startswith(section) for line in wrong), wrong


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[words", "expected TOML"),
        (
            '[words]\n"{a} seeds" = "{b}"\n[[sentence]]\nen = "x"\nko = "x"',
            "expected the placeholders",
        ),
    ],
)
def test_a_broken_catalogue_is_named(text, message, tmp_path):
    path = tmp_path / "korean.toml"
    path.write_text(text)
    with pytest.raises(errors.UsageError, match=message):
        Korean(path)


def test_a_paragraph_that_is_left_in_english_is_found():
    page = re.sub(r"\n\n보스턴.*?\n\n", "\n\nThe Boston data set.\n\n", KOREAN_PAGE, flags=re.S)
    (wrong,) = out_of_step(ENGLISH_PAGE, page)
    assert wrong.startswith("## Data, also offline")
    assert "'The Boston data set.' is not translated" in wrong


def test_the_tables_are_those_of_the_records(korean):
    for name, text in korean[0].items():
        written = KOREAN_PAGE.split(readme.BEGIN.format(name))[1].split(readme.END.format(name))[0]
        assert written.strip() == text, f"{name}: run make readme"


def test_every_number_of_a_phrase_is_in_its_translation(korean):
    for _, english, translated in korean[1]:
        assert not digits(english) - digits(translated), (english, translated)


def test_a_phrase_fits_one_template(korean):
    say = Korean()
    for phrase in {phrase for phrase, _, _ in korean[1]} - set(say.templates):
        fitting = [key for key, pattern in say.patterns.items() if pattern.fullmatch(phrase)]
        assert len(fitting) <= 1, (phrase, fitting)


def test_templates_have_the_same_placeholders_and_numbers():
    for english, translated in Korean().templates.items():
        names = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (english, translated)]
        assert names[0] == names[1], english
        bare = re.sub(r"\{\w+\}", "", english)
        assert not digits(bare) - digits(re.sub(r"\{\w+\}", "", translated)), english
        assert "}(" not in translated, f"after an interval this makes a link: {translated}"


def test_a_phrase_without_a_translation_is_named_with_the_file():
    with pytest.raises(errors.UsageError, match=r'korean\.toml.*"slope 0\.5 an hour".*add it'):
        Korean()("slope 0.5 an hour")
    assert Korean()("0.506 ± 0.041") == "0.506 ± 0.041"


@pytest.mark.parametrize("module", CLAIMS, ids=lambda module: module.__name__)
def test_all_that_a_tutorial_says_is_translated(module):
    say = Korean()
    phrases = [claim.text for claim in module.CLAIMS]
    phrases += getattr(module, "REASONS", {}).values()
    phrases += getattr(module, "NOT_COMPARABLE", {}).values()
    phrases += [f"data: {name}" for name in getattr(module, "FACTS", {})]
    phrases += [
        verdicts.quantity(model, part, metric)
        for model, parts in getattr(module, "NUMBERS", {}).items()
        for part, metrics in parts.items()
        for metric in metrics
    ]
    phrases += getattr(module, "CLOTHES", ())
    for phrase in phrases:
        assert re.search(r"[가-힣]", say(phrase)), phrase


def test_other_outcomes_are_translated():
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(0, 1e-3, (6, 10)), index=range(1, 7))
    shapes = {
        verdicts.HOLDS: [3, 2, 1, 0, 1, 2],
        verdicts.DOES_NOT_HOLD: [2, 0, 1, 3, 4, 5],
        verdicts.UNDECIDED: [3, 2, 1, 0, 0, 2],
    }
    for verdict, losses in shapes.items():
        table = noise.add(losses, axis=0)
        if verdict == verdicts.UNDECIDED:
            table.loc[5] = table.loc[4] + 1e-5 * np.arange(-5, 5)
        found, words = evidence.best_epoch_is(table, 4)
        assert found == verdict
        for text in (words, evidence.turns_up_after(table, 4, 1)[1], verdict):
            assert not digits(text) - digits(Korean()(text))


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_failures_are_translated(number):
    failed = [failures.Failure("mlp", seed, seed % 2 or None, 12, 30) for seed in range(number)]
    text = failures.summary(failed)
    translated = Korean()(text)
    assert not re.search("seed|fold|epoch|more", translated)
    assert not digits(text) - digits(translated)


@pytest.mark.parametrize(("losses", "epochs"), [([0.3], 1), ([0.3, 0.4], 100)])
def test_what_is_too_little_to_judge_is_translated(tmp_path, losses, epochs):
    claim = evidence.Claim("01", "", ("mlp",), epochs, lambda saved: (verdicts.HOLDS, ""))
    words = claim.judge(mlp(tmp_path, losses))["evidence"]
    assert not digits(words) - digits(Korean()(words))
    assert re.search(r"[가-힣]", Korean()(words))

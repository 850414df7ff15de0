"""Any command line with a bad value ends with status 2 and one line; none starts training."""

import contextlib
import io
import re
import runpy
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import compare
import report
from base import command_line, paths, protocol
from base.paths import ROOT
from commands import data
from common import experiment

GOOD = {
    "--seeds": ["1", "3"],
    "--seed": ["0", "999999"],
    "--epochs": ["1", "20"],
    "--batch-size": ["1", "64"],
    "--data": ["auto", "real", "sample"],
    "--label": ["wide"],
    "--device": ["cpu", "auto"],
    "--jobs": ["1", "dask:tcp://localhost:8786"],
    "--threads": ["1"],
    "--optimizer": ["sgd", "adam"],
    "--learning-rate": ["0.1", "1e-3"],
}
NUMBERS = st.sampled_from(
    ["", " ", "0", "-1", "+1", "0.5", "1e3", "1_000", "0x10", "nan", "inf", "٣", "1234567", "1,2"]
) | st.text(max_size=8).filter(lambda text: not re.fullmatch("[0-9]{1,6}", text))
WORDS = st.text(max_size=8).filter(
    lambda text: text not in ("auto", "real", "sample", "cpu", "gpu", "sgd", "rmsprop", "adam")
)
BAD = {
    **dict.fromkeys(("--seeds", "--epochs", "--batch-size", "--threads"), NUMBERS),
    "--jobs": NUMBERS
    | st.sampled_from(["dask:", "dask:8786", "dask:tcp://", "dask:tcp://a b:1", "dask:http://a:1"]),
    "--seed": NUMBERS.filter(lambda text: text != "0"),
    **dict.fromkeys(("--data", "--device", "--optimizer"), WORDS),
    "--models": WORDS,
    "--label": st.sampled_from(["", ".", "..", "a/b", "/tmp", "../x", "a b", "x" * 65, "-", "\n"]),
    "--learning-rate": st.sampled_from(["0", "-1", "101", "nan", "inf", "1e", "0,1", "1e999", ""]),
    "--out": st.sampled_from(["", "~nosuchuser/x", "\0"]),
    "--nosuch": st.just("1"),
    "--plots-only": st.just("1"),
}
good = st.dictionaries(st.sampled_from(list(GOOD)), st.integers(0, 1)).map(
    lambda chosen: {flag: GOOD[flag][i % len(GOOD[flag])] for flag, i in chosen.items()}
)
bad = st.sampled_from(list(BAD)).flatmap(lambda flag: st.tuples(st.just(flag), BAD[flag]))


def status_and_errors(script, arguments, monkeypatch):
    """Run a script in this process up to where it would load or train."""

    def start(self, name, description, models, tutorial, **options):
        options |= protocol.command_line_options(models)
        command_line.parse(name, description, **options)
        raise AssertionError("it started")

    monkeypatch.setattr(experiment.Experiment, "__init__", start)
    monkeypatch.setattr(sys, "argv", [str(script), *arguments])
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), pytest.raises(SystemExit) as caught:
        runpy.run_path(str(script), run_name="__main__")
    return caught.value.code, errors.getvalue()


@given(st.sampled_from(paths.lessons()), good, st.lists(bad, min_size=1, max_size=3), st.randoms())
def test_bad_values_end_with_status_2_and_one_line(script, right, wrong, random):
    pairs = [(flag, value) for flag, value in right.items() if flag not in dict(wrong)]
    pairs += wrong
    random.shuffle(pairs)
    arguments = [part for flag, value in pairs for part in (flag, value)]
    with pytest.MonkeyPatch.context() as monkeypatch:
        status, errors = status_and_errors(script, arguments, monkeypatch)
    assert status == 2, arguments
    assert errors.startswith("error: ")
    assert errors.splitlines() == [errors.rstrip("\n")]


@given(st.sampled_from(paths.lessons()), st.lists(st.text(min_size=1, max_size=6), min_size=1))
def test_stray_words_end_with_status_2_and_one_line(script, words):
    words = [word for word in words if not "--help".startswith(word) and not word.startswith("-h")]
    with pytest.MonkeyPatch.context() as monkeypatch:
        status, errors = status_and_errors(script, ["stray", *words], monkeypatch)
    assert status == 2
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["--fresh", "--plots-only"], ["--epochs"], ["--models", "mlp", "--models", ""]]
)
def test_what_contradicts_itself_ends_with_status_2(arguments, monkeypatch):
    script = ROOT / "experiments" / "01_random_binary.py"
    status, errors = status_and_errors(script, arguments, monkeypatch)
    assert status == 2
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("tool", [compare, report, data])
@pytest.mark.parametrize("arguments", [["--nosuch"], ["--data-dir"], ["\n", "--x\ny"]])
def test_tools_end_with_status_2_and_one_line(tool, arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [tool.__file__, *arguments])
    with pytest.raises(SystemExit) as caught:
        tool.main(*([arguments] if tool is data else []))
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1

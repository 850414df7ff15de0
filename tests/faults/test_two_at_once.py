"""Two programs at once: they take turns, and both end with right results."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import send, serving
from shortened import options_of, results, undisturbed

from base.paths import ROOT
from conftest import kill, offline_environment, run_script, start_script
from results import records
from tutorials import catalogue

FETCH = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from datasets import fetching
for name in ("boston_housing", "thoracic_surgery"):
    fetching.fetch(name, Path(sys.argv[2]))
"""


def test_eight_downloads_into_one_folder_are_one(real_data_dir, tmp_path):
    def answer(request):
        content = (real_data_dir / "datasets" / request.path.strip("/")).read_bytes()
        send(request, content, piece=8192, pause=0.05)

    with serving(answer) as server:
        environment = offline_environment(tmp_path) | {"DATA_MIRROR": server.address}
        command = [sys.executable, "-c", FETCH, str(ROOT / "experiments"), str(tmp_path)]
        pipes = {"env": environment, "stderr": subprocess.PIPE, "text": True}
        all_eight = [subprocess.Popen(command, **pipes) for _ in range(8)]
        printed = [process.communicate(timeout=60)[1] for process in all_eight]
    assert [process.returncode for process in all_eight] == [0] * 8, printed
    assert sorted(server.paths) == ["/ThoraricSurgery.arff", "/boston_housing.npz"]
    assert any("waiting for it" in text for text in printed)
    found = {path.name: path.read_bytes() for path in (tmp_path / "datasets").iterdir()}
    assert found == {
        name: (real_data_dir / "datasets" / name).read_bytes()
        for name in ("boston_housing.npz", "ThoraricSurgery.arff")
    }


def finished(*processes):
    """Wait for processes; return what each has printed."""
    try:
        # At once: each may wait for the other, which may wait for a reader of what it prints.
        with ThreadPoolExecutor(len(processes)) as pool:
            return list(pool.map(lambda process: process.communicate(timeout=500), processes))
    finally:
        for process in processes:
            kill(process)


@pytest.mark.long
def test_two_runs_into_one_folder_take_turns(once, real_data_dir, tmp_path):
    stem = "01_random_binary"
    expected, _ = undisturbed(stem, once, real_data_dir)
    options, where = options_of(stem, tmp_path, real_data_dir)
    both = [start_script(f"{stem}.py", *options, **where) for _ in range(2)]
    printed = finished(*both)
    assert [process.returncode for process in both] == [0, 0], printed
    assert results(tmp_path, stem) == expected
    errors = "".join(text for _, text in printed)
    assert f"{tmp_path / 'out' / stem}: another program writes results there" in errors


@pytest.mark.long
def test_runs_with_other_seeds_into_one_folder_do_not_mix(tmp_path):
    """Whichever comes last: record, history and verdicts are of one and the same run."""
    common = ["--epochs", "100", "--models", "perceptron,mlp", "--out", str(tmp_path / "out")]
    seeds = (["--seeds", "2"], ["--seeds", "3"], ["--seed", "7", "--seeds", "2"])
    all_three = [
        start_script("01_random_binary.py", *common, *more, home=tmp_path) for more in seeds
    ]
    printed = finished(*all_three)
    assert [process.returncode for process in all_three] == [0] * 3, printed
    folder = tmp_path / "out" / "01_random_binary"
    saved = records.read(folder)
    expected = saved.record["config"]["seeds"]["mlp"]
    assert saved.seeds("mlp") == saved.seeds("perceptron") == expected
    assert f"Mean over {len(expected)} seeds" in (folder / "evaluation.txt").read_text()
    assert len(saved.predictions["correlations"]) == len(expected)


@pytest.mark.long
def test_two_whole_suites_at_once_are_both_right(tmp_path):
    options = ["--data", "sample", "--epochs", "1", "--seeds", "1", "--jobs", "1"]
    options += ["--data-dir", str(tmp_path / "data"), "--out"]
    together = [*options, str(tmp_path / "out")]
    both = [start_script("__main__.py", "all", *together, home=tmp_path) for _ in range(2)]
    printed = finished(*both)
    assert [process.returncode for process in both] == [0, 0], printed
    alone = run_script(
        "__main__.py", "all", *options, str(tmp_path / "alone"), "--fresh", home=tmp_path
    )
    assert alone.returncode == 0, alone.stderr
    folders = sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert len(folders) == len(catalogue.lessons())
    for stem in folders:
        assert records.read(tmp_path / "out" / stem).record["experiment"] == stem
        for name in ("record.json", "history.csv", "predictions.npz"):
            ours, theirs = (tmp_path / out / stem / name for out in ("out", "alone"))
            assert ours.read_bytes() == theirs.read_bytes(), name

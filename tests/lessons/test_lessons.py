"""Every script, run as a user runs it: on sample data and, for an epoch, on the real data."""

import csv
import gc
import json
import os
import re
import shutil
import signal

import numpy as np
import pytest
from matplotlib.testing.compare import compare_images

from base.errors import UsageError
from base.paths import ROOT
from commands import all as all_lessons
from common import calibration
from conftest import NO_TENSORFLOW, PROGRESS, assert_one_line_error, run_here, run_script
from pages import summary
from results import records
from tutorials import catalogue

STEMS = [lesson.stem for lesson in catalogue.lessons()]
PUBLISHED = [stem for stem in STEMS if (ROOT / "figures" / stem / "record.json").exists()]
FIGURES = {
    "01_random_binary": ["scatter_2d", "scatter_3d", "histories_side_by_side"],
    "02_imdb_binary": ["multi_hot", "relu_and_sigmoid", "held_out_history", "units"],
    "03_reuters_multiclass": ["held_out_history", "width_of_second_layer"],
    "04_boston_regression": [
        "all_variants_validation_mae",
        "learning_curve",
        "variant_differences",
    ],
    "05_mnist_odd_even": ["test_digits", "cnn_predictions", "histories_side_by_side"],
    "06_thoracic_surgery": [
        "from_scratch",
        "large_accuracy",
        "one_hot_runs",
        "checks",
        "roc_curves",
    ],
    "07_mnist_fashion_multiclass": [
        "mnist_first_digit",
        "mnist_history",
        "mnist_prediction",
        "mnist_confusion_matrix",
        "fashion_examples",
        "fashion_histories",
        "fashion_prediction",
        "first_model_confusion_matrix",
    ],
}


# Lessons that take long and whose parts others have, too; they run with the programs.
TWINS = ("03_reuters_multiclass", "07_mnist_fashion_multiclass")
IN_PARTS = [pytest.param(s, marks=[pytest.mark.programs] if s in TWINS else []) for s in STEMS]


@pytest.mark.parametrize("stem", IN_PARTS)
def test_on_sample_data(sample_runs, stem):
    folder, done = sample_runs(stem)
    assert done.returncode == 0, done.stderr
    generated = catalogue.find(stem).about.generated
    is_sample = json.loads((folder / "record.json").read_text())["data"]["source"] == "sample"
    record = json.loads((folder / "record.json").read_text())
    assert (record["data"]["source"] == "generated") is generated
    assert record["data"]["files"] == {}
    assert ("SAMPLE DATA" in done.stdout) is is_sample
    assert bool(record["claims"]) is not is_sample
    assert not (is_sample and record["tutorial"])
    assert {row["verdict"] for row in record["tutorial"]} <= {None}  # two epochs judge nothing
    for figure in FIGURES.get(stem, [catalogue.find(stem).about.cover]):
        assert (folder / f"{figure}.png").stat().st_size > 2_000
    for line in done.stderr.splitlines():  # no warnings, no start-up notes: progress alone
        assert PROGRESS.search(line), line
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["model"] for row in rows} == set(record["models"])
    assert all(0 <= float(row["loss"]) < 1000 for row in rows)
    assert sum(path.stat().st_size for path in folder.glob("*.npz")) < 1_000_000


@pytest.mark.programs
@pytest.mark.parametrize("stem", PUBLISHED)
def test_published_figures_and_verdicts_follow_from_the_published_files(stem, tmp_path):
    """Without data or training: the same pictures, numbers and verdicts."""
    published, copy = ROOT / "figures" / stem, tmp_path / stem
    shutil.copytree(published, copy)
    record = json.loads((copy / "record.json").read_text())
    (copy / "record.json").write_text(json.dumps(record | {"tutorial": [], "claims": []}))
    for path in (*copy.glob("*.png"), copy / "claims.txt"):
        path.unlink(missing_ok=True)
    done = run_here(f"{stem}.py", "--plots-only", "--out", str(tmp_path), home=tmp_path)
    assert done.returncode == 0, done.stderr
    redrawn = json.loads((copy / "record.json").read_text())
    assert redrawn == record
    assert {path.name for path in copy.iterdir()} == {path.name for path in published.iterdir()}
    for path in copy.glob("*.png"):
        assert compare_images(str(published / path.name), str(path), tol=1) is None


# With the networks changed as a user may, to see that the changes arrive.
REAL = [
    ("03_reuters_multiclass", "held_out", {"optimizer": "adam", "learning_rate": 0.002}),
    ("04_boston_regression", "one_hot_chas_4_folds", {"hidden": [128]}),
    ("05_mnist_odd_even", "mlp", {"hidden": [64, 32], "dropout": 0.2, "learning_rate": 0.02}),
    ("06_thoracic_surgery", "check_fresh", {"hidden": [8, 8, 8], "optimizer": "rmsprop"}),
]


def flags(overrides):
    """Return options for a script."""
    for name, value in overrides.items():
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        yield from (f"--{name.replace('_', '-')}", text)


BETTER = {"mae": lambda ours: 5 < ours < 25, "accuracy": lambda ours: 0.55 < ours < 0.99}


@pytest.mark.parametrize(("stem", "models", "overrides"), REAL)
def test_an_epoch_on_real_data(real_data_dir, stem, models, overrides, tmp_path):
    options = ["--data", "real", "--epochs", "1", "--seeds", "1", "--models", models]
    options += [*flags(overrides), "--out", str(tmp_path)]
    done = run_here(f"{stem}.py", *options, home=tmp_path)
    assert done.returncode == 0, done.stderr
    saved = records.read(tmp_path / stem)
    assert saved.record["data"]["source"] == "real"
    assert saved.record["data"]["files"]
    assert saved.models == models.split(",")
    assert saved.record["config"] | overrides == saved.record["config"]
    layers = (tmp_path / stem / "model_summary.txt").read_text()
    units = [int(n) for n in re.findall(r"^. hidden_.*\(None, ([0-9]+)\)", layers, re.MULTILINE)]
    assert units == overrides.get("hidden", units)
    assert ("Dropout" in layers) is ("dropout" in overrides)
    for score in summary.scores(saved.record):
        assert BETTER[score.name.split()[-1]](score.ours.mean), score


@pytest.mark.parametrize(
    ("stem", "lowest"), [("02_imdb_binary", 0.87), ("07_mnist_fashion_multiclass", 0.96)]
)
def test_one_seed_on_real_data(real_networks, stem, lowest):
    saved = records.read(real_networks / stem)
    assert saved.record["data"]["source"] == "real"
    (score,) = summary.scores(saved.record)
    assert lowest < score.ours.mean < 0.99


@pytest.mark.programs
def test_other_layers_leave_the_perceptron_of_01_as_it_is(tmp_path):
    options = ["--hidden", "8,4", "--epochs", "1", "--seeds", "1", "--out", str(tmp_path)]
    done = run_here("01_random_binary.py", *options, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "not trained, as it does not apply to them: perceptron, deep_mlp." in done.stdout
    saved = records.read(tmp_path / "01_random_binary")
    assert saved.record["models"]["mlp"]["parameters"] == 12 * 8 + 8 + 8 * 4 + 4 + 4 + 1
    assert saved.record["config"]["perceptron_spellings_differ_by"] == 0


def test_the_same_seed_gives_the_same_history(sample_runs, tmp_path):
    folder, _ = sample_runs("06_thoracic_surgery")
    options = ["--data", "sample", "--epochs", "2", "--seeds", "1", "--models", "one_hot_cce"]
    options += ["--out", str(tmp_path)]
    assert run_here("06_thoracic_surgery.py", *options, home=tmp_path).returncode == 0
    alone = records.read(tmp_path / "06_thoracic_surgery").history
    together = records.read(folder).history.query("model == 'one_hot_cce'")
    columns = ["epoch", "loss", "accuracy"]
    np.testing.assert_array_equal(alone[columns], together[columns])


@pytest.mark.programs
def test_two_seeds_give_the_same_one_after_the_other_and_at_once(tmp_path):
    written, stem = [], "01_random_binary"
    for jobs in ("1", "2"):
        options = ["--epochs", "60", "--models", "mlp", "--seed", "7", "--seeds", "2"]
        options += ["--jobs", jobs, "--out", str(tmp_path / jobs)]
        done = run_here(f"{stem}.py", *options, home=tmp_path / jobs)
        assert done.returncode == 0, done.stderr
        files = ("history.csv", "record.json", "predictions.npz")
        written.append([(tmp_path / jobs / stem / file).read_bytes() for file in files])
    assert written[0] == written[1]
    last = records.read(tmp_path / "1" / stem).history.query("epoch == 60")
    assert last["seed"].tolist() == [7, 8]
    assert last["loss"].nunique() == 2


def test_with_two_seeds_the_surest_mistakes_are_those_of_the_outputs_shown(sample_runs):
    for stem, model in (("02_imdb_binary", "retrained"), ("03_reuters_multiclass", "retrained")):
        arrays = records.read(sample_runs(stem)[0]).predictions
        sure = calibration.confidences(arrays[f"{model}.outputs"])
        wrong, rows = ~arrays[f"{model}.right"][0], arrays[f"{model}.mistakes"]
        assert len(rows) == 10
        assert wrong[rows].all()
        assert sure[rows].min() >= np.sort(sure[wrong])[-len(rows)] - 1e-3


def test_sample_results_do_not_replace_real_ones(sample_runs, tmp_path):
    folder, _ = sample_runs("06_thoracic_surgery")
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    record = (copy / "record.json").read_text().replace('"sample"', '"real"')
    (copy / "record.json").write_text(record)
    options = ["--data", "sample", "--epochs", "1", "--seeds", "1", "--out", str(tmp_path)]
    done = run_here("06_thoracic_surgery.py", *options, home=tmp_path)
    assert_one_line_error(done, str(copy), "--label")
    assert (copy / "record.json").read_text() == record


@pytest.mark.parametrize("option", ["--epochs=0", "--models=x", "--data=sampel"])
def test_all_lessons_say_a_mistake_once(option, capsys):
    with pytest.raises(SystemExit) as end:
        all_lessons.main([option])
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert option.partition("=")[0] in line
    assert "of ," not in line


def test_all_lessons_fetch_nothing_for_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(all_lessons.data, "main", lambda _: pytest.fail("it fetches data"))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        all_lessons.main([f"--out={tmp_path / 'file'}"])


@pytest.mark.programs
def test_offline_without_data_real_is_refused(tmp_path):
    options = ["--data", "real", "--data-dir", str(tmp_path / "data")]
    done = run_script("05_mnist_odd_even.py", *options, home=tmp_path)
    assert_one_line_error(done, "mnist.npz: not in", "DATA_MIRROR")


@pytest.mark.programs
def test_a_failing_experiment_is_named_and_the_others_run(
    sample_runs, tmp_path, monkeypatch, capsys
):
    folder, _ = sample_runs("01_random_binary")
    bad, good = tmp_path / "01_bad.py", tmp_path / "02_good.py"
    bad.write_text("import sys; sys.exit('no such thing')")
    outcome = f"experiment.concluded.append((pathlib.Path({str(folder)!r}), {{}}))"
    good.write_text(f"import pathlib; from common import experiment; {outcome}")
    lessons = [catalogue.Lesson(script) for script in (bad, good)]
    monkeypatch.setattr(catalogue, "lessons", lambda: lessons)
    assert all_lessons.run(lessons[1], []) == (0, folder, {})
    assert all_lessons.run(lessons[0], []) == (1, None, {})
    monkeypatch.setattr(all_lessons, "print_summary", lambda *_: None)
    monkeypatch.setattr(all_lessons.site, "write", lambda folder: folder)
    assert all_lessons.main(["--data=sample"]) == 1
    printed = capsys.readouterr()
    assert "01_bad (exit status 1)" in printed.err
    assert "no such thing" in printed.err
    monkeypatch.setattr(catalogue, "lessons", lambda: lessons[1:])
    assert all_lessons.main(["--data=sample"]) == 0


def test_ctrl_c_while_memory_is_freed_ends_all_lessons(tmp_path, monkeypatch):
    """In a callback of the garbage collector Python would drop it, and the next lesson begin."""

    class Freed:
        def __init__(self):
            self.itself = self

        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)

    script = tmp_path / "01_good.py"
    script.write_text("")
    collect = gc.collect

    def collect_one_more():
        Freed()
        collect()

    monkeypatch.setattr(gc, "collect", collect_one_more)
    with pytest.raises(KeyboardInterrupt):
        all_lessons.run(catalogue.Lesson(script), [])


@pytest.mark.programs
def test_published_figures_are_drawn_without_tensorflow(tmp_path):
    shutil.copytree(ROOT / "figures" / "03_reuters_multiclass", tmp_path / "03_reuters_multiclass")
    options = ["--plots-only", "--out", str(tmp_path)]
    script = "03_reuters_multiclass.py"
    done = run_script(script, *options, home=tmp_path, prelude=NO_TENSORFLOW)
    assert done.returncode == 0, done.stderr


def test_published_figures_have_every_experiment():
    for stem in FIGURES:
        record = records.read(ROOT / "figures" / stem).record
        assert record["data"]["source"] == (
            "generated" if catalogue.find(stem).about.generated else "real"
        )
        for figure in FIGURES[stem]:
            assert (ROOT / "figures" / stem / f"{figure}.png").stat().st_size < 150_000

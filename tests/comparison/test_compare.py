"""The command line that compares saved runs: what it prints, draws and exits with."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

import compare
from base.paths import ROOT
from common import plotting
from comparison import curves
from conftest import NO_TENSORFLOW, assert_one_line_error, run_script
from results import records
from results.training_result import Trained
from saved_runs import LOSSES, mlp, training, write

PUBLISHED = ROOT / "figures" / "05_mnist_odd_even"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the script in this process; the figure goes to tmp_path.

    Only a `picture` is put into pixels, which takes longer than all the rest.
    """

    def run(*arguments, picture=False):
        arguments = [*map(str, arguments)]
        if "--out" not in arguments:
            arguments += ["--out", str(tmp_path / "figure.png")]
        status = 1
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["compare.py", *arguments])
            patch.setattr(sys, "excepthook", sys.excepthook)
            if not picture:
                patch.setattr(plotting, "save", lambda figure, path, watermark: path.touch())
            try:
                status = compare.main()
            except SystemExit as end:
                status = end.code
            except Exception:
                with contextlib.suppress(SystemExit):
                    sys.excepthook(*sys.exc_info())
                    pytest.fail(capsys.readouterr().err)
                status = 2
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


def rows_of(printed, columns):
    """Return the rows of the printed tables with so many columns."""
    lines = (line for line in printed.splitlines() if line.startswith("│"))
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    return [row for row in rows if len(row) == columns]


def verdicts(printed):
    """Return the verdict of each model and quantity in the table of scores."""
    found, model = {}, None
    for name, quantity, *_, verdict in rows_of(printed, 6):
        model = name or model
        found[model, quantity] = verdict
    return found


def curves_in(page):
    """Return the data of the viewer in a page."""
    packed = page.partition('<div class="viewer"')[2].partition(">\n<script type=")[2]
    packed = packed.partition(">")[2].partition("<")[0]
    digits = packed.translate(str.maketrans(",.:", "<>&"))
    return json.loads(zlib.decompress(base64.b85decode(digits)))


def listed(printed):
    """Return the changed values that are listed one by one."""
    return [line.strip() for line in printed.splitlines() if line.startswith("  ")]


def in_folder(folder, names):
    """Save a run of each of these experiments in a folder of runs."""
    for name in names:
        mlp(folder / name, LOSSES, parts={"experiment": name})
    return folder


# As a user runs it


@pytest.mark.programs
def test_a_published_run_is_identical_to_itself(tmp_path):
    figure = tmp_path / "new" / "figure.png"
    options = [str(PUBLISHED), str(PUBLISHED), "--assert-equal", "--out", str(figure)]
    done = run_script("compare.py", *options, home=tmp_path, prelude=NO_TENSORFLOW)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Values of A and B: identical (930 rows of history" in done.stdout
    models = {"mlp", "cnn", "deep_cnn", "deep_cnn_without_dropout"}
    assert {model for model, _ in verdicts(done.stdout)} == models
    assert set(verdicts(done.stdout).values()) == {"same"}
    assert rows_of(done.stdout, 3) == []  # no setting differs
    with Image.open(figure) as image:
        assert image.format == "PNG"


@pytest.mark.programs
def test_all_published_runs_pass_the_check(tmp_path):
    figures = str(ROOT / "figures")
    options = [figures, figures, "--check", "--out", str(tmp_path / "figure.png")]
    done = run_script("compare.py", *options, home=tmp_path, prelude=NO_TENSORFLOW)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    stems = sorted(path.parent.name for path in (ROOT / "figures").glob("*/record.json"))
    assert [line.split(": identical (")[0] for line in lines] == stems
    assert list(tmp_path.glob("*.png")) == []


@pytest.mark.programs
def test_different_runs_are_an_exit_status_and_one_line(tmp_path):
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", np.add(LOSSES, 0.1))
    options = [str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "figure.png")]
    options += ["--assert-equal"]
    done = run_script("compare.py", *options, home=tmp_path, prelude=NO_TENSORFLOW)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert "05_mnist_odd_even" in line


def test_a_missing_folder_is_one_line(tmp_path):
    options = [str(PUBLISHED), str(tmp_path / "nothing"), "--out", str(tmp_path / "figure.png")]
    done = run_script("compare.py", *options, home=tmp_path, prelude=NO_TENSORFLOW)
    assert_one_line_error(done, str(tmp_path / "nothing"), "record.json")
    assert done.stdout == ""


# One altered value


def altered_history(folder):
    lines = (folder / "history.csv").read_text().splitlines()
    assert lines[7].startswith("mlp,100,,7,")
    cells = lines[7].split(",")
    old, cells[6] = cells[6], str(round(float(cells[6]) * 1.001, 7))
    lines[7] = ",".join(cells)
    (folder / "history.csv").write_text("\n".join(lines) + "\n")
    return f"mlp, seed 100, epoch 7, val_loss: {old} -> {cells[6]}"


def altered_score(folder):
    record = json.loads((folder / "record.json").read_text())
    test = record["models"]["mlp"]["runs"][3]["test"]
    old, test["accuracy"] = test["accuracy"], round(test["accuracy"] + 1e-4, 6)
    records.write_record(folder, record)
    return f"mlp, seed 103, test.accuracy: {old} -> {test['accuracy']}"


def altered_prediction(folder):
    with np.load(folder / "predictions.npz") as file:
        arrays = dict(file)
    old = bool(arrays["mlp.right"][2, 41])
    arrays["mlp.right"][2, 41] = not old
    np.savez_compressed(folder / "predictions.npz", **arrays)
    return f"predictions, mlp.right[2, 41]: {old} -> {not old}"


@pytest.mark.parametrize("alter", [altered_history, altered_score, altered_prediction])
def test_one_altered_value_is_found_alone(run, tmp_path, alter):
    copy = tmp_path / "copy"
    shutil.copytree(PUBLISHED, copy)
    change = alter(copy)
    done = run(PUBLISHED, copy, "--models", "mlp", "--assert-equal")
    assert done.returncode == 1
    assert "Values that differ, A -> B: 1\n" in done.stdout
    assert listed(done.stdout) == [change]
    assert len(done.stderr.splitlines()) == 1
    assert run(PUBLISHED, copy, "--models", "cnn", "--assert-equal").returncode == 0
    assert "identical" not in run(PUBLISHED, copy, "--check").stdout


@pytest.mark.parametrize("alter", [altered_history, altered_score])
@pytest.mark.parametrize(("tolerance", "status"), [("0.01", 0), ("1e-6", 1)])
def test_a_tolerance_lets_small_changes_pass(run, tmp_path, alter, tolerance, status):
    copy = tmp_path / "copy"
    shutil.copytree(PUBLISHED, copy)
    change = alter(copy)
    options = ["--models", "mlp", "--assert-equal", "--tolerance", tolerance]
    done = run(PUBLISHED, copy, *options)
    assert done.returncode == status
    assert listed(done.stdout) == [change] * status
    if not status:
        assert "same" in set(verdicts(done.stdout).values())


def test_with_a_tolerance_nothing_is_called_identical_that_was_not_compared(run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(PUBLISHED, copy)
    altered_prediction(copy)
    done = run(PUBLISHED, copy, "--models", "mlp", "--tolerance", "0.1")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Values")]
    assert "predictions" not in line or "not compared" in line


def test_many_changes_are_counted(run, tmp_path):
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", np.add(LOSSES, 0.1))
    done = run(tmp_path / "a", tmp_path / "b")
    # Two losses in 4 seeds and 3 epochs, and in the record those of the last epoch and the test.
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Values")]
    assert line.startswith("Values that differ, A -> B: 36; the first: mlp, seed 0, epoch 1, loss")
    assert done.returncode == 0


# Verdicts and what is said beside them


def test_scores_are_printed_with_interval_and_verdict(run, tmp_path):
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", np.add(LOSSES, [0.10, 0.11, 0.09, 0.10]))
    done = run(tmp_path / "a", tmp_path / "b")
    (row,) = [row for row in rows_of(done.stdout, 6) if row[1] == "test loss"]
    # The mean of four, plus or minus 3.1824 standard errors of it.
    assert row[2:] == [
        "0.3200 ± 0.0291",
        "0.4200 ± 0.0390",
        "+0.1000 [+0.0870, +0.1130]",
        "worse",
    ]
    assert "one seed" not in done.stdout


def test_models_of_different_names_are_compared(run):
    """The second is an ablation, in a folder inside; without dropout the training fits better."""
    pair = "deep_cnn=deep_cnn_without_dropout"
    done = run(PUBLISHED, PUBLISHED, "--models", pair)
    assert (done.returncode, done.stderr) == (0, "")
    rows = rows_of(done.stdout, 6)
    assert rows[0][0].startswith("deep_cnn=deep_cnn_without")
    assert not [row[0] for row in rows[1:] if row[0]]
    verdict = {row[1]: row[-1] for row in rows}
    assert verdict["last training loss"] == "better"
    assert verdict["last training accuracy"] == "better"
    assert verdict["last validation loss"] == "worse"
    assert "Not in both" not in done.stdout


def test_one_model_is_compared_with_several(run, tmp_path):
    runs = [
        Trained(name, seed, None, training(loss + gain), 1.0)
        for name, gain in (("mlp", 0.0), ("cnn", -0.1), ("deep_cnn", 0.1))
        for seed, loss in enumerate(LOSSES)
    ]
    write(tmp_path / "a", runs)
    done = run(tmp_path / "a", tmp_path / "a", "--models", "mlp=cnn,mlp=deep_cnn")
    assert "Not in both" not in done.stdout
    assert verdicts(done.stdout)["mlp=cnn", "test loss"] == "better"
    assert verdicts(done.stdout)["mlp=deep_cnn", "test loss"] == "worse"


@pytest.mark.parametrize("metric", ["loss", "accuracy", "val_loss"])
def test_one_metric_is_compared_alone(run, tmp_path, metric):
    mlp(tmp_path / "a", LOSSES)
    done = run(tmp_path / "a", tmp_path / "a", "--metric", metric)
    quantities = [quantity for _, quantity in verdicts(done.stdout)]
    assert quantities
    assert all(quantity.endswith(metric.removeprefix("val_")) for quantity in quantities)


def test_runs_of_other_epochs_are_compared_over_those_they_share(run, tmp_path):
    mlp(tmp_path / "a", LOSSES, epochs=3)
    mlp(tmp_path / "b", LOSSES, epochs=5)
    done = run(tmp_path / "a", tmp_path / "b")
    assert done.returncode == 0
    assert ["models.mlp.epochs", "3", "5"] in rows_of(done.stdout, 3)
    assert verdicts(done.stdout)["mlp", "test loss"] == "same"
    assert (tmp_path / "figure.png").exists()


def test_models_that_one_run_lacks_are_named(run, tmp_path):
    a, b, c = (Trained(name, 0, None, training(0.3), 1.0) for name in ("mlp", "cnn", "wide"))
    write(tmp_path / "a", [a, b])
    write(tmp_path / "b", [c, a])
    done = run(tmp_path / "a", tmp_path / "b", "--assert-equal")
    assert "Not in both alike, not compared: cnn (of A).\n" in done.stdout
    assert "Not in both alike, not compared: wide (of B).\n" in done.stdout
    assert {model for model, _ in verdicts(done.stdout)} == {"mlp"}
    assert done.returncode == 1
    assert run(tmp_path / "a", tmp_path / "b").returncode == 0


def test_without_a_model_in_common_nothing_is_called_identical(run, tmp_path):
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", LOSSES, model="cnn")
    done = run(tmp_path / "a", tmp_path / "b")
    assert "identical" not in done.stdout
    assert "mlp" in done.stdout + done.stderr
    assert run(tmp_path / "a", tmp_path / "b", "--assert-equal").returncode in (1, 2)


def test_one_seed_is_said_to_show_no_spread(run, tmp_path):
    mlp(tmp_path / "a", [0.3])
    mlp(tmp_path / "b", [0.4], first_seed=9)
    done = run(tmp_path / "a", tmp_path / "b")
    assert done.returncode == 0
    assert "No score of B can be judged: fewer than two seeds can be compared" in done.stdout
    assert verdicts(done.stdout)["mlp", "test loss"] == "one seed"
    assert "One seed shows no spread: repeat the run, such as with --seeds 10." in done.stdout
    assert ["models.mlp.seeds", "[0]", "[9]"] in rows_of(done.stdout, 3)
    (row,) = [row for row in rows_of(done.stdout, 6) if row[1] == "test loss"]
    assert row[3:5] == ["0.4000", "+0.1000"]


def test_a_run_of_ones_own_is_set_against_the_published_band(run, tmp_path):
    """As a reader does who has trained a tutorial's model with Keras alone."""
    published = records.read(PUBLISHED)
    curves_of = published.curves("mlp")
    one = curves_of[curves_of["seed"] == 100]
    mine = {"val_loss": [*(one["val_loss"] + 0.2)[:3], *one["val_loss"][3:]]}
    path, page = tmp_path / "mine.json", tmp_path / "page.html"
    path.write_text(json.dumps(mine))
    arguments = [PUBLISHED, path, "--models", "mlp", "--names", "published,mine", "--html", page]
    done = run(*arguments, picture=True)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[2:5] == ["A: published", "B: mine", ""]
    assert lines[5].startswith("None of 3 scores of B differs from A's beyond the noise")
    assert lines[6].startswith("mlp: B is a single run. It is set against the band in which 95%")
    assert lines[7] == "  val_loss: inside at 27 of 30 epochs; outside at 1 to 3"
    text = page.read_text()
    assert "<h1" in text
    assert lines[5].replace("'", "&#39;") in text
    assert curves_in(text).keys() == {"A: published", "B: mine"}


def test_seeds_that_two_runs_share_are_compared_in_pairs(run, tmp_path):
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", LOSSES[:2])
    done = run(tmp_path / "a", tmp_path / "b")
    assert "All 10 scores of B that are compared are A's." in done.stdout
    text = "mlp: compared by the seeds that both have, in pairs; left out: 2 of A."
    assert text in done.stdout


def test_sample_data_are_named(run, tmp_path):
    sample = {"source": "sample", "files": {}, "facts": {}}
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", LOSSES, parts={"data": sample})
    done = run(tmp_path / "a", tmp_path / "b")
    assert done.returncode == 0
    assert "B holds results of SAMPLE DATA." in done.stdout
    assert "A holds" not in done.stdout
    assert ["data.source", "real", "sample"] in rows_of(done.stdout, 3)


def test_the_others_of_three_runs_are_compared_with_the_first(run, tmp_path):
    for name, gain in (("a", 0.0), ("b", -0.1), ("c", 0.1)):
        mlp(tmp_path / name, np.add(LOSSES, gain))
    done = run(tmp_path / "a", tmp_path / "b", tmp_path / "c", "--metric", "loss")
    rows = [row for row in rows_of(done.stdout, 6) if row[1] == "test loss"]
    assert [row[2][:6] for row in rows] == ["0.3200", "0.3200"]
    assert [row[3][:6] for row in rows] == ["0.2200", "0.4200"]
    assert [row[-1] for row in rows] == ["better", "worse"]


# Several experiments


def test_each_experiment_has_a_figure_of_its_name(run, tmp_path):
    names = ["02_imdb_binary", "05_mnist_odd_even"]
    runs = in_folder(tmp_path / "runs", names)
    assert run(runs, runs, picture=True).returncode == 0
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "figure_02_imdb_binary.png",
        "figure_05_mnist_odd_even.png",
    ]
    done = run(runs, runs, "--experiment", "05", "--out", tmp_path / "one.png")
    assert done.stdout.count("===") == 1
    assert done.stdout.endswith(f"Figure: {tmp_path / 'one.png'}\n")
    assert (tmp_path / "one.png").exists()


def test_a_run_is_compared_with_its_like_in_a_folder_of_runs(run, tmp_path):
    runs = in_folder(tmp_path / "runs", ["02_imdb_binary", "05_mnist_odd_even"])
    done = run(runs / "05_mnist_odd_even", runs, "--assert-equal")
    assert done.returncode == 0
    assert "02_imdb_binary" not in done.stdout
    assert "=== 05_mnist_odd_even" in done.stdout


def test_experiments_that_one_folder_lacks_are_named(run, tmp_path):
    both = in_folder(tmp_path / "both", ["02_imdb_binary", "05_mnist_odd_even"])
    one = in_folder(tmp_path / "one", ["05_mnist_odd_even"])
    done = run(both, one, "--assert-equal")
    assert "Not compared, as not all runs have them: 02_imdb_binary." in done.stdout
    assert done.returncode == 1
    assert "02_imdb_binary" in done.stderr
    assert run(both, one).returncode == 0
    checked = run(both, one, "--check")
    assert checked.returncode == 1
    assert [line.split(" (")[0] for line in checked.stdout.splitlines()] == [
        "02_imdb_binary: different",
        "05_mnist_odd_even: identical",
    ]


def test_a_damaged_run_among_several_is_not_passed_over(run, tmp_path):
    names = ["02_imdb_binary", "05_mnist_odd_even"]
    first, second = (in_folder(tmp_path / name, names) for name in "ab")
    damaged = second / "05_mnist_odd_even" / "history.csv"
    damaged.write_text("damaged")
    done = run(first, second, "--assert-equal")
    assert done.returncode != 0
    assert str(damaged) in done.stdout + done.stderr
    done = run(first, second, "--check")
    assert done.returncode == 1
    assert "02_imdb_binary: identical" in done.stdout
    assert f"05_mnist_odd_even: different ({damaged}" in done.stdout


@pytest.mark.parametrize(
    ("shift", "status", "verdict"),
    [
        ([0, 0, 0, 0], 0, "identical"),
        ([0.01, -0.01, 0.01, -0.01], 0, "equivalent"),
        ([0.5] * 4, 1, "different"),
    ],
)
def test_the_check_has_three_verdicts(run, tmp_path, shift, status, verdict):
    mlp(tmp_path / "a", LOSSES)
    mlp(tmp_path / "b", np.add(LOSSES, shift))
    done = run(tmp_path / "a", tmp_path / "b", "--check")
    assert done.returncode == status
    assert done.stdout.startswith(f"05_mnist_odd_even: {verdict} (")
    assert len(done.stdout.splitlines()) == 1
    assert not (tmp_path / "figure.png").exists()


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["a"], ["expected 2 to 4 runs, found 1"]),
        (["a"] * 5, ["expected 2 to 4 runs, found 5"]),
        (["a", "a", "a", "--check"], ["--check: expected 2 runs, found 3"]),
        (["a", "nothing"], ["nothing", "record.json"]),
        (["a", "damaged"], [f"damaged{os.sep}record.json", "damaged file"]),
        (["a", "twice"], ["twice", "two runs of 05_mnist_odd_even"]),
        (["a", "other"], ["nothing to compare"]),
        (["a", "other", "--check"], ["nothing to compare"]),
        (["a", "a", "--experiment", "07"], ["nothing to compare"]),
        (["a", "a", "--models", "mpl"], ["expected models of mlp, found mpl"]),
        (["a", "a", "--models", "mlp=cnn"], ["expected models of mlp, found cnn"]),
        (["a", "a", "--metric", "mae"], ["--metric: expected one of loss, accuracy", "'mae'"]),
        (["a", "a", "--out", "figure.pdf"], ["--out", ".png", "figure.pdf"]),
        (["a", "a", "--check", "--names", "a,b"], ["--check compares all"]),
        (["a", "mine.json", "--check"], ["--check: expected two runs, found histories"]),
        (["a", "a", "--html", "page.txt"], ["--html", ".html", "page.txt"]),
        (["a", "a", "--names", "one"], ["--names: expected 2 names, found 1"]),
        (["a", "a", "--tolerance", "much"], ["--tolerance", "'much'"]),
        (["a", "a", "--tolerance", "-1"], ["--tolerance"]),
        (["a", "a", "--out", "a/record.json/figure.png"], ["figure.png", "cannot be written"]),
    ],
)
def test_a_mistake_is_one_line(run, tmp_path, monkeypatch, arguments, parts):
    mlp(tmp_path / "a", [0.3])
    mlp(tmp_path / "damaged", [0.3])
    (tmp_path / "damaged" / "record.json").write_text('{"schema": 2')
    mlp(tmp_path / "other", [0.3], parts={"experiment": "02_imdb_binary"})
    for name in "xy":
        mlp(tmp_path / "twice" / name, [0.3])
    (tmp_path / "mine.json").write_text('{"loss": [1, 2]}')
    monkeypatch.chdir(tmp_path)
    assert_one_line_error(run(*arguments, picture=True), *parts)


def test_a_page_shows_the_models_that_are_compared(run, tmp_path):
    runs = [
        Trained(name, seed, None, training(loss + gain), 1.0)
        for name, gain in (("mlp", 0.0), ("cnn", -0.1))
        for seed, loss in enumerate(LOSSES)
    ]
    write(tmp_path / "a", runs[:4])
    write(tmp_path / "b", runs)
    page = tmp_path / "page.html"
    arguments = [tmp_path / "a", tmp_path / "b", "--names", "one,<b>", "--html", page]
    assert run(*arguments, "--tolerance", "0.5").returncode == 0
    text = page.read_text()
    assert curves_in(text).keys() == {"A: one", "B: <b>"}  # cnn is not compared
    assert "<td>same</td>" in text


# The figure


def drawn(axes, label=None):
    """Return the points of the curve with this label, or of the only one of a difference."""
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) > 2]
    (line,) = [line for line in lines if label in (None, line.get_label())]
    return list(line.get_xdata()), pytest.approx(list(line.get_ydata()))


def test_the_figure_shows_both_means_and_their_difference(tmp_path):
    a = mlp(tmp_path / "a", [0.30, 0.34], epochs=4)
    b = mlp(tmp_path / "b", [0.40, 0.42], epochs=3)
    figure = curves.draw({"A": a, "B": b}, {"A": "one/a", "B": "one/b"}, "loss")
    training_, validation, training_gap, validation_gap = figure.axes
    for axes, gap, column in (
        (training_, training_gap, "loss"),
        (validation, validation_gap, "val_loss"),
    ):
        means = [saved.history.groupby("epoch")[column].mean() for saved in (a, b)]
        assert drawn(axes, "A") == ([1, 2, 3, 4], means[0].tolist())
        assert drawn(axes, "B") == ([1, 2, 3], means[1].tolist())
        assert drawn(gap) == ([1, 2, 3], (means[1] - means[0])[:3].tolist())
        assert len(gap.collections) == 1  # the band of two seeds
    assert training_.get_title() == "mlp: training loss"
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[:2] == ["A: one/a", "B: one/b"]


def test_folds_are_drawn_as_their_mean(tmp_path):
    runs = [Trained("mlp", 0, fold, training(loss), 1.0) for fold, loss in enumerate((0.3, 0.5))]
    saved = write(tmp_path, runs)
    upper, _, gap, _ = curves.draw({"A": saved, "B": saved}, {"A": "a", "B": "b"}, "loss").axes
    assert drawn(upper, "A") == ([1, 2, 3], [1.2, 0.6, 0.4])
    assert drawn(gap) == ([1, 2, 3], [0, 0, 0])


def test_what_only_one_run_has_is_left_out_of_the_figure(run, tmp_path):
    a = mlp(tmp_path / "a", LOSSES)
    b = mlp(tmp_path / "b", LOSSES, validated=False)
    _, validation, _, gap = curves.draw({"A": a, "B": b}, {"A": "a", "B": "b"}, "loss").axes
    assert drawn(validation, "A")[0] == [1, 2, 3]
    assert [line for line in gap.get_lines() if len(line.get_xdata()) > 2] == []
    assert len(curves.draw({"A": b, "B": a}, {"A": "b", "B": "a"}, "loss").axes) == 2
    assert run(tmp_path / "a", tmp_path / "b", picture=True).returncode == 0
    assert run(tmp_path / "b", tmp_path / "a", picture=True).returncode == 0


@pytest.mark.programs
def test_what_the_output_cannot_show_is_replaced(tmp_path):
    """In plain ASCII: the sign of an interval, and a folder whose name Python does not decode."""
    folder = tmp_path / "o é"
    mlp(folder, LOSSES)
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    options = [str(folder), str(folder), "--out", str(folder / "figure.png")]
    done = run_script("compare.py", *options, home=tmp_path, **ascii_only)
    assert done.returncode == 0, done.stderr
    assert "? is half the width" in done.stdout
    assert f"Figure: {tmp_path}/o ??/figure.png" in done.stdout
    assert (folder / "figure.png").exists()

"""The command line: what it means, where results go, and one line for each mistake."""

import itertools

import pytest

from base import command_line, errors, paths
from base.paths import ROOT
from conftest import NO_TENSORFLOW, assert_one_line_error, run_script

EPOCHS = {"first": 20, "other": 30}


def parse(*arguments):
    return command_line.parse(
        "05_mnist_odd_even",
        "A title.",
        epochs=EPOCHS,
        retrain_epochs={"again": 4},
        models=("mlp", "cnn"),
        ablations=("cnn_without_dropout",),
        overrides={"hidden": ("mlp",), "dropout": ("mlp", "cnn")},
        seeds={"cnn": 3},
        arguments=arguments,
    )


def test_no_argument_is_the_published_protocol():
    settings = parse()
    assert settings.epochs == EPOCHS | {"again": 4}
    assert settings.models == ("mlp", "cnn")
    assert settings.seeds == {"mlp": range(100, 139), "cnn": range(100, 103)}
    assert settings.as_published
    assert settings.variation == ""
    assert settings.folder("real") == ROOT / "figures" / "05_mnist_odd_even"
    assert settings.folder("generated") == ROOT / "figures" / "05_mnist_odd_even"
    assert settings.folder("sample") == ROOT / "runs" / "sample" / "05_mnist_odd_even"


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [("3", {"first": 3, "other": 3, "again": 3}), ("50", {"first": 50, "other": 50, "again": 4})],
)
def test_epochs_set_the_first_phases_and_cap_the_retraining(epochs, expected):
    assert parse("--epochs", epochs).epochs == expected


@pytest.mark.parametrize(
    "arguments",
    [
        "--seeds 2",
        "--seeds 10",
        "--seed 8",
        "--epochs 3",
        "--batch-size 16",
        "--models mlp",
        "--hidden 64",
        "--dropout 0.1",
        "--optimizer sgd",
        "--learning-rate 0.1",
    ],
)
def test_what_changes_the_computation_stays_out_of_figures(arguments):
    settings = parse(*arguments.split())
    assert settings.variation
    for source in ("real", "sample"):
        assert settings.folder(source).is_relative_to(ROOT / "runs")
    assert settings.folder("real") != settings.folder("sample") != parse().folder("sample")
    assert settings.folder("real") == parse(*arguments.split()).folder("real")


def test_seeds_that_say_the_usual_change_nothing():
    def folder(*arguments):
        options = {"epochs": EPOCHS, "models": ("mlp", "cnn"), "seeds": {"mlp": 3, "cnn": 3}}
        settings = command_line.parse("08_x", "A title.", arguments=arguments, **options)
        return settings.folder("real")

    assert folder("--seeds", "3") == ROOT / "figures" / "08_x"
    assert folder("--models", "mlp", "--seeds", "3") == folder("--models", "mlp")


def test_ablations_have_a_folder_inside_the_experiments(tmp_path):
    settings = parse("--ablations")
    assert settings.models == ("cnn_without_dropout",)
    assert settings.variation == ""
    assert settings.folder("real") == parse().folder("real") / "ablations"
    assert parse("--models", "cnn_without_dropout").folder("real") == settings.folder("real")
    both = parse("--models", "cnn,cnn_without_dropout", "--out", str(tmp_path))
    assert both.folder("real") == tmp_path / "05_mnist_odd_even"
    assert parse("--ablations", "--epochs", "2").folder("real").is_relative_to(ROOT / "runs")


def test_ablations_with_other_seeds_join_the_run_of_the_same_seeds():
    """Whether seeds are the usual ones is asked of all models, not of those trained now."""
    for seeds in ("3", "10"):  # usual for some models, not for all
        whole, ablations = parse("--seeds", seeds), parse("--ablations", "--seeds", seeds)
        assert ablations.folder("real") == whole.folder("real") / "ablations"
        assert whole.folder("real").is_relative_to(ROOT / "runs")


def test_another_protocol_is_known_as_such():
    assert parse("--seeds", "2", "--models", "mlp").as_published
    assert not parse("--epochs", "2").as_published
    assert not parse("--batch-size", "2").as_published
    assert not parse("--learning-rate", "0.01").as_published


def test_an_override_trains_the_models_that_take_it():
    assert parse().overrides == {}
    settings = parse("--hidden", "128,64", "--dropout", "0.5", "--learning-rate", "1e-3")
    assert settings.overrides == {"hidden": (128, 64), "dropout": 0.5, "learning_rate": 0.001}
    assert settings.models == ("mlp",)
    assert parse("--dropout", "0").models == ("mlp", "cnn")
    assert parse("--optimizer", "adam").overrides == {"optimizer": "adam"}
    assert parse("--optimizer", "adam").models == ("mlp", "cnn")


def test_an_override_refuses_models_that_do_not_take_it(capsys):
    with pytest.raises(SystemExit):
        parse("--hidden", "64", "--models", "cnn")
    assert "--hidden: expected models of mlp, found cnn" in capsys.readouterr().err


def test_variations_have_folders_of_their_own():
    lines = ("--epochs 3", "--epochs 4", "--batch-size 3", "--models mlp", "--models cnn")
    lines += ("--hidden 64", "--hidden 64,64", "--dropout 0.5", "--optimizer sgd")
    folders = [parse(*line.split()).folder("real") for line in lines]
    assert all(a != b for a, b in itertools.combinations(folders, 2))


def test_a_label_or_out_names_the_folder(tmp_path):
    assert parse("--label", "wide").folder("real") == ROOT / "runs" / "wide" / "05_mnist_odd_even"
    out = parse("--out", str(tmp_path), "--epochs", "3")
    assert out.folder("sample") == tmp_path / "05_mnist_odd_even"


def test_models_keep_the_tutorials_order():
    assert parse("--models", "cnn,mlp").models == ("mlp", "cnn")
    assert parse("--models", "cnn,mlp").variation == ""


@pytest.mark.parametrize(
    "option",
    [
        "--hidden=64,,64",
        "--hidden=0",
        "--hidden=",
        "--hidden=a",
        "--hidden=64.5",
        "--dropout=1",
        "--dropout=nan",
        "--dropout=-0.1",
        "--models=mlp,",
        "--models=,",
    ],
)
def test_a_bad_value_ends_with_status_2(option):
    with pytest.raises(SystemExit) as caught:
        parse(option)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--epochs", "0"], "--epochs"),
        (["--models", "nosuch"], "nosuch"),
        (["--label", "a/b"], "--label"),
        (["--plots-only", "--out", "/nonexistent"], "/nonexistent"),
        (["nosuch"], "nosuch"),
        (["--out", "~nosuchuser/x"], "nosuchuser"),
    ],
)
def test_a_mistake_is_one_line(arguments, part, tmp_path):
    done = run_script("01_random_binary.py", *arguments, home=tmp_path)
    assert_one_line_error(done, part)


def test_help_starts_without_tensorflow(tmp_path):
    script, *_ = paths.lessons()
    done = run_script(script.name, "--help", home=tmp_path, prelude=NO_TENSORFLOW)
    assert done.returncode == 0
    assert "--plots-only" in done.stdout


def test_a_notebooks_arguments_may_be_no_shells(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/lib/ipykernel_launcher.py", "-f", "kernel.json"])
    monkeypatch.setenv(command_line.NOTEBOOK_ARGUMENTS, "--label 'x")
    with pytest.raises(errors.UsageError, match=r"NOTEBOOK_ARGUMENTS: expected .* a shell"):
        command_line.parse("01_random_binary", "A title.", epochs=EPOCHS, models=("mlp",))


@pytest.mark.parametrize(("given", "label"), [(None, None), ("--label 'a.b'", "a.b")])
def test_a_notebooks_arguments_come_from_a_variable(given, label, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/lib/ipykernel_launcher.py", "-f", "kernel.json"])
    if given:
        monkeypatch.setenv(command_line.NOTEBOOK_ARGUMENTS, given)
    settings = command_line.parse("01_random_binary", "A title.", epochs=EPOCHS, models=("mlp",))
    assert (settings.variation, settings.label) == ("", label)

"""Figures of a fixed history: what is drawn, and that it is drawn the same each time."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from common import histories, plotting
from results import statistics

EPOCHS = np.arange(1, 11)
CURVE = pd.DataFrame(
    {
        "seed": 0,
        "epoch": EPOCHS,
        "loss": 1 / EPOCHS,
        "accuracy": 1 - 0.5 / EPOCHS,
        "val_loss": 1.2 / EPOCHS,
        "val_accuracy": 1 - 0.6 / EPOCHS,
    }
)


def lines(figure):
    """Return the curves, without the mark of the lowest validation loss."""
    drawn = [line for axes in figure.axes for line in axes.get_lines()]
    return [line for line in drawn if not line.get_label().startswith("lowest")]


@pytest.mark.parametrize(
    "figure", [histories.twin_axes({"mlp": CURVE}), histories.panels({"mlp": CURVE})]
)
def test_training_is_dashed_and_validation_solid(figure):
    drawn = {line.get_label(): line for line in lines(figure)}
    assert len(drawn) == 4
    for label, line in drawn.items():
        part, metric = label.split()
        assert line.get_linestyle() == ("--" if part == "training" else "-")
        column = metric if part == "training" else f"val_{metric}"
        np.testing.assert_array_equal(line.get_ydata(), CURVE[column])
        assert line.axes.get_ylabel() == metric


def test_the_lowest_validation_loss_is_marked():
    curve = CURVE.assign(val_loss=[3, 2, 1, 2, 3, 4, 5, 6, 7, 8])
    left, right = histories.panels({"mlp": curve}).axes
    marks = [line for line in left.get_lines() if line.get_label() == "lowest: epoch 3"]
    assert [list(mark.get_xdata()) for mark in marks] == [[3, 3]]
    assert len(right.get_lines()) == 2


def test_without_validation_only_training_is_drawn():
    empty = CURVE.assign(val_loss=np.nan, val_accuracy=np.nan)
    for curve in (empty, CURVE[["seed", "epoch", "loss", "accuracy"]]):
        assert len(lines(histories.panels({"mlp": curve}))) == 2


def test_an_overlay_is_drawn_as_by_hand(tmp_path):
    training, validation = (CURVE.set_index("epoch")[[name]] for name in ("loss", "val_loss"))
    figure = histories.overlay({"held out": validation}, "mlp", "loss", {"trained on": training})
    by_hand = Figure(figsize=(7.2, 4.6), layout="constrained")
    axes = by_hand.subplots()
    axes.plot(EPOCHS, 1.2 / EPOCHS, label="held out")
    axes.plot(EPOCHS, 1 / EPOCHS, "--", color="C0", label="trained on")
    axes.set(title="mlp", xlabel="epoch", ylabel="loss")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()
    paths = [tmp_path / "ours.png", tmp_path / "by_hand.png"]
    for path, drawn in zip(paths, (figure, by_hand), strict=True):
        plotting.save(drawn, path)
    assert compare_images(str(paths[1]), str(paths[0]), tol=0) is None


def several(seeds):
    """Return a history of several seeds around the one above."""
    shifts = np.linspace(-0.1, 0.1, seeds)
    return pd.concat(
        [CURVE.assign(seed=i, loss=CURVE["loss"] + shift) for i, shift in enumerate(shifts)]
    )


@pytest.mark.parametrize(("seeds", "thin"), [(3, 3), (10, 0)])
def test_several_seeds_are_a_mean_and_a_named_band(seeds, thin):
    curve = several(seeds)
    figure = histories.panels({"mlp": curve})
    axes = figure.axes[0]
    drawn = {line.get_label(): line for line in axes.get_lines()}
    np.testing.assert_allclose(drawn["training loss"].get_ydata(), 1 / EPOCHS)
    assert sum(line.get_linewidth() < 1 for line in axes.get_lines()) == 2 * thin
    band = axes.collections[0].get_paths()[0].get_extents()
    first = statistics.mean_interval(curve.loc[curve["epoch"] == 1, "loss"])
    assert band.y1 == pytest.approx(first.high)
    (entry,) = [t.get_text() for t in axes.get_legend().get_texts() if "95%" in t.get_text()]
    assert f"{seeds} seeds" in entry
    assert ("single runs" in entry) == bool(thin)


def test_one_seed_has_no_band():
    texts = histories.panels({"mlp": CURVE}).axes[0].get_legend().get_texts()
    assert not any("95%" in text.get_text() for text in texts)


@pytest.mark.parametrize("draw", [histories.twin_axes, histories.panels])
def test_simple_predictors_are_a_named_line(draw):
    figure = draw({"mlp": CURVE}, levels={"majority class": 0.6})
    marked = [
        line
        for axes in figure.axes
        for line in axes.get_lines()
        if line.get_label() == "majority class"
    ]
    assert [list(line.get_ydata()) for line in marked] == [[0.6, 0.6]]


def test_twin_axes_keep_the_tutorials_limits():
    figure = histories.twin_axes({"mlp": CURVE}, (0.0, 0.5), (0.8, 1.0))
    left, right = figure.axes
    assert (left.get_ylim(), right.get_ylim()) == ((0.0, 0.5), (0.8, 1.0))


def test_a_wrong_image_stands_out():
    images = np.zeros((3, 4, 4), np.uint8)
    figure = plotting.image_grid(images, ["a", "b", "c"], 2, "title", [False, True, False])
    colours = [axes.title.get_color() for axes in figure.axes]
    assert colours == ["black", "#B00000", "black", "black"]
    assert figure.axes[1].get_title() == "b"


def test_the_confusion_matrix_counts():
    targets, predicted = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0])
    figure = plotting.confusion_matrix(targets, predicted, ("no", "yes"), "title")
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "1", "1", "2"]


def test_saved_figures_are_the_same_bytes_and_samples_are_marked(tmp_path):
    contents = []
    for watermark in ("", "", "SAMPLE DATA"):
        plotting.save(histories.twin_axes({"mlp": CURVE}), tmp_path / "figure.png", watermark)
        contents.append((tmp_path / "figure.png").read_bytes())
    assert contents[0] == contents[1] != contents[2]

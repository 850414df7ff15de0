"""The report as a reader sees it: a real browser opens its file, without a network."""

import json

import pandas as pd
import pytest
from browsing import address_fixture, browser_fixture, opened_fixture, viewer  # noqa: F401
from playwright.sync_api import expect

from base.paths import ROOT
from results import records

PAGES = ("overview", "01", "02", "03", "04", "05", "06", "07")
DIGITS = "05_mnist_odd_even"
MLP = "multilayer perceptron"  # what readers call mlp


def lines(found):
    """Return the shapes of the curves that the viewer shows."""
    paths = found.locator("svg.marks .mark-line path")
    return paths.evaluate_all("all => all.map(path => path.getAttribute('d'))")


def values(found):
    """Return the viewer's table: the value by the name of the curve (and seed)."""
    rows = found.locator("table.values tbody tr").all()
    cells = [row.locator("th, td").all_inner_texts() for row in rows]
    return {tuple(text.strip() for text in row[:-1]): row[-1] for row in cells}


def choose_epoch(found, epoch):
    """Move the slider, as the arrow keys do, until it is at an epoch of a short training."""
    slider = found.get_by_label("Epoch", exact=True)
    slider.focus()
    slider.press("Home")
    for _ in range(epoch - 1):
        slider.press("ArrowRight")
    expect(found.locator(".at output")).to_have_text(str(epoch))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_all_its_images_and_no_scroll_to_the_side(opened, name):
    for width in (1280, 360):
        page = opened(name, viewport={"width": width, "height": 800})
        shown = page.locator(".page.shown")
        expect(shown).to_have_attribute("id", name)
        for image in shown.locator("img").all():
            image.scroll_into_view_if_needed()
            page.wait_for_function(
                "image => image.complete && image.naturalWidth > 0", arg=image.element_handle()
            )
        if name != "overview":
            viewer(page, name)
            images = shown.locator("figure img").all()
            texts = [image.get_attribute("alt") for image in images]
            assert texts
            assert len(set(texts)) == len(texts)
            assert all(len(text) > 20 for text in texts)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_overview_leads_to_each_experiment_and_back(opened):
    page = opened("overview")
    page.locator(".found").get_by_role("link", name="05 What does a convolutional").click()
    heading = page.get_by_role("heading", name="What does a convolutional network see")
    expect(heading).to_be_focused()
    expect(page).to_have_title(
        "05 What does a convolutional network see that a plain one does not?"
    )
    page.get_by_role("navigation", name="Experiments").get_by_role("link", name="06").click()
    expect(page.locator(".page.shown")).to_have_attribute("id", "06")
    page.go_back()
    expect(page.locator(".page.shown")).to_have_attribute("id", "05")


def test_choosing_a_model_changes_the_curves(opened):
    found = viewer(opened("05"))
    everything = lines(found)
    assert len(everything) == 8  # four models, training and validation
    found.get_by_label(MLP, exact=True).uncheck()
    expect(found.locator("svg.marks .mark-line path")).to_have_count(6)
    found.get_by_label("training", exact=True).uncheck()
    expect(found.locator("svg.marks .mark-line path")).to_have_count(3)
    found.get_by_label("Metric").select_option("accuracy")
    expect(found.locator("table.values thead")).to_contain_text("accuracy")
    assert not set(lines(found)) & set(everything)


def test_the_viewer_shows_the_values_of_the_history(opened):
    history = pd.read_csv(ROOT / "figures" / DIGITS / "history.csv", dtype=str)
    found = viewer(opened("05"))
    found.get_by_label("each seed").check()
    choose_epoch(found, 7)
    shown = values(found)
    rows = history[(history["epoch"] == "7") & history["model"].isin(["mlp", "cnn", "deep_cnn"])]
    assert len(rows) == 28
    names = records.read_record(ROOT / "figures" / DIGITS)["names"]
    for row in rows.itertuples():
        for kind, value in (("training", row.loss), ("validation", row.val_loss)):
            found = float(shown[f"{names[row.model]}, {kind}", row.seed])
            assert found == pytest.approx(float(value), rel=1e-3)


def test_the_viewer_shows_the_mean_over_folds_and_seeds_with_its_interval(opened):
    history = pd.read_csv(ROOT / "figures" / "04_boston_regression" / "history.csv")
    last = history[(history["model"] == "all_features_3_folds") & (history["epoch"] == 500)]
    by_seed = last[last["fold"].notna()].groupby("seed")["val_mae"].mean()
    half = 2.024394 * by_seed.std() / 39**0.5  # Student's t for 39 seeds, from a table
    found = viewer(opened("04"), "04")
    found.get_by_label("Metric").select_option("mae")
    row = found.locator("table.values tbody tr", has_text="all 13 features, 3 folds, validation")
    _, mean, interval = row.locator("th, td").all_inner_texts()
    assert float(mean) == pytest.approx(by_seed.mean(), rel=1e-3)
    ends = [float(end) for end in interval.split(" to ")]
    assert ends == pytest.approx([by_seed.mean() - half, by_seed.mean() + half], rel=1e-3)


def test_hovering_shows_the_values_of_an_epoch(opened):
    page = opened("05")
    found = viewer(page)
    chart = found.locator("svg.marks")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_be_visible()
    epoch = found.locator(".at output").inner_text()
    assert epoch != "30"
    shown = tooltip.inner_text().split()
    assert shown[:2] == ["epoch", epoch]
    assert found.locator("table.values tbody td.num").first.inner_text() in shown


def test_a_curve_that_ends_earlier_keeps_its_last_values(opened):
    page = opened("06")
    found = viewer(page, "06")
    rows = found.locator("table.values tbody tr")
    expect(rows).to_have_count(len(lines(found)))
    expect(rows.first).to_contain_text("small network, all patients, training, at epoch 100")
    chart = found.locator("svg.marks")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_contain_text("at 100")
    expect(tooltip).not_to_contain_text("undefined")


def test_an_empty_choice_draws_nothing_and_says_so(opened):
    found = viewer(opened("01"), "01")
    boxes = found.locator(".models input").all()
    for box in boxes:
        box.uncheck()
    expect(found.locator("p[role=status]")).to_contain_text("choose a model")
    expect(found.locator("svg.marks")).to_have_count(0)
    boxes[0].check()
    expect(found.locator("svg.marks .mark-line path")).to_have_count(1)
    found.get_by_label("Epochs from").fill("50")
    found.get_by_label("to", exact=True).fill("20")
    found.get_by_label("to", exact=True).press("Enter")
    expect(found.locator("svg.marks")).to_be_visible()
    found.get_by_label("Epochs from").fill("5000")
    found.get_by_label("to", exact=True).fill("2000")
    found.get_by_label("to", exact=True).press("Enter")
    expect(found.locator("p[role=status]")).to_contain_text("no epochs from 5000 to 2000")
    expect(found.locator("svg.marks")).to_have_count(0)


def test_the_scale_follows_the_metric_until_it_is_chosen(opened):
    found = viewer(opened("05"))
    expect(found.get_by_role("radio", name="logarithmic")).to_be_checked()
    found.get_by_label("Metric").select_option("accuracy")
    expect(found.get_by_role("radio", name="linear")).to_be_checked()
    found.get_by_role("radio", name="logarithmic").check()
    found.get_by_label("Metric").select_option("loss")
    found.get_by_label("Metric").select_option("accuracy")
    expect(found.get_by_role("radio", name="logarithmic")).to_be_checked()


def test_the_scale_is_linear_or_logarithmic(opened):
    found = viewer(opened("05"))
    logarithmic = lines(found)
    found.get_by_role("radio", name="linear").check()
    expect(found.locator("svg.marks .mark-line path").first).not_to_have_attribute(
        "d", logarithmic[0]
    )
    found.get_by_label("Epochs from").fill("11")
    found.get_by_label("Epochs from").press("Enter")
    assert len(lines(found)[0].split("L")) == 20  # of epochs 11 to 30


def test_a_second_run_is_drawn_over_the_first(opened, tmp_path):
    history = pd.read_csv(ROOT / "figures" / DIGITS / "history.csv", dtype={"fold": "Int64"})
    other = history[history["model"] == "mlp"].assign(loss=0.125)
    backwards = other.iloc[::-1].to_csv(index=False, lineterminator="\r\n")
    (tmp_path / "history.csv").write_bytes(b"\xef\xbb\xbf" + backwards.encode())
    found = viewer(opened("05"))
    found.get_by_label("Add runs").set_input_files(tmp_path / "history.csv")
    expect(found.locator("svg.marks .mark-line path")).to_have_count(4)
    added = found.locator("table.values tbody tr", has_text=f"{MLP}, training, added run")
    assert added.locator("td").all_inner_texts()[0] == "0.125"
    found.get_by_role("button", name="Remove them").click()
    expect(found.locator("svg.marks .mark-line path")).to_have_count(2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "expected a history.csv"),
        ("", "expected a history.csv"),
        ("model,seed,fold,epoch\nmlp,0,,1\n", "expected a history.csv"),
        ("model,seed,fold,epoch,loss\nmlp,x,,1,0.5\n", "expected a history.csv"),
        ("model,seed,fold,epoch,loss\nvgg,0,,1,0.5\n", "expected models of mlp"),
    ],
)
def test_a_file_that_is_no_history_is_refused(opened, tmp_path, text, message):
    (tmp_path / "history.csv").write_text(text)
    found = viewer(opened("05"))
    found.get_by_label("Add runs").set_input_files(tmp_path / "history.csv")
    expect(found.locator("p[role=status]")).to_contain_text(f"history.csv: {message}")
    assert len(lines(found)) == 8


def test_the_keyboard_reaches_everything(opened):
    page = opened("05")
    found = viewer(page)
    found.get_by_label(MLP, exact=True).focus()
    page.keyboard.press("Space")
    expect(found.locator("svg.marks .mark-line path")).to_have_count(6)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.type ?? document.activeElement.tagName"))
    assert {"checkbox", "select-one", "radio", "number", "file", "range"} <= reached


def test_the_page_follows_the_readers_colours(opened):
    paper = {}
    for scheme in ("light", "dark"):
        page = opened("05", color_scheme=scheme)
        label = viewer(page).locator("svg.marks .role-axis-label text").first
        paper[scheme] = (
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
            label.get_attribute("fill"),
        )
    assert paper["light"] == ("rgb(255, 255, 255)", "#1b1f24")
    assert paper["dark"] == ("rgb(20, 23, 27)", "#e6e9ed")


def test_without_javascript_everything_but_the_viewer_is_there(opened):
    page = opened("05", java_script_enabled=False)
    assert page.locator("article:visible").count() == 7
    for note in page.locator("noscript").all():
        expect(note).to_be_visible()


def test_histories_of_ones_own_are_laid_over(opened, tmp_path):
    """As Keras's CSVLogger writes one, and as JSON of `History.history` with old names."""
    (tmp_path / "log.csv").write_text(
        "epoch,accuracy,loss,val_loss\n0,0.5,0.7,0.6\n1,0.6,0.6,0.5\n"
    )
    (tmp_path / "mine.json").write_text('{"acc": [0.5, 0.7], "val_loss": [0.4, 0.3]}')
    found = viewer(opened("05"))
    found.get_by_label("Add runs").set_input_files([tmp_path / "log.csv", tmp_path / "mine.json"])
    for name, value in (("log.csv", "0.5"), ("mine.json", "0.3")):
        row = found.locator("table.values tbody tr", has_text=f"{MLP}, validation, {name}")
        expect(row.locator("td").first).to_have_text(value)
    found.get_by_role("button", name="Remove them").click()
    expect(found.locator("table.values")).not_to_contain_text("log.csv")


def test_epochs_that_are_drawn_over_are_shown_alone(opened):
    page = opened("05")
    found = viewer(page)
    chart = found.locator("svg.marks")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], y, steps=8)
    page.mouse.up()
    expect(found.get_by_label("Epochs from")).not_to_have_value("1")
    first = int(found.get_by_label("Epochs from").input_value())
    last = int(found.get_by_label("to", exact=True).input_value())
    assert 8 <= first <= 12
    assert 19 <= last <= 24
    found.locator(".chart").dblclick()
    expect(found.get_by_label("Epochs from")).to_have_value("1")


@pytest.mark.parametrize(
    ("name", "text", "epochs"),
    [
        ("diverged.json", '{"history": {"val_loss": [0.5, NaN, 0.3]}}', {1, 3}),
        ("resumed.csv", "epoch,val_loss\n4,0.5\n5,0.4\n", {5, 6}),
        ("longer.json", json.dumps({"val_loss": [0.5] * 40}), set(range(1, 41))),
    ],
)
def test_a_run_is_drawn_where_it_has_numbers(opened, tmp_path, name, text, epochs):
    (tmp_path / name).write_text(text)
    found = viewer(opened("02"), "02")
    found.get_by_label("Add runs").set_input_files(tmp_path / name)
    expect(found.locator("table.values")).to_contain_text(name)
    with found.page.expect_download() as download:
        found.get_by_role("button", name="Save what is shown").click()
    rows = pd.read_csv(download.value.path())
    assert set(rows[rows["kind"] == f"validation, {name}"]["epoch"]) == epochs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch,loss\n0,1\n1,1\nepoch,loss\n0,1\n", "rising epochs of one training"),
        ('{"loss": ["a"]}', "a loss or another metric by epoch, found no numbers"),
        ("[null]", "a loss or another metric by epoch, found no numbers"),
    ],
)
def test_a_file_without_a_run_is_named(opened, tmp_path, text, said):
    (tmp_path / "bad").write_text(text)
    found = viewer(opened("02"), "02")
    found.get_by_label("Add runs").set_input_files(tmp_path / "bad")
    expect(found.locator(".error")).to_contain_text(f"bad: expected {said}")


def test_an_address_chooses_what_it_can(opened):
    page = opened("04?models=without_b_4_folds&each=1&scale=%22]&metric=nosuch&seeds=abc")
    found = page.locator('.viewer[data-experiment="04"]')
    expect(found.get_by_role("checkbox", checked=True)).to_have_count(2)  # a model, validation
    expect(found.get_by_label("each seed")).to_be_checked()
    expect(found.get_by_label("How many seeds")).to_have_value("39")
    page.evaluate("location.hash = '04?each=&seeds=5'")
    expect(found.get_by_label("mean and 95% interval")).to_be_checked()
    expect(found.get_by_label("How many seeds")).to_have_value("5")


def test_the_nearest_curve_stands_out(opened):
    found = viewer(opened("02"), "02")
    lines_ = found.locator("svg.marks .mark-line path")
    expect(lines_).to_have_count(7)
    box = lines_.first.bounding_box()
    found.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 3)
    expect(found.locator("tr.nearest")).to_have_count(1)
    faint = "all => all.filter(one => one.getAttribute('opacity') === '0.25').length"
    assert lines_.evaluate_all(faint) == 6
    found.page.mouse.move(5, 5)
    expect(found.locator("tr.nearest")).to_have_count(0)


def test_two_fingers_zoom(opened):
    page = opened("02", viewport={"width": 390, "height": 844}, has_touch=True)
    found = viewer(page, "02")
    plot = found.locator("svg.marks")
    plot.scroll_into_view_if_needed()
    box, client = plot.bounding_box(), page.context.new_cdp_session(page)

    def touch(kind, *xs):
        points = [{"x": box["x"] + x, "y": box["y"] + 100, "id": i} for i, x in enumerate(xs)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 150)
    touch("touchStart", 150, 200)
    touch("touchMove", 100, 250)
    touch("touchEnd")
    found.locator("summary", has_text="Choose").click()
    first, last = (
        int(found.get_by_label(name, exact=True).input_value()) for name in ("Epochs from", "to")
    )
    assert 3 < first < last < 17

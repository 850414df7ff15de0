"""What a reader tries on the page: networks that answer, a training, a guess, a shared view."""

import json
from pathlib import Path

import numpy as np
import pytest
from browsing import address_fixture, browser_fixture, opened_fixture, viewer  # noqa: F401
from playwright.sync_api import expect

from base.paths import ROOT
from prediction.network import Network

FIGURES = ROOT / "figures"
MOST_BYTES = 6_000_000


def networks(stem, model):
    """Return the published networks of a model, all seeds."""
    folder = FIGURES / stem / "networks"
    others = sorted(folder.glob(f"{model}_*.npz"))
    return [Network(path) for path in (folder / f"{model}.npz", *others)]


def classes(outputs):
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs


ASK = """async ([number, place, rows]) => {
  const root = document.querySelectorAll(`[id="${number}"] .ask`)[0];
  const given = JSON.parse(root.querySelector("script").textContent);
  const networks = await new Networks(given.networks[place]).load();
  const size = networks.shapes[0][0];
  return rows.map(row => {
    const input = new Float32Array(size);
    if (row.length === size) input.set(row);
    else for (const index of row) input[index] = 1;
    return networks.ask(input);
  });
}"""


@pytest.mark.parametrize(
    ("number", "stem", "model"),
    [
        ("02", "02_imdb_binary", "retrained"),
        ("03", "03_reuters_multiclass", "retrained"),
        ("05", "05_mnist_odd_even", "mlp"),
        ("07", "07_mnist_fashion_multiclass", "mnist"),
    ],
)
def test_the_browsers_probabilities_are_those_of_the_networks(opened, number, stem, model):
    rng = np.random.default_rng(0)
    known = networks(stem, model)
    inputs = int(np.prod(known[0].input_shape))
    if inputs == 784:
        with np.load(FIGURES / "05_mnist_odd_even" / "predictions.npz") as saved:
            images = saved["digits"].reshape(-1, 784) / 255
        shifted = [np.roll(images, by, axis=1) for by in (0, 1, -1, 28, -28, 2, -2, 29)]
        rows = np.concatenate(shifted).astype(np.float32)  # 200 digits
        sent = rows.tolist()
    else:
        sent = [[1, *rng.integers(4, inputs, rng.integers(20, 300)).tolist()] for _ in range(100)]
        rows = np.zeros((len(sent), inputs), np.float32)
        for row, words in zip(rows, sent, strict=True):
            row[words] = 1
    page = opened(number)
    found = np.array(page.evaluate(ASK, [number, 0, sent]))  # rows, seeds, answers
    assert found.shape[1] >= 1
    for place in range(found.shape[1]):
        expected = classes(known[place](rows.reshape(-1, *known[0].input_shape)))
        assert np.abs(found[:, place] - expected).max() < 0.01
        same = found[:, place].argmax(axis=1) == expected.argmax(axis=1)
        assert same.mean() >= 0.995


STROKES = {  # of a square of 100, as a hand writes them
    0: [[(50, 10), (25, 30), (22, 65), (45, 90), (70, 75), (78, 40), (62, 14), (50, 10)]],
    1: [[(52, 10), (50, 35), (49, 60), (47, 90)]],
    2: [[(28, 30), (45, 12), (68, 22), (66, 42), (45, 65), (25, 86), (50, 84), (78, 86)]],
    3: [[(30, 15), (60, 12), (68, 28), (45, 47), (68, 58), (70, 78), (48, 90), (27, 82)]],
    4: [[(35, 12), (28, 50), (68, 50)], [(66, 12), (62, 55), (60, 92)]],
    5: [[(70, 12), (38, 12), (34, 44), (58, 44), (70, 62), (60, 84), (30, 88)]],
    6: [[(62, 10), (38, 38), (28, 68), (42, 90), (66, 80), (64, 60), (40, 62), (30, 74)]],
    7: [[(25, 15), (72, 14), (58, 45), (44, 90)]],
    8: [[(66, 20), (42, 14), (36, 32), (62, 52), (68, 76), (46, 90), (30, 74), (46, 50), (66, 22)]],
    9: [[(66, 28), (48, 12), (32, 28), (40, 46), (64, 40), (66, 26), (62, 60), (54, 92)]],
}


def test_digits_that_are_drawn_are_read(opened):
    page = opened("07", viewport={"width": 1100, "height": 900})
    widget = page.locator('[id="07"] .ask').first
    pad, result = widget.locator(".pad"), widget.locator(".result")
    pad.scroll_into_view_if_needed()
    box, right = pad.bounding_box(), 0
    for digit, strokes in STROKES.items():
        widget.get_by_role("button", name="Clear").click()
        for stroke in strokes:
            places = [(box["x"] + 2.2 * x + 10, box["y"] + 2.2 * y + 10) for x, y in stroke]
            page.mouse.move(*places[0])
            page.mouse.down()
            for place in places[1:]:
                page.mouse.move(*place, steps=4)
            page.mouse.up()
        expect(result).to_contain_text("networks say")
        right += f"networks say {digit}," in result.inner_text()
    assert right >= 8


def test_a_dropped_picture_is_read(opened, tmp_path):
    from PIL import Image, ImageDraw, ImageOps

    image = Image.new("L", (300, 200), 235)
    draw = ImageDraw.Draw(image)
    draw.line([(120, 40), (180, 40), (150, 160)], fill=30, width=14)
    image.save(tmp_path / "seven.png")
    page = opened("07")
    widget = page.locator('[id="07"] .ask').first
    widget.locator("input[type=file]").set_input_files(tmp_path / "seven.png")
    expect(widget.locator(".result")).to_contain_text("networks say 7")
    lying = image.crop((60, 0, 240, 200)).resize((400, 300))  # wider than high, dark paper
    ImageOps.invert(lying).save(tmp_path / "lying.png")
    widget.locator("input[type=file]").set_input_files(tmp_path / "lying.png")
    expect(widget.locator(".result")).to_contain_text("networks say 7")
    drop = """async (widget, content) => {
      const transfer = new DataTransfer(), bytes = Uint8Array.from(content);
      transfer.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
      widget.querySelector(".result").textContent = "";
      widget.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    }"""
    widget.evaluate(drop, list((tmp_path / "seven.png").read_bytes()))
    expect(widget.locator(".result")).to_contain_text("networks say 7")
    (tmp_path / "none.png").write_bytes(b"nothing")
    widget.locator("input[type=file]").set_input_files(tmp_path / "none.png")
    expect(widget.locator(".result")).to_contain_text("none.png")


def test_the_keyboard_chooses_a_picture_and_hears_the_answer(opened):
    page = opened("07")
    button = page.locator('[id="07"] .ask .samples button').first
    button.focus()
    page.keyboard.press("Enter")
    result = page.locator('[id="07"] .ask .result').first
    expect(result).to_contain_text("of 10 networks say")
    assert result.get_attribute("role") == "status"


def test_a_word_is_taken_out_of_a_review(opened):
    page = opened("02")
    widget = page.locator('[id="02"] .ask')
    widget.get_by_label("Write or paste").fill("a wonderful touching film, boring in parts")
    result = widget.locator(".result")
    expect(result).to_contain_text("say positive")
    expect(result).to_contain_text("words are known to them")
    before = result.inner_text()
    word = widget.get_by_role("button", name="wonderful", exact=True)
    word.click()
    expect(result).not_to_have_text(before)
    expect(widget.get_by_role("button", name="wonderful", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    widget.get_by_label("Write or paste").fill("zzzz qqqq")
    expect(result).to_contain_text("know none of these words")


def test_a_training_in_the_page_memorises_as_ours_did(opened):
    """In the page as in Keras: within where 95% of new runs of the published network fall."""
    page = opened("01")
    widget = page.locator('[id="01"] .ask')
    widget.get_by_role("button", name="Train").click()
    result = widget.locator(".result")
    expect(result).to_contain_text("After 1000 epochs", timeout=60_000)
    reached = float(result.inner_text().partition("gets ")[2].split()[0])
    record = json.loads((FIGURES / "01_random_binary" / "record.json").read_text())
    (row,) = [r for r in record["tutorial"] if r["quantity"] == "mlp: last training accuracy"]
    assert row["low"] - 0.005 <= reached <= row["high"] + 0.005  # it is rounded


def test_a_guess_comes_before_the_curves(opened):
    page = opened("02")
    chart = page.locator('.viewer[data-experiment="02"]')
    expect(page.locator('[id="02"] .guess')).to_be_visible()
    expect(chart).to_be_hidden()
    page.locator('[id="02"] .guess button').click()
    expect(page.locator('[id="02"] .guess .result')).to_contain_text("39 runs")
    expect(chart).to_be_visible()


def test_fewer_seeds_widen_the_band_and_the_address_keeps_the_view(opened, address):
    page = opened("02")
    found = viewer(page, "02")
    interval = found.locator("table.values td.num").nth(1).inner_text()
    number = found.get_by_label("How many seeds")
    number.focus()
    number.press("Home")
    number.press("ArrowRight")
    number.press("ArrowRight")
    expect(found.locator("p.note")).to_contain_text("3 seeds")
    assert found.locator("table.values td.num").nth(1).inner_text() != interval
    found.get_by_label("Metric").select_option("accuracy")
    view = page.url
    again = opened("overview")
    again.goto(view)
    again.reload()
    found = again.locator('.viewer[data-experiment="02"]')
    expect(found.get_by_label("Metric")).to_have_value("accuracy")
    expect(found.get_by_label("How many seeds")).to_have_value("3")


def test_the_page_is_one_small_file_that_works_wherever_it_is(browser, address, tmp_path):
    path = Path(address.removeprefix("file://"))
    assert path.stat().st_size < MOST_BYTES
    copy = tmp_path / "sent.html"
    copy.write_bytes(path.read_bytes())
    context = browser.new_context(offline=True)
    page, problems = context.new_page(), []
    page.on("request", lambda request: problems.append(request.url))
    page.goto(copy.as_uri())
    assert [url for url in problems if not url.startswith(("data:", "blob:"))] == [copy.as_uri()]
    for image in page.locator("img[src]").all():
        if image.get_attribute("alt") or image.get_attribute("data-cover"):
            assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    page.locator(".enlarge").first.click()
    expect(page.locator("dialog.large")).to_be_visible()
    page.keyboard.press("Escape")
    context.close()


def test_every_mark_of_the_overview_leads_to_its_place(opened):
    page = opened("overview")
    places = page.locator("#overview .strip a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    records = [json.loads(path.read_text()) for path in FIGURES.glob("0*/record.json")]
    numbers = [r for record in records for r in record["tutorial"] if r["verdict"] and "runs" in r]
    claims = [c for record in records for c in record["claims"] if c.get("parts")]
    assert len(set(places)) == len(places) == len(numbers) + len(claims)
    missing = "places => places.filter(hash => !document.getElementById(hash.slice(1)))"
    assert page.evaluate(missing, places) == []
    mark = page.locator("#overview .strip a", has_text="05d")
    assert "undecided" in mark.text_content()
    mark.locator(".hit").click()
    expect(page.locator('[id="claim-05d"]')).to_be_in_viewport()


def test_with_fewer_seeds_verdicts_are_open(opened):
    found = viewer(opened("04"), "04")
    number, note = found.get_by_label("How many seeds"), found.locator("p.note")
    expect(note).to_contain_text("the tutorial's numbers: 6 reproduced.")  # as published
    number.press("Home")
    expect(note).to_contain_text("the tutorial's numbers: no verdict")
    number.press("ArrowRight")
    expect(note).to_contain_text("too wide to tell")


def test_the_overview_reads_a_digit(opened):
    page = opened("overview", viewport={"width": 1100, "height": 900})
    teaser = page.locator(".teaser")
    box = teaser.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.up()
    expect(teaser.get_by_role("status")).to_contain_text("Draw a digit")  # a tap is none
    page.mouse.down()
    for x, y in ((95, 20), (70, 70), (55, 115)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=5)
    page.mouse.up()
    expect(teaser.get_by_role("status")).to_contain_text("10 of 10 networks say 7.")
    teaser.get_by_role("link", name="Why?").click()
    expect(page.locator('[id="07-try"]')).to_be_in_viewport()


def test_a_lesson_without_validation_asks_what_is_memorised(opened):
    page = opened("01")
    guess = page.locator('[id="01"] .guess')
    guess.get_by_role("button", name="Show").click()
    expect(guess.locator(".result")).to_contain_text("It takes less time than you thought.")


def test_words_of_the_field_are_explained_where_they_stand(opened):
    page = opened("05")
    page.locator(".page.shown .term", has_text="dropout").first.click()
    expect(page.locator("#explanation")).to_contain_text("switched off at random")
    page.keyboard.press("Escape")
    expect(page.locator("#explanation")).to_be_hidden()

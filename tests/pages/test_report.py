"""The report: what the page holds, before a browser shows it."""

import copy
import json
import math
import re
import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest

from base.errors import UsageError
from base.paths import ROOT
from conftest import NO_TENSORFLOW, assert_one_line_error, run_script
from pages import asking, embedding, site
from results import records, verdicts
from tutorials import boston_regression, catalogue, numbers, random_binary

STEM = "01_random_binary"
IN_THE_VIEWER = {  # figures of the curves of one model
    *(f"01-{model}_history" for model in ("perceptron", "mlp", "deep_mlp")),
    "02-held_out_history",
    "03-held_out_history",
    *(f"04-{model}_validation_mae" for model in boston_regression.PUBLISHED),
    "04-all_features_4_folds_validation_mae",
    "04-leaky_4_folds_validation_mae",
    *(f"05-{model}_history" for model in ("mlp", "cnn", "deep_cnn")),
    *(f"06-{model}_accuracy" for model in ("small", "large", "one_hot_bce", "one_hot_cce")),
    *(f"06-check_{rows}_accuracy" for rows in ("already_seen", "fresh", "fresh_without_id")),
    "07-mnist_history",
}


def page_of(folder):
    return site.write(folder).read_text(encoding="utf-8")


@pytest.fixture
def results(tmp_path):
    """Return a folder with one experiment's results, to change."""
    shutil.copytree(ROOT / "figures" / STEM, tmp_path / STEM)
    return tmp_path


@pytest.mark.programs
def test_the_page_of_the_published_results_is_whole_and_alone(tmp_path):
    shutil.copytree(ROOT / "figures", tmp_path / "figures")
    page = page_of(tmp_path / "figures")
    assert len(page.encode()) < 6_000_000
    used = set(re.findall(r'(?:src|href)="([^"]+)"', page.split("</main>")[0]))
    pictures = [f"{p.parent.name[:2]}-{p.stem}" for p in (ROOT / "figures").glob("0*/*.png")]
    assert {name for name in pictures if f'id="{name}"' not in page} == IN_THE_VIEWER
    for target in used:
        inside = target.startswith(("#", "data:")) or (tmp_path / "figures" / target).exists()
        assert inside, target
    for path in (ROOT / "figures").glob("0*/record.json"):
        record = json.loads(path.read_text())
        for row in record["tutorial"]:
            assert verdicts.shown(row["quantity"], record["names"]) in page
        for claim in record["claims"]:
            assert claim["id"] in page


def test_ctrl_c_finds_no_thread_that_would_outlive_it(results, monkeypatch):
    """Interrupted at some moments, a thread that bundles Vega kept the program alive for ever."""
    threads = []
    bundle = lambda: str(threads.append(threading.current_thread()))  # noqa: E731
    monkeypatch.setattr(embedding.vl_convert, "javascript_bundle", bundle)
    embedding.vega.cache_clear()
    page_of(results)
    embedding.vega.cache_clear()
    assert threads == [threading.main_thread()]


def test_words_of_a_record_are_no_markup(results):
    path = results / STEM / "record.json"
    record = json.loads(path.read_text())
    record["claims"][0]["claim"] = "<script>alert(1)</script> & more"
    record["figures"]["scatter_2d"] = 'a "quoted" caption'
    path.write_text(json.dumps(record))
    page = page_of(results)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert 'alt="a &#34;quoted&#34; caption"' in page


def test_a_missing_figure_is_left_out_and_sample_data_are_marked(results):
    assert "Sample data." not in page_of(results)
    (results / STEM / "scatter_3d.png").unlink()
    path = results / STEM / "record.json"
    path.write_text(path.read_text().replace('"source": "generated"', '"source": "sample"'))
    page = page_of(results)
    assert 'id="01-scatter_3d"' not in page
    assert 'id="01-scatter_2d"' in page
    assert "Sample data." in page


@pytest.mark.parametrize("stem", ["01_random_binary", "06_thoracic_surgery"])
def test_the_viewer_has_the_values_of_the_history(stem):
    saved = records.read(ROOT / "figures" / stem)
    for model, curves in json.loads(embedding.curves(saved)).items():
        rows = saved.history[saved.history["model"] == model]
        epochs = rows["epoch"].unique()
        assert curves["epochs"][0] == epochs[0]
        assert curves["epochs"][-1] == epochs[-1]
        assert len(curves["epochs"]) <= 161
        for i, seed in enumerate(curves["seeds"]):
            of_seed = rows[rows["seed"] == seed].groupby("epoch")["loss"].mean()
            shown = of_seed.loc[curves["epochs"]]
            np.testing.assert_allclose(curves["values"]["loss"][i], shown, rtol=6e-4)


def test_a_loss_that_is_no_number_is_left_open(results):
    saved = records.read(results / STEM)
    history = saved.history.copy()
    history.loc[0, "loss"] = np.inf
    history.loc[1, "loss"] = np.nan
    data = json.loads(embedding.curves(replace(saved, history=history)))
    assert data["perceptron"]["values"]["loss"][0][:2] == [None, None]


def test_a_seed_that_broke_down_keeps_its_place(results):
    saved = records.read(results / STEM)
    first = saved.history["seed"] == 100
    history = saved.history.assign(loss=saved.history["loss"].mask(first))
    history.loc[first, "accuracy"] = 0.0999
    curves = json.loads(embedding.curves(replace(saved, history=history)))["mlp"]
    assert curves["seeds"] == list(range(100, 139))
    assert set(curves["values"]["accuracy"][0]) == {0.0999}
    assert set(curves["values"]["loss"][0]) == {None}
    assert None not in curves["values"]["loss"][1]


def test_the_name_of_a_model_ends_no_script(results):
    path = results / STEM / "history.csv"
    name = "</SCRIPT><!--<script>"
    path.write_text(path.read_text().replace("deep_mlp,", f"{name},"))
    path = results / STEM / "record.json"
    path.write_text(path.read_text().replace('"deep_mlp"', json.dumps(name)))
    assert name not in page_of(results)


def test_a_failed_seed_or_a_missing_model_leaves_a_page_that_can_be_read():
    saved, lesson = records.read(ROOT / "figures" / STEM), catalogue.find(STEM)
    models = copy.deepcopy(saved.record["models"])
    models["mlp"]["runs"][0]["final"]["accuracy"] = math.nan
    (widget,) = asking.widgets(replace(saved, record=saved.record | {"models": models}), lesson)
    assert len(json.loads(embedding.as_json(widget))["runs"]) == 38
    del models["mlp"]
    assert asking.widgets(replace(saved, record=saved.record | {"models": models}), lesson) == []


def test_of_a_variation_or_a_sample_no_seeds_are_judged():
    saved = records.read(ROOT / "figures" / STEM)
    known = numbers.verdicts_by_seeds(saved, random_binary.numbers)
    assert len(known) == 39
    assert known[0] == [None] * 12  # a single run has no interval
    assert known[-1] == [row["verdict"] for row in saved.record["tutorial"]]
    config, data = saved.record["config"], saved.record["data"]
    for other in (
        {"config": config | {"as_published": False}},
        {"data": data | {"source": "sample"}},
    ):
        changed = replace(saved, record=saved.record | other)
        assert numbers.verdicts_by_seeds(changed, random_binary.numbers) == []


def test_a_variation_is_marked(results):
    assert "A variation." not in page_of(results)
    path = results / STEM / "record.json"
    path.write_text(path.read_text().replace('"as_published": true', '"as_published": false'))
    assert "A variation." in page_of(results)


@pytest.mark.programs
def test_report_needs_no_tensorflow_and_names_its_page(results):
    done = run_script("report.py", str(results), home=results, prelude=NO_TENSORFLOW)
    assert done.returncode == 0, done.stderr
    assert f"Report: {results / 'index.html'}" in done.stdout
    assert "deep multilayer perceptron" in done.stdout


@pytest.mark.parametrize("folder", ["", "file", "a" * 300])
def test_a_folder_without_results_is_one_line(tmp_path, folder):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"\.$"):
        site.write(tmp_path / folder)


@pytest.mark.parametrize("flags", [[], ["--readme"]])
def test_a_mistake_is_one_line(flags, tmp_path):
    done = run_script("report.py", str(tmp_path), *flags, home=tmp_path)
    assert_one_line_error(done, str(tmp_path))

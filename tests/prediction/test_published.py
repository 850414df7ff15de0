"""The networks that go with the published results: small, as good, asked without training."""

import json

import numpy as np
import pytest

from base import paths
from common import data, encoding
from prediction import finding
from prediction.answers import Trained
from prediction.network import Network
from results import networks
from tutorials import catalogue

PUBLISHED = [
    (lesson, model)
    for lesson in catalogue.lessons()
    for model in lesson.about.published
    if (paths.FIGURES / lesson.stem / "record.json").exists()
]


@pytest.mark.parametrize(("units", "bits"), [(4, 16), (200, 8)])
def test_a_packed_network_answers_as_it_did(units, bits, tmp_path):
    import keras

    rng = np.random.default_rng(0)

    def built():
        layers = [keras.Input((3000,)), keras.layers.Dense(units, "relu")]
        return keras.Sequential([*layers, keras.layers.Dense(3, "softmax")], name="mlp")

    network, again = built(), built()  # whose layers Keras numbers on
    network.set_weights([rng.normal(0, 0.04, w.shape) for w in network.get_weights()])
    content = networks.packed(network.to_json(), network.get_weights())
    assert content == networks.packed(again.to_json(), network.get_weights())
    assert len(content) < bits / 8 * network.count_params() + 5_000
    (tmp_path / "network.npz").write_bytes(content)
    rows = (rng.random((50, 3000)) < 0.05).astype(np.float32)
    found = Network(tmp_path / "network.npz")(rows)
    np.testing.assert_allclose(found, network(rows).numpy(), atol=0.005)


def test_a_unit_without_weights_is_packed():
    weights = [np.zeros((800, 700), np.float32), np.zeros(700, np.float32)]
    content = networks.packed('{"config": {"layers": []}}', weights)
    assert content


@pytest.mark.parametrize(("lesson", "model"), PUBLISHED)
def test_a_published_network_is_found_where_nothing_was_trained(
    lesson, model, monkeypatch, tmp_path
):
    monkeypatch.setattr(finding, "RUNS", tmp_path)
    trained = finding.find(lesson, model, "auto", None)
    assert trained.is_published
    assert trained.source == "real"
    assert trained.network(np.zeros((1, *trained.network.input_shape))).shape[0] == 1


def test_a_network_of_ones_own_run_takes_precedence(monkeypatch, tmp_path):
    monkeypatch.setattr(finding, "RUNS", tmp_path)
    lesson, model = PUBLISHED[0]
    own, published, sample = finding.candidates(lesson, model, "auto", None)
    assert own == tmp_path / "models" / lesson.stem / f"{model}.keras"
    assert published == paths.FIGURES / lesson.stem / "networks" / f"{model}.npz"
    assert sample.is_relative_to(tmp_path / "sample")
    assert published not in finding.candidates(lesson, model, "sample", None)


def test_they_are_small():
    files = [path for path in paths.FIGURES.glob("*/networks/*") if path.suffix != ".md"]
    assert sum(path.stat().st_size for path in files) < 6_000_000
    assert len([path for path in files if "mnist_" in path.name]) >= 9  # of ten seeds


@pytest.mark.parametrize("number", ["02", "03", "05", "07"])
def test_their_test_scores_are_those_of_the_record(number, real_data_dir):
    """To 0.001, of every seed."""
    lesson = catalogue.find(number)
    sets = {}
    for model in lesson.about.published:
        card = Trained.read(paths.FIGURES / lesson.stem / "networks" / f"{model}.npz").card
        record = json.loads((paths.FIGURES / lesson.stem / "record.json").read_text())
        for path in (paths.FIGURES / lesson.stem / "networks").glob(f"{model}*.npz"):
            network = Network(path)
            seed = path.stem.removeprefix(f"{model}_")
            seed = int(seed) if seed.isdigit() else card["protocol"]["seed"]
            of = {"02": "imdb", "03": "reuters", "05": "mnist"}.get(number)
            of = of or ("mnist" if model == "mnist" else "fashion_mnist")
            if of not in sets:
                sets[of] = data.load(of, "real", real_data_dir).arrays[1]
            rows, targets = sets[of]
            runs = record["models"][model]["runs"]
            (expected,) = [run["test"]["accuracy"] for run in runs if run["seed"] == seed]
            if number in ("02", "03"):
                parts = (encoding.multi_hot(rows[i : i + 500]) for i in range(0, len(rows), 500))
                outputs = np.concatenate([network(part) for part in parts])
            else:
                outputs = network((rows / 255).reshape(-1, *network.input_shape))
            right = outputs[:, 0] >= 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
            targets = targets % 2 if number == "05" else targets
            assert np.mean(right == targets) == pytest.approx(expected, abs=0.001), path

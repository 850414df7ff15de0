"""Saved trainings: they go on to the same bits, and are used for nothing but the same training."""

import contextlib
import dataclasses
import shutil

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base import source_code
from common import encoding, training
from engine import checkpoints, compiled, environment

RNG = np.random.default_rng(5)
ROWS = RNG.random((60, 12), np.float32)
LABELS = RNG.integers(2, size=(60, 1)).astype("float32")
TWINS: dict = {}  # compiled once for all tests that save
VERSIONS = {"tensorflow": "2.21.0", "device": "cpu", "threads": 1}


@pytest.fixture
def saving(tmp_path, monkeypatch):
    """Save trainings in a folder of their own, after each call; return the folder."""
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(checkpoints, "store", checkpoints.Store())
    monkeypatch.setattr(checkpoints, "SAVE_EVERY", 0)
    monkeypatch.setattr(checkpoints, "SHARE", 1e9)
    monkeypatch.setattr(compiled, "ROWS_PER_CALL", 120)  # two epochs in a call
    monkeypatch.setattr(compiled, "_twins", TWINS)
    checkpoints.configure(VERSIONS)
    return tmp_path / "cache"


@pytest.fixture
def pretending(saving, monkeypatch):
    """Compile and train nothing: what matters is whether something saved is used."""

    def train(twin, training, validation, orders):
        return [dict.fromkeys(twin._names, 0.5) for _ in orders]

    monkeypatch.setattr(compiled.CompiledTwin, "train", train)
    return saving


@dataclasses.dataclass
class Training:
    """A training whose every part a test may change."""

    units: int = 4
    activation: str = "relu"
    dropout: float = 0.5
    optimizer: str = "adam"
    learning_rate: float = 0.01
    loss: object = "binary_crossentropy"
    dtype: str = "float32"
    weights_of: int = 1
    x: object = dataclasses.field(default_factory=lambda: ROWS)
    y: np.ndarray = dataclasses.field(default_factory=lambda: LABELS)
    options: dict = dataclasses.field(default_factory=dict)

    def run(self):
        """Train; return the history, the weights and how many epochs were trained."""
        keras.utils.set_random_seed(self.weights_of)
        layers = keras.layers
        hidden = layers.Dense(self.units, activation=self.activation, dtype=self.dtype)
        output = layers.Dense(1, activation="sigmoid")
        dropout = layers.Dropout(self.dropout)
        model = keras.Sequential([keras.Input((12,)), hidden, dropout, output])
        config = {"learning_rate": self.learning_rate}
        optimizer = keras.optimizers.get({"class_name": self.optimizer, "config": config})
        model.compile(optimizer=optimizer, loss=self.loss, metrics=["accuracy"])
        options = {"epochs": 7, "batch_size": 16, "seed": 3} | self.options
        history = training.fit(model, self.x, self.y, **options)
        return history.history, model.get_weights(), history.cost.epochs


def assert_equal(first, second):
    assert first[0] == second[0]
    for ours, theirs in zip(first[1], second[1], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_saved_training_gives_the_same_history_and_weights(saving):
    first, second = Training().run(), Training().run()
    assert (first[2], second[2]) == (7, 0)
    assert_equal(first, second)
    assert len(list(saving.iterdir())) == 1


def test_without_a_folder_nothing_is_saved(saving):
    checkpoints.store.folder = None
    assert Training().run()[2]
    assert Training().run()[2]
    assert list(saving.iterdir()) == []


@pytest.mark.programs
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), max_size=3))
def test_a_training_interrupted_anywhere_ends_in_the_same_bits(saving, calls):
    """Interrupted after so many calls of two epochs, again and again: dropout and all."""
    this = Training(options={"validation_data": (ROWS[:20], LABELS[:20])})
    for path in saving.iterdir():
        path.unlink()
    expected = this.run()
    for path in saving.iterdir():
        path.unlink()
    whole = compiled.CompiledTwin.train
    for most in calls:
        made = 0

        def interrupted(*arguments, most=most):
            nonlocal made
            if made == most:
                raise KeyboardInterrupt
            made += 1
            return whole(*arguments)

        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(compiled.CompiledTwin, "train", interrupted)
            with contextlib.suppress(KeyboardInterrupt):
                this.run()
    again = this.run()
    assert_equal(again, expected)
    # The calls that were made before an interruption are not made again.
    assert again[2] == max(0, 7 - 2 * sum(calls))


def test_a_training_with_code_of_the_users_is_not_saved(pretending):
    """The code may change under the same name."""

    @keras.saving.register_keras_serializable("tests")
    def own_loss(y, outputs):
        return keras.ops.mean((y - outputs) ** 2)

    assert Training(loss=own_loss).run()[2]
    assert Training(loss=own_loss).run()[2]
    assert list(pretending.iterdir()) == []


def test_arrays_that_processes_share_are_the_same_training(pretending, tmp_path):
    """Training processes get large arrays as maps of files."""
    Training().run()
    np.save(tmp_path / "x.npy", ROWS)
    np.save(tmp_path / "y.npy", LABELS)
    x, y = (np.load(tmp_path / name, mmap_mode="r") for name in ("x.npy", "y.npy"))
    assert not Training(x=x, y=y).run()[2]


def flipped(array):
    changed = array.copy()
    changed.reshape(-1).view(np.uint8)[-1] ^= 1
    return changed


CHANGES = {
    "units": {"units": 5},
    "activation": {"activation": "tanh"},
    "dropout": {"dropout": 0.25},
    "optimizer": {"optimizer": "rmsprop"},
    "learning rate": {"learning_rate": 0.02},
    "loss": {"loss": "mse"},
    "precision": {"dtype": "mixed_bfloat16"},
    "initial weights": {"weights_of": 2},
    "a bit of the rows": {"x": flipped(ROWS)},
    "a bit of the labels": {"y": flipped(LABELS)},
    "rows of another kind": {"x": encoding.Pixels((ROWS * 255).astype(np.uint8))},
    "epochs": {"options": {"epochs": 8}},
    "batch size": {"options": {"batch_size": 20}},
    "seed": {"options": {"seed": 4}},
    "order": {"options": {"shuffle": False}},
    "validation data": {"options": {"validation_data": (ROWS, LABELS)}},
    "class weights": {"options": {"class_weight": {0: 1.0, 1: 2.0}}},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_training_takes_nothing_saved(change, pretending):
    Training().run()
    assert Training(**change).run()[2]
    assert len(list(pretending.iterdir())) == 2


@pytest.mark.parametrize("versions", [{"tensorflow": "2.22.0"}, {"device": "gpu"}, {"threads": 2}])
def test_another_environment_takes_nothing_saved(versions, pretending):
    Training().run()
    checkpoints.configure(VERSIONS | versions)
    assert Training().run()[2]


@pytest.mark.parametrize(
    ("name", "matters"),
    [("TF_ENABLE_ONEDNN_OPTS", True), ("XLA_FLAGS", True), ("TF_CPP_MIN_LOG_LEVEL", False)],
)
def test_variables_that_steer_tensorflow_matter(name, matters, pretending, monkeypatch):
    Training().run()
    monkeypatch.setenv(name, "1")
    checkpoints.configure(VERSIONS)
    assert bool(Training().run()[2]) is matters


def test_another_processor_takes_nothing_saved(pretending, monkeypatch):
    Training().run()
    monkeypatch.setattr(environment, "fingerprint", lambda: {"processor": "another"})
    checkpoints.configure(VERSIONS)
    assert Training().run()[2]


def code_lies_in(folder, monkeypatch):
    """Take the code that determines a training from another folder from now on."""
    source_code.digest.cache_clear()
    monkeypatch.setattr(checkpoints, "ENGINE", (folder,))
    checkpoints.configure(VERSIONS)


ENGINE = sorted(path.name for path in checkpoints.ENGINE[0].glob("*.py"))


@pytest.mark.parametrize("room", ENGINE)
def test_another_training_code_takes_nothing_saved(room, pretending, tmp_path, monkeypatch):
    Training().run()
    copy = tmp_path / "elsewhere"
    shutil.copytree(checkpoints.ENGINE[0], copy)
    file = copy / room
    code_lies_in(copy, monkeypatch)
    assert not Training().run()[2]  # moved
    file.write_text(file.read_text() + "# a comment\n")
    code_lies_in(copy, monkeypatch)
    assert not Training().run()[2]
    file.write_text(file.read_text() + "CHANGED = True\n")
    code_lies_in(copy, monkeypatch)
    assert Training().run()[2]


def test_a_state_saved_as_another_trainings_is_not_used(pretending):
    Training().run()
    (first,) = pretending.iterdir()
    Training(weights_of=2).run()
    (second,) = set(pretending.iterdir()) - {first}
    shutil.copy(second, first)
    assert Training().run()[2]


def test_a_slower_run_replaces_no_later_state(saving, monkeypatch):
    """Two runs of one training at once: the one that ends first is not undone by the other."""
    Training().run()
    (saved,) = saving.iterdir()
    finished = saved.read_bytes()
    saved.rename(saving.parent / "finished")
    save = checkpoints.Checkpoint.save

    def save_after_the_other(self, *arguments, **options):
        shutil.copy(saving.parent / "finished", saved)
        save(self, *arguments, **options)
        if "finished" in options:
            assert saved.read_bytes() == finished

    monkeypatch.setattr(checkpoints.Checkpoint, "save", save_after_the_other)
    assert Training().run()[2]


def test_fresh_trains_anew_and_saves(pretending):
    Training().run()
    checkpoints.configure(VERSIONS, fresh=True)
    assert Training().run()[2]
    checkpoints.configure(VERSIONS)
    assert not Training().run()[2]

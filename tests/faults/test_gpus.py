"""GPUs that TensorFlow has no code for: said before it fails, with stand-ins for the cards."""

import sys
from importlib import metadata
from types import SimpleNamespace

import pytest
import tensorflow as tf

from base.errors import UsageError
from base.protocol import Protocol
from common.experiment import Experiment
from conftest import DATA_DIR
from engine import checkpoints, environment, process, progress

BUILD = {"cuda_compute_capabilities": ["sm_60", "sm_70", "sm_80", "sm_89", "compute_90"]}
NAMES = {
    (12, 0): "RTX 5090",
    (10, 0): "B200",
    (9, 0): "H100",
    (8, 6): "RTX 3090",
    (7, 5): "T4",
    (7, 0): "V100",
}
EXPECTED = "expected a GPU of compute capability 7.5 to below 10.0"


@pytest.fixture
def machine(monkeypatch):
    """Return what puts cards into this machine, by capability, and what TensorFlow is shown."""
    shown = []

    def give(*capabilities, cudnn="9.28.0.42", build=BUILD):
        cards = [
            SimpleNamespace(name=f"GPU:{place}", capability=capability)
            for place, capability in enumerate(capabilities)
        ]

        def details(card):
            found = card.capability
            return {"compute_capability": found, "device_name": NAMES[found]} if found else {}

        def version(package):
            if package != "nvidia-cudnn-cu12" or cudnn is None:
                raise metadata.PackageNotFoundError
            return cudnn

        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: cards)
        monkeypatch.setattr(tf.config.experimental, "get_device_details", details)
        monkeypatch.setattr(tf.config, "set_visible_devices", lambda some, kind: shown.extend(some))
        monkeypatch.setattr(tf.sysconfig, "get_build_info", lambda: build)
        monkeypatch.setattr(metadata, "version", version)
        return shown

    return give


@pytest.mark.parametrize("capability", [(12, 0), (10, 0), (7, 0)])
def test_a_gpu_that_nothing_has_code_for_leaves_the_cpu(capability, machine, capfd):
    shown = machine(capability)
    assert environment.configure("auto")["device"] == "cpu"
    assert not shown
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"warning: --device auto: {EXPECTED}, ")
    found = f"found {NAMES[capability]} ({capability[0]}.{capability[1]}); "
    assert f"{found}training on the CPU; use another GPU, or --device cpu" in line


@pytest.mark.parametrize("capability", [(12, 0), (10, 0), (7, 0)])
def test_insisting_on_such_a_gpu_is_one_line_with_the_ways_out(capability, machine, capfd):
    shown = machine(capability)
    with pytest.raises(UsageError) as caught:
        environment.configure("gpu")
    message = str(caught.value)
    assert message.startswith(f"--device gpu: {EXPECTED}, ")
    assert f"found {NAMES[capability]} (" in message
    assert message.endswith("; use --device cpu, or another GPU.")
    assert "\n" not in message
    assert not shown
    assert not capfd.readouterr().err


@pytest.mark.parametrize("device", ["auto", "gpu"])
@pytest.mark.parametrize(
    ("capability", "cudnn"),
    [((8, 6), "9.28.0.42"), ((7, 5), "9.11.0.98"), ((7, 0), "9.10.2.21"), ((7, 0), None)],
)
def test_a_gpu_that_there_is_code_for_is_used_without_a_word(
    device, capability, cudnn, machine, capfd
):
    shown = machine(capability, cudnn=cudnn)
    assert environment.configure(device)["device"] == "gpu"
    assert len(shown) == 1
    assert not capfd.readouterr().err


@pytest.mark.parametrize("device", ["auto", "gpu"])
@pytest.mark.parametrize("folder", [None, "/scratch/cuda"])
def test_a_gpu_whose_code_is_compiled_first_is_told(device, folder, machine, capfd, monkeypatch):
    monkeypatch.delenv("CUDA_CACHE_PATH", raising=False)
    if folder:
        monkeypatch.setenv("CUDA_CACHE_PATH", folder)
    machine((9, 0))
    assert environment.configure(device)["device"] == "gpu"
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("warning: H100 (9.0): the first start compiles")
    assert line.endswith(f"minutes, and keeps it in {folder or '~/.nv/ComputeCache'}.")


@pytest.mark.parametrize("device", ["auto", "gpu"])
def test_of_several_gpus_the_others_are_left_out(device, machine, capfd):
    shown = machine((12, 0), (8, 6), (12, 0), (7, 0))
    assert environment.configure(device)["device"] == "gpu"
    assert [card.name for card in shown] == ["GPU:1"]
    (line,) = capfd.readouterr().err.splitlines()
    assert "found RTX 5090 (12.0), V100 (7.0); training on RTX 3090 (8.6) alone" in line


@pytest.mark.parametrize("device", ["auto", "gpu"])
@pytest.mark.parametrize(
    ("capability", "build"), [(None, BUILD), ((12, 0), {}), ((12, 0), {"is_rocm_build": True})]
)
def test_what_tensorflow_does_not_tell_keeps_no_gpu_away(device, capability, build, machine, capfd):
    shown = machine(capability, build=build)
    assert environment.configure(device)["device"] == "gpu"
    assert len(shown) == 1
    assert not capfd.readouterr().err


def test_a_tensorflow_that_was_built_for_a_gpu_trains_on_it(machine, capfd):
    machine((12, 0), build={"cuda_compute_capabilities": ["sm_80", "sm_120"]})
    assert environment.configure("gpu")["device"] == "gpu"
    assert not capfd.readouterr().err


def test_a_run_kept_off_the_gpu_says_nothing(machine, capfd):
    shown = machine((12, 0))
    assert environment.configure("cpu")["device"] == "cpu"
    assert not shown
    assert not capfd.readouterr().err


def test_a_run_says_it_once_and_its_workers_decide_alike(machine, capfd, monkeypatch):
    machine((12, 0))
    monkeypatch.setattr(sys, "argv", ["01_random_binary.py", "--data-dir", str(DATA_DIR)])
    monkeypatch.setattr(checkpoints, "configure", lambda *_: "")
    monkeypatch.setattr(progress, "use_lines", lambda: None)
    models = {"mlp": Protocol(epochs=5, batch_size=8, optimizer="sgd")}
    tutorial = SimpleNamespace(ABOUT=SimpleNamespace(generated=True))
    experiment = Experiment("01_random_binary", "A lesson.", models, tutorial)
    assert capfd.readouterr().err.count("warning: ") == 1
    assert process.set_up(experiment.settings) == experiment._environment
    assert not capfd.readouterr().err


def test_the_table_of_hardware_is_of_the_installed_tensorflow():
    """Where TensorFlow is built for GPUs; engine/README.md says what this build means."""
    built = tf.sysconfig.get_build_info()
    if not built.get("is_cuda_build"):
        pytest.skip("this TensorFlow is built without CUDA")
    assert list(built["cuda_compute_capabilities"]) == BUILD["cuda_compute_capabilities"]

"""Start TensorFlow quietly, on a device, with a number of threads."""

import contextlib
import hashlib
import os
import platform
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from base.errors import FailedError, UsageError
from base.terminal import quiet

# Beginnings of the names of variables that change how TensorFlow computes.
STEERING = ("TF_", "XLA_", "NVIDIA_TF32_OVERRIDE", "ONEDNN_", "DNNL_", "CUBLAS_")
SILENT = ("TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH")  # of them, those that do not

Capability = tuple[int, int]


def configure(device: str = "auto", threads: int = 1, first: bool = True) -> dict[str, str | int]:
    """Start TensorFlow quietly on a device, with so many threads for one training.

    Args:
        device: "auto" (a GPU if there is one that fits), "cpu" or "gpu".
        threads: threads of one training on a CPU.
        first: whether this is the first process of a run, which warns of GPUs.

    Returns:
        The environment for the record: versions, device, threads.

    Raises:
        UsageError: "gpu" is asked for and there is none that TensorFlow can use, or TensorFlow is
            already at work with another number of threads.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    with quiet():
        import keras
        import tensorflow as tf

        # Many functions are traced here, each of them once: no reason for advice about retracing.
        tf.get_logger().setLevel("ERROR")
        # A user's keras.json may say otherwise.
        keras.config.set_floatx("float32")
        keras.config.set_epsilon(1e-7)
        keras.config.set_image_data_format("channels_last")
        gpus, warnings = _choose_gpus(device)
        try:
            tf.config.set_visible_devices(gpus, "GPU")
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        except RuntimeError as error:
            if tf.config.threading.get_intra_op_parallelism_threads() != threads:
                raise UsageError("TensorFlow is at work already; start anew.") from error
    for warning in warnings if first else []:
        print(f"warning: {warning}", file=sys.stderr)
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "device": "gpu" if gpus else "cpu",
        "threads": threads,
    }


class _Code(NamedTuple):
    """The compute capabilities that TensorFlow and cuDNN have code for.

    A GPU that does not tell its own is taken for one of them.
    """

    lowest: Capability
    below: Capability
    binaries: list[Capability]

    def fits(self, capability: Capability | None) -> bool:
        return capability is None or self.lowest <= capability < self.below

    def is_compiled(self, capability: Capability | None) -> bool:
        """Tell whether there is a binary: of the GPU's major version, no newer than it."""
        return capability is None or any(
            (capability[0], 0) <= binary <= capability for binary in self.binaries
        )


def _choose_gpus(device: str) -> tuple[list, list[str]]:
    """Choose the GPUs that TensorFlow has code for, or may have where they do not tell their kind.

    On a newer GPU its compiler ends the process in the first training, without an exception:
    https://github.com/tensorflow/tensorflow/issues/111958.

    Returns:
        The GPUs, and warnings, a line each.
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU") if device != "cpu" else []
    if device == "gpu" and not gpus:
        raise UsageError("--device gpu: TensorFlow sees no GPU here; use --device cpu.")
    code = _code()
    if code is None:
        return gpus, []
    fit = [gpu for gpu in gpus if code.fits(_details(gpu)[1])]
    warnings = []
    if unfit := [gpu for gpu in gpus if gpu not in fit]:
        wrong = (
            f"--device {device}: expected a GPU of compute capability {_dotted(code.lowest)} to"
            f" below {_dotted(code.below)}, as TensorFlow and cuDNN have code for, found"
            f" {_named(unfit)}"
        )
        if device == "gpu" and not fit:
            raise UsageError(f"{wrong}; use --device cpu, or another GPU.")
        instead = "the CPU; use another GPU, or --device cpu, which does not warn"
        if fit:
            instead = f"{_named(fit)} alone; CUDA_VISIBLE_DEVICES can hide the others"
        warnings.append(f"{wrong}; training on {instead}.")
    if slow := [gpu for gpu in fit if not code.is_compiled(_details(gpu)[1])]:
        folder = os.environ.get("CUDA_CACHE_PATH", "~/.nv/ComputeCache")
        warnings.append(
            f"{_named(slow)}: the first start compiles TensorFlow's code for it, which takes"
            f" minutes, and keeps it in {folder}."
        )
    return fit, warnings


def _code() -> _Code | None:
    """Return what there is code for, or None where TensorFlow does not tell."""
    import tensorflow as tf

    names = tf.sysconfig.get_build_info().get("cuda_compute_capabilities", [])
    built = {name: divmod(int(re.search(r"\d+", name)[0]), 10) for name in names}
    if not built:
        return None
    lowest = min(built.values())
    if _cudnn() >= (9, 11):  # https://github.com/conda-forge/cudnn-feedstock/issues/124
        lowest = max(lowest, (7, 5))
    # "sm_80" is a binary; "compute_90" is what a GPU's driver compiles.
    binaries = [capability for name, capability in built.items() if name.startswith("sm_")]
    return _Code(lowest, (max(built.values())[0] + 1, 0), binaries)


def _cudnn() -> tuple[int, ...]:
    """Return the version of the cuDNN that is installed beside TensorFlow, 0 if there is none."""
    try:
        version = metadata.version("nvidia-cudnn-cu12")
    except metadata.PackageNotFoundError:  # the system's own, if any
        return (0,)
    return tuple(map(int, version.split(".")[:2]))


def _details(gpu: Any) -> tuple[str, Capability | None]:
    """Return the name of a GPU and its compute capability, if it tells."""
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(gpu)
    return details.get("device_name", gpu.name), details.get("compute_capability")


def _named(gpus: list) -> str:
    told = [f"{name} ({_dotted(found) if found else '?'})" for name, found in map(_details, gpus)]
    return ", ".join(dict.fromkeys(told))  # cards of one kind are named once


def _dotted(capability: Capability) -> str:
    return ".".join(map(str, capability))


def fingerprint() -> dict[str, str]:
    """Return what determines the last digits of a result beside versions, device and threads."""
    import tensorflow as tf

    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    kinds = ("model name", "flags", "CPU part", "Features")
    found = " ".join(sorted({line for line in lines if line.startswith(kinds)}))
    processor = hashlib.sha256((found or platform.processor()).encode()).hexdigest()
    gpus = [
        tf.config.experimental.get_device_details(gpu).get("device_name", "")
        for gpu in tf.config.get_visible_devices("GPU")
    ]
    steering = {n: v for n, v in os.environ.items() if n.startswith(STEERING) and n not in SILENT}
    return {"machine": platform.machine(), "processor": processor, "gpus": str(gpus)} | steering


@contextlib.contextmanager
def memory_named() -> Iterator[None]:
    """Turn the report that memory ran out, TensorFlow's or Python's, into one line of advice.

    Raises:
        FailedError: it ran out.
    """
    import tensorflow as tf

    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        found = re.search(r"(OOM when|failed to) alloc[^\n]{0,120}", str(error))
        on_gpu = bool(tf.config.get_visible_devices("GPU"))
        where, users = ("the GPU's", _gpu_users()) if on_gpu else ("this machine's", "")
        raise FailedError(
            f"{where} memory is not enough ({found[0] if found else 'out of memory'}).{users}"
            f" Use a smaller --batch-size, --jobs 1{' or --device cpu' * on_gpu}."
        ) from error


def peak_memory() -> dict[str, int]:
    """Return the peak memory of this process and of its largest worker that has ended, in MiB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # Linux counts kilobytes, macOS bytes
    own, worker = (
        round(resource.getrusage(who).ru_maxrss / unit)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"peak_rss_mib": own, "peak_rss_mib_of_largest_worker": worker}


def _gpu_users() -> str:
    """Name the processes that hold the memory of a GPU, as far as its driver tells."""
    query = "--query-compute-apps=pid,process_name,used_memory"
    try:
        command = ["nvidia-smi", query, "--format=csv,noheader"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    users = [" ".join(line.split()) for line in done.stdout.splitlines() if line.strip()]
    mine = f"this one is {os.getpid()}"
    return f" Of the GPU it is held by: {'; '.join(users)} ({mine})." if users else ""

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
from pathlib import Path

import numpy as np

from base.errors import FailedError, UsageError
from base.terminal import quiet

# Beginnings of the names of variables that change how TensorFlow computes.
STEERING = ("TF_", "XLA_", "NVIDIA_TF32_OVERRIDE", "ONEDNN_", "DNNL_", "CUBLAS_")
SILENT = ("TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH")  # of them, those that do not


def configure(device: str = "auto", threads: int = 1) -> dict[str, str | int]:
    """Start TensorFlow quietly on a device, with so many threads for one training.

    Args:
        device: "auto" (a GPU if there is one), "cpu" or "gpu".
        threads: threads of one training on a CPU.

    Returns:
        The environment for the record: versions, device, threads.

    Raises:
        UsageError: "gpu" is asked for and TensorFlow sees none, or TensorFlow is already at work
            with another number of threads.
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
        gpus = tf.config.list_physical_devices("GPU") if device != "cpu" else []
        if device == "gpu" and not gpus:
            raise UsageError("--device gpu: TensorFlow sees no GPU here; use --device cpu.")
        try:
            tf.config.set_visible_devices(gpus, "GPU")
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        except RuntimeError as error:
            if tf.config.threading.get_intra_op_parallelism_threads() != threads:
                raise UsageError("TensorFlow is at work already; start anew.") from error
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "device": "gpu" if gpus else "cpu",
        "threads": threads,
    }


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

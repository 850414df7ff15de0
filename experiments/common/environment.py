"""Start TensorFlow quietly, on a device, with a number of threads."""

import contextlib
import os
import sys
import tempfile

import numpy as np

from common.cli import UsageError


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
    with _quiet():
        import keras
        import tensorflow as tf

        # Many functions are traced here, each of them once: no reason for advice about retracing.
        tf.get_logger().setLevel("ERROR")
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


@contextlib.contextmanager
def _quiet():
    """Hold back what TensorFlow's C++ code writes on start-up; show it if the start fails."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
        except UsageError:
            raise
        except BaseException:
            notes.seek(0)
            os.write(saved, notes.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)

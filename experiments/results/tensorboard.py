"""Write and read histories as event files, for those who look at trainings in TensorBoard."""

from pathlib import Path

import pandas as pd

from base import files, terminal
from base.errors import UsageError
from base.settings import Settings
from results.saved import Saved

EVENTS = "events.out.tfevents."  # begins the names of TensorBoard's files


def prepare(settings: Settings) -> None:
    """Make the folder for TensorBoard's files, before anything is trained.

    Raises:
        UsageError: it cannot be made, or the files would lie among the results.
    """
    files.make_folder(settings.tensorboard)
    if any(
        settings.tensorboard in settings.folder(source).parents for source in ("real", "sample")
    ):
        raise UsageError(
            f"--tensorboard {settings.tensorboard}: expected a folder of its own, found one that"
            " the results lie in; choose another, such as runs/events."
        )


def write(saved: Saved, folder: Path) -> Path:
    """Write each training as two runs, `train` and `validation`, with Keras's names of the curves.

    A run's place is `<run>/<experiment>/<model>/seed_<n>[/fold_<n>]`; what an earlier call has
    written of the same results is replaced. The step is the epoch, counted from 1.

    Args:
        saved: the results.
        folder: what `tensorboard --logdir` is to be given.

    Returns:
        The folder of these results.
    """
    target = folder / saved.folder.parent.name / saved.record["experiment"]
    files.make_folder(target)
    for old in target.rglob(f"{EVENTS}*"):
        old.unlink()
    written = (saved.folder / "history.csv").stat().st_mtime
    for (model, seed, fold), epochs in saved.history.groupby(
        ["model", "seed", "fold"], sort=False, dropna=False
    ):
        place = target / model / f"seed_{seed}"
        if not pd.isna(fold):
            place /= f"fold_{fold:.0f}"
        curves = epochs.drop(columns=["model", "seed", "fold"]).set_index("epoch")
        _write_training(place, curves.dropna(axis=1, how="all"), written)
    return target


def _write_training(place: Path, curves: pd.DataFrame, written: float) -> None:
    with terminal.quiet():  # it loads TensorFlow, if there is one
        from tensorboard.summary import Writer

    watched = curves.columns.str.startswith("val_")
    for part, names in (
        ("train", curves.columns[~watched]),
        ("validation", curves.columns[watched]),
    ):
        if names.empty:
            continue
        writer = Writer(str(place / part))
        for name in names:
            for epoch, value in curves[name].items():
                tag = f"epoch_{name.removeprefix('val_')}"
                writer.add_scalar(tag, value, epoch, wall_time=written)
        writer.close()


def read(folder: Path) -> dict[str, list[float]]:
    """Return the history of a training from its event files, with the epochs as they have them.

    Args:
        folder: what Keras's TensorBoard callback or `write` has written of one training.

    Raises:
        UsageError: TensorBoard is not installed.
    """
    try:
        with terminal.quiet():  # it loads TensorFlow, if there is one
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            from tensorboard.util.tensor_util import make_ndarray
    except ImportError as error:
        raise UsageError(
            f"{folder}: expected TensorBoard, which reads its files, found none; install"
            " tensorboard, or save hist.history as JSON."
        ) from error
    history = {}
    for part, prefix in (("train", ""), ("validation", "val_")):
        place = folder / part if (folder / part).is_dir() else folder
        with terminal.quiet():
            events = EventAccumulator(str(place), {"scalars": 0, "tensors": 0}).Reload()  # all
        tags = events.Tags()
        for tag in (*tags["scalars"], *tags["tensors"]):
            if tag.startswith("epoch_"):
                is_tensor = tag in tags["tensors"]  # as TensorFlow 2 writes scalars
                found = (events.Tensors if is_tensor else events.Scalars)(tag)
                history["epoch"] = [event.step for event in found]
                history[prefix + tag.removeprefix("epoch_")] = [
                    float(make_ndarray(event.tensor_proto)) if is_tensor else event.value
                    for event in found
                ]
        if place == folder:
            break
    return history

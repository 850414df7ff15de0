"""Write saved histories as event files, for those who look at trainings in TensorBoard."""

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

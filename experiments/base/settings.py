"""What a run computes, where its data come from and where its results go."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.paths import ABLATIONS, FIGURES, RUNS

SEEDS = 39  # of a model that costs little: of so many runs the extremes enclose 95% of new ones
FIRST_SEED = 100


@dataclass(frozen=True)
class Settings:
    """What to compute, where to take data from and where to put results.

    Attributes:
        experiment: the script's stem, such as "NN_name".
        epochs: epochs of each known model.
        given_epochs: what `--epochs` says, or None.
        given_seeds: what `--seeds` says, or None.
        batch_size: rows in a batch, or None for the tutorial's.
        overrides: what replaces the tutorial's: units of the hidden layers as `hidden`, a rate as
            `dropout`, the name of an `optimizer`, a `learning_rate`; only those that are given.
        models: names of the models to train, in the tutorial's order.
        known_models: those that the experiment can train.
        seeds: for each of these models, one seed for each repetition.
        ablations: whether the costly variants are trained, apart from the tutorial's models.
        data: "auto", "real" or "sample".
        data_dir: the folder whose `datasets/` holds the files.
        out: the folder that results go to, or None for the usual one.
        label: the name of a variation, or None.
        variation: what differs from the published protocol, as a short name; "" where nothing does.
        network_variation: the part of `variation` that changes the networks themselves.
        device: "auto", "cpu" or "gpu".
        jobs: trainings at once, or None to choose by how long they take.
        cluster: the address of the Dask scheduler whose workers train, or None to train here.
        threads: threads for one training.
        tensorboard: the folder for TensorBoard's files, or None for none.
        quick: train fewer epochs where a protocol says so.
        fresh: train anew what earlier runs have saved.
        verbose: print the texts that go into files, too.
        plots_only: draw the figures from saved results, train nothing.
        as_published: whether epochs, batch size and networks are the tutorial's.
    """

    experiment: str
    epochs: Mapping[str, int]
    given_epochs: int | None
    given_seeds: int | None
    batch_size: int | None
    overrides: Mapping[str, Any]
    models: tuple[str, ...]
    known_models: tuple[str, ...]
    seeds: Mapping[str, range]
    ablations: bool
    data: str
    data_dir: Path
    out: Path | None
    label: str | None
    variation: str
    network_variation: str
    device: str
    jobs: int | None
    cluster: str | None
    threads: int
    tensorboard: Path | None
    quick: bool
    fresh: bool
    verbose: bool
    plots_only: bool
    as_published: bool

    def folder(self, source: str) -> Path:
        """Return where results of data from this source go.

        Nothing but the published protocol on real, bundled or generated data goes to `figures/`.
        """
        if self.out:
            parent = self.out
        elif self.label:
            parent = RUNS / self.label
        elif source == "sample":
            parent = RUNS / "-".join(filter(None, ["sample", self.variation]))
        elif self.variation:
            parent = RUNS / self.variation
        else:
            parent = FIGURES
        folder = parent / self.experiment
        return folder / ABLATIONS if self.ablations else folder

    def models_folder(self, source: str) -> Path:
        """Return where networks trained on data from this source go.

        Those of the published protocol go to `runs/models/`, however many seeds are trained.
        """
        if self.out:
            parent = self.out
        elif self.label:
            parent = RUNS / self.label
        else:
            sample = "sample" if source == "sample" else ""
            parent = RUNS / "-".join(filter(None, [sample, self.network_variation]))
        return parent / "models" / self.experiment

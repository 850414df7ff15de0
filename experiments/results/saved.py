"""The saved results of an experiment, as figures, verdicts and comparisons read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # it takes half a second to import, which `predict.py` does without
    import pandas as pd

from base.errors import UsageError
from results.failures import Failure, failures_of
from results.statistics import Interval, mean_interval

KEYS = ["model", "seed", "fold", "epoch"]  # first columns of a history


class Arrays(dict[str, np.ndarray]):
    """Saved arrays by name; one that is missing is named in one line."""

    def __init__(self, path: Path, arrays: Mapping[str, np.ndarray]):
        super().__init__(arrays)
        self.path = path

    def __missing__(self, name: str):
        """Say in one line what is missing where."""
        raise UsageError(f"{self.path}: expected an array {name}, found none; run it again.")


@dataclass(frozen=True)
class Saved:
    """The saved results of an experiment, all that its figures are drawn from."""

    folder: Path
    record: dict[str, Any]
    history: pd.DataFrame
    predictions: Arrays

    @property
    def models(self) -> list[str]:
        """The names of the trained models."""
        return list(self.record["models"])

    @property
    def is_sample(self) -> bool:
        """Whether they are of sample data, which say nothing about the real."""
        return self.record["data"]["source"] == "sample"

    @property
    def names(self) -> dict[str, str]:
        """What readers call the models, by the names that they have in code."""
        return self.record.get("names", {})

    def name(self, model: str) -> str:
        """Return what readers call a model."""
        return self.names.get(model, model)

    def curves(self, model: str, fold: int | None = None) -> pd.DataFrame:
        """Return the histories of a model's seeds, a row for each seed and epoch."""
        rows = self.history[self.history["model"] == model]
        return rows[rows["fold"].isna() if fold is None else rows["fold"] == fold]

    def by_seed(self, model: str, metric: str) -> pd.DataFrame:
        """Return a metric of a model: a row for each epoch, a column for each seed."""
        return self.curves(model).pivot(index="epoch", columns="seed", values=metric)

    def by_fold(self, model: str, metric: str) -> pd.DataFrame:
        """Return a metric of a model: a row for each epoch, a column for each seed and fold."""
        rows = self.history[(self.history["model"] == model) & self.history["fold"].notna()]
        return rows.pivot(index="epoch", columns=["seed", "fold"], values=metric)

    def trainings(self, model: str) -> list[dict[str, Any]]:
        """Return what is recorded of a model's trainings without a fold, one for each seed."""
        return [run for run in self.record["models"][model]["runs"] if run["fold"] is None]

    def seeds(self, model: str) -> list[int]:
        """Return the seeds of a model, each once, in order."""
        return list(dict.fromkeys(run["seed"] for run in self.record["models"][model]["runs"]))

    def scores(self, model: str, part: str, metric: str) -> np.ndarray:
        """Return a score of a model, one for each seed.

        Args:
            model: its name.
            part: "test", or "final" for the last epoch.
            metric: such as "accuracy" or "val_loss".
        """
        return np.array([run[part][metric] for run in self.trainings(model)])

    def mean(self, model: str, part: str, metric: str) -> Interval:
        """Return the mean of a score over the seeds, with its 95% interval; as for `scores`."""
        return mean_interval(self.scores(model, part, metric))

    def of_first_seeds(self, number: int) -> Saved:
        """Return the runs of so many seeds of each model; histories and predictions stay whole."""
        models = {}
        for model, entry in self.record["models"].items():
            seeds = self.seeds(model)[:number]
            models[model] = entry | {"runs": [run for run in entry["runs"] if run["seed"] in seeds]}
        return replace(self, record=self.record | {"models": models})

    def joined(self, other: Saved) -> Saved:
        """Return these results with the models of others, such as those of ablations."""
        import pandas as pd

        new = {n: entry for n, entry in other.record["models"].items() if n not in self.models}
        added = other.history[other.history["model"].isin(new)]
        return Saved(
            self.folder,
            self.record | {"models": self.record["models"] | new},
            pd.concat([self.history, added], ignore_index=True),
            Arrays(self.predictions.path, other.predictions | self.predictions),
        )

    @property
    def failures(self) -> list[Failure]:
        """The trainings that failed."""
        return failures_of(self.record)

    def layers(self, inputs: int, hidden: Sequence[int], units: int) -> str:
        """Return a network's layers as "12-64-1"; `--hidden` replaces the tutorial's.

        Args:
            inputs: features of a row; 0 leaves them out.
            hidden: units of the tutorial's hidden layers.
            units: units of the output layer.
        """
        hidden = self.record["config"].get("hidden", hidden)
        return "-".join(map(str, ([inputs] if inputs else []) + [*hidden, units]))

    def first_test(self, model: str) -> dict[str, float]:
        """Return the test scores of a model's first seed, whose outputs are saved."""
        return self.trainings(model)[0]["test"]


def metric_order(name: str) -> tuple[bool, bool, str]:
    """Sort losses and metrics: training before validation, the loss before other metrics."""
    return name.startswith("val_"), not name.endswith("loss"), name

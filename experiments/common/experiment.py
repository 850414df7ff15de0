"""Lead a lesson from its command line to its saved results and figures."""

import builtins
import contextlib
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from base import command_line, errors, files, paths, protocol
from base.errors import FailedError, UsageError
from base.protocol import Protocol
from common import data, plotting, training
from engine import checkpoints, environment, parallel
from results import networks, records, tensorboard, verdicts
from results.failures import summary
from results.saved import Saved
from results.training_result import Trained, TrainingResult, summaries, write_timing

OUTCOME = "EXPERIMENT_OUTCOME"  # the variable that names a file for where the results are


class Experiment:
    """One run of a lesson: its data, its trainings, its record and its figures.

    Args:
        name: the name of its script without .py.
        description: its docstring.
        models: what each model is trained with, where the command line says nothing else.
        tutorial: its module in `tutorials/`: what the tutorial concludes, how results are shown.
        seed: the first seed, where the command line names no other.

    Attributes:
        settings: what the command line says.
    """

    def __init__(
        self,
        name: str,
        description: str,
        models: Mapping[str, Protocol],
        tutorial: ModuleType,
        seed: int = 0,
    ):
        errors.prepare_program()
        options = protocol.command_line_options(models)
        self.settings = settings = command_line.parse(name, description, **options, seed=seed)
        self._protocols = {n: models[n].changed_by(settings, n) for n in settings.models}
        self._tutorial = tutorial
        self._started = time.monotonic()
        self._datasets: list[data.Dataset] = []
        if tutorial.ABOUT.generated:
            self._datasets.append(data.Dataset(name, "generated", None))
        self._trainings: list[Trained] = []
        self._saved: Saved | None = None
        self._captions: dict[str, str] = {}
        self._locks = contextlib.ExitStack()  # keeps other runs from the folder of the results
        self._held: Path | None = None
        if settings.tensorboard:
            tensorboard.prepare(settings)
        if not settings.plots_only:
            paths.use_keras_home(settings.data_dir)
            self._environment = environment.configure(settings.device, settings.threads)
            if self._environment["device"] == "gpu":
                print("Training on the GPU.")
            if reason := checkpoints.configure(self._environment, settings.fresh):
                print(f"warning: {reason} A run that is ended begins anew.", file=sys.stderr)

    @property
    def seeds(self) -> range:
        """The seeds of the first model; the first seed is the same for all."""
        return next(iter(self.settings.seeds.values()))

    @property
    def main_model(self) -> str:
        """The name of the model whose answers are shown: the first that `predict.py` would ask."""
        trained = self._saved.models if self._saved else self.settings.models
        return next(name for name in (*self._tutorial.ABOUT.networks, *trained) if name in trained)

    @property
    def source(self) -> str:
        """Where the data come from, one of `data.SOURCES`.

        Raises:
            UsageError: the lesson has neither loaded any nor says that it generates them.
        """
        found = {dataset.source for dataset in self._datasets}
        if not found:
            expected = "expected experiment.load, or generated=True in ABOUT, found neither"
            raise UsageError(f"{self.settings.experiment}: {expected}.")
        return next(source for source in data.SOURCES if source in found)

    @property
    def folder(self) -> Path:
        """Where the results are: of this run or, with `--plots-only`, of an earlier one."""
        settings = self.settings
        return records.find(settings) if settings.plots_only else settings.folder(self.source)

    def load(self, name: str) -> data.Dataset:
        """Load a data set as the settings say and note where it came from.

        Raises:
            DataError: a file is damaged, or real data are asked for and cannot be had.
        """
        dataset = data.load(name, self.settings.data, self.settings.data_dir)
        self._datasets.append(dataset)
        return dataset

    def run(self, compute: Callable[[], None]) -> Saved:
        """Let the lesson compute and save its results; with `--plots-only` read saved ones.

        Args:
            compute: loads the data, trains, and calls `save`.
        """
        if not self.settings.plots_only:
            compute()
            if not self._saved:
                raise UsageError(f"{compute.__name__}: expected experiment.save, found none.")
        return self.saved

    def train(
        self, function: Callable[..., None], *shared: Any, models: Iterable[str] | None = None
    ) -> dict[tuple[str, int], TrainingResult]:
        """Train models with each of their seeds, several at once where that pays.

        Args:
            function: called as `function(training, *shared)`; builds, fits and evaluates one
                model by `training`, a `common.training.Training`.
            shared: what all calls share, such as the arrays.
            models: names of the models; all that are chosen and have no folds where None.

        Returns:
            What is kept of each training, by model and seed.
        """
        if models is None:
            models = [name for name, one in self._protocols.items() if not one.folds]
        tasks = [(name, seed, None) for name in models for seed in self.settings.seeds[name]]
        results = self._train_all(function, tasks, shared)
        return {(name, seed): result for (name, seed, _), result in results.items()}

    def cross_validate(
        self, function: Callable[..., None], *shared: Any
    ) -> dict[tuple[str, int], list[TrainingResult]]:
        """Train each chosen model that has folds on each of them, with each of its seeds.

        Args:
            function: as for `train`; `training.fold` is the fold to leave out.
            shared: what all calls share.

        Returns:
            What is kept of each fold's training, by model and seed.
        """
        tasks = [
            (name, seed, fold)
            for name, one in self._protocols.items()
            for seed in self.settings.seeds[name]
            for fold in range(one.folds)
        ]
        by_key: dict[tuple[str, int], list[TrainingResult]] = {}
        for (name, seed, _), result in self._train_all(function, tasks, shared).items():
            by_key.setdefault((name, seed), []).append(result)
        return by_key

    def _train_all(self, function, tasks, shared) -> dict[tuple, TrainingResult]:
        """Train; return what is kept by the name, seed and fold of each task."""
        if not tasks:
            return {}
        files.make_folder(self.folder)  # before, not after, the training
        folder = self._lock()
        if self.source == "sample":
            records.refuse_to_replace_real(folder)
        settings = self.settings
        one = functools.partial(training.train_one, function, self._protocols, settings.seeds)
        done = parallel.run(one, tasks, shared, settings, self._environment)
        for task, (result, seconds) in zip(tasks, done, strict=True):
            self._trainings.append(Trained(*task, result, seconds))
        if restored := sum(one.result.restored for one in done):
            print(f"{restored} of {len(tasks)} trainings were saved before; --fresh trains anew.")
        return {task: one.result for task, one in zip(tasks, done, strict=True)}

    def save(
        self,
        baselines: Mapping[str, Mapping[str, float]],
        facts: Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | None = None,
        **arrays: np.ndarray,
    ) -> None:
        """Write record, histories and predictions of all trainings, and the trained networks.

        Args:
            baselines: scores of simple predictors.
            facts: what the data hold, such as the length of a row, by name.
            config: what was measured of the protocol, beside the protocol itself.
            arrays: what else the figures need.
        """
        settings, folder, self._saved = self.settings, self.folder, None
        digests = {file: sha for dataset in self._datasets for file, sha in dataset.files.items()}
        records.write(
            folder,
            self._trainings,
            experiment=settings.experiment,
            data={"source": self.source, "files": digests, "facts": facts or {}},
            config=protocol.as_config(self._protocols, settings) | (config or {}),
            environment=self._environment,
            baselines=baselines,
            arrays=arrays,
        )
        wall = time.monotonic() - self._started
        write_timing(folder, self._trainings, wall, environment.peak_memory())
        self.text(summaries(self._trainings), "model_summary")
        parts = self._trainings, self._protocols, self._tutorial, self._datasets
        networks.keep(settings.models_folder(self.source), self.saved, *parts)

    @property
    def saved(self) -> Saved:
        """The saved results, of this run or, with `--plots-only`, of an earlier one."""
        if self._saved is None:
            settings, folder = self.settings, self._lock()
            found = records.read_own(folder, settings.experiment, settings.known_models)
            names = dict(self._tutorial.ABOUT.models)
            self._saved = replace(found, record=found.record | {"names": names})
        return self._saved

    def _lock(self) -> Path:
        """Keep other runs from the folder, if there is one, until the end; return it."""
        folder = self.folder
        if folder != self._held and folder.is_dir():
            self._locks.enter_context(files.lock(folder, "writes results"))
            self._held = folder
        return folder

    @property
    def saved_with_ablations(self) -> Saved:
        """The saved results with those of the costly variants, if they are of the same data."""
        return records.with_ablations(self.saved)

    def figure(self, figure: plotting.Figure, name: str, caption: str) -> None:
        """Save a figure as `name.png` beside the record, marked if its data are a sample.

        In a notebook it is shown, too. The caption says in words what it shows; the record keeps it
        for the report and for readers who cannot see the figure.
        """
        self._captions[name] = caption
        path = self.saved.folder / f"{name}.png"
        watermark = "SAMPLE DATA" if self.saved.is_sample else ""
        plotting.save(figure, path, watermark, summary(self.saved.failures))
        if hasattr(builtins, "__IPYTHON__"):
            from IPython.display import Image, display

            display(Image(path, alt=caption))

    def text(self, text: str, name: str, printed: bool = True) -> None:
        """Save a text as `name.txt` beside the record, and print it unless it is long.

        It is marked if it is of a sample, or if trainings failed.
        """
        marks = ["SAMPLE DATA"] * self.saved.is_sample + [summary(self.saved.failures)]
        text = "\n".join([*filter(None, marks), text.rstrip(), ""])
        if printed:
            print(f"\n{text}")
        with files.replacing(self.saved.folder / f"{name}.txt") as file:
            file.write(text.encode())

    def conclude(self) -> None:
        """Write captions, numbers beside the tutorial's, claims with verdicts, and the finding.

        All are computed from the saved files, with `--plots-only`, too. The last line says what was
        found. With `--tensorboard` the histories are written for it, too.

        Raises:
            FailedError: a training failed.
        """
        saved, everything = self.saved, self.saved_with_ablations
        numbers, claims, finding = verdicts.conclusion(saved, everything, self._tutorial)
        concluded = {"tutorial": numbers, "claims": claims, "finding": finding}
        records.write_record(saved.folder, saved.record | concluded | {"figures": self._captions})
        if claims:
            self.text(verdicts.claims_text(claims), "claims")
        parts = verdicts.evaluation(saved), verdicts.numbers_text(numbers, saved.names)
        self.text("\n\n".join(filter(None, parts)), "evaluation")
        self._locks.close()
        if self.settings.tensorboard:
            folder = tensorboard.write(saved, self.settings.tensorboard)
            print(f"TensorBoard: {folder}; tensorboard --logdir {self.settings.tensorboard}")
        if OUTCOME in os.environ:
            Path(os.environ[OUTCOME]).write_text(json.dumps({"folder": str(saved.folder)}))
        warning = "warning: these results are of SAMPLE DATA, not of the tutorial's."
        lines = [f"Results: {saved.folder}", warning if saved.is_sample else ""]
        lines.append(finding or verdicts.scores_line(saved))
        print("\n".join(filter(None, lines)), flush=True)
        if failed := summary(saved.failures):
            raise FailedError(f"{failed}: no finite loss; try a smaller --learning-rate.")

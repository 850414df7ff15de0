"""Lead a lesson from its command line to its saved results and figures."""

import builtins
import contextlib
import functools
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
from base.settings import Settings
from common import data, histories, plotting, training
from engine import environment, parallel, process, progress
from results import networks, records, tensorboard, verdicts
from results.failures import summary
from results.saved import Saved
from results.training_result import Trained, TrainingResult, summaries, write_timing

FIRST_LOOK = "first_look.png"  # among the results of a run that is still at work
# The runs of this process: where each has its results, what `plotting.save` says of each figure.
concluded: list[tuple[Path, dict[str, str]]] = []


class Experiment:
    """One run of a lesson: its data, its trainings, its record and its figures.

    Args:
        name: the name of its script without .py.
        description: its docstring.
        models: what each model is trained with, where the command line says nothing else.
        tutorial: its module in `tutorials/`: what the tutorial concludes, how results are shown.

    Attributes:
        settings: what the command line says.
    """

    def __init__(
        self,
        name: str,
        description: str,
        models: Mapping[str, Protocol],
        tutorial: ModuleType,
    ):
        errors.prepare_program()
        options = protocol.command_line_options(models)
        settings = command_line.parse(name, description, **options)
        self._models, self._tutorial = models, tutorial
        self._use(protocol.for_quick(models, settings) if settings.quick else settings)
        self._started = time.monotonic()
        generated = [data.Dataset(name, "generated", None)] if tutorial.ABOUT.generated else []
        self._datasets = data.Loaded(generated)
        self._trainings: list[Trained] = []
        self._saved: Saved | None = None
        self._captions: dict[str, str] = {}
        self._looks: dict[str, TrainingResult] = {}  # first trainings, while others are to come
        self._drawn: dict[str, str] = {}
        self._locks = contextlib.ExitStack()  # keeps other runs from the folder of the results
        self._held: Path | None = None
        if settings.tensorboard:
            tensorboard.prepare(settings)
        if not settings.plots_only:
            paths.use_keras_home(settings.data_dir)
            self._environment = process.start(settings)

    def _use(self, settings: Settings) -> None:
        """Train as these settings say."""
        self.settings = settings
        self._protocols = {n: self._models[n].changed_by(settings, n) for n in settings.models}

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
    def folder(self) -> Path:
        """Where the results are: of this run or, with `--plots-only`, of an earlier one."""
        if self.settings.plots_only:
            return records.find(self.settings)
        return self.settings.folder(self._datasets.source)

    @property
    def _watermark(self) -> str:
        source = self._saved.record["data"]["source"] if self._saved else self._datasets.source
        return "SAMPLE DATA" * (source == "sample")

    def load(self, name: str) -> data.Dataset:
        """Load a data set as the settings say; on a sample less is trained.

        Raises:
            DataError: a file is damaged, or real data are asked for and cannot be had.
        """
        dataset = data.load(name, self.settings.data, self.settings.data_dir)
        self._datasets.append(dataset)
        if dataset.source == "sample":
            self._use(protocol.for_sample(self._models, self.settings))
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
        if self._datasets.source == "sample":
            records.refuse_to_replace_real(folder)
        one = functools.partial(training.train_one, function, self._protocols, self.settings.seeds)
        done = parallel.run(one, tasks, shared, self.settings, self._environment, self._look_at)
        for task, (result, seconds) in zip(tasks, done, strict=True):
            self._trainings.append(Trained(*task, result, seconds))
        if restored := sum(one.result.restored for one in done):
            print(f"Taken from saved trainings: {restored} of {len(tasks)}; --fresh trains anew.")
        return {task: one.result for task, one in zip(tasks, done, strict=True)}

    def _look_at(self, model: str, result: TrainingResult) -> None:
        """Draw the first training of a model beside those of others that are already done."""
        self._looks[self._tutorial.ABOUT.models.get(model, model)] = result
        path = self.folder / FIRST_LOOK
        plotting.save(histories.first_look(self._looks), path, self._watermark)
        if len(self._looks) == 1:
            progress.say(f"First curves, until the lesson is done: {path}")

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
        records.write(
            folder,
            self._trainings,
            experiment=settings.experiment,
            data=self._datasets.as_record | {"facts": facts or {}},
            config=protocol.as_config(self._protocols, settings) | (config or {}),
            environment=self._environment,
            baselines=baselines,
            arrays=arrays,
        )
        wall = time.monotonic() - self._started
        write_timing(folder, self._trainings, wall, environment.peak_memory())
        self.text(summaries(self._trainings), "model_summary")
        parts = self._trainings, self._protocols, self._tutorial, self._datasets
        networks.keep(settings.models_folder(self._datasets.source), self.saved, *parts)

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
            (folder / FIRST_LOOK).unlink(missing_ok=True)  # of a run that was ended
        return folder

    @property
    def saved_with_ablations(self) -> Saved:
        """The saved results with those of the costly variants, if they are of the same data."""
        return records.with_ablations(self.saved)

    def figure(self, figure: plotting.Figure, name: str, caption: str) -> None:
        """Save a figure as `name.png` beside the record, marked if its data are a sample.

        In a notebook it is shown, too. The caption says in words what it shows, for the report.
        """
        self._captions[name] = caption
        path = self.saved.folder / f"{name}.png"
        failures = summary(self.saved.failures)
        self._drawn[name] = plotting.save(figure, path, self._watermark, failures)
        if hasattr(builtins, "__IPYTHON__"):
            from IPython.display import Image, display

            display(Image(path, alt=caption))

    def detail(self, text: str) -> None:
        """Print what only readers who give `--verbose` want to see."""
        if self.settings.verbose:
            print(text)

    def text(self, text: str, name: str) -> None:
        """Save a text as `name.txt`, marked if it is of a sample or trainings failed."""
        marks = [self._watermark, summary(self.saved.failures)]
        text = "\n".join([*filter(None, marks), text.rstrip(), ""])
        self.detail(f"\n{text}")
        with files.replacing(self.saved.folder / f"{name}.txt") as file:
            file.write(text.encode())

    def conclude(self) -> None:
        """Write and print numbers beside the tutorial's, claims with verdicts, and the finding.

        All are computed from the saved files, with `--plots-only`, too. What was found comes last.

        Raises:
            FailedError: a training failed.
        """
        saved, everything, settings = self.saved, self.saved_with_ablations, self.settings
        numbers, claims, finding = verdicts.conclusion(saved, everything, self._tutorial)
        outcome = {"tutorial": numbers, "claims": claims, "finding": finding}
        records.write_record(saved.folder, saved.record | outcome | {"figures": self._captions})
        for name, text in verdicts.texts(saved, numbers, claims).items():
            self.text(text, name)
        (saved.folder / FIRST_LOOK).unlink(missing_ok=True)
        self._locks.close()
        if settings.tensorboard:
            folder = tensorboard.write(saved, settings.tensorboard)
            print(f"TensorBoard: {folder}; tensorboard --logdir {settings.tensorboard}")
        concluded.append((saved.folder, self._drawn))
        if not settings.verbose:
            print(f"\n{verdicts.brief(saved, numbers, claims)}")
        print(f"\n{verdicts.last_lines(saved, finding)}", flush=True)
        if failed := summary(saved.failures):
            raise FailedError(f"{failed}: no finite loss; try a smaller --learning-rate.")

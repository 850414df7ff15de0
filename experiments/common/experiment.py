"""Lead a lesson from its command line to its saved results and figures."""

import builtins
import contextlib
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from base import command_line, errors, files, paths
from base.errors import FailedError, UsageError
from common import data, plotting, training
from engine import checkpoints, environment, parallel
from results import model_card, records, tensorboard, verdicts
from results.failures import summary
from results.saved import Saved
from results.training_result import Training, TrainingResult, summaries, write_timing

OUTCOME = "EXPERIMENT_OUTCOME"  # the variable that names a file for where the results are


class Experiment:
    """One run of a lesson: its data, its trainings, its record and its figures.

    With `--plots-only` nothing is loaded or trained: `saved` reads what an earlier run has saved.

    Args:
        name: the name of its script without .py.
        description: its docstring.
        protocol: what it trains where the command line says nothing else, as for
            `base.command_line.parse`.

    Attributes:
        settings: what the command line says.
    """

    def __init__(self, name: str, description: str, **protocol: Any):
        errors.prepare_program()
        self.settings = settings = command_line.parse(name, description, **protocol)
        self._started = time.monotonic()
        self._datasets: list[data.Dataset] = []
        self._trainings: list[Training] = []
        self._saved: Saved | None = None
        self._captions: dict[str, str] = {}
        self._turn = contextlib.ExitStack()  # keeps other runs from the folder of the results
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
    def first_seed(self) -> int:
        """The seed of the first repetition, the same for all models."""
        return next(iter(self.settings.seeds.values()))[0]

    @property
    def source(self) -> str:
        """Where the data come from, one of `data.SOURCES`.

        Raises:
            UsageError: the lesson has neither loaded any nor said so.
        """
        found = {dataset.source for dataset in self._datasets}
        if not found:
            name = self.settings.experiment
            raise UsageError(
                f"{name}: expected experiment.load or experiment.data_are, found none."
            )
        return next(source for source in data.SOURCES if source in found)

    def load(self, name: str) -> data.Dataset:
        """Load a data set as the settings say and note where it came from.

        Raises:
            DataError: a file is damaged, or real data are asked for and cannot be had.
        """
        dataset = data.load(name, self.settings.data, self.settings.data_dir)
        self._datasets.append(dataset)
        return dataset

    def data_are(self, source: str) -> None:
        """Say of data that the lesson does not load what they are.

        Args:
            source: "generated" if it draws them, "bundled" if a package brings them along.

        Raises:
            UsageError: it is neither.
        """
        if source not in ("generated", "bundled"):
            raise UsageError(f"data_are: expected generated or bundled, found {source!r}.")
        self._datasets.append(data.Dataset(self.settings.experiment, source, None))

    def train(
        self,
        function: Callable[..., TrainingResult],
        models: Iterable[str],
        *shared: Any,
        folds: Mapping[str, int] | None = None,
    ) -> list[TrainingResult]:
        """Train each model with each seed on each fold and keep the results.

        Args:
            function: called as `function(model, seed, *shared)`, or with folds as
                `function(model, seed, fold, *shared)`; builds, trains and tests one model.
            models: names of the models.
            shared: what all calls share, such as the arrays.
            folds: how many folds each model is trained on, if there are any.
        """
        settings = self.settings
        self._prepare_folder()  # before, not after, the training
        tasks = [
            (model, seed) if fold is None else (model, seed, fold)
            for model in models
            for seed in settings.seeds[model]
            for fold in (range(folds[model]) if folds else (None,))
        ]
        kept = functools.partial(training.with_first_weights, function, settings.seeds, bool(folds))
        done = parallel.run(kept, tasks, shared, settings, self._environment)
        for task, (result, seconds) in zip(tasks, done, strict=True):
            model, seed, fold = task if folds else (*task, None)
            self._trainings.append(Training(model, seed, fold, result, seconds))
        if restored := sum(one.result.restored for one in done):
            print(f"{restored} of {len(tasks)} trainings were saved before; --fresh trains anew.")
        return [one.result for one in done]

    def _prepare_folder(self) -> None:
        """Make the folder for the results, unless sample results would replace real ones there.

        From then on to `finish` no other run writes there.
        """
        folder = self.settings.folder(self.source)
        files.make_folder(folder)
        self._wait_for_turn(folder)
        if self.source == "sample":
            records.refuse_to_replace_real(folder)

    def results(self, model: str) -> list[TrainingResult]:
        """Return what came of a model's trainings so far, one for each seed and fold."""
        return [one.result for one in self._trainings if one.model == model]

    def save(
        self,
        config: Mapping[str, Any],
        baselines: Mapping[str, Mapping[str, float]] | None = None,
        facts: Mapping[str, Any] | None = None,
        **arrays: np.ndarray,
    ) -> None:
        """Write the record, the histories and the predictions of all trainings.

        Args:
            config: the protocol in numbers and words, beside what the settings say.
            baselines: scores of simple predictors.
            facts: what the data hold, such as the length of a row, by name.
            arrays: what else the figures need.
        """
        settings, folder = self.settings, self.settings.folder(self.source)
        digests = {file: sha for dataset in self._datasets for file, sha in dataset.files.items()}
        records.write(
            folder,
            self._trainings,
            experiment=settings.experiment,
            data={"source": self.source, "files": digests, "facts": facts or {}},
            config={
                "epochs": dict(settings.epochs),
                "as_published": settings.as_published,
                "seeds": {model: list(seeds) for model, seeds in settings.seeds.items()},
                **config,
                **settings.overrides,
            },
            environment=self._environment,
            baselines=baselines or {},
            arrays=arrays,
        )
        wall = time.monotonic() - self._started
        write_timing(folder, self._trainings, wall, environment.peak_memory())
        self.text(summaries(self._trainings), "model_summary")

    def keep_networks(self, uses: Mapping[str, model_card.Use]) -> None:
        """Keep the trained network of each model's first seed, with a card, for `predict.py`.

        Args:
            uses: what each model is for, by its name.
        """
        folder = self.settings.models_folder(self.source)
        for one in self._trainings:
            if one.model in uses and one.result.weights and not one.result.failed:
                use = uses[one.model]
                datasets = [data for data in self._datasets if use.data in ("", data.name)]
                files = {name: sha for data in datasets for name, sha in data.files.items()}
                model_card.write(folder, self.saved, one.model, one.result, use, files)
        print(f"Trained networks: {folder}")

    @property
    def saved(self) -> Saved:
        """The saved results, of this run or, with `--plots-only`, of an earlier one."""
        if self._saved is None:
            settings = self.settings
            folder = settings.folder(self.source if self._datasets else settings.data)
            self._wait_for_turn(folder)
            self._saved = records.read_own(folder, settings.experiment, settings.known_models)
        return self._saved

    def _wait_for_turn(self, folder: Path) -> None:
        """Keep other runs from a folder, if there is one, until `finish`."""
        if folder != self._held and folder.is_dir():
            self._turn.enter_context(files.turn(folder, "writes results"))
            self._held = folder

    @property
    def saved_with_ablations(self) -> Saved:
        """The saved results with those of the costly variants, if they are of the same data."""
        return records.with_ablations(self.saved)

    def conclude(
        self, numbers: Sequence[Mapping[str, Any]] = (), claims: Sequence[Any] = ()
    ) -> None:
        """Write captions, the tutorial's numbers beside ours and its claims with verdicts.

        Both are computed from the saved files, with `--plots-only`, too. Sample data say nothing
        about the tutorial's: then only the scores are shown.

        Args:
            numbers: rows of `tutorials.evidence.scores_beside` and its like.
            claims: what the tutorial concludes, as `tutorials.evidence.Claim`; those of models that
                were not trained are left out.
        """
        saved, parts = self.saved, [verdicts.evaluation(self.saved)]
        record = saved.record | {"figures": self._captions}
        if not self.saved.is_sample:
            everything = self.saved_with_ablations
            judged = [row for claim in claims if (row := claim.judge(everything))]
            if not saved.record["config"]["as_published"]:
                numbers, judged = verdicts.withheld(numbers, judged)
            record |= {"tutorial": list(numbers), "claims": judged}
            if numbers:
                parts.append(verdicts.numbers_text(numbers))
            if judged:
                self.text(verdicts.claims_text(judged), "claims")
        records.write_record(saved.folder, record)
        self.text("\n\n".join(parts), "evaluation")

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

    def finish(self) -> None:
        """Say where the results are and, once more, if they are of sample data.

        With `--tensorboard` the histories are written for it, too.

        Raises:
            FailedError: a training failed.
        """
        self._turn.close()
        if self.settings.tensorboard:
            folder = tensorboard.write(self.saved, self.settings.tensorboard)
            print(f"TensorBoard: {folder}; tensorboard --logdir {self.settings.tensorboard}")
        if self.saved.is_sample:
            print("warning: these results are of SAMPLE DATA, not of the tutorial's.", flush=True)
        print(f"Results: {self.saved.folder}", flush=True)
        if OUTCOME in os.environ:
            Path(os.environ[OUTCOME]).write_text(json.dumps({"folder": str(self.saved.folder)}))
        if failed := summary(self.saved.failures):
            raise FailedError(f"{failed}: no finite loss; try a smaller --learning-rate.")

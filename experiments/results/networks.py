"""Keep the trained networks of a run, each with its card, for `predict.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from base import files
from results import model_card
from results.saved import Saved
from results.training_result import Trained


def keep(
    folder: Path,
    saved: Saved,
    trainings: Iterable[Trained],
    protocols: Mapping[str, Any],
    tutorial: ModuleType,
    datasets: Sequence[Any],
) -> None:
    """Write the networks of a run, if the tutorial's module names their model.

    That of a model's first seed has a card; those of others are in `seeds/`, by model and seed.

    Args:
        folder: where to.
        saved: the results of the run.
        trainings: all trainings; those without weights are left out.
        protocols: what each model was trained with.
        tutorial: the lesson's module; `ABOUT.networks` names the models, `use` says what each is
            for, and `FEATURES` what the columns of its rows mean.
        datasets: what the lesson has loaded, as `common.data.Dataset`.
    """
    written = False
    for one in trainings:
        result = one.result
        if one.model not in tutorial.ABOUT.networks or not result.weights or result.failed:
            continue
        written = True
        if one.seed != saved.seeds(one.model)[0]:
            path = folder / "seeds" / f"{one.model}_{one.seed}.keras"
            files.replace({path: model_card.keras_file(result)})
            continue
        features = ()
        if result.rows is not None:
            features = model_card.features_of(result.rows, tutorial.FEATURES)
        use = tutorial.use(one.model, protocols[one.model], features)
        used = [dataset for dataset in datasets if use.data in ("", dataset.name)]
        if use.takes == "text":
            (texts,) = used
            (_, _), (test, _) = texts.arrays
            lengths = model_card.middle_lengths(test)
            use = replace(use, words=texts.word_list, lengths=lengths)
        sources = {name: digest for dataset in used for name, digest in dataset.files.items()}
        model_card.write(folder, saved, one.model, result, use, sources)
    if written:
        print(f"Trained networks: {folder}")

"""Keep the trained networks of a run, each with its card, for `predict.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

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
    """Write the network of each model's first seed, if the tutorial's module names the model.

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
        files = {name: digest for dataset in used for name, digest in dataset.files.items()}
        model_card.write(folder, saved, one.model, result, use, files)
        written = True
    if written:
        print(f"Trained networks: {folder}")

"""What a lesson's models are trained with: its table of protocols, one row for each model."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from base.errors import UsageError
from base.settings import SEEDS, Settings

FORMS = "cf7097e"  # the commit that fixed claims, margins and seeds before these were trained
OPTIONS = ("hidden", "dropout")  # of the command line, which apply to some models alone


class Protocol:
    """What a model is trained with: a row of a lesson's table.

    Args:
        epochs: passes over the training set.
        batch_size: rows in a batch.
        optimizer: its name; its learning rate is Keras's default.
        hidden: units of each hidden layer.
        dropout: the rate behind hidden layers; 0 for none.
        seeds: how many seeds it is trained with.
        folds: how many folds it is cross-validated on; 0 for none.
        options: which of `--hidden` and `--dropout` apply to it.
        retrains: whether it is trained anew on all rows, for epochs that another model has chosen;
            `--epochs` only shortens it.
        first_epochs: epochs of an earlier phase, if it has one; `--epochs` replaces them, too.
        networks: of how many seeds the trained network is kept.
        ablation: whether it is trained by `--ablations` alone, as it takes long.
        every: of more than ten times as many epochs the record keeps each such one and the last,
            where all would fill too much room.
        sample_epochs: epochs on sample data, where nothing else is asked for; 0 for no fewer.
        quick_epochs: epochs with `--quick`, likewise.
        more: what else tells the lesson's models apart, by name.

    Raises:
        UsageError: there is no such option.
    """

    def __init__(
        self,
        *,
        epochs: int,
        batch_size: int,
        optimizer: str,
        hidden: Sequence[int] = (),
        dropout: float = 0.0,
        seeds: int = SEEDS,
        folds: int = 0,
        options: Sequence[str] = (),
        retrains: bool = False,
        ablation: bool = False,
        every: int = 1,
        networks: int = 1,
        first_epochs: int = 0,
        sample_epochs: int = 0,
        quick_epochs: int = 0,
        **more: Any,
    ):
        if not {*options} <= {*OPTIONS}:  # such as a bare string, which is a set of letters
            raise UsageError(f"options: expected some of {OPTIONS}, found {options!r}.")
        self.epochs, self.batch_size, self.optimizer = epochs, batch_size, optimizer
        self.hidden, self.dropout, self.learning_rate = tuple(hidden), dropout, None
        self.seeds, self.folds, self.every = seeds, folds, every
        self.first_epochs, self.networks = first_epochs, networks
        self.sample_epochs, self.quick_epochs = sample_epochs, quick_epochs
        self.options, self.retrains, self.ablation = tuple(options), retrains, ablation
        vars(self).update(more)

    def changed_by(self, settings: Settings, name: str) -> "Protocol":
        """Return the protocol with what the command line has put in its place."""
        changed = copy.copy(self)
        apply = {*self.options, "optimizer", "learning_rate"}
        overrides = {key: value for key, value in settings.overrides.items() if key in apply}
        vars(changed).update(overrides, epochs=settings.epochs[name])
        changed.batch_size = settings.batch_size or self.batch_size
        if self.first_epochs and (settings.given_epochs or changed.epochs < self.epochs):
            changed.first_epochs = changed.epochs
        return changed


def command_line_options(protocols: Mapping[str, Protocol]) -> dict[str, Any]:
    """Return what `base.command_line.parse` asks about a lesson's models, from its table."""
    overrides = {
        option: tuple(name for name, protocol in protocols.items() if option in protocol.options)
        for option in OPTIONS
    }
    return {
        "epochs": {
            name: protocol.epochs for name, protocol in protocols.items() if not protocol.retrains
        },
        "retrain_epochs": {
            name: protocol.epochs for name, protocol in protocols.items() if protocol.retrains
        },
        "models": tuple(name for name, protocol in protocols.items() if not protocol.ablation),
        "ablations": tuple(name for name, protocol in protocols.items() if protocol.ablation),
        "overrides": {option: names for option, names in overrides.items() if names},
        "seeds": {name: protocol.seeds for name, protocol in protocols.items()},
    }


def for_sample(protocols: Mapping[str, Protocol], settings: Settings) -> Settings:
    """Return settings that train less where nothing is asked for: a sample only shows how it works.

    Of ten seeds or more two are left, of fewer one. Called once more, it changes nothing.
    """
    seeds = dict(settings.seeds)
    if not settings.given_seeds:
        seeds = {n: every[: 2 if protocols[n].seeds >= 10 else 1] for n, every in seeds.items()}
    fewer = {name: one.sample_epochs for name, one in protocols.items()}
    return replace(_with_epochs(fewer, settings), seeds=seeds)


def for_quick(protocols: Mapping[str, Protocol], settings: Settings) -> Settings:
    """Return settings for a quick look: fewer epochs of what takes long, if none are asked for."""
    return _with_epochs({name: one.quick_epochs for name, one in protocols.items()}, settings)


def _with_epochs(fewer: Mapping[str, int], settings: Settings) -> Settings:
    """Return settings with these epochs, but for those that are 0 or where some are asked for."""
    if settings.given_epochs:
        return settings
    epochs = dict(settings.epochs) | {name: number for name, number in fewer.items() if number}
    as_published = settings.as_published and epochs == settings.epochs
    return replace(settings, epochs=epochs, as_published=as_published)


def as_config(protocols: Mapping[str, Protocol], settings: Settings) -> dict[str, Any]:
    """Return what a record keeps of the protocols and of what the command line has changed.

    Optimizer and batch size are one value or, where models differ, one for each model.
    """
    config: dict[str, Any] = {
        "epochs": dict(settings.epochs),
        "as_published": settings.as_published,
        "forms": FORMS,
        "seeds": {name: list(seeds) for name, seeds in settings.seeds.items()},
    }
    for field in ("optimizer", "batch_size"):
        values = {name: getattr(protocol, field) for name, protocol in protocols.items()}
        config[field] = values if len(set(values.values())) > 1 else next(iter(values.values()))
    return config | settings.overrides

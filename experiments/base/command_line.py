"""Read the command line: one parser for all lessons."""

import argparse
import hashlib
import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence

from base import argument_types
from base.errors import UsageError
from base.paths import DATA_DIR
from base.settings import FIRST_SEED, SEEDS, Settings

OVERRIDES = ("hidden", "dropout", "optimizer", "learning_rate")
OF_NETWORKS = ("seed", "epochs", "batch_size", *OVERRIDES)  # what changes a network
OPTIMIZERS = ("sgd", "rmsprop", "adam")
NOTEBOOK_ARGUMENTS = "NOTEBOOK_ARGUMENTS"  # the variable that holds a notebook's arguments


def parse(
    experiment: str,
    description: str,
    *,
    epochs: Mapping[str, int],
    models: Sequence[str],
    ablations: Sequence[str] = (),
    overrides: Mapping[str, Sequence[str]] | None = None,
    retrain_epochs: Mapping[str, int] | None = None,
    seeds: Mapping[str, int] | None = None,
    arguments: Sequence[str] | None = None,
) -> Settings:
    """Parse the command line of an experiment.

    Args:
        experiment: the script's stem.
        description: its docstring; the first line is shown by `--help`.
        epochs: the tutorial's epochs of each model; `--epochs` sets them all.
        models: the models that are trained where `--models` does not choose others, in order.
        ablations: costly variants, which are trained if `--models` or `--ablations` says so.
        overrides: the models that `--hidden` and `--dropout` apply to; those options exist only
            where there are some.
        retrain_epochs: epochs of models that are trained anew; `--epochs` only shortens them.
        seeds: repetitions of the models that cost too much for the usual number.
        arguments: what to parse; the command line where None.
    """
    parser = _parser(experiment, description, models, ablations, max(epochs.values()))
    _add_overrides(parser, overrides or {})
    if arguments is None:
        arguments = _notebooks_arguments() if "ipykernel" in sys.argv[0] else sys.argv[1:]
    given = parser.parse_args(arguments)
    if given.quick:
        given.seeds, given.label = given.seeds or 1, given.label or "quick"
    replaced = {n: v for n in OVERRIDES if (v := getattr(given, n, None)) is not None}
    for name in replaced:
        given.models = _models_that_take(parser, given.models, name, (overrides or {}).get(name))
    chosen = dict(epochs if given.epochs is None else dict.fromkeys(epochs, given.epochs))
    for name, number in (retrain_epochs or {}).items():
        chosen[name] = min(number, given.epochs or number)
    known = (*models, *ablations)
    usual = {name: (seeds or {}).get(name, SEEDS) for name in known}
    repetitions = {name: given.seeds or usual[name] for name in given.models}
    given_seeds = given.seeds
    if set(usual.values()) == {given.seeds}:  # of all models: ablations belong to the others' run
        given.seeds = None
    is_ablation = bool(ablations) and given.models == tuple(ablations)
    if is_ablation:
        parser.set_defaults(models=given.models)
    return Settings(
        experiment=experiment,
        epochs=chosen,
        given_epochs=given.epochs,
        given_seeds=given_seeds,
        batch_size=given.batch_size,
        overrides=replaced,
        models=given.models,
        known_models=known,
        seeds={name: range(given.seed, given.seed + n) for name, n in repetitions.items()},
        ablations=is_ablation,
        data=given.data,
        data_dir=given.data_dir,
        out=given.out,
        label=given.label,
        variation=_variation(parser, given, (*OF_NETWORKS, "seeds", "models")),
        network_variation=_variation(parser, given, OF_NETWORKS),
        device=given.device,
        jobs=None if isinstance(given.jobs, str) else given.jobs,
        cluster=given.jobs if isinstance(given.jobs, str) else None,
        threads=given.threads,
        tensorboard=given.tensorboard,
        quick=given.quick,
        fresh=given.fresh,
        verbose=given.verbose,
        plots_only=given.plots_only,
        as_published=given.epochs is None and given.batch_size is None and not replaced,
    )


def _notebooks_arguments() -> list[str]:
    """Return the arguments of a notebook's experiment; `sys.argv` has those of its kernel."""
    text = os.environ.get(NOTEBOOK_ARGUMENTS, "")
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(
            f"{NOTEBOOK_ARGUMENTS}: expected arguments as a shell has them, found {text!r}"
            f" ({error})."
        ) from error


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str):
        """End the program with status 2."""
        self.exit(2, f"error: {' '.join(message.split())}; see --help\n")


def _parser(
    experiment: str,
    description: str,
    models: Sequence[str],
    ablations: Sequence[str],
    epochs: int,
) -> Parser:
    summary = description.strip().splitlines()[0]
    prog = experiment if " " in experiment else f"{experiment}.py"
    parser = Parser(prog=prog, description=summary, allow_abbrev=False)

    def add(flag: str, text: str, **options) -> None:
        parser.add_argument(flag, help=text, **options)

    text = f"repetitions (default: {SEEDS}, fewer for models that take long)"
    add("--seeds", text, type=argument_types.positive, metavar="N")
    text = f"seed of the first repetition (default: {FIRST_SEED})"
    add("--seed", text, type=argument_types.whole, default=FIRST_SEED, metavar="FIRST")
    text = f"epochs of each model (default: the tutorial's, at most {epochs})"
    add("--epochs", text, type=argument_types.positive, metavar="N")
    text = "rows in a batch (default: the tutorial's)"
    add("--batch-size", text, type=argument_types.positive, metavar="N")
    choices = (*models, *ablations)
    kind = argument_types.names_of(choices)
    text = f"models to train, of {','.join(choices)} (default: {','.join(models) or 'all'})"
    if choices:  # else it is for lessons of different models
        add("--models", text, type=kind, default=tuple(models), metavar="A,B")
    parser.set_defaults(models=tuple(models))
    if ablations:
        text = f"train the costly variants instead: {','.join(ablations)}"
        add("--ablations", text, action="store_const", dest="models", const=tuple(ablations))
    text = "real data, sample data, or auto: the sample where the real cannot be had (default)"
    add("--data", text, choices=("auto", "real", "sample"), default="auto")
    text = "folder whose datasets/ holds the files (default: data/)"
    add("--data-dir", text, type=argument_types.folder, default=DATA_DIR, metavar="DIR")
    text = "write to DIR/NN_name, not to figures/ or runs/"
    add("--out", text, type=argument_types.folder, metavar="DIR")
    text = "name a variation: write to runs/NAME/NN_name"
    add("--label", text, type=argument_types.label, metavar="NAME")
    text = "one seed, fewer epochs of the networks of 05; results go to runs/quick"
    add("--quick", text, action="store_true")
    text = "where to compute (default: a GPU if there is one that fits)"
    add("--device", text, choices=("auto", "cpu", "gpu"), default="auto")
    text = "trainings at once (default: as many as cores where that pays), or the address of a Dask"
    text += " scheduler whose workers train"
    add("--jobs", text, type=argument_types.jobs, metavar="N|dask:ADDRESS")
    text = "threads of one training; their number changes the last digits (default: 1)"
    add("--threads", text, type=argument_types.cores, default=1, metavar="N")
    text = "write the histories for TensorBoard, too, into DIR"
    add("--tensorboard", text, type=argument_types.tensorboard, metavar="DIR")
    text = "print model summaries, texts and reports, too, not only into files"
    add("--verbose", text, action="store_true")
    either = parser.add_mutually_exclusive_group()
    text = "train anew what earlier runs have saved on the way"
    either.add_argument("--fresh", help=text, action="store_true")
    text = "redraw the figures from saved results"
    either.add_argument("--plots-only", help=text, action="store_true")
    return parser


def _add_overrides(parser: Parser, overrides: Mapping[str, Sequence[str]]) -> None:
    """Add the options that replace a part of the networks."""
    known = {
        "hidden": ("units of each hidden layer", argument_types.widths, "A,B"),
        "dropout": ("rate of dropout behind the hidden layers", argument_types.dropout, "RATE"),
    }
    for name, models in overrides.items():
        text, kind, value = known[name]
        text += f" (in {', '.join(models)}; default: the tutorial's)"
        parser.add_argument(f"--{name}", help=text, type=kind, metavar=value)
    text = "optimizer (default: the tutorial's)"
    parser.add_argument("--optimizer", help=text, choices=OPTIMIZERS)
    text = "learning rate (default: the optimizer's)"
    parser.add_argument(
        "--learning-rate", help=text, type=argument_types.learning_rate, metavar="RATE"
    )


def _models_that_take(
    parser: Parser, models: Sequence[str], override: str, taking: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the models that an override leaves to train; the others would train as published."""
    others = [name for name in models if taking is not None and name not in taking]
    if others and models != parser.get_default("models"):
        parser.error(f"--{override}: expected models of {','.join(taking)}, found {others[0]}")
    if others:
        print(f"--{override}: not trained, as it does not apply to them: {', '.join(others)}.")
    return tuple(name for name in models if name not in others)


def _variation(parser: Parser, given: argparse.Namespace, names: Sequence[str]) -> str:
    """Name what these settings change: a short hash, so that equal settings share a folder."""
    chosen = {name: getattr(given, name, None) for name in names}
    changed = {name: v for name, v in chosen.items() if v != parser.get_default(name)}
    if not changed:
        return ""
    return hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:8]

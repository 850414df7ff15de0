"""Read single values of the command line; what is wrong is said in one line."""

import argparse
import importlib.util
import os
import re
from collections.abc import Sequence
from pathlib import Path


def _refused(expected: str, found: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"expected {expected}, found {found!r}")


def whole(text: str, least: int = 0) -> int:
    """Return the whole number that an argument gives."""
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < least:
        raise _refused(f"a whole number, {least} to 999999", text)
    return int(text)


def positive(text: str) -> int:
    """Return the whole number above 0 that an argument gives."""
    return whole(text, least=1)


def widths(text: str) -> tuple[int, ...]:
    """Return the units of each hidden layer that an argument gives."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}(,[1-9][0-9]{0,3}){0,9}", text):
        raise _refused("units of one to ten layers, each 1 to 9999, such as 128,64", text)
    return tuple(map(int, text.split(",")))


def number(text: str) -> float:
    """Return the number that an argument gives, not below 0."""
    form = r"([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,2})?"
    if not re.fullmatch(form, text, re.ASCII | re.IGNORECASE):
        raise _refused("a number, not below 0", text)
    return float(text)


def dropout(text: str) -> float:
    """Return the rate of dropout that an argument gives."""
    if not number(text) < 1:
        raise _refused("a rate from 0 to below 1", text)
    return number(text)


def learning_rate(text: str) -> float:
    """Return the learning rate that an argument gives."""
    if not 0 < number(text) <= 100:
        raise _refused("a rate above 0, up to 100", text)
    return number(text)


def cores(text: str) -> int:
    """Return how many cores an argument asks for, at most those of this machine."""
    wanted, cores = positive(text), os.cpu_count() or 1
    if wanted > cores:
        raise argparse.ArgumentTypeError(f"expected at most this machine's {cores}, found {text}")
    return wanted


def jobs(text: str) -> int | str:
    """Return how many trainings run at once, or the address of a cluster's scheduler."""
    if not text.startswith("dask:"):
        return cores(text)
    check_installed("distributed", "cluster")
    address = text.removeprefix("dask:")
    if not re.fullmatch(r"tcp://([^\s/:\[\]]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}", address):
        raise _refused("an address such as dask:tcp://127.0.0.1:8786", text)
    return address


def tensorboard(text: str) -> Path:
    """Return the folder for TensorBoard's files, if TensorBoard is installed."""
    check_installed("tensorboard", "tensorboard")
    return folder(text)


def missing_package(package: str, extra: str) -> str | None:
    """Say how to install a package of one of the project's extras if it is missing."""
    if importlib.util.find_spec(package) is None:
        return f"expected the package {package}, found none; pip install -e '.[{extra}]'"
    return None


def check_installed(package: str, extra: str) -> None:
    """Refuse an option before anything is trained if its package is missing."""
    if missing := missing_package(package, extra):
        raise argparse.ArgumentTypeError(missing)


def folder(text: str) -> Path:
    """Return the folder that an argument names, as an absolute path."""
    if not text:
        raise _refused("a folder", text)
    try:
        return Path(text).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise argparse.ArgumentTypeError(f"expected a folder, found {text!r} ({error})") from error


def label(text: str) -> str:
    """Return the label of a variation that an argument gives."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        raise _refused("letters, digits, '.', '_' and '-'", text)
    return text


def names_of(models: Sequence[str]):
    """Return what reads names of these models, separated by commas."""

    def parse_names(text: str) -> tuple[str, ...]:
        names = [name.strip() for name in text.split(",")]
        for name in names:
            if name not in models:
                raise _refused(f"some of {', '.join(models)}", name)
        return tuple(name for name in models if name in names)

    return parse_names

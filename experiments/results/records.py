"""Write and read the results of an experiment: record.json, history.csv, predictions.npz.

Every file is written under a temporary name and renamed, so that no reader sees half of one.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from base.errors import DAMAGE, UsageError, damage_named
from base.files import replace
from base.paths import ABLATIONS
from base.settings import Settings
from results.failures import put_nan, without_nan
from results.saved import KEYS, Arrays, Saved
from results.training_result import Trained, classes, history_of, models_of

SCHEMA = 2
PARTS = {"experiment", "data", "config", "environment", "models", "baselines", "tutorial", "claims"}
CONCLUDED = ("tutorial", "claims", "figures", "names", "finding")  # they follow from the others
MOST_BYTES = 2**28  # of unpacked predictions; those of the suite have a hundredth of it
DIGITS = 6  # significant digits of every number in a record or a history


def write(
    folder: Path,
    trainings: Sequence[Trained],
    *,
    experiment: str,
    data: Mapping[str, Any],
    config: Mapping[str, Any],
    environment: Mapping[str, Any],
    baselines: Mapping[str, Mapping[str, float]],
    arrays: Mapping[str, np.ndarray],
) -> None:
    """Write the three files of a run into its folder.

    Args:
        folder: where to; made if it is missing.
        trainings: all trainings.
        experiment: the script's stem.
        data: `source`, for each file its SHA-256, and what the data hold in `facts`.
        config: the protocol.
        environment: versions, device and threads.
        baselines: scores of simple predictors, by name and metric.
        arrays: what else the figures need, such as targets and a few images.
    """
    record = {
        "schema": SCHEMA,
        "experiment": experiment,
        "data": data,
        "config": config,
        "environment": environment,
        "models": models_of(trainings),
        "baselines": baselines,
        "tutorial": [],
        "claims": [],
    }
    predictions = dict(arrays)
    for model in record["models"]:
        tested = [one for one in trainings if one.model == model and one.fold is None]
        if tested and tested[0].result.outputs is not None:
            outputs = tested[0].result.outputs
            with np.errstate(over="ignore"):  # beyond 65504 they become infinite
                predictions[f"{model}.outputs"] = outputs.astype(np.float16)
            if tested[0].result.right is not None:
                predictions[f"{model}.classes"] = classes(outputs).astype(np.uint8)
                predictions[f"{model}.right"] = np.stack([one.result.right for one in tested])
    history, packed = io.BytesIO(), io.BytesIO()
    table, form = history_of(trainings), f"%.{DIGITS}g"
    table.to_csv(history, index=False, float_format=form, lineterminator="\n")
    np.savez_compressed(packed, **predictions)
    record = _rounded(record)
    beside = {"history.csv": history.getvalue(), "predictions.npz": packed.getvalue()}
    write_record(folder, record | _concluded_before(folder, record), beside)


def _concluded_before(folder: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was concluded of the same results: a run that ends early shall not lose it."""
    try:
        old = json.loads((folder / "record.json").read_bytes())
        concluded = {name: old.pop(name) for name in CONCLUDED if name in old}
    except DAMAGE:
        return {}
    new = json.loads(_encoded(record))
    return concluded if old == {n: part for n, part in new.items() if n not in CONCLUDED} else {}


def write_record(
    folder: Path, record: Mapping[str, Any], beside: Mapping[str, bytes] | None = None
) -> None:
    """Write a record into a folder; figures that the old one there names and this one not go.

    Args:
        folder: where to.
        record: the new record.
        beside: files of the same results by name. A full disk leaves all old files.
    """
    try:
        named = set(read_record(folder).get("figures", {}))
    except UsageError:  # none, or damaged
        named = set()
    contents = {folder / name: content for name, content in (beside or {}).items()}
    ends = {name: record[name] for name in CONCLUDED if name in record}  # always in this order
    record = {name: part for name, part in record.items() if name not in ends} | ends
    replace(contents | {folder / "record.json": _encoded(record)})
    for name in named - set(record.get("figures", {})):
        (folder / f"{name}.png").unlink(missing_ok=True)


def _encoded(record: Mapping[str, Any]) -> bytes:
    """Return a record as JSON, which has no word for NaN: a number that failed is null."""
    return (json.dumps(without_nan(record), indent=1, allow_nan=False) + "\n").encode()


def read(folder: Path) -> Saved:
    """Read the saved results in a folder.

    Raises:
        UsageError: there are none, or they are damaged.
    """
    record = read_record(folder)
    with damage_named(folder / "history.csv") as path:
        history = pd.read_csv(path, dtype={"fold": "Int64"})
        if list(history.columns[: len(KEYS)]) != KEYS or history.duplicated(KEYS).any():
            raise ValueError
        numeric = all(map(pd.api.types.is_numeric_dtype, history.drop(columns="model").dtypes))
        if not numeric or not _ends_as_recorded(history, record):
            raise ValueError
    with damage_named(folder / "predictions.npz") as path, zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
            raise ValueError
        with np.load(path, allow_pickle=False) as arrays:
            predictions = Arrays(path, arrays)
    return Saved(folder, record, history, predictions)


def find(settings: Settings) -> Path:
    """Return the folder of saved results of the data that are asked for, as `--data` means it.

    Bundled and generated data have no sample: `--data sample` means their usual results, too.
    Where there are none, it is the folder that they would most likely go to.
    """
    usual, sample = settings.folder("real"), settings.folder("sample")
    if usual == sample or settings.data == "real":
        return usual
    if settings.data == "auto":
        return sample if source_in(usual) is None and source_in(sample) else usual
    alike = source_in(sample) is None and source_in(usual) not in (None, "real")
    return usual if alike else sample


def source_in(folder: Path) -> str | None:
    """Return where the data of the results in a folder come from; None where there are none."""
    there = (folder / "record.json").exists()
    return read_record(folder)["data"]["source"] if there else None


def read_own(folder: Path, experiment: str, models: Sequence[str]) -> Saved:
    """Read the saved results in a folder, which must be of an experiment and of models of it.

    Raises:
        UsageError: they are others', or there are none, or they are damaged.
    """
    saved = read(folder)
    found = saved.record["experiment"]
    strange = [name for name in saved.models if name not in models]
    if found != experiment or strange:
        found += f" with a model {strange[0]!r}" if strange else ""
        expected = f"{experiment} with models of {','.join(models)}"
        raise UsageError(f"{folder}: expected results of {expected}, found {found}.")
    return saved


def refuse_to_replace_real(folder: Path) -> None:
    """Refuse to write results of sample data where those of real data are.

    Raises:
        UsageError: they are there.
    """
    if source_in(folder) not in (None, "sample"):
        raise UsageError(
            f"{folder}: holds results of data that are no sample, which a sample's would replace;"
            " choose another --out or --label."
        )


def with_ablations(saved: Saved) -> Saved:
    """Return saved results with those of the costly variants, if they are of the same protocol."""
    folder = saved.folder / ABLATIONS
    if not (folder / "record.json").exists():
        return saved
    ablations = read(folder)
    return saved.joined(ablations) if _protocol(saved) == _protocol(ablations) else saved


def _protocol(saved: Saved) -> tuple:
    """Return what two records must share for their models to be compared."""
    config = {name: value for name, value in saved.record["config"].items() if name != "seeds"}
    return saved.record["data"], config


def read_record(folder: Path) -> dict[str, Any]:
    """Read the record in a folder.

    Raises:
        UsageError: there is none, or it is damaged.
    """
    with damage_named(folder / "record.json") as path:
        record = json.loads(path.read_bytes())
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            raise ValueError
        put_nan(record)
        known = {"source", "facts"} <= record["data"].keys() and "as_published" in record["config"]
        if not known or not record.keys() >= PARTS or not _is_valid(record):
            raise ValueError
    return record


def _is_valid(record: Mapping[str, Any]) -> bool:
    """Tell whether the parts of a record that others rely on have their form."""
    models, claims = record["models"].values(), record["claims"]
    runs = [run for model in models for run in model["runs"]]
    scores = [value for run in runs for name in ("final", "test") for value in run[name].values()]
    parts = [record["data"]["files"], record["config"].get("seeds", {}), record["environment"]]
    parts += [record["baselines"], record.get("figures", {})]
    verdicts = [row["verdict"] or "" for row in (*claims, *record["tutorial"])]
    plain = all(Path(name).name == name for name in record.get("figures", {}))
    forms = (
        (int | float, scores),
        (int, [model["parameters"] for model in models] + [run["epochs"] for run in runs]),
        (str, [record["experiment"], *(row["id"] for row in claims), *verdicts]),
        (dict, parts),
    )
    return (
        bool(runs)
        and plain
        and all(isinstance(value, form) for form, all_ in forms for value in all_)
    )


def _ends_as_recorded(history: pd.DataFrame, record: Mapping[str, Any]) -> bool:
    """Tell whether a history and a record end with the same epochs, losses and metrics."""
    rows = history.fillna({"fold": -1}).sort_values("epoch").groupby(KEYS[:3]).tail(1)
    last = {(row["model"], row["seed"], row["fold"]): row for row in rows.to_dict("records")}
    runs = {
        (name, run["seed"], -1 if run["fold"] is None else run["fold"]): run
        for name, model in record["models"].items()
        for run in model["runs"]
    }
    return last.keys() == runs.keys() and all(
        run["epochs"] == last[key]["epoch"]
        and ("failed" in run or all(last[key][name] == end for name, end in run["final"].items()))
        for key, run in runs.items()
    )


def _rounded(value: Any) -> Any:
    """Round every float in a structure to the digits that are kept; make plain what is NumPy's."""
    if isinstance(value, np.ndarray | np.integer):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.{DIGITS}g}")
    return value

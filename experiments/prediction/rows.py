"""Answer to rows of named features, such as a district or a patient."""

import re

import numpy as np

from base.errors import UsageError
from prediction.answers import Answer, Trained, classified
from prediction.showing import bars

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
MOST_CHARACTERS = 2_000  # of a row
TOO_LARGE = 1e6  # standard deviations from the mean
RARE = 5  # standard deviations from the mean


def read(trained: Trained, text: str) -> dict[str, float]:
    """Read "CRIM=0.1,RM=6.5,...": a number for each feature of a network, in any order.

    Raises:
        UsageError: a feature is missing, unknown or named twice, or its value is no number.
    """
    names = {feature["name"].upper(): feature["name"] for feature in trained.card["features"]}
    expected = f"{trained.name} takes {','.join(names.values())}; see {trained.path.stem}.md"
    values: dict[str, float] = {}
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"--row: expected at most {MOST_CHARACTERS:,} characters, found {len(text):,}."
        )
    for part in re.sub(r"\s*=\s*", "=", text).replace(",", " ").split():
        name, equals, value = part.partition("=")
        if not equals or not NUMBER.fullmatch(value) or not np.isfinite(float(value)):
            raise UsageError(f"--row: expected NAME=number, found {part[:60]!r}; {expected}.")
        if name.upper() not in names:
            raise UsageError(f"--row: unknown feature {name[:60]!r}; {expected}.")
        if names[name.upper()] in values:
            raise UsageError(f"--row: {name} is given twice; {expected}.")
        values[names[name.upper()]] = float(value)
    if missing := [name for name in names.values() if name not in values]:
        raise UsageError(f"--row: missing {', '.join(missing)}; {expected}.")
    return {name: values[name] for name in names.values()}


def answer(trained: Trained, text: str) -> Answer:
    """Answer to a row and say what each feature does to it.

    `because["features"]` has for each its value, how many standard deviations that lies above the
    mean of the training rows, and how the answer (its probability, or the number) changes if the
    mean is put in its place.

    Raises:
        UsageError: as `read`, or the values are too large to compute with.
    """
    values, card = read(trained, text), trained.card
    given = ", ".join(f"{name}={value:g}" for name, value in values.items())
    for feature in card["features"]:
        name, value = feature["name"], values[feature["name"]]
        if abs(_standardised(feature, value)) > TOO_LARGE:
            raise UsageError(
                f"--row: {name}={value:g} is too large to compute with; the training rows have"
                f" {feature['low']:g} to {feature['high']:g}."
            )
    row = _inputs(card, values)
    rows_with_mean = np.stack(
        [_inputs(card, values | {feature["name"]: feature["mean"]}) for feature in card["features"]]
    )
    if card["answers"]:
        result = classified(trained, row, given)
        place = card["answers"].index(result.answer)
        now = result.probability
        instead = trained.class_probabilities(rows_with_mean)[:, place]
    else:
        now = float(trained.network(row[None])[0, 0])
        instead = trained.network(rows_with_mean)[:, 0].astype(float)
        result = Answer(given, now, None)
    result.because["features"] = [
        {
            "name": feature["name"],
            "meaning": feature["meaning"],
            "value": values[feature["name"]],
            "standardised": _standardised(feature, values[feature["name"]]),
            "change_with_mean": float(other - now),
        }
        for feature, other in zip(card["features"], instead, strict=True)
    ]
    result.warnings += filter(None, (_doubt(f, values[f["name"]]) for f in card["features"]))
    return result


def _inputs(card, values: dict[str, float]) -> np.ndarray:
    """Return the inputs that follow from the features, float32 (columns,)."""
    columns = card["columns"]
    return np.array([(values[name] - shift) / scale for name, shift, scale in columns], np.float32)


def _standardised(feature, value: float) -> float:
    return (value - feature["mean"]) / (feature["deviation"] or 1.0)


def _doubt(feature, value: float) -> str | None:
    """Return why a value should be doubted, or None."""
    low, high, values = feature["low"], feature["high"], feature["values"]
    span = 1e-6 * max(abs(low), abs(high))  # the training rows may be rounded to float32
    if not low - span <= value <= high + span:
        return (
            f"{feature['name']}={value:g} lies outside the training rows, {low:g} to {high:g}: the"
            " answer is a guess about what was never seen."
        )
    if abs(_standardised(feature, value)) > RARE:
        return (
            f"{feature['name']}={value:g} is {abs(_standardised(feature, value)):.0f} standard"
            " deviations from the mean: hardly any training row is like that."
        )
    if values and value not in values:
        known = ", ".join(f"{known:g}" for known in values)
        return f"{feature['name']}={value:g}: the training rows have {known} alone."
    return None


def lines(trained: Trained, answer: Answer) -> list[str]:
    """Say what each feature is, how far from the mean, and what the mean would change."""
    unit = trained.card["unit"] or f"the probability of {answer.answer}"
    head = f"  {'feature':<8} {'value':>9} {'standardised':>13} {'change':>8}"
    return [
        "Standardised: in standard deviations from the mean of the training rows.",
        f"Change: in {unit}, if that mean stood in the feature's place.",
        head,
        *(
            f"  {row['name']:<8} {row['value']:>9.4g} {row['standardised']:>+13.2f}"
            f" {row['change_with_mean']:>+8.3f}  {row['meaning']}"
            for row in answer.because["features"]
        ),
    ]


def plot(answer: Answer):
    """Draw the standardised features beside what their means would change."""
    from common import plotting

    shown = answer.because["features"]
    figure, (left, right) = plotting.new(1, 2, size=(9.2, 1 + 0.3 * len(shown)))
    names = [f"{row['name']} = {row['value']:g}" for row in shown]
    bars(left, names, [row["standardised"] for row in shown])
    bars(right, names, [row["change_with_mean"] for row in shown])
    right.set_yticklabels([])
    left.set_xlabel("standard deviations from the mean")
    right.set_xlabel("change with the mean in its place")
    return figure

"""Show answers: as text for a terminal, as JSON for scripts, as a picture."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from prediction.answers import Answer, Trained, trust, trust_text

SHADES = " .:-=+*#%@"
WORDS = 8  # that are shown
NOTHING = 0.001  # a change of a probability that is not worth naming
WIDTH = 98  # columns


def as_text(trained: Trained, answer: Answer) -> str:
    """Return an answer as lines for a terminal."""
    card = trained.card
    sample = "SAMPLE DATA, it knows nothing of the real ones: " * (card["data"]["source"] != "real")
    if card["experiment"].startswith("01"):
        sample = ""
    if answer.probability is None:
        head = f"{answer.answer:.1f} {card['unit']}"
    else:
        others = ", ".join(f"{name} {p:.4f}" for name, p in answer.others.items())
        head = f"{answer.answer}, with probability {answer.probability:.4f} (next: {others})"
    lines = [sample + head, f"  {trust_text(card, answer)}"]
    explain = {"text": _words, "row": _features}.get(card["takes"], _pictures)
    return "\n".join([*lines, *explain(trained, answer)])


def about(trained: Trained) -> str:
    """Return what network it is and what it must not be used for."""
    card = trained.card
    score = card["score"]["text"] if card["score"] else "not tested"
    text = f"{trained.name}: {score}. Not for {card['not_for']} Its card: "
    return f"{textwrap.fill(text, WIDTH)}\n{trained.path.with_suffix('.md')}"


def _words(trained: Trained, answer: Answer) -> list[str]:
    because = answer.because
    lines = [
        f"  The words that weigh most for {answer.answer} (+) or for {because['against']} (-):",
        f"    {'word':<20} {'weight':>8}   probability without it",
    ]
    lines += [
        f"    {row['word'][:20]:<20} {row['weight']:>+8.2f}   {row['probability_without_it']:.4f}"
        for row in because["words"][:WORDS]
    ]
    if because["not_known"]:
        text = f"Not among the words it knows, so not seen: {', '.join(because['not_known'])}"
        indent = {"initial_indent": "  ", "subsequent_indent": "    "}
        lines += textwrap.wrap(text, WIDTH, max_lines=2, placeholder=" ...", **indent)
    return lines


def _features(trained: Trained, answer: Answer) -> list[str]:
    unit = trained.card["unit"] or f"the probability of {answer.answer}"
    lines = [
        "  Standardised: in standard deviations from the mean of the training rows.",
        f"  Change: in {unit}, if that mean stood in the feature's place.",
        f"    {'feature':<8} {'value':>9} {'standardised':>13} {'change':>8}",
    ]
    lines += [
        f"    {row['name']:<8} {row['value']:>9.4g} {row['standardised']:>+13.2f}"
        f" {row['change_with_mean']:>+8.3f}  {row['meaning']}"
        for row in answer.because["features"]
    ]
    return lines


def _pictures(trained: Trained, answer: Answer) -> list[str]:
    """Return the image as the network sees it beside the parts that count; two rows a line."""
    loss = np.clip(-answer.because["change_if_hidden"], 0, None)
    largest = loss.max()
    seen, parts = _shaded(answer.seen / 255), _shaded(loss / (largest or 1.0))
    lines = [f"  {'What the network sees, 28x28:':<32} What it rests on:"]
    lines += [f"  {left}    {right}" for left, right in zip(seen, parts, strict=True)]
    if largest < NOTHING:
        found = f"by less than {NOTHING}, wherever they are: no single part decides"
    else:
        row, column = np.unravel_index(loss.argmax(), loss.shape)
        found = f"most, by {largest:.3f}, around row {row + 1}, column {column + 1}"
    return [*lines, f"  Hiding 5x5 pixels lowers the probability {found}."]


def _shaded(image: np.ndarray) -> list[str]:
    pairs = image.reshape(image.shape[0] // 2, 2, -1).mean(axis=1)
    places = np.round(pairs * (len(SHADES) - 1)).astype(int)
    return ["".join(SHADES[place] for place in row) for row in places]


def as_json(trained: Trained, answer: Answer) -> dict[str, Any]:
    """Return an answer with all that it rests on, for `json.dumps`."""
    card = trained.card
    return {
        "experiment": card["experiment"],
        "model": card["model"],
        "data": card["data"]["source"],
        "input": answer.given,
        "answer": answer.answer,
        "unit": card["unit"] or None,
        "probability": answer.probability,
        "others": answer.others,
        "because": _plain(answer.because),
        "seen": _plain(answer.seen),
        "reliability": trust(card, answer),
        "warnings": answer.warnings,
        "not_for": card["not_for"],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return np.round(value, 6).tolist()
    return value


def save_plot(trained: Trained, answer: Answer, path: Path) -> None:
    """Draw an answer, what it rests on and how far to trust it, as PNG.

    Raises:
        UsageError: the file cannot be written.
    """
    from common import plotting

    draw = {"text": _plot_words, "row": _plot_features}.get(trained.card["takes"], _plot_picture)
    figure = draw(plotting, answer)
    if answer.probability is None:
        head = f"{answer.answer:.1f} {trained.card['unit']}"
    else:
        head = f"{answer.answer}, {answer.probability:.4f}"
    figure.suptitle(f"{trained.name}: {head}", weight="bold")
    figure.supxlabel(textwrap.fill(trust_text(trained.card, answer), 80), fontsize=8)
    is_sample = trained.card["data"]["source"] == "sample"
    plotting.save(figure, path, "SAMPLE DATA" if is_sample else "")


def _plot_words(plotting, answer: Answer):
    shown = answer.because["words"][:WORDS][::-1]
    figure, axes = plotting.new(size=(7.2, 0.8 + 0.4 * len(shown)))
    _bars(axes, plotting, [row["word"] for row in shown], [row["weight"] for row in shown])
    axes.set_xlabel(f"weight: for {answer.answer} (+) or {answer.because['against']} (-), log-odds")
    return figure


def _plot_features(plotting, answer: Answer):
    shown = answer.because["features"][::-1]
    figure, (left, right) = plotting.new(1, 2, size=(9.2, 1 + 0.3 * len(shown)), sharey=True)
    names = [f"{row['name']} = {row['value']:g}" for row in shown]
    _bars(left, plotting, names, [row["standardised"] for row in shown])
    _bars(right, plotting, names, [row["change_with_mean"] for row in shown])
    left.set_xlabel("standard deviations from the mean")
    right.set_xlabel("change with the mean in its place")
    return figure


def _bars(axes, plotting, names: list[str], values: list[float]) -> None:
    colours = [plotting.COLOURS[0] if value >= 0 else plotting.COLOURS[1] for value in values]
    axes.barh(names, values, color=colours)
    axes.axvline(0, color="black", linewidth=0.8)


def _plot_picture(plotting, answer: Answer):
    from PIL import Image

    from prediction.images import read_grey

    figure, (given, seen, parts) = plotting.new(1, 3, size=(9.2, 3.9))
    change = answer.because["change_if_hidden"]
    given.imshow(read_grey(Path(answer.given)), cmap="gray", vmin=0, vmax=1)
    seen.imshow(answer.seen, cmap="gray")
    limit = np.abs(change).max() or 1.0
    drawn = parts.imshow(change, cmap="RdBu", vmin=-limit, vmax=limit)
    small = np.asarray(Image.fromarray(answer.seen))
    parts.contour(small, levels=[127], colors="black", linewidths=0.8)
    titles = ("the picture", "what the network sees", "change if 5x5 pixels are hidden")
    for axes, title in zip((given, seen, parts), titles, strict=True):
        axes.set_title(title, fontsize=9)
        axes.axis("off")
    figure.colorbar(drawn, ax=parts, shrink=0.7, label="probability of the answer")
    return figure

"""Compare histories in a notebook: a table of scores and a figure, at once.

    from comparison.notebook import compare
    compare(model_a.fit(x, y, epochs=20), model_b.fit(x, y, epochs=20), names=["wide", "deep"])

A list of histories is several trainings of one model; a path is a saved run, or saved histories.
"""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from base.errors import UsageError
from comparison import curves, history_files, tables
from comparison.pair import Pair
from comparison.runs import chosen_models, folders_of, opened, shared_experiments
from results.saved import Saved


class Shown:
    """A comparison as a notebook shows it; as text it is its headline.

    Attributes:
        pairs: each run beside the first.
        figure: the histories over each other, for `savefig`.
    """

    def __init__(self, runs: dict[str, Saved], names: dict[str, str], metric: str | None):
        first, *others = runs
        self.pairs = [Pair(runs[first], runs[letter], letter) for letter in others]
        self.names = names
        self.figure = curves.draw(runs, names, curves.metric_to_draw(runs, metric))

    def __repr__(self) -> str:
        """Return what is found, a line for each pair."""
        return "\n".join(pair.headline for pair in self.pairs)

    def _repr_html_(self) -> str:
        drawn = io.BytesIO()
        self.figure.savefig(drawn, format="png")
        picture = base64.b64encode(drawn.getvalue()).decode()
        key = ", ".join(f"{letter}: {name}" for letter, name in self.names.items())
        parts = [f"<p>{html.escape(key)}</p>"]
        for pair in self.pairs:
            lines = [f"<b>{html.escape(pair.headline)}</b>", *map(html.escape, pair.notes())]
            parts += [
                f"<p>{'<br>'.join(lines)}</p>",
                tables.as_html(tables.scores_frame(pair.rows, pair.letter)),
            ]
        return "".join(
            [*parts, f'<img alt="Histories by epoch" src="data:image/png;base64,{picture}">']
        )


def compare(
    *histories: Any, names: Sequence[str] = (), model: str = "", metric: str | None = None
) -> Shown:
    """Compare histories with the first of them.

    Args:
        histories: each a `keras.callbacks.History`, its `history` dict, a list of such, or a path.
        names: what they are called; A, B and so on where there are none.
        model: which model of a saved run is compared.
        metric: what the figure shows, such as "accuracy"; the loss, if there is one, where None.

    Raises:
        UsageError: there are not two to four, or they have nothing in common.
    """
    if not 2 <= len(histories) <= len(curves.STYLES):
        most = len(curves.STYLES)
        raise UsageError(f"expected 2 to {most} histories, found {len(histories)}.")
    letters = ascii_uppercase[: len(histories)]
    names = names or [str(one) if isinstance(one, str | Path) else "" for one in histories]
    if len(names) != len(histories):
        raise UsageError(f"names: expected {len(histories)}, found {len(names)}.")
    names = dict(zip(letters, names, strict=True))
    saved = _read(dict(zip(letters, histories, strict=True)), names)
    wanted = [(model, model)] if model else []
    runs = chosen_models({letter: saved[letter] for letter in letters}, wanted)
    return Shown(runs, {letter: name or letter for letter, name in names.items()}, metric)


def _read(histories: dict[str, Any], names: dict[str, str]) -> dict[str, Saved]:
    """Return the results of each of them, by letter."""
    saved, found = {}, {}
    for letter, one in histories.items():
        if isinstance(one, str | Path):
            found[letter] = folders_of(Path(one), "")
            continue
        trainings = one if isinstance(one, list | tuple) else [one]
        trainings = [getattr(training, "history", training) for training in trainings]
        if not all(isinstance(training, Mapping) for training in trainings):
            raise UsageError(f"{letter}: expected what fit returns or a path, found {one!r:.60}.")
        name = names[letter] or letter
        saved[letter] = history_files.from_histories(trainings, name, name)
    experiments, _ = shared_experiments(found | {letter: {"": Path()} for letter in saved}, "")
    if len(experiments) != 1:
        listed = ", ".join(experiments) or "none"
        raise UsageError(f"expected runs of one experiment, found {listed}; name its folder.")
    return saved | opened(experiments[0], found)

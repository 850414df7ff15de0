"""Compare histories in a notebook: a table of scores and a figure, at once.

    from comparison.notebook import compare
    compare(model_a.fit(x, y, epochs=20), model_b.fit(x, y, epochs=20), names=["wide", "deep"])

A list of histories is several trainings of one model; a path is a saved run, or saved histories.
"""

import base64
import html
import io
from collections.abc import Sequence
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

    def __init__(self, runs: dict[str, Saved], names: dict[str, str], metric: str):
        first, *others = runs
        self.pairs = [Pair(runs[first], runs[letter], letter) for letter in others]
        self.names = names
        self.figure = curves.draw(runs, names, metric)

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
            parts += [f"<p>{'<br>'.join(lines)}</p>", tables.scores_html(pair.rows, pair.letter)]
        return "".join(
            [*parts, f'<img alt="Histories by epoch" src="data:image/png;base64,{picture}">']
        )


def compare(
    *histories: Any, names: Sequence[str] = (), model: str = "", metric: str = "loss"
) -> Shown:
    """Compare histories with the first of them.

    Args:
        histories: each a `keras.callbacks.History`, its `history` dict, a list of such, or a path.
        names: what they are called; A, B and so on where there are none.
        model: which model of a saved run is compared.
        metric: what the figure shows, such as "accuracy".

    Raises:
        UsageError: there are not two to four, or they have nothing in common.
    """
    if not 2 <= len(histories) <= len(curves.STYLES):
        most = len(curves.STYLES)
        raise UsageError(f"expected 2 to {most} histories, found {len(histories)}.")
    letters = ascii_uppercase[: len(histories)]
    names = dict(zip(letters, names or [_name(one) for one in histories], strict=True))
    saved, found = {}, {}
    for letter, one in zip(letters, histories, strict=True):
        if isinstance(one, str | Path):
            found[letter] = folders_of(Path(one), "")
        else:
            trainings = one if isinstance(one, list | tuple) else [one]
            trainings = [getattr(training, "history", training) for training in trainings]
            name = names[letter] or letter
            saved[letter] = history_files.from_histories(trainings, name, name)
    experiments, _ = shared_experiments(found | {letter: {"": Path()} for letter in saved}, "")
    if len(experiments) != 1:
        raise UsageError(
            f"expected runs of one experiment, found {', '.join(experiments) or 'none'}."
        )
    saved |= opened(experiments[0], found)
    wanted = [(model, model)] if model else []
    runs = chosen_models({letter: saved[letter] for letter in letters}, wanted)
    return Shown(runs, {letter: name or letter for letter, name in names.items()}, metric)


def _name(history: Any) -> str:
    return str(history) if isinstance(history, str | Path) else ""

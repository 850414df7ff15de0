"""Compare two runs: what is found first, then why, then score by score."""

from collections.abc import Iterator
from functools import cached_property

import pandas as pd

from comparison import history_files, scores, seeds, tables
from comparison.values import Change, changed_values
from results.saved import Saved

MOST_STRETCHES = 6  # stretches of epochs that are listed one by one


class Pair:
    """Two runs of the same experiment, B or another letter beside A.

    Args:
        first: A, the results compared with.
        second: the results compared.
        letter: what the second is called.
        tolerance: numbers this far apart, as a share of the larger, are the same.
        metric: the metric whose scores are compared, or all where None.
    """

    def __init__(
        self,
        first: Saved,
        second: Saved,
        letter: str = "B",
        tolerance: float = 0.0,
        metric: str | None = None,
    ):
        self.models = scores.shared_models(first, second)
        self.not_shared = {
            name: [model for model in saved.models if model not in self.models]
            for name, saved in (("A", first), (letter, second))
        }
        names = dict(zip(self.models, self.models, strict=True))
        self.first, self.second = (scores.select(saved, names) for saved in (first, second))
        self.letter, self.tolerance = letter, tolerance
        self.is_foreign = any(map(history_files.is_foreign, (first, second)))
        found = scores.rows(self.first, self.second, tolerance)
        self.rows = [row for row in found if metric in (None, row.metric)]

    @cached_property
    def changes(self) -> list[Change]:
        """Every value that the two do not share; other trainings share none."""
        return changed_values(self.first, self.second, self.tolerance) if self.models else []

    @property
    def differing(self) -> int:
        """How many values and models the two do not share."""
        return len(self.changes) + sum(map(len, self.not_shared.values()))

    @property
    def headline(self) -> str:
        """What is found, in a sentence."""
        judged = [row for row in self.rows if row.verdict in (*scores.BEYOND, scores.INSIDE)]
        beyond = [row for row in judged if row.verdict in scores.BEYOND]
        same = sum(row.verdict == scores.SAME for row in self.rows)
        if self.rows and same == len(self.rows):
            return f"All {same} scores of {self.letter} that are compared are A's."
        if not judged:
            return f"No score of {self.letter} can be judged: {self._why_not()}."
        number = f"{len(beyond) or 'None'} of {len(self.rows)} scores of {self.letter}"
        how = "differ" if len(beyond) > 1 else "differs"
        several = len({row.model for row in self.rows}) > 1
        words = [
            (f"{row.model}: " if several else "") + f"{row.quantity} {row.verdict}"
            for row in beyond[:3]
        ]
        more = ", ..." if len(beyond) > 3 else ""
        listed = f" ({', '.join(words)}{more})" if beyond else ""
        broken = sum(row.verdict == scores.NO_NUMBER for row in self.rows)
        failed = f"; {broken} of them: not a number" if broken else ""
        return f"{number} {how} from A's beyond the noise{listed}{failed}."

    def _why_not(self) -> str:
        verdicts = {row.verdict for row in self.rows}
        if scores.OTHER_DATA in verdicts:
            return "one run is of sample data"
        if scores.ONE_SEED in verdicts:
            return "fewer than two seeds can be compared, which show no spread"
        return "no number is finite" if verdicts else "they share none"

    def notes(self) -> Iterator[str]:
        """Return what else can be said of them in lines: which seeds are compared, and so on."""
        for name, models in self.not_shared.items():
            if models:
                yield f"Not in both alike, not compared: {', '.join(models)} (of {name})."
        for model in self.models:
            both = self.first.seeds(model), self.second.seeds(model)
            if text := seeds.in_words(model, self.letter, *both):
                yield text
            if seeds.choose(*both).how == seeds.SINGLE:
                yield from self._of_single_run(model)
        yield from tables.summary(self.first, self.second, self.letter)
        if not self.is_foreign and self.models:
            yield from tables.changed_lines(self.first, self.letter, self.changes, self.tolerance)

    def _of_single_run(self, model: str) -> Iterator[str]:
        """Say of each metric at which epochs a single run lies outside of the others' band."""
        both = [scores.mean_over_folds(run, model) for run in (self.first, self.second)]
        for column in (column for column in both[0] if column in both[1]):
            lower = scores.lower_is_better(column)
            gap = seeds.differences(both[0][column], both[1][column], lower)
            outside, known = seeds.beyond(gap), gap.notna().all(axis=1)
            text = f"  {column}: inside at {(known & ~outside).sum()} of {known.sum()} epochs"
            places = [f"{a}" if a == b else f"{a} to {b}" for a, b in scores.stretches(outside)]
            more = ", ..." if len(places) > MOST_STRETCHES else ""
            if places:
                text += f"; outside at {', '.join(places[:MOST_STRETCHES])}{more}"
            yield text + ("" if known.all() else f"; {(~known).sum()} without a number")

    @cached_property
    def settings(self) -> pd.DataFrame:
        """What differs in settings, data and environment; nothing is known of histories alone."""
        if self.is_foreign or not self.models:
            return pd.DataFrame()
        return tables.settings(self.first, self.second, self.letter)

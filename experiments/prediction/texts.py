"""Answer to texts: a text of one's own becomes a multi-hot row as the training texts did."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence

import numpy as np

from base.errors import UsageError
from common.encoding import START, UNKNOWN, multi_hot
from prediction.answers import Answer, Trained, classified
from prediction.network import AT_ONCE
from prediction.showing import WIDTH, bars

SEPARATORS = re.compile(r"[\s!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~–—…“”«»]+")  # as Keras splits
MOST_CHARACTERS = 2**20  # of a text; the longest review has a hundredth of it
SHOWN = 8  # words that weigh most


def words_of(text: str) -> list[str]:
    """Split a text into words as those of the data sets were: lower case, without punctuation."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")
    return [word for word in SEPARATORS.split(plain) if word]


def known_as(word: str, indexes: dict[str, int]) -> int | None:
    """Return the index of a word, without the quotation marks around it if need be."""
    for spelling in (word, word.strip("'"), word.strip("'").removesuffix("'s")):
        if spelling in indexes:
            return indexes[spelling]
    return None


def answer(trained: Trained, text: str) -> Answer:
    """Classify a text and say which words decide.

    `because["words"]` has for each known word its weight, what it adds to the lead of the answer
    over the next one in log-odds while the same units are active, and the probability of the answer
    without it. Weights and `because["rest"]`, which is what the marks for the start and for rare
    words and the biases add, sum to `because["lead"]`.

    Raises:
        UsageError: the text is too long, or has no word that the network knows.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"text: expected at most {MOST_CHARACTERS:,} characters, found {len(text):,}."
        )
    words = trained.card["words"]
    indexes = {word: index for index, word in enumerate(words) if word}
    written = words_of(text)
    found = {word: known_as(word, indexes) for word in written}
    known = sorted({index for index in found.values() if index is not None})
    unknown = [word for word, index in found.items() if index is None]
    given = " ".join(text.split())
    if not known:
        raise UsageError(
            f"text: expected at least one of the {len(indexes):,} words that {trained.name} knows,"
            f" found none in {given[:60]!r}."
        )
    marks = [START, *([UNKNOWN] if unknown else [])]
    row = multi_hot([[*marks, *known]], len(words))[0].astype(np.float32)
    result = classified(trained, row, given)
    without = dict(zip(known, _probabilities_without(trained, row, known, result), strict=True))
    weights, lead = _weights(trained, row, result)
    by_weight = sorted(known, key=lambda index: -abs(weights[index]))
    result.because = {
        "against": next(iter(result.others)),
        "words": [
            {
                "word": words[index],
                "weight": float(weights[index]),
                "probability_without_it": float(without[index]),
            }
            for index in by_weight
        ],
        "rest": lead - float(weights[known].sum()),
        "lead": lead,
        "not_known": unknown,
    }
    shortest, longest = trained.card["lengths"]
    if not shortest <= len(written) <= longest:
        result.warnings.append(
            f"words: {len(written)}; nine tenths of the test texts have {shortest} to {longest},"
            " and how often it is right was counted on those."
        )
    if len(unknown) > len(found) / 2:
        result.warnings.append(
            f"{len(unknown)} of {len(found)} different words are not known to the network."
        )
    return result


def _probabilities_without(
    trained: Trained, row: np.ndarray, known: Sequence[int], result: Answer
) -> np.ndarray:
    """Return the probability of the answer without each known word."""
    place, parts = trained.card["answers"].index(result.answer), []
    for start in range(0, len(known), AT_ONCE):
        left_out = known[start : start + AT_ONCE]
        rows = np.repeat(row[None], len(left_out), axis=0)
        rows[np.arange(len(left_out)), left_out] = 0
        parts.append(trained.class_probabilities(rows)[:, place])
    return np.concatenate(parts)


def _weights(trained: Trained, row: np.ndarray, result: Answer) -> tuple[np.ndarray, float]:
    """Return what each index adds to the lead of the answer over the next, and that lead."""
    answers = trained.card["answers"]
    first, second = (answers.index(name) for name in (result.answer, next(iter(result.others))))
    logits = trained.network.logits(row[None])[0]
    if len(logits) == 1:  # the log-odds of class 1 against class 0
        direction = np.array([1.0 if first else -1.0])
    else:
        direction = np.zeros(len(logits))
        direction[[first, second]] = 1, -1
    return trained.network.slopes(row, direction) * row, float(logits @ direction)


def lines(trained: Trained, answer: Answer) -> list[str]:
    """Say which words weigh most, and what all of them, and the rest, sum to."""
    because = answer.because
    shown, left = because["words"][:SHOWN], because["words"][SHOWN:]

    def line(name: str, weight: float, without: str = "") -> str:
        return f"  {name[:24]:<24} {weight:>+8.2f}   {without}".rstrip()

    found = [
        f"The words that weigh most for {answer.answer} (+) or for {because['against']} (-), in"
        " log-odds:",
        f"  {'word':<24} {'weight':>8}   probability without it",
        *(line(r["word"], r["weight"], f"{r['probability_without_it']:.4f}") for r in shown),
    ]
    if left:
        found.append(line(f"other words: {len(left)}", sum(row["weight"] for row in left)))
    found.append(line("start, rare words, bias", because["rest"]))
    found.append(line("sum", because["lead"]))
    found.append("Weights hold for small changes; without a word other units may come into play.")
    if because["not_known"]:
        text = f"Seen only as a rare word: {', '.join(because['not_known'])}"
        found += textwrap.wrap(text, WIDTH, max_lines=2, placeholder=" ...")
    return found


def plot(answer: Answer):
    """Draw the weights of the words that weigh most."""
    from common import plotting

    shown = answer.because["words"][:SHOWN]
    figure, axes = plotting.new(size=(7.2, 1.2 + 0.35 * len(shown)))
    bars(axes, [row["word"] for row in shown], [row["weight"] for row in shown])
    axes.set_xlabel(f"weight: for {answer.answer} (+) or {answer.because['against']} (-), log-odds")
    return figure

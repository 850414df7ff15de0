"""Answer to texts: a text of one's own becomes a multi-hot row as the training texts did."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from common.encoding import START, UNKNOWN, multi_hot
from common.errors import UsageError
from prediction.answers import Answer, Trained, classified
from prediction.network import AT_ONCE

SEPARATORS = re.compile(r"[\s!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~–—…“”«»]+")  # as Keras splits
MOST_BYTES = 2**20  # of a text; the longest review has a hundredth of it


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
    without it. Weights and `because["rest"]` sum to `because["lead"]`.

    Raises:
        UsageError: the text is too long, or has no word that the network knows.
    """
    if len(text) > MOST_BYTES:
        raise UsageError(f"text: expected at most 1 MB, found {len(text):,} characters.")
    words = trained.card["words"]
    indexes = {word: index for index, word in enumerate(words) if word}
    found = {word: known_as(word, indexes) for word in words_of(text)}
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

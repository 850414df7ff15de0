"""Bins count every answer once; the surest mistakes are mistakes, and the surest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import calibration


@st.composite
def answers(draw):
    """Return outputs as records keep them, float16, of one or three units, and true classes."""
    rows, units = draw(st.integers(1, 60)), draw(st.sampled_from([1, 3]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    outputs = rng.dirichlet([0.3] * max(units, 2), rows)[:, :units]
    if draw(st.booleans()):
        outputs = outputs.round()  # as sure as can be
    return outputs.astype(np.float16), rng.integers(max(units, 2), size=rows)


@given(answers())
def test_each_answer_is_counted_once_where_its_confidence_lies(found):
    outputs, targets = found
    bins = calibration.reliability(outputs, targets)
    assert sum(bin.rows for bin in bins) == len(targets)
    right = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] >= 0.5
    assert sum(bin.right for bin in bins) == (right == targets).sum()
    for bin in bins:
        assert bin.low <= bin.confidence <= bin.high
        assert 0 <= bin.right <= bin.rows > 0


@given(answers())
def test_the_surest_mistakes_are_wrong_and_no_other_mistake_is_surer(found):
    outputs, targets = found
    chosen = calibration.surest_mistakes(outputs, targets)
    answered = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] >= 0.5
    wrong = np.flatnonzero(answered != targets)
    assert len(chosen) == min(10, len(wrong))
    assert set(chosen) <= set(wrong)
    sure = calibration.confidences(outputs)
    assert np.all(np.diff(sure[chosen]) <= 0)
    left = np.setdiff1d(wrong, chosen)
    assert not len(left) or sure[left].max() <= sure[chosen].min()


def test_bins_are_those_of_a_count_by_hand():
    outputs = np.array([[0.5], [0.05], [0.97], [1.0], [0.0]])
    first, middle, top = calibration.reliability(outputs, np.array([1, 0, 0, 1, 1]))
    assert (first.low, first.rows, first.right) == (0.5, 1, 1)
    assert (middle.low, middle.rows, middle.right) == (0.95, 2, 1)
    assert middle.confidence == pytest.approx(0.96)
    assert (top.low, top.rows, top.right) == (0.99, 2, 1)

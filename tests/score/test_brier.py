"""The Brier score: right by hand, bounded, and proper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.score import brier_score

shares = st.floats(0, 1)


def test_certainty_is_rewarded_when_right_and_punished_when_wrong() -> None:
    assert brier_score([1.0, 0.0], [1, 0]) == 0
    assert brier_score([1.0, 0.0], [0, 1]) == 1


@given(shares, shares)
def test_nothing_beats_saying_the_true_probability(truth: float, said: float) -> None:
    def risk(p: float) -> float:
        return truth * brier_score([p], [1]) + (1 - truth) * brier_score([p], [0])

    assert risk(truth) <= risk(said) + 1e-12


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(InputError):
        brier_score([p], [1])


def test_nothing_to_score_is_an_error_not_a_nan() -> None:
    with pytest.raises(InputError, match="nothing to score"):
        brier_score([], [])

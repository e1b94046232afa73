"""The log score pays for what is said where nothing happens, and gains are in bits per incident."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from answerable.errors import InputError
from answerable.score import information_gain, poisson_log_score, total_log_score


def test_the_score_is_the_poisson_log_probability_as_scipy_gives_it() -> None:
    expected, count = np.array([0.001, 0.5, 2.0, 30.0]), np.array([0, 2, 1, 25])
    np.testing.assert_allclose(poisson_log_score(expected, count), poisson.logpmf(count, expected), rtol=1e-12)


def test_saying_too_much_where_nothing_happens_costs_exactly_what_was_said() -> None:
    assert total_log_score([0.1, 0.1], [1, 0]) - total_log_score([0.1, 0.6], [1, 0]) == pytest.approx(0.5)


def test_impossible_and_happened_is_the_worst_score_there_is() -> None:
    assert poisson_log_score([0.0], [1])[0] == -np.inf
    assert poisson_log_score([0.0], [0])[0] == 0


def test_no_cells_score_nothing() -> None:
    assert total_log_score([], []) == 0


def test_twice_as_high_everywhere_it_happens_is_one_bit() -> None:
    expected, reference, count = [2.0, 0.0, 2.0, 0.0], [1.0] * 4, [3, 0, 1, 0]
    assert information_gain(expected, reference, count) == pytest.approx(1.0)


def test_a_reference_may_be_one_number_for_all_cells() -> None:
    assert information_gain([2.0, 1.0], 1.0, [2, 1]) == information_gain([2.0, 1.0], [1.0, 1.0], [2, 1])


@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=20), st.integers(0, 2**32 - 1))
def test_no_forecast_beats_the_truth_in_the_long_run(truth: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    intensity = np.array(truth)
    other = intensity * rng.lognormal(0, 0.5, len(truth))
    # The expected score is the score of the expected counts, but for a term that no forecast changes.
    advantage = (intensity * np.log(intensity / other) - intensity + other).sum()
    assert advantage >= 0
    assert information_gain(intensity, other, intensity) == pytest.approx(advantage / intensity.sum() / np.log(2))


@pytest.mark.parametrize(
    ("expected", "count"),
    [([np.nan], [1]), ([-1.0], [1]), ([np.inf], [1]), ([1.0, 2.0], [1, 2, 3]), ([1.0], [np.nan])],
)
def test_what_is_no_count_or_of_another_shape_is_refused(expected: list[float], count: list[float]) -> None:
    with pytest.raises(InputError):
        poisson_log_score(expected, count)


def test_without_incidents_no_gain_is_claimed() -> None:
    with pytest.raises(InputError, match="no gain"):
        information_gain([1.0], [0.5], [0])


def test_a_reference_that_called_it_impossible_is_refused_rather_than_beaten_by_infinity() -> None:
    with pytest.raises(InputError, match="impossible"):
        information_gain([1.0], [0.0], [1])

"""Coverage is 90 % for a right forecast of any size, less for one too sure of itself, more for one too vague."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from answerable.errors import InputError
from answerable.score import covered

N = 20_000


def seen(mean: float, cv: float) -> NDArray[np.int64]:
    rng = np.random.default_rng(int(100 * mean + cv))
    rate = rng.gamma(1 / cv**2, mean * cv**2, N) if cv else np.full(N, mean)
    return rng.poisson(rate)


@pytest.mark.parametrize("mean", [0.02, 0.7, 3.0, 40.0])
@pytest.mark.parametrize("cv", [0.0, 0.4, 1.5])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_a_right_forecast_is_covered_as_often_as_it_says(mean: float, cv: float, level: float) -> None:
    shares = covered(mean, cv, seen(mean, cv), level)
    assert shares.mean() == pytest.approx(level, abs=4 * shares.std() / np.sqrt(N))


def test_counting_what_lies_inside_would_call_a_right_forecast_of_few_too_wide() -> None:
    count = seen(3.0, 0.4)
    shape = 1 / 0.4**2
    ends = stats.nbinom.ppf([0.05, 0.95], shape, shape / (shape + 3.0))
    assert ((count >= ends[0]) & (count <= ends[1])).mean() > 0.95
    assert covered(3.0, 0.4, count).mean() == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(("claimed", "low", "high"), [(0.0, 0.5, 0.8), (1.2, 0.93, 1.0)])
def test_too_sure_is_covered_less_and_too_vague_more(claimed: float, low: float, high: float) -> None:
    assert low < covered(30.0, claimed, seen(30.0, 0.4)).mean() < high


@given(st.floats(0.01, 200), st.floats(0.01, 2), st.integers(0, 400), st.floats(0.05, 0.95))
def test_it_is_what_the_distribution_s_own_tables_give(mean: float, cv: float, count: int, level: float) -> None:
    shape = 1 / cv**2
    low, high = stats.nbinom.cdf([count - 1, count], shape, shape / (shape + mean))
    share = covered([mean], cv, [count], level).item()
    assert 0 <= share <= 1 + 1e-12
    if high - low > 1e-9:
        inside = max(0.0, min(high, (1 + level) / 2) - max(low, (1 - level) / 2))
        assert share == pytest.approx(inside / (high - low), abs=1e-4)


def test_a_count_that_could_not_be_lies_in_no_interval() -> None:
    assert covered([0.001], 0.0, [500]).item() == 0


@pytest.mark.parametrize(
    ("mean", "cv", "count", "level"),
    [(np.nan, 0.1, 1, 0.9), (1, -0.1, 1, 0.9), (1, 0.1, -1, 0.9), (0, 0.1, 0, 0.9), (1, 0.1, 1, 1.0), (1, 0.1, 1, 90)],
)
def test_nonsense_is_refused(mean: float, cv: float, count: float, level: float) -> None:
    with pytest.raises(InputError):
        covered([mean], [cv], [count], level)

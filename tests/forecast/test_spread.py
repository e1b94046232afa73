"""Intervals: gamma around the mean, wide where little is known, surer for an area than for its cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from answerable.forecast.spread import Spread, both, gamma_interval
from answerable.place import Grid


@given(st.floats(1e-9, 1e3), st.floats(0, 3))
def test_the_interval_holds_nine_tenths_of_a_gamma_around_the_mean(mean: float, cv: float) -> None:
    low, high = gamma_interval(np.array(mean), cv)
    assert np.isfinite([low, high]).all()
    assert 0 <= low <= high
    if cv > 0.01:
        k = 1 / cv**2
        assert gamma.cdf(high, k, scale=mean / k) - gamma.cdf(low, k, scale=mean / k) == pytest.approx(0.9, abs=1e-6)


def test_without_doubt_both_ends_are_the_mean() -> None:
    low, high = gamma_interval(np.array([3.0]), 0.0)
    assert low[0] == pytest.approx(3, rel=1e-4)
    assert high[0] == pytest.approx(3, rel=1e-4)


def test_two_independent_doubts_multiply_as_in_simulation() -> None:
    rng = np.random.default_rng(1)
    level, share = rng.gamma(1 / 0.25, 0.25, 400_000), rng.gamma(1 / 0.49, 0.49, 400_000)
    assert both(0.5, np.array(0.7)) == pytest.approx((level * share).std(), rel=0.02)


def test_the_whole_city_is_hardly_less_sure_than_its_level(grid: Grid) -> None:
    spread = Spread(0.4, np.full(len(grid), 0.6), reach_m=200)
    city = spread.area(grid, np.ones(len(grid)))
    assert 0.4 <= city < 0.45
    assert city < spread.cells()[0]


def test_one_cell_alone_is_as_unsure_as_the_cell(grid: Grid) -> None:
    spread = Spread(0.4, np.full(len(grid), 0.6), reach_m=200)
    parts = np.zeros(len(grid))
    parts[44] = 0.01
    assert spread.area(grid, parts) == pytest.approx(spread.cells()[44])


def test_cells_under_one_wide_kernel_err_together(grid: Grid) -> None:
    parts = np.zeros(len(grid))
    parts[[44, 45]] = 0.01
    narrow = Spread(0.0, np.full(len(grid), 0.6), reach_m=50).area(grid, parts)
    wide = Spread(0.0, np.full(len(grid), 0.6), reach_m=5000).area(grid, parts)
    assert narrow == pytest.approx(0.6 / np.sqrt(2), rel=1e-3)
    assert wide == pytest.approx(0.6, rel=0.01)


def test_nothing_expected_is_as_unsure_as_the_level(grid: Grid) -> None:
    assert Spread(0.4, np.zeros(len(grid)), 100).area(grid, np.zeros(len(grid))) == 0.4

"""The bank: exact masses, nothing lost over the edge, and the same whether carried forward or made at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from answerable.errors import InputError
from answerable.forecast.bank import Bank, footprints
from answerable.place import Grid


def points(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, y = 400_000 + rng.integers(0, 5000, n), 300_000 + rng.integers(0, 4000, n)
    return x.astype(float), y.astype(float), np.sort(rng.uniform(0, 1000, n))


@settings(max_examples=20)
@given(st.integers(1, 80), st.integers(0, 10_000), st.integers(1, 79))
def test_carried_forward_it_is_what_it_would_be_made_at_once(grid: Grid, n: int, seed: int, cut: int) -> None:
    x, y, hours = points(n, seed)
    at_once = Bank.empty(grid, 1000.0)
    at_once.add(x, y, hours)
    carried = Bank.empty(grid, 500.0)
    carried.add(x[:cut], y[:cut], hours[:cut])
    carried.advance(1000.0)
    carried.add(x[cut:], y[cut:], hours[cut:])
    assert np.allclose(carried.values, at_once.values, atol=1e-9)


@settings(max_examples=20)
@given(st.integers(1, 60), st.integers(0, 10_000))
def test_every_incident_weighs_its_fade_and_nothing_is_lost_over_the_edge(grid: Grid, n: int, seed: int) -> None:
    x, y, hours = points(n, seed)
    bank = Bank.empty(grid, 1000.0)
    bank.add(x, y, hours)
    weight = np.exp(-(1000.0 - hours) / bank.memories[:, None]).sum(axis=1)
    assert np.allclose(bank.values.sum(axis=2), weight[None, :])


def test_what_is_withdrawn_goes_out_the_way_it_came_in(grid: Grid) -> None:
    x, y, hours = points(50, 3)
    bank = Bank.empty(grid, 1000.0)
    bank.add(x, y, hours)
    bank.add(x[10:], y[10:], hours[10:], sign=-1.0)
    only = Bank.empty(grid, 1000.0)
    only.add(x[:10], y[:10], hours[:10])
    assert np.allclose(bank.values, only.values, atol=1e-9)


def test_a_narrow_kernel_s_mass_is_the_integral_over_the_cell(grid: Grid) -> None:
    x, y = np.array([402_130.0]), np.array([302_480.0])
    found = footprints(grid, x, y, grid.locate(x, y), 150.0).toarray()[0]
    east, north = grid.columns * 500.0, grid.rows * 500.0
    # Incidents are kept to the metre, rounded down: their place is the middle of that metre.
    across = norm.cdf(east + 500, 402_130.5, 150) - norm.cdf(east, 402_130.5, 150)
    up = norm.cdf(north + 500, 302_480.5, 150) - norm.cdf(north, 302_480.5, 150)
    assert np.allclose(found, across * up, atol=1e-4)


def test_many_at_once_and_few_at_a_time_are_the_same_for_wide_kernels(grid: Grid) -> None:
    x, y, hours = points(100, 5)
    many, few = Bank.empty(grid, 1000.0), Bank.empty(grid, 1000.0)
    many.add(x, y, hours)
    for i in range(100):
        few.add(x[i : i + 1], y[i : i + 1], hours[i : i + 1])
    assert np.allclose(many.values, few.values, atol=1e-9)


def test_a_grid_too_fine_to_hold_is_refused_with_the_way_out(grid: Grid) -> None:
    with pytest.raises(InputError, match="too many for models that follow recent incidents"):
        Bank.empty(grid, 0.0, memories_days=tuple(range(1, 1_000_000)))

"""Self-excitation: known parameters found again, none found where there are none, pairs counted one by one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.forecast.excitation import Events, fit_dictionary, fit_single
from answerable.forecast.pairs import affordable, find_pairs
from answerable.place import Area, Grid, Projection

SIDE = 10_000


def j1(n: int, branching: float = 0.3, seed: int = 20180) -> Events:
    """The self-exciting city of the reference: hot spots, ten a day, 30 % triggered at 150 m and 5 days."""
    rng = np.random.default_rng(seed)
    days = n / 10
    first = rng.poisson(10 * (1 - branching) * days)
    spots = rng.uniform(0.15 * SIDE, 0.85 * SIDE, (5, 2))
    anywhere = rng.random(first) < 0.3
    place = np.where(
        anywhere[:, None],
        rng.uniform(0, SIDE, (first, 2)),
        spots[rng.integers(0, 5, first)] + rng.normal(0, 700, (first, 2)),
    )
    generations = [np.column_stack([place, rng.uniform(0, days, first)])]
    while len(generations[-1]):
        parents = np.repeat(generations[-1], rng.poisson(branching, len(generations[-1])), axis=0)
        moved = np.column_stack([rng.normal(0, 150, (len(parents), 2)), rng.exponential(5, len(parents))])
        generations.append(parents + moved)
    found = np.concatenate(generations)
    found = found[((found[:, :2] >= 0) & (found[:, :2] < SIDE)).all(1) & (found[:, 2] < days)]
    found = found[np.argsort(found[:, 2])]
    grid = Grid.cover(Area("j1", shapely.box(0, 0, SIDE, SIDE), Projection("EPSG:27700")), 500)
    return Events(found[:, 0], found[:, 1], found[:, 2] * 24, grid, days * 24)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 60), st.floats(50, 900), st.floats(5, 300))
def test_pairs_are_those_counted_one_by_one(seed: int, n: int, radius: float, longest: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 1500, (2, n))
    hours = np.sort(rng.uniform(0, 600, n).round(1))
    pairs = find_pairs(x, y, hours, radius, longest)
    by_hand = [
        sum(1 for j in range(i) if np.hypot(x[i] - x[j], y[i] - y[j]) < radius and hours[i] - hours[j] <= longest)
        for i in range(n)
    ]
    assert np.asarray(pairs.table.sum(axis=1)).ravel().tolist() == by_hand


def test_a_kernel_s_table_holds_its_whole_mass() -> None:
    pairs = find_pairs(np.zeros(2), np.zeros(2), np.array([0.0, 1.0]), 900.0, 400.0)
    rings = np.pi * np.diff(np.square(pairs.distances))
    area = np.outer(rings, np.diff(pairs.lags)).ravel()
    for width, memory in ((75.0, 20.0), (300.0, 120.0), (2000.0, 5000.0)):
        assert pairs.density(width, memory) @ area == pytest.approx(1, abs=1e-9)


def test_all_at_one_minute_and_point_are_pairs_in_their_order() -> None:
    pairs = find_pairs(np.zeros(5), np.zeros(5), np.zeros(5), 100.0, 24.0)
    assert np.asarray(pairs.table.sum(axis=1)).ravel().tolist() == [0, 1, 2, 3, 4]


def test_known_parameters_are_found_again() -> None:
    found = fit_single(j1(10_000))
    assert found.branching == pytest.approx(0.3, abs=0.03)
    assert found.spread_m == pytest.approx(150, rel=0.1)
    assert found.lag_days == pytest.approx(5, rel=0.15)
    assert ((found.background >= 0) & (found.background <= 1)).all()
    assert found.background.mean() == pytest.approx(0.7, abs=0.04)


def test_memory_grows_as_the_incidents_do() -> None:
    # The same rate for longer: twice the incidents have twice the pairs, and a table of all would have four times.
    def most(events: Events) -> int:
        tracemalloc.start()
        try:
            fit_single(events)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = j1(60_000), j1(120_000)
    assert most(many) < 1.2 * most(few) * len(many.x) / len(few.x)


@pytest.mark.slow
def test_at_49_thousand_they_are_found_within_two_hundredths() -> None:
    found = fit_single(j1(50_000))
    assert found.branching == pytest.approx(0.3, abs=0.02)
    assert found.spread_m == pytest.approx(150, rel=0.1)


def test_a_dictionary_finds_the_near_and_soon_and_little_where_nothing_is_triggered() -> None:
    widths, memories = (75.0, 150.0, 300.0), (24.0, 120.0, 480.0)
    with_it, without = (fit_dictionary(j1(5000, branching=b), widths, memories) for b in (0.3, 0.0))
    assert 0.2 < with_it.branching < 0.45
    # Nine weights that cannot be negative: on chance alone they still add up to something, but to little.
    assert without.branching < 0.15 < with_it.branching
    assert with_it.weights.reshape(3, -1)[:, 0].sum() + with_it.weights.reshape(3, -1)[:, 1].sum() > 0.15


@pytest.mark.parametrize("how", ["one point", "one minute", "two incidents", "both"])
def test_degenerate_data_give_numbers_never_nan(how: str) -> None:
    rng = np.random.default_rng(4)
    n = 2 if how == "two incidents" else 60
    x, y = rng.uniform(0, SIDE, (2, n))
    hours = np.sort(rng.uniform(0, 1000, n))
    if how in {"one point", "both"}:
        x, y = np.full(n, 4321.0), np.full(n, 1234.0)
    if how in {"one minute", "both"}:
        hours = np.full(n, 7.0)
    events = Events(x, y, hours, j1(100).grid, 1000.0)
    for found in (fit_single(events), fit_dictionary(events, (100.0, 400.0), (24.0, 480.0))):
        assert np.isfinite([found.branching, found.spread_m, found.lag_days, found.log_likelihood]).all()
        assert np.isfinite(found.background).all()


def test_pairs_that_cannot_be_afforded_shorten_the_longest_lag() -> None:
    events = j1(5000)
    short = affordable(events.x, events.y, events.hours, 1800, 10_000, budget=50_000)
    assert short < 10_000
    assert find_pairs(events.x, events.y, events.hours, 1800, short).table.nnz < 150_000

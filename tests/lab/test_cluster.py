"""Events that set off events, against what theory says of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from answerable.lab import City
from answerable.lab.cluster import draw_events
from answerable.lab.rates import YEAR_HOURS


def _totals(city: City, draws: int, hours: int, burn_in: int) -> np.ndarray:
    rng = np.random.default_rng(11)
    rates, origin = city.truth.rates, city.truth.origin
    totals = []
    for _ in range(draws):
        times, _ = draw_events(rates, origin, burn_in + hours, rng)
        totals.append(int((times >= burn_in).sum()))
    return np.array(totals)


def test_the_mean_year_has_the_number_of_events_that_the_closed_form_gives(city: City) -> None:
    draws = 40
    totals = _totals(city, draws, round(YEAR_HOURS), 1700)
    expected = city.truth.rates.parameters["events_per_year"]
    spread = np.sqrt(expected / draws) / (1 - city.truth.rates.parameters["branching"])
    # The period is a year, so the seasonal and weekly swings average out but for a fraction of a per cent.
    assert abs(totals.mean() - expected) < 4 * spread + 0.005 * expected


def test_a_branching_process_has_the_fano_factor_that_theory_gives(make_city: Callable[..., City]) -> None:
    # Long counts of a Hawkes process have variance / mean = 1 / (1 - n)^2 (Hawkes 1971).
    n = 0.5
    totals = _totals(make_city(years=0.1, branching=n, trigger_days=1, events_per_year=2000), 150, 1200, 240)
    assert totals.var(ddof=1) / totals.mean() == pytest.approx(1 / (1 - n) ** 2, rel=0.4)


def test_without_triggering_counts_are_poisson(make_city: Callable[..., City]) -> None:
    totals = _totals(make_city(years=0.1, branching=0, events_per_year=2000), 150, 1200, 0)
    assert totals.var(ddof=1) / totals.mean() == pytest.approx(1, rel=0.4)


def test_times_are_sorted_and_inside_the_period(city: City) -> None:
    times, cells = draw_events(city.truth.rates, city.truth.origin, 5000, np.random.default_rng(3))
    assert (np.diff(times) >= 0).all()
    assert times.min() >= 0
    assert times.max() < 5000
    assert cells.min() >= 0
    assert cells.max() < len(city.truth.grid)

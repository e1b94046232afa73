"""False alarms of every test at a nominal 5 %: at most 6 %, for counts that come one by one or in bursts, few or many.

Each simulation is allowed two of its own standard errors above 6 %. Where a test needs the scatter, it is measured on
24 earlier periods, as it would be in use, never taken from the simulation.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from answerable.evaluate.crossover import assign, crossover_test
from answerable.evaluate.displacement import displacement
from answerable.evaluate.observed_expected import observed_expected
from answerable.evaluate.panel import Panel
from answerable.evaluate.rates import compare_rates
from answerable.evaluate.small_change import change_test, exact_change
from answerable.evaluate.synthetic import placebo_rank, sdid
from answerable.evaluate.trigger_matched import trigger_matched
from answerable.evaluate.wdd import dispersion_of

CELLS = [(scatter, mean) for scatter in (None, 5, 1) for mean in (0.05, 0.5, 5, 20, 100)]
every_cell = pytest.mark.parametrize(("scatter", "mean"), CELLS)


def counts(rng, mean, scatter, shape):
    return rng.poisson(np.full(shape, mean) if scatter is None else rng.gamma(scatter, mean / scatter, shape))


def held(found, tried) -> bool:
    return found <= 0.06 * tried + 2 * math.sqrt(0.06 * 0.94 * tried)


@every_cell
def test_two_rates(scatter, mean) -> None:
    rng = np.random.default_rng(21)
    found = 0
    for _ in range(500):
        periods = counts(rng, mean, scatter, (2, 25))
        phi = dispersion_of(periods[:, :24])
        found += compare_rates(int(periods[0, 24]), 1, int(periods[1, 24]), 1, dispersion=phi).p <= 0.05
    assert held(found, 500)


@every_cell
def test_a_change_against_a_control(scatter, mean) -> None:
    rng = np.random.default_rng(22)
    found = 0
    for _ in range(500):
        periods = counts(rng, mean, scatter, (2, 26))
        found += change_test(periods[0, 24:], periods[1, 24:], earlier=periods[:, :24]).p <= 0.05
    assert held(found, 500)


@pytest.mark.parametrize("mean", [0.05, 0.5, 5, 20, 100])
def test_a_change_of_few_counts_that_come_one_by_one(mean) -> None:
    rng = np.random.default_rng(23)
    tried = [exact_change(tuple(t), tuple(c)).p <= 0.05 for t, c in rng.poisson(mean, (600, 2, 2))]
    assert held(sum(tried), 600)


@every_cell
def test_displaced_or_gone(scatter, mean) -> None:
    # Where four areas have fewer than ten events between them it refuses, which is no false alarm.
    rng = np.random.default_rng(24)
    found = 0
    for _ in range(500):
        phi = dispersion_of(counts(rng, mean, scatter, (4, 24)))
        a, b, c, d = counts(rng, mean, scatter, (4, 2)).tolist()
        if sum(a) + sum(b) >= 10:
            said = displacement(tuple(a), tuple(b), {"ring": (tuple(c), tuple(d))}, dispersion=phi).verdict
            found += said != "cannot tell"
    assert held(found, 500)


@every_cell
def test_deployed_against_triggered(scatter, mean) -> None:
    by_interval = by_lot = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        y, deployed, stratum = counts(rng, mean, scatter, 400), rng.random(400) < 0.4, rng.integers(0, 4, 400)
        found = trigger_matched(y, deployed, stratum, rng=rng, permutations=99)
        by_interval += not found.low <= 1 <= found.high
        by_lot += found.p <= 0.05
    assert held(by_interval, 120)
    assert held(by_lot, 120)


@every_cell
def test_counted_against_what_was_logged(scatter, mean) -> None:
    rng = np.random.default_rng(25)
    found = 0
    for _ in range(500):
        earlier = counts(rng, mean, scatter, (20, 24))
        seen = observed_expected(
            int(counts(rng, mean, scatter, 1)[0]), mean, dispersion=dispersion_of(earlier), level=0.95
        )
        found += min(seen.as_few, seen.as_many) <= 0.025
    assert held(found, 500)


@pytest.mark.parametrize(("scatter", "mean"), [(scatter, mean) for scatter in (None, 5, 1) for mean in (20, 100)])
def test_drawn_days_with_many_events(scatter, mean) -> None:
    found = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        lot = assign(30, 10, 4, rng=rng)
        found += crossover_test(counts(rng, mean, scatter, (30, 10)), lot, rng=rng, redraws=99).p <= 0.05
    assert held(found, 150)


@pytest.mark.parametrize(("scatter", "mean"), [(None, 0.5), (1, 5), (5, 100)])
def test_a_synthetic_comparison_among_all_placebos(scatter, mean) -> None:
    found = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        panel = Panel.of(counts(rng, mean, scatter, (30, 16)), np.arange(30) == 0, 12)
        found += placebo_rank(panel, sdid) <= 0.05
    assert held(found, 60)

"""Comparing two rates: the homicide claims of 2018, published E-tests, sizes, and an independent binomial test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from answerable.errors import InputError
from answerable.evaluate.rates import compare_rates, e_test

counts = st.integers(0, 60)
exposures = st.floats(0.1, 100)


@pytest.mark.parametrize(
    ("given", "ratio", "low", "high", "p"),
    [
        ((127, 333, 116, 365), 1.20, 0.93, 1.56, 0.158),
        ((100, 257, 99, 257), 1.01, 0.76, 1.35, 1.0),
        ((134, 365, 116, 365), 1.16, 0.89, 1.49, 0.28),
        ((46, 90, 116, 365), 1.61, 1.12, 2.28, 0.008),
    ],
)
def test_the_homicide_figures_of_2018(given, ratio, low, high, p) -> None:
    found = compare_rates(*given)
    assert (round(found.ratio, 2), round(found.low, 2), round(found.high, 2)) == (ratio, low, high)
    assert found.p == pytest.approx(p, abs=3e-3)


@pytest.mark.parametrize(("last_year", "p"), [(118, 0.34), (131, 0.90)])
def test_134_in_2018_is_within_chance_of_2017_by_either_count(last_year, p) -> None:
    found = compare_rates(134, 365, last_year, 365)
    assert found.low < 1 < found.high
    assert found.p == pytest.approx(p, abs=0.01)


def test_years_that_scatter_widen_the_interval() -> None:
    found = compare_rates(127, 333, 116, 365, dispersion=2.68)
    assert (round(found.low, 2), round(found.high, 2)) == (0.79, 1.81)


@given(a=counts, b=counts, phi=st.floats(1.01, 6))
def test_scatter_widens_the_interval_also_where_counts_are_few(a, b, phi) -> None:
    plain, scattered = compare_rates(a, 1, b, 1), compare_rates(a, 1, b, 1, dispersion=phi)
    if a + b == 0:
        return
    assert scattered.low <= scattered.ratio <= scattered.high
    if min(a, b) / phi < 5:
        assert scattered.low <= plain.low + 1e-9
        assert scattered.high >= plain.high - 1e-9


@given(a=counts, b=counts, t=exposures, u=exposures)
def test_it_agrees_with_an_independent_binomial_test(a, b, t, u) -> None:
    found = compare_rates(a, t, b, u)
    if a + b == 0:
        assert (found.low, found.high, found.p) == (0, math.inf, 1)
        return
    other = binomtest(a, a + b, t / (t + u))
    interval = other.proportion_ci(0.95, method="exact")
    assert found.p == pytest.approx(other.pvalue, rel=1e-6)
    share = found.low * t / (found.low * t + u)
    assert share == pytest.approx(interval.low, abs=1e-9)
    if math.isfinite(found.high):
        assert found.high * t / (found.high * t + u) == pytest.approx(interval.high, abs=1e-9)


@given(a=counts, b=counts, t=exposures, u=exposures)
def test_swapping_the_sides_turns_the_ratio_over(a, b, t, u) -> None:
    one, other = compare_rates(a, t, b, u), compare_rates(b, u, a, t)
    assert one.p == pytest.approx(other.p, rel=1e-6)
    if one.low > 0:
        assert other.high == pytest.approx(1 / one.low, rel=1e-6)


@pytest.mark.parametrize(("a", "b", "p"), [(0, 3, 0.08838), (6, 2, 0.17487)])
def test_published_e_tests(a, b, p) -> None:
    assert e_test(a, b) == pytest.approx(p, abs=5e-6)
    assert e_test(b, a) == pytest.approx(p, abs=5e-6)


def test_a_manual_s_e_test() -> None:
    assert e_test(20, 10) == pytest.approx(0.069, abs=1e-3)


def test_nothing_at_all_cannot_be_compared_by_the_e_test() -> None:
    assert math.isnan(e_test(0, 0))


@pytest.mark.parametrize("mean", [0.05, 0.5, 2, 5, 20, 100])
def test_sizes(mean) -> None:
    rng = np.random.default_rng(4)
    drawn = rng.poisson(mean, (600, 2))
    conditional = np.mean([compare_rates(int(a), 1, int(b), 1).p <= 0.05 for a, b in drawn])
    unconditional = np.mean([e_test(int(a), int(b)) <= 0.05 for a, b in drawn[:300]])
    assert conditional <= 0.06 + 2 * math.sqrt(0.06 * 0.94 / 600)
    assert unconditional <= 0.06 + 2 * math.sqrt(0.06 * 0.94 / 300)


@pytest.mark.parametrize(
    "call",
    [
        lambda: compare_rates(-1, 1, 2, 1),
        lambda: compare_rates(1, 0, 2, 1),
        lambda: compare_rates(1, math.inf, 2, 1),
        lambda: compare_rates(1, 1, 2, 1, dispersion=0.9),
        lambda: compare_rates(1, 1, 2, 1, level=1),
        lambda: e_test(1, 2, exposure=-1),
        lambda: e_test(-1, 2),
    ],
)
def test_what_it_refuses(call) -> None:
    with pytest.raises(InputError):
        call()

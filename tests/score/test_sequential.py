"""Always-valid tests of a rate: published and measured values, and what they promise to who looks every day."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import gammainccinv, gammaincinv

from answerable.errors import InputError
from answerable.score.sequential import log_e_value, rarity_e_value, rate_interval

PERMITTED = 4.0
YEARS = 5.0
ALPHA = 0.05

# The published test case of the package confseq: a mixture tuned for v = 100, with c = 2.
V, C = 100.0, 2.0
RHO = V / (2 * math.log(1 / 0.1) + math.log(1 + 2 * math.log(1 / 0.1)))


def confseq_mixture(s: float) -> float:
    return float(log_e_value((C * s + V) / C**2, V / C**2, 1.0, shape=RHO / C**2, rate=RHO / C**2))


def test_the_mixture_is_that_of_a_published_implementation() -> None:
    assert confseq_mixture(10) == pytest.approx(-0.06991219, abs=5e-9)


def test_its_boundary_is_the_published_one() -> None:
    assert brentq(lambda s: confseq_mixture(s) - math.log(20), 1, 100, xtol=1e-10) == pytest.approx(30.1949, abs=5e-5)


@pytest.mark.parametrize(
    ("count", "e_value"),
    [(6, "0.57"), (8, "2.06"), (9, "4.46"), (10, "10.6"), (11, "27.3"), (12, "76.0"), (13, "228")],
)
def test_the_e_value_after_a_year_is_the_one_measured_before(count: int, e_value: str) -> None:
    decimals = len(e_value.partition(".")[2])
    assert f"{float(rarity_e_value(count, 1.0, PERMITTED)):.{decimals}f}" == e_value


@pytest.mark.parametrize(
    ("count", "years", "interval"),
    [
        (0, 1, "0.00-4.61"),
        (0, 5, "0.00-1.21"),
        (3, 1, "0.35-10.55"),
        (12, 1, "4.03-26.72"),
        (40, 5, "4.58-12.81"),
    ],
)
def test_the_interval_is_the_one_measured_before(count: int, years: float, interval: str) -> None:
    low, high = rate_interval(count, years)
    assert f"{low:.2f}-{high:.2f}" == interval


@given(st.integers(0, 400), st.floats(0.01, 200), st.floats(0.1, 50))
def test_the_e_value_is_the_integral_it_stands_for(count: int, years: float, permitted: float) -> None:
    shape, rate = 2.0, 2.0 / (3 * permitted)
    x = np.geomspace(permitted, max(80 * permitted, (count + 40 * math.sqrt(count + 1) + 60) / years), 400_001)
    prior = (shape - 1) * np.log(x) - rate * x
    log_ratio = count * np.log(x / permitted) - (x - permitted) * years + prior
    top = log_ratio.max()
    value = top + math.log(np.trapezoid(np.exp(log_ratio - top), x)) - math.log(np.trapezoid(np.exp(prior), x))
    found = float(log_e_value(count, years, permitted, shape=shape, rate=rate))
    assert found == pytest.approx(value, abs=2e-4, rel=1e-4)


@given(st.integers(0, 200), st.floats(0.01, 50), st.floats(0.001, 10))
def test_the_e_value_falls_while_nothing_happens_and_rises_with_a_case(count: int, years: float, more: float) -> None:
    now = log_e_value(count, years, PERMITTED, shape=2, rate=1 / 6)
    assert log_e_value(count, years + more, PERMITTED, shape=2, rate=1 / 6) < now
    assert log_e_value(count + 1, years, PERMITTED, shape=2, rate=1 / 6) > now


def test_it_stays_finite_where_the_gamma_function_has_no_float_left() -> None:
    # Nothing at all in 10,000 years, against 4 a year: log Q alone is about -40,000.
    values = log_e_value([0, 1, 0], [300.0, 1e4, 1e4], PERMITTED, shape=2, rate=1 / 6)
    assert np.isfinite(values).all()
    assert (values < -5).all()
    assert math.isinf(rarity_e_value(5000, 1.0, PERMITTED))


def test_at_the_start_nothing_is_known() -> None:
    assert float(rarity_e_value(0, 0, PERMITTED)) == pytest.approx(1.0)
    assert rate_interval(0, 0) == (0.0, math.inf)


@given(st.integers(0, 10**6), st.floats(1e-6, 1e4), st.floats(1e-6, 0.5))
def test_the_interval_holds_the_rate_seen_and_its_ends_are_where_the_mixture_says(
    count: int, years: float, alpha: float
) -> None:
    low, high = rate_interval(count, years, alpha=alpha)
    assert 0 <= low <= count / years <= high < math.inf
    for end in (low, high):
        if end > 0:
            mixture = 1 * math.log(0.25) + math.lgamma(1 + count) - (1 + count) * math.log(0.25 + years)
            log_m = mixture + end * years - count * math.log(end)
            assert log_m == pytest.approx(-math.log(alpha), abs=1e-6 * max(1.0, count))


def test_the_interval_narrows_with_more_years_at_one_rate() -> None:
    widths = [high / low for low, high in (rate_interval(4 * n, n) for n in (1, 2, 5, 10, 100))]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("count", "years", "permitted"),
    [(-1, 1, 4), (1, -1, 4), (math.nan, 1, 4), (1, math.inf, 4), (1, 1, 0), (1, 1, math.nan), (1, 0, 4)],
)
def test_what_cannot_be_a_count_a_time_or_a_rate_is_refused(count: float, years: float, permitted: float) -> None:
    with pytest.raises(InputError):
        rarity_e_value(count, years, permitted)


@pytest.mark.parametrize("alpha", [0, 1, -0.1, math.nan])
def test_a_risk_outside_0_and_1_is_refused(alpha: float) -> None:
    with pytest.raises(InputError, match="risk"):
        rate_interval(3, 1, alpha=alpha)


def first_alarms(rate: float, runs: int, rng: np.random.Generator, permitted: float = PERMITTED) -> list[float]:
    """Years until the alarm in each of ``runs`` five-year simulations; infinity where there was none."""
    delays = []
    for count in rng.poisson(rate * YEARS, runs):
        at = np.sort(rng.uniform(0, YEARS, count))
        # Between two cases the e-value only falls, so looking at every case is looking at every instant.
        alarmed = rarity_e_value(np.arange(1, count + 1), at, permitted) >= 1 / ALPHA
        delays.append(float(at[alarmed.argmax()]) if alarmed.any() else math.inf)
    return delays


def upper_bound(hits: int, runs: int) -> float:
    """The Clopper-Pearson upper end at 99 % for a share of ``hits`` in ``runs``."""
    from scipy.special import betaincinv

    return float(betaincinv(hits + 1, runs - hits, 0.99))


def test_at_the_permitted_rate_a_false_alarm_in_five_years_is_rarer_than_promised() -> None:
    runs = 4000
    false = sum(map(math.isfinite, first_alarms(PERMITTED, runs, np.random.default_rng(1))))
    assert upper_bound(false, runs) <= ALPHA, f"{false} in {runs}"
    assert false / runs == pytest.approx(0.029, abs=0.008)


@pytest.mark.parametrize(
    ("rate", "found", "median_years"), [(6, 0.36, None), (8, 0.87, 1.6), (12, 1.0, 0.56), (24, 1.0, 0.15)]
)
def test_a_rate_that_doubled_or_tripled_is_found_when_the_documents_say(
    rate: float, found: float, median_years: float | None
) -> None:
    delays = first_alarms(rate, 2000, np.random.default_rng(int(rate)))
    assert sum(map(math.isfinite, delays)) / len(delays) == pytest.approx(found, abs=0.04)
    if median_years:
        assert np.median([d for d in delays if math.isfinite(d)]) == pytest.approx(median_years, rel=0.15)


def test_the_intervals_of_all_looks_hold_the_true_rate_together() -> None:
    rng, runs, missed = np.random.default_rng(2), 400, 0
    for _ in range(runs):
        at = np.sort(rng.uniform(0, YEARS, rng.poisson(PERMITTED * YEARS)))
        looks = [(n + 1, t) for n, t in enumerate(at)] + [(n, t - 1e-9) for n, t in enumerate(at)] + [(len(at), YEARS)]
        missed += any(not low <= PERMITTED <= high for low, high in (rate_interval(n, t) for n, t in looks))
    assert upper_bound(missed, runs) <= ALPHA + 0.02, f"{missed} in {runs}"


def test_a_plain_test_looked_at_every_day_would_not_hold_its_promise() -> None:
    rng, runs, alarms = np.random.default_rng(3), 400, 0
    days = np.arange(1, 5 * 365) / 365
    from scipy.special import gammainc

    for _ in range(runs):
        at = np.sort(rng.uniform(0, YEARS, rng.poisson(PERMITTED * YEARS)))
        counts = np.searchsorted(at, days, side="right")
        p = np.where(counts > 0, gammainc(np.maximum(counts, 1), PERMITTED * days), 1.0)
        alarms += bool((p <= ALPHA).any())
    assert alarms / runs > 0.15


def test_nothing_heavy_is_loaded_with_the_module() -> None:
    program = "import sys, answerable.score.sequential; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_promise_is_the_same_whatever_the_permitted_rate() -> None:
    by_rate = [float(rarity_e_value(9, 4 / rate, rate)) for rate in (0.5, 4.0, 40.0)]
    assert by_rate == pytest.approx([by_rate[1]] * 3)


def test_the_two_gamma_functions_agree_where_one_takes_over_from_the_other() -> None:
    from answerable.score.sequential import _log_upper, _log_upper_tail

    a = np.array([2.0, 5.0, 30.0])
    x = gammainccinv(a, 1e-250)
    assert _log_upper_tail(a, x) == pytest.approx(_log_upper(a, x), rel=1e-10)
    assert np.exp(_log_upper(a, gammaincinv(a, 0.5))) == pytest.approx(0.5)

"""CORP, decision curve and PIT: against definitions written another way, and against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression
from scipy.stats import kstest, nbinom, poisson

from answerable.errors import InputError
from answerable.score import brier_score
from answerable.score.corp import corp, isotonic
from answerable.score.decision import act_everywhere, false_alarms_per_event, net_benefit
from answerable.score.pit import randomised_pit

unit = st.floats(0, 1, allow_nan=False, width=32)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 9)), min_size=1, max_size=60))
def test_pooling_is_scipy_s_isotonic_regression(pairs: list[tuple[float, float]]) -> None:
    values, weights = np.array(pairs).T
    assert np.allclose(isotonic(values, weights), isotonic_regression(values, weights=weights).x, atol=1e-9)


@given(st.lists(st.tuples(unit, st.booleans()), min_size=1, max_size=80), st.integers(0, 99))
def test_the_parts_add_up_to_the_brier_score(pairs: list[tuple[float, bool]], seed: int) -> None:
    p, y = np.array(pairs, float).T
    found = corp(p, y, np.random.default_rng(seed), draws=3)
    whole = found.miscalibration - found.discrimination + found.uncertainty
    assert whole == pytest.approx(brier_score(p, y), abs=1e-9)
    assert found.miscalibration >= -1e-12
    assert found.discrimination >= -1e-12
    assert (np.diff(found.recalibrated) >= 0).all()


def test_a_right_forecast_stays_in_its_band_and_a_wrong_one_leaves_it() -> None:
    rng = np.random.default_rng(3)
    p = np.round(rng.beta(1, 8, 20_000), 2)
    y = rng.random(20_000) < p
    right, wrong = corp(p, y, rng), corp(np.minimum(1, 2 * p), y, rng)
    held = [((c.low - 1e-9 <= c.recalibrated) & (c.recalibrated <= c.high + 1e-9)).mean() for c in (right, wrong)]
    assert held[0] > 0.7 > held[1]
    assert wrong.miscalibration > 20 * right.miscalibration


@given(st.lists(st.tuples(unit, st.booleans()), min_size=1, max_size=60), st.floats(0.01, 0.99))
def test_net_benefit_is_counted_one_by_one(pairs: list[tuple[float, bool]], threshold: float) -> None:
    p, y = np.array(pairs, float).T
    true = sum(1 for a, b in zip(p, y, strict=True) if a >= threshold and b)
    false = sum(1 for a, b in zip(p, y, strict=True) if a >= threshold and not b)
    by_hand = true / len(p) - false / len(p) * threshold / (1 - threshold)
    assert net_benefit(p, y, [threshold])[0] == pytest.approx(by_hand, abs=1e-12)
    assert net_benefit(np.ones_like(p), y, [threshold])[0] == pytest.approx(act_everywhere(y, [threshold])[0])
    if true:
        assert false_alarms_per_event(p, y, threshold) == pytest.approx(false / true)


def test_the_transform_is_flat_for_the_right_law_and_not_for_a_narrow_one() -> None:
    rng = np.random.default_rng(11)
    seen = rng.poisson(4 * rng.gamma(4, 1 / 4, 3000))
    right, narrow = randomised_pit(4.0, 0.5, seen, rng), randomised_pit(4.0, 0.0, seen, rng)
    assert kstest(right, "uniform").pvalue > 0.01
    assert kstest(narrow, "uniform").pvalue < 1e-6


@pytest.mark.parametrize("cv", [0.0, 0.4, 1.3])
def test_the_transform_is_that_of_scipy_s_distributions(cv: float) -> None:
    mean, count = np.array([0.2, 3.0, 40.0]), np.array([0, 5, 31])
    law = poisson(mean) if cv == 0 else nbinom(1 / cv**2, 1 / (1 + mean * cv**2))
    between = np.random.default_rng(8).random(3)
    by_hand = law.cdf(count - 1) + between * law.pmf(count)
    assert randomised_pit(mean, cv, count, np.random.default_rng(8)) == pytest.approx(by_hand, abs=1e-9)


@pytest.mark.parametrize(
    "what",
    [
        lambda: net_benefit([0.5], [1], [1.0]),
        lambda: net_benefit([], [], [0.5]),
        lambda: net_benefit([np.nan], [1], [0.5]),
        lambda: false_alarms_per_event([0.5], [0], 0.1),
        lambda: corp([], [], np.random.default_rng(1)),
        lambda: corp([1.5], [1], np.random.default_rng(1)),
        lambda: randomised_pit([0.0], 0.0, [1], np.random.default_rng(1)),
        lambda: randomised_pit([np.inf], 0.0, [1], np.random.default_rng(1)),
    ],
)
def test_what_cannot_be_scored_is_refused(what: object) -> None:
    with pytest.raises(InputError):
        what()  # type: ignore[operator]

"""Deployed against triggered-but-not-deployed windows: bursts, strata, and nobody to compare with."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.trigger_matched import trigger_matched


def windows(rng, *, n=600, effect=1.0, burst=0.5, base=0.1, strata=12):
    stratum = rng.integers(0, strata, n)
    deployed = rng.random(n) < 0.2 + 0.5 * stratum / strata
    rate = base * (1 + stratum / 4) * (rng.gamma(burst, 1 / burst, n) if burst else 1.0)
    return rng.poisson(rate * np.where(deployed, effect, 1.0)), deployed, stratum


@pytest.mark.parametrize("burst", [None, 0.5, 5])
def test_without_an_effect_the_interval_holds_one(burst) -> None:
    held = rejected = 0
    seeds = 200
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        found = trigger_matched(*windows(rng, burst=burst), rng=rng, permutations=199)
        held += found.low <= 1 <= found.high
        rejected += found.p <= 0.05
    assert held >= 0.93 * seeds - 2
    assert rejected <= 0.06 * seeds + 2 * math.sqrt(0.06 * 0.94 * seeds)


def test_half_as_many_are_found_to_be_half_as_many() -> None:
    rng = np.random.default_rng(6)
    found = trigger_matched(*windows(rng, n=8000, effect=0.5), rng=rng)
    assert found.low < 0.5 < found.high < 1
    assert found.p_fall < 0.01


def test_unlike_strata_do_not_mislead() -> None:
    # Deployed mostly where there is more violence: a plain comparison would find harm.
    rng = np.random.default_rng(7)
    y, d, s = windows(rng, n=20_000, burst=None)
    assert y[d].mean() / y[~d].mean() > 1.15
    found = trigger_matched(y, d, s, rng=rng, permutations=99)
    assert found.low < 1 < found.high


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31))
def test_order_and_names_of_strata_do_not_matter(seed) -> None:
    rng = np.random.default_rng(seed)
    y, d, s = windows(rng, n=120)
    shuffled = rng.permutation(len(y))
    one = trigger_matched(y, d, s, rng=np.random.default_rng(1), permutations=9)
    other = trigger_matched(
        y[shuffled], d[shuffled], [f"band {i}" for i in s[shuffled]], rng=np.random.default_rng(1), permutations=9
    )
    for name in ("ratio", "low", "high"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), nan_ok=True)
    assert (one.deployed, one.compared, one.observed) == (other.deployed, other.compared, other.observed)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31))
def test_the_estimate_lies_in_its_interval(seed) -> None:
    rng = np.random.default_rng(seed)
    found = trigger_matched(*windows(rng, n=150), rng=rng, permutations=9)
    assert math.isnan(found.ratio) or found.low <= found.ratio <= found.high


def test_windows_without_company_are_left_out_and_counted() -> None:
    rng = np.random.default_rng(1)
    found = trigger_matched([1, 0, 5, 2], [True, False, True, False], ["a", "a", "b", "c"], rng=rng, permutations=9)
    assert (found.deployed, found.compared, found.unmatched, found.observed) == (1, 1, 1, 1)


def test_no_events_at_all_cannot_be_told() -> None:
    found = trigger_matched([0] * 8, [True, False] * 4, [0] * 8, rng=np.random.default_rng(1), permutations=99)
    assert math.isnan(found.ratio)
    assert (found.low, found.high, found.p) == (0, math.inf, 1)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (([1, 2], [True, True], [0, 0]), "Not assessable"),
        (([1, 2], [True, False], [0, 1]), "Not assessable"),
        (([1, 2], [True], [0, 1]), "Every triggered window"),
        (([1, -2], [True, False], [0, 0]), "Every triggered window"),
        (([1, math.nan], [True, False], [0, 0]), "Every triggered window"),
        (([], [], []), "Not assessable"),
    ],
)
def test_what_it_refuses(given, says) -> None:
    with pytest.raises(InputError, match=says):
        trigger_matched(*given, rng=np.random.default_rng(1))

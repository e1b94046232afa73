"""Power: the printed table, brute force, and the number at which a programme is too rare to show anything."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from answerable.errors import InputError
from answerable.evaluate.power import deployments_needed, none_seen, power, smallest_fall, too_rare


@pytest.mark.parametrize(
    ("baseline", "fall", "needed"),
    [
        (0.01, 0.50, (3990, 2460, 2160)),
        (0.05, 0.50, (800, 490, 430)),
        (0.05, 0.30, (2450, 1490, 1310)),
        (0.05, 0.14, (12000, 7240, 6340)),
        (0.2, 0.30, (613, 372, 327)),
        (1.0, 0.30, (123, 75, 66)),
        (1.0, 0.14, (600, 362, 317)),
    ],
)
def test_the_printed_table(baseline, fall, needed) -> None:
    found = [deployments_needed(baseline, fall, controls=controls) for controls in (1, 5, 20)]
    assert found == pytest.approx(needed, rel=0.01, abs=1)


def test_against_brute_force() -> None:
    rng = np.random.default_rng(1)
    n, b, fall, k = 100, 0.3, 0.5, 2
    deployed, others = rng.poisson(n * b * (1 - fall), 40_000), rng.poisson(n * b * k, 40_000)
    p = binom.cdf(deployed, deployed + others, 1 / (1 + k))
    assert power(n, b, fall, controls=k) == pytest.approx((p <= 0.05).mean(), abs=0.008)


@settings(max_examples=40)
@given(n=st.integers(1, 3000), b=st.floats(0.001, 3), k=st.integers(1, 20))
def test_without_an_effect_it_is_never_above_alpha(n, b, k) -> None:
    assert power(n, b, 0.0, controls=k) <= 0.05 + 1e-9


@settings(max_examples=25)
@given(b=st.floats(0.02, 2), fall=st.floats(0.2, 0.9), k=st.integers(1, 10))
def test_the_number_needed_is_enough(b, fall, k) -> None:
    needed = deployments_needed(b, fall, controls=k)
    assert power(needed, b, fall, controls=k) >= 0.8
    assert power(max(1, needed * 4 // 5), b, fall, controls=k) < 0.83


def test_the_smallest_fall_is_just_seen() -> None:
    fall = smallest_fall(600, 1.0)
    assert fall == pytest.approx(0.14, abs=0.002)
    assert smallest_fall(1, 0.05) is None


def test_nothing_seen_says_little() -> None:
    assert [round(none_seen(n, 0.05), 2) for n in (1, 5, 20)] == [0.95, 0.78, 0.37]


def test_too_rare_to_show() -> None:
    assert too_rare(2450, 4)
    assert not too_rare(40, 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: power(0, 1, 0.5),
        lambda: power(10, 0, 0.5),
        lambda: power(10, math.nan, 0.5),
        lambda: power(10, 1, 1.5),
        lambda: power(10, 1, 0.5, controls=0),
        lambda: power(10, 1, 0.5, alpha=0.7),
        lambda: deployments_needed(0.05, 0.0),
        lambda: deployments_needed(0.05, 0.3, wanted=0.01),
        lambda: deployments_needed(1e-9, 0.01),
        lambda: none_seen(0, 1),
    ],
)
def test_what_it_refuses(call) -> None:
    with pytest.raises(InputError):
        call()

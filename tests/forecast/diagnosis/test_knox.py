"""The Knox table: counts by hand, silence on chance, a word on real repeats, and the rate of false claims."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.forecast.diagnosis.knox import knox, near_repeats


def chance(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hot spots that stay and times at random: neither has to do with the other."""
    hot = rng.random(n) < 0.5
    x = np.where(hot, rng.normal(2000, 150, n), rng.uniform(0, 4000, n))
    return x, rng.uniform(0, 4000, n), np.sort(rng.uniform(0, 365 * 24, n))


def repeats(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y, hours = chance(n, rng)
    followed = rng.random(n) < 0.3
    return (
        np.append(x, x[followed] + rng.normal(0, 100, followed.sum())),
        np.append(y, y[followed] + rng.normal(0, 100, followed.sum())),
        np.append(hours, hours[followed] + rng.exponential(72, followed.sum())),
    )


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_pairs_are_those_counted_one_by_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, hours = rng.integers(0, 600, n), rng.integers(0, 600, n), rng.integers(0, 600, n)
    table = knox(x, y, hours, rng, distances_m=(0, 100, 400), lags_days=(0, 1, 7), deals=3)
    by_hand = np.zeros((2, 2), int)
    for i in range(n):
        for j in range(i):
            r, t = float(np.hypot(x[i] - x[j], y[i] - y[j])), abs(int(hours[i] - hours[j])) / 24
            if r < 400 and t < 7:
                by_hand[int(r >= 100), int(t >= 1)] += 1
    assert table.pairs.tolist() == by_hand.tolist()


def test_near_repeats_are_found_and_said_with_their_ratio() -> None:
    rng = np.random.default_rng(1)
    table = knox(*repeats(400, rng), rng, deals=99)
    assert table.p[2, 1] <= 0.05
    assert table.as_json()["ratio"][2][1] > 1.5
    assert near_repeats(*repeats(400, rng), rng, deals=99) == 0.01


def test_contagion_is_claimed_on_pure_chance_no_more_often_than_nominal() -> None:
    rng = np.random.default_rng(20180)
    claims = [near_repeats(*chance(250, rng), rng, deals=39) <= 0.05 for _ in range(200)]
    # 200 draws at 5 %: 18 or more happen once in 100.
    assert sum(claims) <= 18


def test_one_incident_and_too_many_pairs_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(InputError, match="two incidents"):
        knox([1.0], [1.0], [1.0], rng)
    with pytest.raises(InputError, match="shorter distances"):
        knox(np.zeros(6500), np.zeros(6500), np.zeros(6500), rng)

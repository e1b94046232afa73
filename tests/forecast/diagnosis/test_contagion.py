"""No contagion is claimed where there is none: cities whose incidents are pure chance around hot spots that stay."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from answerable.forecast.diagnosis.knox import near_repeats

SIDE = 10_000
LEVEL = 0.05


def city(n: int, rng: np.random.Generator, branching: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The reference city at ten a day: a third anywhere, the rest around five spots; then a share that follows."""
    spots = rng.uniform(0.15 * SIDE, 0.85 * SIDE, (5, 2))
    around = spots[rng.integers(0, 5, n)] + rng.normal(0, 700, (n, 2))
    place = np.where(rng.random((n, 1)) < 0.3, rng.uniform(0, SIDE, (n, 2)), around)
    hours = rng.uniform(0, n / 10 * 24, n)
    follows = rng.random(n) < branching
    place = np.concatenate([place, place[follows] + rng.normal(0, 150, (follows.sum(), 2))])
    hours = np.append(hours, hours[follows] + rng.exponential(120, follows.sum()))
    return place[:, 0], place[:, 1], hours


def claims(cities: int, n: int, deals: int, seed: int) -> int:
    """How many of so many cities of pure chance are called self-exciting at the level of 5 %."""
    rng = np.random.default_rng(seed)
    return sum(near_repeats(*city(n, rng), rng, deals=deals) <= LEVEL for _ in range(cities))


def test_pure_chance_is_called_contagion_no_more_often_than_nominal() -> None:
    false = claims(cities=150, n=300, deals=39, seed=2018)
    assert false <= binom.ppf(0.99, 150, LEVEL)


def test_where_three_in_ten_are_followed_it_is_seen_every_time() -> None:
    rng = np.random.default_rng(7)
    assert all(near_repeats(*city(2500, rng, branching=0.3), rng, deals=39) <= LEVEL for _ in range(10))


@pytest.mark.slow
def test_in_many_larger_cities_the_rate_of_false_claims_is_the_nominal_one() -> None:
    false = claims(cities=600, n=2000, deals=99, seed=20180)
    # Neither more often than it says, nor so much more seldom that the test would be blind.
    assert binomtest(false, 600, LEVEL).pvalue > 0.01

"""Intervals from days drawn again: they hold the truth about as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from answerable.errors import InputError
from answerable.score import block_bootstrap


def test_the_interval_holds_the_true_ratio_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2018)
    held = 0
    for _ in range(200):
        days = rng.poisson(5, 60)
        interval = block_bootstrap(rng.normal(0.3 * days, 1), days, rng=rng, draws=200)
        held += interval.low <= 0.3 <= interval.high
    assert held / 200 == pytest.approx(0.95, abs=0.05)


def test_the_same_generator_gives_the_same_interval() -> None:
    first, second = (block_bootstrap([1, 2, 3], [2, 2, 2], rng=np.random.default_rng(4)) for _ in range(2))
    assert first == second
    assert first.estimate == 1


def test_the_interval_is_that_of_scipy_s_paired_bootstrap() -> None:
    rng = np.random.default_rng(12)
    days = rng.poisson(3.0, 150) + 1
    gains = rng.normal(0.4, 0.6, 150) * days

    def ratio(top: np.ndarray, bottom: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(top.sum(axis=axis) / bottom.sum(axis=axis))

    theirs = bootstrap(
        (gains, days), ratio, paired=True, vectorized=True, n_resamples=9999, method="percentile", rng=rng
    ).confidence_interval
    ours = block_bootstrap(gains, days, rng=np.random.default_rng(3), draws=9999)
    assert ours.estimate == pytest.approx(ratio(gains, days))
    width = theirs.high - theirs.low
    assert ours.low == pytest.approx(theirs.low, abs=0.04 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.04 * width)


@pytest.mark.parametrize(("top", "bottom"), [([1.0], [1.0]), ([1, 2], [0, 0]), ([1, np.nan], [1, 1]), ([1, 2], [1])])
def test_what_cannot_be_drawn_from_is_refused(top: list[float], bottom: list[float]) -> None:
    with pytest.raises(InputError):
        block_bootstrap(top, bottom, rng=np.random.default_rng(0))

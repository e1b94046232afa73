"""Intervals for ratios of sums over days: the block bootstrap, which keeps together what happened together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from answerable.errors import InputError

# Draws held at once: a few years of days take a few megabytes.
_AT_ONCE = 250


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.estimate:.3f} [{self.low:.3f}, {self.high:.3f}]"


def block_bootstrap(
    top: ArrayLike, bottom: ArrayLike, *, rng: np.random.Generator, draws: int = 2000, level: float = 0.95
) -> Interval:
    """Return sum(top) / sum(bottom) over blocks (days) with its percentile interval.

    ``top`` and ``bottom`` (shape (blocks,)) are drawn together, with replacement, ``draws`` times: for a gain per
    incident, the day's gain and the day's incidents; for a difference of two models, the day's difference (paired).
    Errors: InputError for fewer than two blocks, NaN, or a sum of ``bottom`` that is 0. Reference: Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, section 8.6.

    >>> print(block_bootstrap([1.0, 0.0, 2.0, 1.0], [1, 1, 2, 1], rng=np.random.default_rng(1)))
    0.800 [0.250, 1.000]
    """
    a, b = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2 or not np.isfinite([a, b]).all() or not b.sum():
        raise InputError(
            "An interval needs at least two blocks of finite sums.",
            where=f"{a.shape}, {b.shape}",
            fix="Score more days.",
        )
    ratios: list[float] = []
    for begin in range(0, draws, _AT_ONCE):
        drawn = rng.integers(0, len(a), (min(_AT_ONCE, draws - begin), len(a)))
        above, below = a[drawn].sum(axis=1), b[drawn].sum(axis=1)
        ratios.extend((above[below != 0] / below[below != 0]).tolist())
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(a.sum() / b.sum()), float(low), float(high))

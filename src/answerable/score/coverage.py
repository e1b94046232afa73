"""Coverage: whether an interval that claims 90 % holds what happened 90 % of the time, said fairly for small counts.

An interval of whole numbers can seldom hold exactly 90 %: around an expectation of 3 a day, "1 to 7" holds 96 % of even
a perfect forecast, and the next narrower one too few. Counting how often the count lay inside therefore finds every
good forecast of rare things too wide. Here the count at each end counts for the part of it that lies inside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaincc

from answerable.errors import InputError
from answerable.score.checked import checked

_POISSON_CV = 1e-6


def covered(expected: ArrayLike, cv: ArrayLike, count: ArrayLike, level: float = 0.9) -> NDArray[np.float64]:
    """Return the share of each count that lies in its central interval, 0 to 1; the mean is the coverage.

    Formula: with F the negative binomial distribution of mean m and rate variance (cv m)^2 (Poisson where cv is 0), the
    length of [F(n - 1), F(n)] inside [(1 - level) / 2, (1 + level) / 2] over its whole length. For a forecast that is
    right its expectation is ``level`` exactly, however small the counts. Shapes: any, equal; numbers are spread.
    Errors: InputError for NaN, negative values, nothing expected, or a level outside 0 to 1. Reference: the
    non-randomised probability integral transform of Czado, Gneiting and Held, Biometrics 65, 2009.

    >>> covered([3.0, 3.0, 3.0], 0.0, [0, 3, 6]).round(3).tolist()
    [0.0, 1.0, 0.673]
    """
    m, c, n = checked(expected=expected, cv=cv, count=count)
    if not (0 < level < 1 and (m > 0).all()):
        raise InputError(
            "Coverage needs a level between 0 and 1, and something expected everywhere.",
            where=f"level {level:g}",
            fix="Give 0.9 for 90 %, and leave out windows in which nothing is expected.",
        )
    low, high = cumulative(m, c, n - 1), cumulative(m, c, n)
    inside = np.minimum(high, (1 + level) / 2) - np.maximum(low, (1 - level) / 2)
    # A count so far out that its probability is 0 in floating point lies in no interval.
    return np.asarray(np.divide(np.maximum(inside, 0), high - low, out=np.zeros_like(m), where=high > low))


def cumulative(m: NDArray[np.float64], cv: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F(n) of the negative binomial of mean ``m`` and rate variance (cv m)^2, any shape; 0 below 0."""
    shape = 1 / np.square(np.maximum(cv, _POISSON_CV))
    up_to = np.maximum(n, 0) + 1
    told = np.where(cv > _POISSON_CV, betainc(shape, up_to, shape / (shape + m)), gammaincc(up_to, m))
    return np.asarray(np.where(n < 0, 0.0, told))

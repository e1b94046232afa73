"""Small areas borrow strength: a survey estimate drawn towards what areas like it show, as far as it is uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]
_ROUNDS = 200
_CLOSE = 1e-10


@dataclass(frozen=True)
class SmallAreas:
    """Per area (shape (areas,)): the ``estimate``, its standard error ``se``, and the weight ``own`` of its own survey.

    ``between`` is the standard deviation of areas around the regression; ``coefficients`` those of the regression.
    """

    estimate: Floats
    se: Floats
    own: Floats
    between: float
    coefficients: Floats


def fay_herriot(direct: ArrayLike, variance: ArrayLike, covariates: ArrayLike | None = None) -> SmallAreas:
    """Return the empirical best linear predictor of every area.

    Formula: direct_i = x_i' b + u_i + e_i with known sampling ``variance`` D_i; var(u) = A by the Fay-Herriot moment
    equation sum (y - x'b)^2 / (A + D) = areas - p; estimate = g y + (1 - g) x'b with g = A / (A + D); mean squared
    error g1 + g2 + 2 g3. Shapes: (areas,); ``covariates`` (areas, p), with a constant added; none: the mean of all
    areas. NaN in ``direct``: refused. Errors: InputError for fewer areas than 3 more than covariates, or variances not
    above 0. Reference: Fay and Herriot, Journal of the American Statistical Association 74, 1979; Datta, Rao and Smith,
    Biometrika 92, 2005 (mean squared error).
    """
    y, d, x = _checked(direct, variance, covariates)
    a = _between(y, d, x)
    beta, spread = _regression(y, d, x, a)
    own = a / (a + d)
    fitted = x @ beta
    mse = own * d + (1 - own) ** 2 * np.einsum("ij,jk,ik->i", x, spread, x) + 2 * _g3(d, a)
    return SmallAreas(own * y + (1 - own) * fitted, np.sqrt(mse), own, float(np.sqrt(a)), beta)


def between_range(
    direct: ArrayLike, variance: ArrayLike, covariates: ArrayLike | None = None, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the standard deviations of areas around the regression that the survey does not rule out.

    Formula: sum (y - x'b)^2 / (A + D) is chi-squared with areas - p degrees of freedom; the ends are the A at which it
    meets the two quantiles. Shapes, NaN and errors: as :func:`fay_herriot`. Reference: Viechtbauer, Statistics in
    Medicine 26, 2007 (Q-profile).
    """
    from scipy.special import chdtri

    y, d, x = _checked(direct, variance, covariates)
    free, tail = len(y) - x.shape[1], (1 - level) / 2
    low = _meeting(y, d, x, float(chdtri(free, tail)))
    return float(np.sqrt(low)), float(np.sqrt(_meeting(y, d, x, float(chdtri(free, 1 - tail)))))


def _checked(direct: ArrayLike, variance: ArrayLike, covariates: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    y, d = np.asarray(direct, dtype=float), np.asarray(variance, dtype=float)
    ones = np.ones((len(y), 1)) if y.ndim == 1 else np.ones((0, 1))
    x = ones if covariates is None else np.column_stack([ones, np.asarray(covariates, dtype=float)])
    if y.ndim != 1 or d.shape != y.shape or len(x) != len(y) or len(y) < x.shape[1] + 3:
        raise InputError(
            "Small areas need an estimate and a sampling variance each, and more areas than covariates.",
            where=f"{y.shape}, {d.shape}, {x.shape}",
            fix="Give more areas or fewer covariates.",
        )
    if not (np.isfinite(y).all() and np.isfinite(x).all() and np.isfinite(d).all() and (d > 0).all()):
        raise InputError(
            "An area's estimate is missing, or its variance is not above 0.",
            where="direct, variance",
            fix="Leave out areas without a survey; they can be predicted from the coefficients.",
        )
    return y, d, x


def _between(y: Floats, d: Floats, x: Floats) -> float:
    """Return A of the moment equation, 0 where even no spread at all explains too much."""
    return _meeting(y, d, x, len(y) - x.shape[1])


def _meeting(y: Floats, d: Floats, x: Floats, wanted: float) -> float:
    """Return the A at which sum (y - x'b)^2 / (A + D) comes down to ``wanted``; 0 where it is never above."""

    def excess(a: float) -> float:
        beta, _ = _regression(y, d, x, a)
        return float(((y - x @ beta) ** 2 / (a + d)).sum() - wanted)

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.var(y) + d.max())
    while excess(high) > 0:
        high *= 2
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
        if high - low < _CLOSE * high:
            break
    return (low + high) / 2


def _regression(y: Floats, d: Floats, x: Floats, a: float) -> tuple[Floats, Floats]:
    weight = 1 / (a + d)
    spread: Floats = np.linalg.pinv(x.T @ (weight[:, None] * x)).astype(np.float64)
    beta: Floats = spread @ (x.T @ (weight * y))
    return beta, spread


def _g3(d: Floats, a: float) -> Floats:
    """Return what not knowing the spread between areas adds."""
    variance_of_a = 2 * len(d) / (1 / (a + d)).sum() ** 2
    added: Floats = d**2 / (a + d) ** 3 * variance_of_a
    return added

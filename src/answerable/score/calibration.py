"""Calibration: whether what is called 3 in 1,000 happens 3 times in 1,000."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from answerable.errors import InputError
from answerable.score.checked import checked

_MOST_STEPS = 100


def observed_over_predicted(expected: ArrayLike, count: ArrayLike) -> float:
    """Return the number of incidents over the number expected; 1 is right, below 1 means that too many were forecast.

    Formula: sum(n) / sum(m). Shapes: any, equal. Errors: InputError for nothing expected, NaN, negative values.

    >>> observed_over_predicted([0.5, 1.5], [1, 0])
    0.5
    """
    m, n = checked(expected=expected, count=count)
    if not m.sum() > 0:
        raise InputError("Nothing was expected, so no ratio can be told.", where="expected", fix="Score more cells.")
    return float(n.sum() / m.sum())


def calibration_slope(expected: ArrayLike, count: ArrayLike, *, exposure: ArrayLike = 1.0) -> float:
    """Return the slope of a Poisson regression of counts on the log forecast; 1 is right, below 1 over-confident.

    Formula: the maximum-likelihood b in log E[n] = log w + a + b log m, by Newton steps from b = 1; w = ``exposure`` is
    how many cells of that same forecast a row stands for (1: its own).
    Shapes: any, equal. Errors: InputError for no incidents, a forecast of 0, NaN, a forecast that is the same
    everywhere (it has no slope), or incidents at its highest or its lowest value alone (no slope fits best).
    Reference: Cox, Biometrika 45, 1958, for yes and no; here for counts.

    >>> rng = np.random.default_rng(2018)
    >>> truth = rng.gamma(2.0, 0.5, 20_000)
    >>> seen = rng.poisson(truth)
    >>> round(calibration_slope(truth, seen), 2), round(calibration_slope(truth**2, seen), 2)
    (1.0, 0.5)
    """
    m, n, cells = (array.ravel() for array in checked(expected=expected, count=count, exposure=exposure))
    if not (n.sum() > 0 and (m > 0).all()):
        raise InputError(
            "A slope needs incidents, and a forecast above 0 everywhere.", where="expected", fix="Score more."
        )
    centre = np.log(m).mean()
    log_m = np.log(m) - centre
    if np.ptp(log_m) < 1e-9:
        raise InputError("A forecast that is the same everywhere has no slope.", where="expected", fix="Leave it out.")
    if not (n[log_m > log_m.min()].any() and n[log_m < log_m.max()].any()):
        # The likelihood then grows with the slope for ever, and Newton's matrix loses its rank on the way.
        raise InputError(
            "Every incident lies where the forecast was highest, or lowest, so no slope fits best.",
            where="expected",
            fix="Score more windows.",
        )
    beta = np.array([np.log(n.sum() / (cells @ m)) + centre, 1.0])
    for _ in range(_MOST_STEPS):
        fitted = cells * np.exp(beta[0] + beta[1] * log_m)
        gradient = np.array([(n - fitted).sum(), ((n - fitted) * log_m).sum()])
        cross = (fitted * log_m).sum()
        curvature = np.array([[fitted.sum(), cross], [cross, (fitted * np.square(log_m)).sum()]])
        step = np.linalg.solve(curvature, gradient)
        # A bounded step cannot overflow the exponential on the way to a far optimum.
        beta = beta + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[1])


@dataclass(frozen=True)
class ReliabilityBand:
    """One band of forecasts: their number, incidents expected and observed, exact 95 % interval of the latter."""

    cells: int
    expected: float
    observed: float
    low: float
    high: float


def reliability(
    expected: ArrayLike, count: ArrayLike, bands: int = 10, *, exposure: ArrayLike = 1.0
) -> list[ReliabilityBand]:
    """Return observed beside expected incidents in bands of the forecast, lowest first.

    ``exposure`` is how many cells of that same forecast a row stands for (1: its own); ``count`` is theirs together.

    Bands hold equal shares of the *expected incidents*, not of the cells, since nine tenths of a city's cells expect
    next to nothing. The interval is Garwood's exact one for a Poisson count: chi-squared quantiles of 2n and 2n + 2
    degrees of freedom, halved. Shapes: any, equal. Empty bands are left out. Errors: InputError as for
    :func:`observed_over_predicted`. Reference: Garwood, Biometrika 28, 1936.

    >>> [(b.cells, b.expected, b.observed, round(b.high, 2)) for b in reliability([1, 1, 2], [0, 1, 3], bands=2)]
    [(2, 2.0, 1.0, 5.57), (1, 2.0, 3.0, 8.77)]
    """
    m, n, cells = (array.ravel() for array in checked(expected=expected, count=count, exposure=exposure))
    whole = m * cells
    observed_over_predicted(whole, n)
    order = np.argsort(m, kind="stable")
    running = np.cumsum(whole[order])
    # The middle of a cell's own stretch decides its band, so that one huge cell is not counted to the band before.
    band = np.minimum(((running - whole[order] / 2) / running[-1] * bands).astype(int), bands - 1)
    totals = [np.bincount(band, values[order], minlength=bands) for values in (cells, whole, n)]
    return [
        ReliabilityBand(round(float(size)), float(e), float(o), *_garwood(float(o)))
        for size, e, o in zip(*totals, strict=True)
        if size
    ]


def _garwood(count: float, level: float = 0.95) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))

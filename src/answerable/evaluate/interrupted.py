"""An interrupted series: a step in the treated area's counts that a control series and its own past do not explain.

Only for programmes with a long history and a control; never for the window of one deployment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]
FEWEST_BEFORE = 24
FEWEST_AFTER = 3
_ROUNDS = 100


@dataclass(frozen=True)
class Interrupted:
    """Rate ratio at the start (``ratio``) with its interval and two-sided ``p``; ``lags`` that the errors allow for."""

    ratio: float
    low: float
    high: float
    p: float
    lags: int
    level: float


def interrupted_series(
    treated: ArrayLike, control: ArrayLike, start: int, *, season: int = 0, level: float = 0.95
) -> Interrupted:
    """Return the step in the treated series at ``start``, relative to the control.

    Formula: log mean of treated = a + b t + c log(control + 1/2) + season + d after; d by Poisson regression, its error
    by Newey and West's sandwich with floor(4 (n / 100)^(2/9)) lags, and Student's t with the degrees of freedom left,
    so that scatter and memory are allowed for. Shapes: (periods,), equal periods. ``season``: periods in a year (12 for
    months) for one sine and cosine, 0 for none. NaN: refused. Errors: InputError for fewer than 24 periods before, 3
    after, or a treated series without events on either side. Reference: Newey and West, Econometrica 55, 1987; Bernal,
    Cummins and Gasparrini, International Journal of Epidemiology 46, 2017.
    """
    y, c = np.asarray(treated, dtype=float), np.asarray(control, dtype=float)
    if y.shape != c.shape or y.ndim != 1 or not (np.isfinite([y, c]).all() and (y >= 0).all() and (c >= 0).all()):
        raise InputError(
            "An interrupted series needs counts of the treated and of a control area for the same periods.",
            where=f"{y.shape}, {c.shape}",
            fix="Without a control series the step cannot be told from what happened everywhere.",
        )
    n = len(y)
    if start < FEWEST_BEFORE or n - start < FEWEST_AFTER or not y[:start].any() or not y[start:].any():
        raise InputError(
            f"Not assessable: this needs {FEWEST_BEFORE} periods before, {FEWEST_AFTER} after, and events in both.",
            where=f"{start} before, {n - start} after",
            fix="Wait for more periods, or use another design.",
        )
    t = np.arange(n, dtype=float)
    columns = [np.ones(n), (t - t.mean()) / n, np.log(c + 0.5), (t >= start).astype(float)]
    if season:
        columns += [np.sin(2 * np.pi * t / season), np.cos(2 * np.pi * t / season)]
    x = np.column_stack(columns)
    lags = math.floor(4 * (n / 100) ** (2 / 9))
    beta, covariance = _poisson_regression(x, y, lags)
    from scipy.special import stdtr, stdtrit

    se, free = math.sqrt(covariance[3, 3]), n - x.shape[1]
    reach = float(stdtrit(free, (1 + level) / 2)) * se
    p = 2 * float(stdtr(free, -abs(beta[3]) / se))
    return Interrupted(math.exp(beta[3]), math.exp(beta[3] - reach), math.exp(beta[3] + reach), p, lags, level)


def _poisson_regression(x: Floats, y: Floats, lags: int) -> tuple[Floats, Floats]:
    """Return the coefficients and their sandwich covariance."""
    beta = np.zeros(x.shape[1])
    beta[0] = math.log(y.mean())
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(x @ beta, -30, 30))
        step = np.linalg.lstsq(x.T @ (mean[:, None] * x), x.T @ (y - mean), rcond=None)[0]
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    mean = np.exp(np.clip(x @ beta, -30, 30))
    bread = np.linalg.pinv(x.T @ (mean[:, None] * x))
    u = x * (y - mean)[:, None]
    meat = u.T @ u
    for lag in range(1, lags + 1):
        together = u[lag:].T @ u[:-lag]
        meat += (1 - lag / (lags + 1)) * (together + together.T)
    free = len(y) - x.shape[1]
    scatter = float(((y - mean) ** 2 / mean).sum()) / free
    robust = len(y) / free * bread @ meat @ bread
    # The sandwich alone is too small in short series: it never gets to be smaller than plain scatter allows.
    covariance: Floats = np.maximum(robust, max(1.0, scatter) * bread)
    return beta, covariance

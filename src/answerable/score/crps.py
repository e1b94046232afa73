"""The continuous ranked probability score of counts: how far a forecast's distribution lies from what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaincc

from answerable.errors import InputError
from answerable.score.checked import checked

Floats = NDArray[np.float64]

_POISSON_CV = 1e-6
_TAIL_SD = 12.0
_MOST_TERMS = 1e7


def crps_count(expected: ArrayLike, cv: ArrayLike, count: ArrayLike) -> Floats:
    """Return the score of each count under a negative binomial forecast, in incidents; smaller is better.

    Formula: sum over whole k of (F(k) - 1{n <= k})^2, F the distribution function of mean m and rate variance (cv m)^2
    (Poisson where cv is 0), summed to 12 standard deviations beyond mean and count. Shapes: any, equal; numbers are
    spread; the result has the same. Empty: empty. Errors: InputError for NaN, negative values, nothing expected, or
    a forecast so wide that the sum would not end. Reference: Matheson and Winkler, Management Science 22, 1976; Czado,
    Gneiting and Held, Biometrics 65, 2009.

    >>> crps_count([3.0, 3.0], [0.0, 0.5], [3, 9]).round(4).tolist()
    [0.3881, 4.8228]
    """
    m, c, n = checked(expected=expected, cv=cv, count=count)
    if not (m > 0).all():
        raise InputError("A forecast of nothing has no score.", where="expected", fix="Leave such windows out.")
    flat = [np.atleast_1d(a).ravel() for a in (m, c, n)]
    out = np.empty(len(flat[0]))
    for i, (mean, spread, seen) in enumerate(zip(*flat, strict=True)):
        sd = np.sqrt(mean + (spread * mean) ** 2)
        last = max(mean, seen) + _TAIL_SD * (sd + 1)
        if last > _MOST_TERMS:
            raise InputError("This forecast is too wide to score.", where=f"cv {spread:g}", fix="Check the interval.")
        k = np.arange(int(np.ceil(last)) + 1)
        shape = 1 / max(spread, _POISSON_CV) ** 2
        below = betainc(shape, k + 1, shape / (shape + mean)) if spread > _POISSON_CV else gammaincc(k + 1, mean)
        out[i] = np.square(below - (k >= seen)).sum()
    return out.reshape(np.shape(m))

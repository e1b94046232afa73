"""Tests that may be looked at on any day: an e-process for a rate that has crept up, and an interval that stays valid.

Both hold an average of likelihood ratios against a Poisson rate. While that rate is true the average is above
``1 / alpha`` at some time, ever, with probability at most ``alpha`` (Ville's inequality), so that nobody has to promise
when to look or when to stop.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]

# The mixture of the test: a gamma of this shape, whose mean is three times the permitted rate before it is cut off
# below that rate. It was chosen for a rate that triples; it still finds one that doubles, later.
SHAPE = 2.0
MEAN_OVER_PERMITTED = 3.0
# The mixture of the interval: a gamma of shape 1 and rate 0.25 (mean 4 a year), so wide that it hardly matters.
INTERVAL_SHAPE = 1.0
INTERVAL_RATE = 0.25
_ROUNDS = 200


def rarity_e_value(count: ArrayLike, years: ArrayLike, permitted: float) -> Floats:
    """Return the e-value against "the true rate is at most ``permitted``" after ``count`` events in ``years``.

    Formula: E = exp(:func:`log_e_value`) with a gamma of shape 2 and rate 2 / (3 permitted), truncated to rates above
    ``permitted``. Alarm when E is at least 1 / alpha at any look. Shapes: ``count`` and ``years`` spread to one shape,
    which is returned. Units: events; years; events a year. An E beyond the largest float is infinity. NaN: refused.
    Errors: as :func:`log_e_value`. Reference: Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021
    (gamma-Poisson mixture); Ramdas, Gruenwald, Vovk and Shafer, Statistical Science 38, 2023 (e-processes).

    >>> rarity_e_value([6, 9, 12], 1.0, 4.0).round(2).tolist()
    [0.57, 4.46, 75.98]
    """
    _positive(permitted=permitted)
    log_e = log_e_value(count, years, permitted, shape=SHAPE, rate=SHAPE / (MEAN_OVER_PERMITTED * permitted))
    with np.errstate(over="ignore"):
        return np.exp(log_e)


def log_e_value(count: ArrayLike, years: ArrayLike, permitted: float, *, shape: float, rate: float) -> Floats:
    """Return the natural logarithm of the e-value of a truncated gamma mixture of Poisson rates.

    Formula, with N = count, t = years, m = permitted, a = shape, b = rate and Q the regularised upper incomplete gamma
    function::

        E = m^-N e^(m t) b^a Gamma(a + N) Q(a + N, (b + t) m) / (Gamma(a) (b + t)^(a + N) Q(a, b m))

    which is the mean of (x/m)^N e^(-(x - m) t) over x from Gamma(a, b) cut off below m. Shapes: ``count`` and ``years``
    spread to one shape, which is returned. Units: events (parts of one are allowed); years; 1 / years. No events in no
    time give 0. NaN: refused. Errors: InputError for numbers below 0 or not finite, or for events in no time.
    Reference: Howard et al., Annals of Statistics 49, 2021, gamma-Poisson mixture, as in the package confseq.

    >>> round(float(log_e_value(30, 25, 1.0, shape=3.95015871, rate=3.95015871)), 8)
    -0.06991219
    """
    n, t = _counted(count, years)
    _positive(permitted=permitted, shape=shape, rate=rate)
    from scipy.special import gammaln

    a, b = shape + n, rate + t
    gained = gammaln(a) - gammaln(shape) + shape * math.log(rate) - a * np.log(b)
    against = permitted * t - n * math.log(permitted)
    cut = _log_upper(a, b * permitted) - _log_upper(np.asarray(shape), np.asarray(rate * permitted))
    return np.asarray(gained + against + cut, dtype=np.float64)


def rate_interval(
    count: int, years: float, *, alpha: float = 0.05, shape: float = INTERVAL_SHAPE, rate: float = INTERVAL_RATE
) -> tuple[float, float]:
    """Return the confidence sequence for a Poisson rate: the interval after ``count`` events in ``years``.

    Formula: all rates m with m^-N e^(m t) b^a Gamma(a + N) / (Gamma(a) (b + t)^(a + N)) < 1 / alpha. Valid at every
    look at once: the intervals of all times hold the true rate together with probability at least 1 - alpha.
    Shapes: numbers. Units: events; years; events a year. No time: from 0 to infinity. NaN: refused.
    Errors: InputError for numbers below 0 or not finite, an alpha that is not between 0 and 1, or events in no time.
    Reference: Howard et al., Annals of Statistics 49, 2021; Robbins, Annals of Mathematical Statistics 41, 1970.

    >>> [tuple(round(end, 2) for end in rate_interval(n, t)) for n, t in ((0, 1), (3, 1), (12, 1))]
    [(0.0, 4.61), (0.35, 10.55), (4.03, 26.72)]
    """
    _counted(count, years)
    _positive(shape=shape, rate=rate)
    if not 0 < alpha < 1:
        raise InputError("This is not a risk of error.", where=f"alpha {alpha}", fix="Give one between 0 and 1.")
    if years == 0:
        return 0.0, math.inf
    # The logarithm of the mixture over the likelihood of rate m is m t - n log m + rest.
    rest = shape * math.log(rate) + math.lgamma(shape + count) - math.lgamma(shape)
    rest -= (shape + count) * math.log(rate + years)
    room = -math.log(alpha) - rest
    if count == 0:
        return 0.0, room / years
    # With u = m t / n the ends solve u - log u = level, one on each side of u = 1.
    level = room / count + math.log(count / years)
    scale = count / years
    return scale * _solve(level, -level), scale * _solve(level, math.log(2 * level))


def _solve(level: float, start: float) -> float:
    """Return u with u - log u = level, by Newton's method in log u from a point outside the root, where it is safe."""
    v = start
    for _ in range(_ROUNDS):
        step = (math.exp(v) - v - level) / math.expm1(v)
        v -= step
        if abs(step) <= 1e-14 * max(1.0, abs(v)):
            break
    return math.exp(v)


def _log_upper(a: Floats, x: Floats) -> Floats:
    """Return log Q(a, x), also where Q itself is too small for a float."""
    from scipy.special import gammaincc

    with np.errstate(divide="ignore"):
        found = np.log(gammaincc(a, x))
    tiny = np.isneginf(found)
    if tiny.any():
        found = np.where(tiny, _log_upper_tail(np.where(tiny, a, 1.0), np.where(tiny, x, 3.0)), found)
    return np.asarray(found, dtype=np.float64)


def _log_upper_tail(a: Floats, x: Floats) -> Floats:
    """Return log Q(a, x) for x well above a, by Lentz's continued fraction (Press et al., Numerical Recipes, 6.2)."""
    from scipy.special import gammaln

    b = x + 1.0 - a
    c = np.full_like(b, 1e300)
    d = 1.0 / b
    fraction = d.copy()
    for i in range(1, _ROUNDS):
        term = -i * (i - a)
        b = b + 2.0
        d = 1.0 / (term * d + b)
        c = b + term / c
        fraction = fraction * (c * d)
    return np.asarray(a * np.log(x) - x - gammaln(a) + np.log(fraction), dtype=np.float64)


def _counted(count: ArrayLike, years: ArrayLike) -> tuple[Floats, Floats]:
    n, t = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(years, dtype=np.float64))
    if not (np.isfinite(n).all() and np.isfinite(t).all() and (n >= 0).all() and (t >= 0).all()):
        raise InputError(
            "Counts and years must be finite numbers of 0 or more.",
            where="count, years",
            fix="Look for NaN or a sign.",
        )
    if ((n > 0) & (t == 0)).any():
        raise InputError("Events cannot happen in no time.", where="years 0", fix="Count from before the first event.")
    return n, t


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number > 0):
            raise InputError("This must be a number above 0.", where=f"{name} {number}", fix="Give one above 0.")

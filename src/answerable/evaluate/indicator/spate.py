"""Is a burst more than chance alone makes? The most events in any window of days, at the year's own rate."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from answerable.errors import InputError


def scan_p(windows: float, mean: float, most: int) -> float:
    """Return the chance that some window, beginning anywhere, holds ``most`` events or more.

    Formula: Naus's approximation 1 - Q2 (Q3 / Q2)^(windows - 2) for a Poisson process that lasts ``windows`` windows,
    with ``mean`` events a window. Errors: InputError for fewer than three windows, a mean not above 0, or a count below
    1. Reference: Naus, Journal of the American Statistical Association 77, 1982.

    >>> round(scan_p(208, 0.6, 6), 4)
    0.039
    """
    if not (windows >= 3 and mean > 0 and math.isfinite(mean) and most >= 1):
        raise InputError(
            "A scan needs at least three windows, a mean above 0 and a count of 1 or more.",
            where=f"{windows} windows, mean {mean}, count {most}",
            fix="Choose a shorter window.",
        )
    if most == 1:
        return 1 - math.exp(-windows * mean)
    q2, q3 = _naus(mean, most)
    if q2 <= 0 or q3 <= 0:
        return 1.0
    return float(min(1.0, max(0.0, 1 - q2 * (q3 / q2) ** (windows - 2))))


def most_in(counts: np.ndarray, window: int) -> int:
    """Return the most events in any ``window`` neighbouring periods of ``counts`` (shape (periods,))."""
    y = np.asarray(counts, dtype=int)
    return int(np.convolve(y, np.ones(window, dtype=int), mode="valid").max())


def _naus(psi: float, n: int) -> tuple[float, float]:
    """Return the chances that two, and three, neighbouring windows hold no window with ``n`` events."""
    p, f = _poisson(psi, 2 * n + 1)
    q2 = f(n - 1) ** 2 - (n - 1) * p(n) * p(n - 2) - (n - 1 - psi) * p(n) * f(n - 3)
    a1 = 2 * p(n) * f(n - 1) * ((n - 1) * f(n - 2) - psi * f(n - 3))
    a2 = 0.5 * p(n) ** 2 * ((n - 1) * (n - 2) * f(n - 3) - 2 * (n - 2) * psi * f(n - 4) + psi**2 * f(n - 5))
    a3 = sum(p(2 * n - r) * f(r - 1) ** 2 for r in range(1, n))
    a4 = sum(p(2 * n - r) * p(r) * ((r - 1) * f(r - 2) - psi * f(r - 3)) for r in range(2, n))
    return q2, f(n - 1) ** 3 - a1 + a2 + a3 - a4


def _poisson(psi: float, longest: int) -> tuple[Callable[[int], float], Callable[[int], float]]:
    from scipy.special import gammaln

    k = np.arange(longest + 1)
    mass = np.exp(k * math.log(psi) - psi - gammaln(k + 1))
    below = np.cumsum(mass)

    def p(i: int) -> float:
        return float(mass[i]) if i >= 0 else 0.0

    def f(i: int) -> float:
        return float(below[i]) if i >= 0 else 0.0

    return p, f

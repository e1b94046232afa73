"""The log score of counts: the primary score, which decides between models.

All cells count, empty ones too: what a forecast puts where nothing happens is paid for by the integral term.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

from answerable.errors import InputError
from answerable.score.checked import checked

Floats = NDArray[np.float64]


def poisson_log_score(expected: ArrayLike, count: ArrayLike) -> Floats:
    """Return the log probability of each count under a Poisson forecast, in nats; larger is better.

    Formula: n log(m) - m - log(n!), m the expected and n the observed count; the sum of -m over cells is the integral
    term of the point-process likelihood. Shapes: any, equal; the result has the same. Empty: empty. m = 0 scores 0
    where n = 0, minus infinity otherwise. Errors: InputError for NaN, negative values, unequal shapes.
    Reference: Daley and Vere-Jones, An Introduction to the Theory of Point Processes, 2003, section 7.1.

    >>> poisson_log_score([2.0, 0.5, 0.0], [3, 0, 0]).round(4).tolist()
    [-1.7123, -0.5, 0.0]
    """
    m, n = checked(expected=expected, count=count)
    return np.asarray(xlogy(n, m) - m - gammaln(n + 1))


def total_log_score(expected: ArrayLike, count: ArrayLike) -> float:
    """Return the sum of :func:`poisson_log_score` over all cells and windows, in nats; 0 for no cells.

    >>> round(total_log_score([2.0, 0.5], [3, 0]), 4)
    -2.2123
    """
    return float(poisson_log_score(expected, count).sum())


def information_gain(expected: ArrayLike, reference: ArrayLike, count: ArrayLike) -> float:
    """Return how much better than a reference forecast a forecast scored, in bits per incident.

    Formula: (L(expected) - L(reference)) / (N log 2), L the total log score and N the number of incidents. 1 bit
    means that incidents fell, on geometric average, where the forecast was twice as high as the reference.
    Shapes: any, equal; ``reference`` may be a number. Errors: InputError for no incidents at all (nothing can be
    told apart), NaN, negative values, a reference that called something impossible which happened.
    Reference: Daley and Vere-Jones, Scoring probability forecasts for point processes, Journal of Applied
    Probability 41A, 2004.

    >>> round(information_gain([1.5, 0.5], [1.0, 1.0], [2, 0]), 4)
    0.585
    """
    m, r, n = checked(expected=expected, reference=reference, count=count)
    if not n.sum():
        raise InputError("Without a single incident no gain can be told.", where="count", fix="Score more windows.")
    if ((r == 0) & (n > 0)).any():
        raise InputError(
            "The reference calls impossible what happened, so no gain over it can be told.",
            where="reference",
            fix="Give the reference a floor above 0.",
        )
    gain = xlogy(n, m) - m - xlogy(n, r) + r
    return float(gain.sum() / n.sum() / np.log(2))

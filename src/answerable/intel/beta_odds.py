"""Beta distributions seen as log odds: the one that has a wanted mean and spread there, and its density on a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

Floats = NDArray[np.float64]
_STEPS = 60


def beta_with(mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return the parameters (a, b) of the Betas whose log odds have these means and standard deviations, shape (n,).

    Formula: with theta ~ Beta(a, b), E[logit theta] = psi(a) - psi(b) and Var[logit theta] = psi'(a) + psi'(b); solved
    for a and b by Newton's method in log a, log b. Reference: Johnson, Kotz and Balakrishnan, Continuous Univariate
    Distributions 2, 1995, chapter 25.

    >>> a, b = beta_with(np.array([0.0]), np.array([0.5]))
    >>> round(float(a[0]), 3) == round(float(b[0]), 3)
    True
    """
    theta = 1 / (1 + np.exp(-mean))
    log_a, log_b = -np.log(spread**2 * (1 - theta)), -np.log(spread**2 * theta)
    for _ in range(_STEPS):
        a, b = np.exp(log_a), np.exp(log_b)
        off_mean, off_spread = digamma(a) - digamma(b) - mean, polygamma(1, a) + polygamma(1, b) - spread**2
        aa, ab = a * polygamma(1, a), -b * polygamma(1, b)
        ba, bb = a * polygamma(2, a), b * polygamma(2, b)
        determinant = aa * bb - ab * ba
        step_a = (off_mean * bb - off_spread * ab) / determinant
        step_b = (aa * off_spread - ba * off_mean) / determinant
        log_a, log_b = log_a - np.clip(step_a, -1, 1), log_b - np.clip(step_b, -1, 1)
        if max(np.abs(step_a).max(), np.abs(step_b).max()) < 1e-10:
            break
    return np.exp(log_a), np.exp(log_b)


def weights(log_odds: Floats, a: Floats, b: Floats) -> Floats:
    """Return the Betas' probability at each point of an even grid of ``log_odds`` (m,), shape (n, m), rows sum to 1."""
    x = log_odds[None, :]
    log_density = a[:, None] * x - (a + b)[:, None] * np.logaddexp(0, x)
    return normal(np.exp(log_density - log_density.max(axis=1, keepdims=True)))


def normal(rows: Floats) -> Floats:
    """Return rows (n, m) divided by their sums."""
    return np.asarray(rows / rows.sum(axis=-1, keepdims=True))


def quantile(values: Floats, weight: Floats, q: float) -> float:
    """Return the ``q`` quantile of a distribution on an even grid of ``values``; each point stands for its step."""
    step = float(values[1] - values[0])
    below = np.concatenate([[0.0], np.cumsum(weight)])
    edges = np.concatenate([values - step / 2, [values[-1] + step / 2]])
    return float(np.interp(q, below / below[-1], edges))

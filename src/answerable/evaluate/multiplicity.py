"""Many questions at once: one outcome is fixed beforehand; these keep the rest from being found by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return p adjusted for the share of false findings among the findings; an outcome counts where it is below alpha.

    Formula: for p in rising order, the least over j >= i of p_(j) n / j, at most 1. Shape (n,) in the order given.
    Empty: empty. NaN: refused. Errors: InputError for what is no probability. Reference: Benjamini and Hochberg,
    Journal of the Royal Statistical Society B 57, 1995.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    values = np.asarray(p, dtype=float).ravel()
    if not (np.isfinite(values).all() and (values >= 0).all() and (values <= 1).all()):
        raise InputError("These are not probabilities.", where="p", fix="Give p-values between 0 and 1.")
    n = len(values)
    order = np.argsort(values)[::-1]
    scaled = values[order] * n / np.arange(n, 0, -1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled)) if n else scaled
    return adjusted


def e_benjamini_hochberg(e: ArrayLike, *, alpha: float = 0.05) -> NDArray[np.bool_]:
    """Return which of several e-values count as findings, whatever their dependence, at any look.

    Formula: the k largest, with k the most for which e_[k] >= n / (alpha k). Shape (n,) in the order given. Infinity is
    allowed, NaN refused. Errors: InputError for values below 0 or an alpha not between 0 and 1. Reference: Wang and
    Ramdas, Journal of the Royal Statistical Society B 84, 2022.

    >>> e_benjamini_hochberg([100.0, 30.0, 1.0]).tolist()
    [True, True, False]
    """
    values = np.asarray(e, dtype=float).ravel()
    if np.isnan(values).any() or (values < 0).any() or not 0 < alpha < 1:
        raise InputError("E-values are 0 or more, and alpha lies between 0 and 1.", where="e", fix="Look for NaN.")
    order = np.argsort(values)[::-1]
    found = np.zeros(len(values), dtype=bool)
    holds = np.flatnonzero(values[order] * np.arange(1, len(values) + 1) >= len(values) / alpha)
    if holds.size:
        found[order[: holds[-1] + 1]] = True
    return found

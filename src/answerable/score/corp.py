"""Reliability without bins: what happened, as the best rising function of the forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.score.checked import probability

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Corp:
    """The recalibrated probability at each distinct forecast, shape (k,), with an interval, and the score's parts.

    Brier score = ``miscalibration`` - ``discrimination`` + ``uncertainty``. The interval is what 90 % of samples would
    show if the forecast were right.
    """

    p: Floats
    recalibrated: Floats
    low: Floats
    high: Floats
    miscalibration: float
    discrimination: float
    uncertainty: float


def isotonic(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the weighted least-squares rising sequence nearest to ``values`` (shape (n,)): pool adjacent violators.

    Reference: Ayer et al., Annals of Mathematical Statistics 26, 1955.

    >>> isotonic([1.0, 3.0, 2.0, 4.0], [1, 1, 1, 1]).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    level: list[float] = []
    weight: list[float] = []
    size: list[int] = []
    for v, w in zip(np.asarray(values, float).tolist(), np.asarray(weights, float).tolist(), strict=True):
        level.append(v)
        weight.append(w)
        size.append(1)
        while len(level) > 1 and level[-2] >= level[-1]:
            v2, w2, n2 = level.pop(), weight.pop(), size.pop()
            total = weight[-1] + w2
            level[-1] = (level[-1] * weight[-1] + v2 * w2) / total
            weight[-1], size[-1] = total, size[-1] + n2
    return np.repeat(level, size)


def corp(p: ArrayLike, happened: ArrayLike, rng: np.random.Generator, draws: int = 100) -> Corp:
    """Return the reliability curve by isotonic regression, its consistency band, and the parts of the Brier score.

    Shapes: any, equal; y is 1 where it happened. Unit: probability; the parts are squared probabilities. Errors:
    InputError for no values, NaN, values outside 0 to 1. Reference: Dimitriadis, Gneiting and Jordan, Stable
    reliability diagrams for probabilistic classifiers, PNAS 118, 2021.

    >>> found = corp([0.1, 0.1, 0.9, 0.9], [0, 0, 1, 0], np.random.default_rng(1))
    >>> found.recalibrated.tolist(), round(found.miscalibration - found.discrimination + found.uncertainty, 3)
    ([0.0, 0.5], 0.21)
    """
    forecast, outcome = (a.ravel() for a in probability(p=p, happened=happened))
    if not forecast.size:
        raise InputError("There is nothing to score.", where="p", fix="Score at least one window.")
    told, which, n = np.unique(forecast, return_inverse=True, return_counts=True)
    hits = np.bincount(which, outcome, minlength=len(told))
    fitted = isotonic(hits / n, n)
    drawn = np.stack([isotonic(rng.binomial(n, told) / n, n) for _ in range(draws)])
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    rate = outcome.mean()
    score = float(np.square(forecast - outcome).mean())
    best = float(np.square(fitted[which] - outcome).mean())
    spread = float(rate * (1 - rate))
    return Corp(told, fitted, low, high, score - best, spread - best, spread)

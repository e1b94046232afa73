"""The Brier score: squared error of probabilities. Secondary, because it hardly moves where incidents are rare."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from answerable.errors import InputError
from answerable.score.checked import probability


def brier_score(p: ArrayLike, happened: ArrayLike) -> float:
    """Return the mean squared difference between probabilities and what happened; smaller is better.

    Formula: mean((p - y)^2), y = 1 where at least one incident happened and 0 elsewhere. Shapes: any, equal. Unit:
    squared probability, 0 to 1. Errors: InputError for no values, NaN, values outside 0 to 1, unequal shapes.
    Reference: Brier, Monthly Weather Review 78, 1950 (the half of it that is used for yes and no).

    >>> brier_score([0.0, 0.5, 1.0], [0, 1, 1]).__round__(4)
    0.0833
    """
    forecast, outcome = probability(p=p, happened=happened)
    if not forecast.size:
        raise InputError("There is nothing to score.", where="p", fix="Score at least one cell.")
    return float(np.square(forecast - outcome).mean())

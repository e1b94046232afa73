"""The log score of yes and no: how much probability was given to what happened."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy.special import xlogy

from answerable.errors import InputError
from answerable.score.checked import probability


def binary_log_score(p: ArrayLike, happened: ArrayLike) -> float:
    """Return the mean log probability given to what happened, in nats; larger is better, 0 is perfect.

    Formula: mean(y log p + (1 - y) log(1 - p)), y = 1 where it happened and 0 elsewhere. Shapes: any, equal. What was
    called impossible and happened scores minus infinity. Errors: InputError for no values, NaN, values outside 0 to 1,
    unequal shapes. Reference: Good, Rational decisions, Journal of the Royal Statistical Society B 14, 1952.

    >>> round(binary_log_score([0.5, 0.9], [1, 0]), 4)
    -1.4979
    """
    forecast, outcome = probability(p=p, happened=happened)
    if not forecast.size:
        raise InputError("There is nothing to score.", where="p", fix="Score at least one window.")
    return float((xlogy(outcome, forecast) + xlogy(1 - outcome, 1 - forecast)).mean())

"""The decision curve: what acting on a forecast is worth, for every price of acting in vain."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.score.checked import probability


def net_benefit(p: ArrayLike, happened: ArrayLike, thresholds: ArrayLike) -> NDArray[np.float64]:
    """Return the net benefit of acting wherever the forecast reaches each threshold, shape (thresholds,).

    Formula: (true positives - t / (1 - t) x false positives) / n: who acts from probability t on says that acting in
    vain costs t / (1 - t) of what acting rightly gains. Acting nowhere is worth 0; acting everywhere, what
    :func:`act_everywhere` says. Shapes: ``p`` and ``happened`` any, equal. Unit: true positives per decision. Errors:
    InputError for no values, NaN, values outside 0 to 1, thresholds outside 0 to 1. Reference: Vickers and Elkin,
    Decision curve analysis, Medical Decision Making 26, 2006.

    >>> net_benefit([0.9, 0.6, 0.2, 0.1], [1, 0, 1, 0], [0.5, 0.15]).round(4).tolist()
    [0.0, 0.4559]
    """
    forecast, outcome = (a.ravel() for a in probability(p=p, happened=happened))
    t = _thresholds(thresholds, len(forecast))
    order = np.argsort(-forecast, kind="stable")
    hits = np.concatenate([[0.0], np.cumsum(outcome[order])])
    acted = np.searchsorted(-forecast[order], -t, side="right")
    return np.asarray((hits[acted] - t / (1 - t) * (acted - hits[acted])) / len(forecast))


def act_everywhere(happened: ArrayLike, thresholds: ArrayLike) -> NDArray[np.float64]:
    """Return the net benefit of acting everywhere, shape (thresholds,); formula and errors as :func:`net_benefit`.

    >>> act_everywhere([1, 0, 0, 0], [0.25, 0.5]).tolist()
    [0.0, -0.5]
    """
    (outcome,) = (a.ravel() for a in probability(happened=happened))
    t = _thresholds(thresholds, len(outcome))
    return np.asarray(outcome.mean() - t / (1 - t) * (1 - outcome.mean()))


def false_alarms_per_event(p: ArrayLike, happened: ArrayLike, threshold: float) -> float:
    """Return how many of those at or above ``threshold`` are in vain for each that is not.

    InputError where none above it happened: then there is no such number, not an infinite one.

    >>> false_alarms_per_event([0.9, 0.6, 0.5, 0.1], [1, 0, 0, 1], 0.5)
    2.0
    """
    forecast, outcome = probability(p=p, happened=happened)
    flagged = forecast >= threshold
    hits = float(outcome[flagged].sum())
    if not hits:
        raise InputError(
            "Nothing that was flagged happened, so there is no ratio.",
            where=f"threshold {threshold:g}",
            fix="Score more windows, or a lower threshold.",
        )
    return float(flagged.sum() - hits) / hits


def _thresholds(thresholds: ArrayLike, n: int) -> NDArray[np.float64]:
    t = np.atleast_1d(np.asarray(thresholds, float))
    if not n or not ((t > 0) & (t < 1)).all():
        raise InputError("A threshold lies between 0 and 1.", where="thresholds", fix="Give 0.05 for 5 %.")
    return t

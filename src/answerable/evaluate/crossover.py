"""A planned trial: each day some of the places are chosen by lot, and the test repeats the same lot.

The answer does not rest on how counts are distributed: only on how the days were drawn, with the seed that was logged
before the trial began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crossover:
    """Mean events on treated and on other place-days, and p of the repeated lot (two-sided; for a fall)."""

    treated_mean: float
    other_mean: float
    p: float
    p_fall: float
    redraws: int

    @property
    def ratio(self) -> float:
        """Treated over other."""
        return self.treated_mean / self.other_mean if self.other_mean else float("nan")


def assign(days: int, places: int, per_day: int, *, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which places are treated on which day: shape (days, places), exactly ``per_day`` each day.

    Errors: InputError unless at least one place is treated and one is not, on at least one day.

    >>> assign(2, 3, 1, rng=np.random.default_rng(7)).sum(axis=1).tolist()
    [1, 1]
    """
    if not (days >= 1 and 1 <= per_day < places):
        raise InputError(
            "A crossover trial treats at least one place a day, and leaves at least one out.",
            where=f"{per_day} of {places} places on {days} days",
            fix="Change how many are treated each day.",
        )
    ranks = np.argsort(np.argsort(rng.random((days, places)), axis=1), axis=1)
    return ranks < per_day


def crossover_test(
    counts: ArrayLike, assigned: ArrayLike, *, rng: np.random.Generator, redraws: int = 2000
) -> Crossover:
    """Return whether treated place-days had fewer events than a new lot would give.

    Formula: statistic = sum over days of events on treated places less their share of the day's events; p = (1 +
    redraws that are as extreme) / (1 + redraws), each day drawn anew with its own number of treated places. Shapes:
    (days, places). NaN: refused. Errors: InputError for other shapes, or a day on which all or no places are treated.
    Reference: Rosenbaum, Observational Studies, 2002, chapter 2; Phipson and Smyth 2010.
    """
    y, d = np.asarray(counts, dtype=float), np.asarray(assigned, dtype=bool)
    if y.shape != d.shape or y.ndim != 2 or not (np.isfinite(y).all() and (y >= 0).all()):
        raise InputError(
            "A crossover test needs counts and the lot, both by day and place.",
            where=f"{y.shape}, {d.shape}",
            fix="Give every place on every day, days without events included.",
        )
    per_day = d.sum(axis=1)
    if not ((per_day > 0) & (per_day < y.shape[1])).all():
        raise InputError("On some day all places or none were treated.", where="assigned", fix="Leave that day out.")
    share = (y.sum(axis=1) * per_day / y.shape[1]).sum()
    seen = y[d].sum() - share
    drawn = np.empty(redraws)
    for i in range(redraws):
        ranks = np.argsort(np.argsort(rng.random(y.shape), axis=1), axis=1)
        drawn[i] = y[ranks < per_day[:, None]].sum() - share
    tie = 1e-9 * max(1.0, abs(seen))
    return Crossover(
        treated_mean=float(y[d].mean()),
        other_mean=float(y[~d].mean()),
        p=float((1 + (np.abs(drawn) >= abs(seen) - tie).sum()) / (redraws + 1)),
        p_fall=float((1 + (drawn <= seen + tie).sum()) / (redraws + 1)),
        redraws=redraws,
    )

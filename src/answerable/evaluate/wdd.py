"""The weighted displacement difference: change in treated areas less change in comparable ones, and the same nearby.

It needs counts of some size. Below ``FEWEST`` events it refuses and points to the exact comparison of rates; where
counts scatter more than chance alone its variance takes the factor measured on earlier periods of the same areas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from answerable.errors import InputError

FEWEST = 10
PERIODS = 24
"""How many earlier periods a measured dispersion needs."""

Pair = tuple[float, float]
"""A count before and a count after."""


@dataclass(frozen=True)
class Difference:
    """A difference in events with its standard error and normal interval at ``level``."""

    estimate: float
    se: float
    low: float
    high: float
    level: float

    @property
    def z(self) -> float:
        """The difference in standard errors."""
        return self.estimate / self.se


@dataclass(frozen=True)
class WDD:
    """Differences in the treated areas (``local``), in the areas around them, and both together (``total``)."""

    local: Difference
    displacement: Difference
    total: Difference


def wdd(
    treated: Pair,
    control: Pair,
    displacement: Pair = (0, 0),
    displacement_control: Pair = (0, 0),
    *,
    time_weights: Pair = (1.0, 1.0),
    area_weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    dispersion: float = 1.0,
    level: float = 0.95,
) -> WDD:
    """Return the weighted displacement difference of four pairs of counts.

    Formula: (T1 - T0) - (C1 - C0) + (D1 - D0) - (DC1 - DC0), each count divided by its weight w; the variance sums
    count / w^2, times ``dispersion``. ``time_weights`` are for before and after (2, 1: twice as long before);
    ``area_weights`` in the order of the arguments. Units: events. Errors: InputError for counts below 0, weights not
    above 0, a dispersion below 1, or fewer than 10 events in all. Reference: Wheeler and Ratcliffe, Crime Science 7:11,
    2018.

    >>> found = wdd((207, 110), (308, 318), (178, 157), (150, 140))
    >>> found.total.estimate, round(found.total.se, 3)
    (-118.0, 39.598)
    """
    counts = np.array([treated, control, displacement, displacement_control], dtype=float)
    weights = np.outer(np.asarray(area_weights, dtype=float), np.asarray(time_weights, dtype=float))
    _check(counts, weights, dispersion, level)
    if counts.sum() < FEWEST:
        raise InputError(
            f"Only {counts.sum():g} events: too few for this test, which would hardly ever see anything.",
            where=f"at least {FEWEST} are needed",
            fix="Compare the rates exactly instead (compare_rates).",
        )
    change = (counts / weights) @ np.array([-1.0, 1.0])
    variance = dispersion * (counts / weights**2).sum(axis=1)
    return WDD(
        local=_difference(change[0] - change[1], variance[:2].sum(), level),
        displacement=_difference(change[2] - change[3], variance[2:].sum(), level),
        total=_difference(change[0] - change[1] + change[2] - change[3], variance.sum(), level),
    )


def wdd_harm(parts: Sequence[Difference], weights: Sequence[float]) -> Difference:
    """Return the difference weighted by harm: sum of w times estimate, variance sum of (w times standard error)^2.

    ``parts`` are the differences of the single offences, ``weights`` their harm (for example days of sentence). Errors:
    InputError where their numbers differ, there are none, or a weight is below 0. Reference: as :func:`wdd`.
    """
    if len(parts) != len(weights) or not parts or any(not weight >= 0 for weight in weights):
        raise InputError(
            "Every offence needs one weight of 0 or more.",
            where=f"{len(parts)} offences, {len(weights)} weights",
            fix="Give them in the same order.",
        )
    estimate = sum(weight * part.estimate for part, weight in zip(parts, weights, strict=True))
    variance = sum((weight * part.se) ** 2 for part, weight in zip(parts, weights, strict=True))
    return _difference(estimate, variance, parts[0].level)


def wdq(treated: Pair, buffer: Pair, control: Pair) -> float | None:
    """Return the weighted displacement quotient; None where the treated area did not fall against the control.

    Formula: (B1/C1 - B0/C0) / (A1/C1 - A0/C0) with A treated, B buffer, C control. Above 0: benefit spread to the
    buffer; below 0: it moved there; below -1: more moved than was gained. It has no standard error, so it is shown
    beside the difference and never alone. Errors: InputError for a control count of 0 or counts below 0. Reference:
    Bowers and Johnson, Journal of Quantitative Criminology 19, 2003.

    >>> round(wdq((207, 110), (178, 157), (308, 318)), 4)
    0.2582
    """
    _check(np.array([treated, buffer, control], dtype=float), np.ones((3, 2)), 1.0, 0.95)
    if not all(control):
        raise InputError("The control area has no events.", where=f"{control}", fix="Choose a larger control area.")
    success = treated[1] / control[1] - treated[0] / control[0]
    moved = buffer[1] / control[1] - buffer[0] / control[0]
    return moved / success if success < 0 else None


def dispersion_of(periods: ArrayLike) -> float:
    """Return how much more than chance counts scatter from one period to the next: 1 is chance alone.

    ``periods``: shape (areas, periods), at least 24 periods of equal length before the deployment. Formula: sum over
    areas and neighbouring periods of (y[t+1] - y[t])^2 over the sum of (y[t+1] + y[t]), at least 1; differences of
    neighbours leave slow change out. Areas without any event say nothing. NaN: refused. Errors: InputError for fewer
    periods. Reference: von Neumann, Annals of Mathematical Statistics 12, 1941 (mean square successive difference).
    """
    y = np.atleast_2d(np.asarray(periods, dtype=float))
    if y.shape[1] < PERIODS or not np.isfinite(y).all() or (y < 0).any():
        raise InputError(
            f"A dispersion is measured on at least {PERIODS} periods of counts.",
            where=f"{y.shape[1]} periods",
            fix="Give more of the time before, in equal periods, without gaps.",
        )
    together = (y[:, 1:] + y[:, :-1]).sum()
    return max(1.0, float((np.diff(y, axis=1) ** 2).sum() / together)) if together else 1.0


def _difference(estimate: float, variance: float, level: float) -> Difference:
    from scipy.special import ndtri

    se = math.sqrt(variance)
    reach = float(ndtri((1 + level) / 2)) * se
    return Difference(float(estimate), se, float(estimate) - reach, float(estimate) + reach, level)


def _check(counts: np.ndarray, weights: np.ndarray, dispersion: float, level: float) -> None:
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise InputError("Counts are finite numbers of 0 or more.", where=f"{counts.tolist()}", fix="Look for a gap.")
    if not (np.isfinite(weights).all() and (weights > 0).all() and dispersion >= 1 and 0 < level < 1):
        raise InputError(
            "Weights are above 0, a dispersion is at least 1, and a level lies between 0 and 1.",
            where=f"dispersion {dispersion}, level {level}",
            fix="Leave them out where areas and times are equal.",
        )

"""What a survey of a given size can see, and how many interviews a question needs."""

from __future__ import annotations

import math

from answerable.errors import InputError

DESIGN_EFFECT = 1.5
"""Interviews in one neighbourhood resemble each other, and weights cost precision: 1.3 to 1.5 in such surveys."""
POWER = 0.80
ALPHA = 0.05


def margin(interviews: int, share: float = 0.5, *, design_effect: float = 1.0, level: float = 0.95) -> float:
    """Return half the width of the interval of a ``share`` (0 to 1) found in so many ``interviews``.

    Formula: z sqrt(deff p (1 - p) / n). Errors: InputError for no interviews, a share outside 0 to 1 or a design effect
    below 1. Reference: Kish, Survey Sampling, 1965.

    >>> [round(100 * margin(n), 1) for n in (20, 100, 400, 3200)]
    [21.9, 9.8, 4.9, 1.7]
    """
    _check(interviews, share, design_effect)
    return _z((1 + level) / 2) * math.sqrt(design_effect * share * (1 - share) / interviews)


def interviews_needed(
    share: float, change: float, *, design_effect: float = 1.0, power: float = POWER, alpha: float = ALPHA
) -> int:
    """Return the interviews in each of two groups that see ``share`` differ by ``change`` (-0.05: five points lower).

    Formula: (z_(1 - alpha/2) + z_power)^2 (p q + p' q') deff / change^2. Errors: InputError for a change of 0 or one
    that leaves 0 to 1. Reference: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 2003, 4.

    >>> [interviews_needed(0.6, -points / 100) for points in (2, 5, 10)]
    [9490, 1531, 385]
    """
    _check(1, share, design_effect)
    other = share + change
    if not change or not 0 <= other <= 1:
        raise InputError(
            "A change must be there, and must leave a share between 0 and 1.",
            where=f"{share} and {change}",
            fix="Write five points lower as -0.05.",
        )
    reach = (_z(1 - alpha / 2) + _z(power)) ** 2
    return math.ceil(reach * (share * (1 - share) + other * (1 - other)) * design_effect / change**2)


def smallest_change(
    interviews: int, share: float = 0.5, *, design_effect: float = 1.0, power: float = POWER, alpha: float = ALPHA
) -> float:
    """Return the smallest difference between two surveys of so many ``interviews`` that would be seen.

    >>> round(100 * smallest_change(100), 1)
    19.8
    """
    _check(interviews, share, design_effect)
    reach = _z(1 - alpha / 2) + _z(power)
    return reach * math.sqrt(2 * design_effect * share * (1 - share) / interviews)


def _z(p: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(p))


def _check(interviews: int, share: float, design_effect: float) -> None:
    if not (interviews >= 1 and 0 <= share <= 1 and design_effect >= 1):
        raise InputError(
            "A survey has interviews, a share between 0 and 1 and a design effect of at least 1.",
            where=f"{interviews} interviews, share {share}, design effect {design_effect}",
            fix="Give shares as fractions: 60 % is 0.6.",
        )

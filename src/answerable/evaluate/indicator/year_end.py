"""How a year may end, given what was counted so far: shrunk to the years before, so that a burst is not carried on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.observed_expected import quantile

LEVEL = 0.90
_LEAST_SPREAD = 0.1
"""A year differs from the last by a tenth either way at least, whatever a few quiet years say."""
_FEWEST_STEPS = 3
_JEFFREYS = 0.5


@dataclass(frozen=True)
class YearEnd:
    """The year's total as forecast: ``mean`` with its range at ``level``."""

    mean: float
    low: int
    high: int
    level: float


def year_end(
    so_far: int, share: float, years: Sequence[int] = (), *, dispersion: float = 1.0, level: float = LEVEL
) -> YearEnd:
    """Return the forecast total of a year in which ``so_far`` events fell into ``share`` of it (by its usual season).

    Formula: the year's rate is Gamma(a, a / m): m is the mean of ``years`` (oldest first) in which each counts half as
    much as the next, 1 / a the variance of year-on-year log ratios beyond chance, at least 0.1 squared. Events scatter
    by ``dispersion`` d inside a year, so that after ``so_far`` the rate is Gamma(a + so_far / d, a / m + share / d);
    the rest of the year is negative binomial with variance d mean + mean^2 / (a + so_far / d). Without ``years`` a =
    1/2 and a / m = 0 (Jeffreys), which carries a burst on. Units: events. Errors: InputError for counts below 0, a
    share not between 0 and 1, or a dispersion below 1. Reference: Gelman et al., Bayesian Data Analysis, 2013, 2.6.

    >>> found = year_end(127, 333 / 365)
    >>> round(found.mean), found.low, found.high
    (139, 134, 146)
    """
    if so_far < 0 or not 0 < share <= 1 or any(count < 0 for count in years) or not dispersion >= 1:
        raise InputError(
            "A year's end is forecast from a count of 0 or more in some share of the year.",
            where=f"{so_far} in {share}, dispersion {dispersion}",
            fix="Give the share as a fraction: half a year is 0.5.",
        )
    a, weight = _usual(years)
    shape, rate = a + so_far / dispersion, weight + share / dispersion
    mean = shape / rate * (1 - share)
    if mean == 0:
        return YearEnd(float(so_far), so_far, so_far, level)
    size = mean / (dispersion - 1 + mean / shape)
    low, high = (quantile(p, mean, size) for p in ((1 - level) / 2, (1 + level) / 2))
    return YearEnd(so_far + mean, so_far + low, so_far + high, level)


@dataclass(frozen=True)
class BackTest:
    """How past forecasts did: how many, the share whose range held the truth, and their mean error in events."""

    forecasts: int
    held: float
    mean_error: float


def back_test(months: np.ndarray, *, first: int = 4, level: float = LEVEL) -> BackTest:
    """Return how forecasts at every month's end of every year would have done, from earlier years alone.

    ``months``: counts, shape (years, 12), oldest first. The season is that of the years before. Years before number
    ``first`` are only learned from. Errors: InputError for another shape, holes, or too few years.
    """
    y = np.asarray(months, dtype=float)
    if y.ndim != 2 or y.shape[1] != 12 or len(y) <= first or not np.isfinite(y).all():
        raise InputError("A back-test needs whole years of twelve months.", where=f"{y.shape}", fix="Give more years.")
    held, errors = [], []
    for year in range(first, len(y)):
        season, scatter = seasonal_share(y[:year]), dispersion_in_years(y[:year])
        past = [int(total) for total in y[:year].sum(axis=1)]
        for month in range(1, 12):
            so_far = int(y[year, :month].sum())
            found = year_end(so_far, float(season[month - 1]), past, dispersion=scatter, level=level)
            held.append(found.low <= y[year].sum() <= found.high)
            errors.append(found.mean - y[year].sum())
    return BackTest(len(held), float(np.mean(held)), float(np.mean(errors)))


def seasonal_share(months: np.ndarray) -> np.ndarray:
    """Return the usual share of a year's events until the end of each month, shape (12,), drawn to equal months.

    One more year in which all months are alike is added, so that few events do not make a season.
    """
    y = np.asarray(months, dtype=float)
    weight = y.sum(axis=0) + y.sum() / len(y) / 12
    share: np.ndarray = np.cumsum(weight) / weight.sum()
    return share


def dispersion_in_years(months: np.ndarray) -> float:
    """Return how much more than chance months scatter around their year's and their season's level; at least 1."""
    y = np.asarray(months, dtype=float)
    expected = y.sum(axis=1, keepdims=True) * np.diff(seasonal_share(y), prepend=0.0)
    kept = expected > 0
    # Each year's level and the season were fitted.
    free = y.size - len(y) - 11
    return max(1.0, float(((y - expected)[kept] ** 2 / expected[kept]).sum() / max(free, 1)))


def _usual(years: Sequence[int]) -> tuple[float, float]:
    """Return shape and rate of what a year's count is before it begins."""
    known = np.array([count for count in years if count > 0], dtype=float)
    if not known.size:
        return _JEFFREYS, 0.0
    weight = 0.5 ** np.arange(len(known))[::-1]
    mean = float((weight * known).sum() / weight.sum())
    spread2 = _LEAST_SPREAD**2
    if len(known) > _FEWEST_STEPS:
        by_chance = float((1 / known[1:] + 1 / known[:-1]).mean())
        spread2 = max(spread2, float((np.diff(np.log(known)) ** 2).mean()) - by_chance)
    return 1 / spread2, 1 / spread2 / mean

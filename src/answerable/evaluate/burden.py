"""Burden given need, place by place: what a group of places sees beyond places alike in need elsewhere.

The plain ratio of deployments to need supposes that deployments should rise in step with need. This lets them rise as
they do, and asks what the group adds: a Poisson regression of deployments on need, for places and never for persons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.evaluate.fairness import Band

Floats = NDArray[np.float64]
FEWEST_PLACES = 10
ENOUGH_ALIKE = 0.5
"""So large a part of a group's places must be alike in need to places elsewhere for the two to be compared."""
_ROUNDS = 60
_WIDEST = math.log(1e4)
_REPORTING = math.log(50)


@dataclass(frozen=True)
class Place:
    """One place: its ``group``, the ``deployments`` to it, the hours that people spent there, and its ``need``:
    serious incidents expected from reports.
    """

    name: str
    group: str
    deployments: int
    person_hours: float
    need: float


@dataclass(frozen=True)
class Burden:
    """The rate of deployments in a group over that in places alike in need elsewhere, as a ``band`` over reporting.

    ``alike`` is the share of its places whose need lies within that of the others; ``band`` is None where that is less
    than half, and nothing can be compared.
    """

    group: str
    band: Band | None
    alike: float


def burden_given_need(
    places: Sequence[Place], *, reporting: tuple[float, float] = (1.0, 1.0), level: float = 0.95
) -> list[Burden]:
    """Return the burden given need of every group.

    Formula: log E[deployments] = log person-hours + a + b n + c n^2 + g, n the standardised logarithm of need per
    person-hour, g for the group; the ratio is exp(g). Its interval holds all ratios whose efficient score, standardised
    by the scatter seen between places (at least that of single events), is within z, so that deployments in bursts are
    allowed for. ``reporting`` as in
    :func:`answerable.evaluate.fairness.audit`: the group's need is divided by either end, and the intervals joined;
    the tipping point is the reporting at which the ratio would be 1 (infinite where there is none from 1/50 to 50).
    Errors: InputError for fewer than ten places or two groups, no deployment, or figures that do not fit together.
    Reference: McCullagh and Nelder, Generalized Linear Models, 1989, 6; Boos, The American Statistician 46, 1992
    (scores standardised by their scatter).
    """
    _check(places, reporting)
    return [_burden(places, name, reporting, level) for name in dict.fromkeys(place.group for place in places)]


@dataclass(frozen=True)
class _Table:
    """Deployments ``y``, person-hours ``hours`` and ``need`` by place, and which are ``inside`` the group."""

    y: Floats
    hours: Floats
    need: Floats
    inside: NDArray[np.bool_]

    def columns(self, reported: float) -> Floats:
        """Return the regression's columns without the group, if its places report so much of what happens."""
        n = np.log(np.where(self.inside, self.need / reported, self.need) / self.hours)
        spread = float(n.std())
        if spread < 1e-12:
            return np.ones((len(n), 1))
        n = (n - n.mean()) / spread
        return np.column_stack([np.ones(len(n)), n, n**2])


def _burden(places: Sequence[Place], name: str, reporting: tuple[float, float], level: float) -> Burden:
    y, hours, need = (
        np.array([getattr(place, key) for place in places], dtype=float)
        for key in ("deployments", "person_hours", "need")
    )
    table = _Table(y, hours, need, np.array([place.group == name for place in places]))
    rate = need / hours
    others = rate[~table.inside]
    alike = float(np.mean((rate[table.inside] >= others.min()) & (rate[table.inside] <= others.max())))
    if alike < ENOUGH_ALIKE:
        return Burden(name, None, alike)
    ends = [_interval(table, reported, level) for reported in dict.fromkeys(reporting)]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    return Burden(name, Band(_ratio(table, 1.0), low, high, _tipping(table)), alike)


def _ratio(table: _Table, reported: float) -> float:
    """Return exp(g): 0 or infinite where every deployment is on one side."""
    if not table.y[table.inside].any():
        return 0.0
    if not table.y[~table.inside].any():
        return math.inf
    x = np.column_stack([table.columns(reported), table.inside])
    return math.exp(float(_fit(x, table.y, np.log(table.hours)).beta[-1]))


def _interval(table: _Table, reported: float, level: float) -> tuple[float, float]:
    from scipy.optimize import brentq
    from scipy.special import ndtri

    x, offset, inside = table.columns(reported), np.log(table.hours), table.inside.astype(float)
    reach = float(ndtri((1 + level) / 2))

    last = _fit(x, table.y, offset)

    def score(g: float) -> float:
        """Return the standardised score of exp(g): positive where it is below what the data say."""
        nonlocal last
        last = _fit(x, table.y, offset + g * inside, start=last.beta)
        mean = last.mean
        weighted = mean[:, None] * x
        apart = inside - x @ np.linalg.lstsq(x.T @ weighted, weighted.T @ inside, rcond=1e-12)[0]
        each = apart * (table.y - mean)
        scattered = float((each**2).sum()) * len(each) / (len(each) - x.shape[1])
        # Never less than what counts that come one by one would scatter: a group without any would look certain.
        return float(each.sum()) / math.sqrt(max(scattered, float((apart**2 * mean).sum())))

    start = _ratio(table, reported)
    middle = min(max(math.log(start), -_WIDEST), _WIDEST) if start > 0 else -_WIDEST
    low = 0.0 if score(-_WIDEST) <= reach else math.exp(brentq(lambda g: score(g) - reach, -_WIDEST, middle, xtol=1e-5))
    high = (
        math.inf
        if score(_WIDEST) >= -reach
        else math.exp(brentq(lambda g: score(g) + reach, middle, _WIDEST, xtol=1e-5))
    )
    return low, high


def _tipping(table: _Table) -> float:
    """Return the reporting in the group, relative to the others, at which the ratio would be 1."""
    from scipy.optimize import brentq

    if not 0 < _ratio(table, 1.0) < math.inf:
        return math.inf

    def off(log_reported: float) -> float:
        return math.log(_ratio(table, math.exp(log_reported)))

    if off(-_REPORTING) * off(_REPORTING) > 0:
        return math.inf
    return math.exp(float(brentq(off, -_REPORTING, _REPORTING, xtol=1e-4)))


@dataclass(frozen=True)
class _Fit:
    beta: Floats
    mean: Floats
    likelihood: float


def _fit(x: Floats, y: Floats, offset: Floats, *, start: Floats | None = None) -> _Fit:
    """Return the likeliest coefficients of a Poisson regression with log link, by Newton's method with half steps."""
    beta = np.zeros(x.shape[1]) if start is None else start.copy()
    # The first column is 1: whatever the slopes, the level that gives as many events as were seen is never worse.
    beta[0] = math.log(float(y.sum())) - _log_sum(offset + x[:, 1:] @ beta[1:])
    fitted = _at(x, y, offset, beta)
    for _ in range(_ROUNDS):
        slope = x.T @ (y - fitted.mean)
        step = np.linalg.lstsq(x.T @ (fitted.mean[:, None] * x), slope, rcond=1e-12)[0]
        length = 1.0
        while length > 1e-6:
            tried = _at(x, y, offset, fitted.beta + length * step)
            if tried.likelihood >= fitted.likelihood:
                break
            length /= 2
        gained, fitted = tried.likelihood - fitted.likelihood, tried
        if gained < 1e-10:
            break
    return fitted


def _log_sum(values: Floats) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))


def _at(x: Floats, y: Floats, offset: Floats, beta: Floats) -> _Fit:
    log_mean = np.clip(offset + x @ beta, -700, 700)
    mean = np.exp(log_mean)
    return _Fit(beta, mean, float((y * log_mean - mean).sum()))


def _check(places: Sequence[Place], reporting: tuple[float, float]) -> None:
    groups = {place.group for place in places}
    names = {place.name for place in places}
    if len(places) < FEWEST_PLACES or len(groups) < 2 or len(names) < len(places):
        raise InputError(
            f"Burden given need takes at least {FEWEST_PLACES} places, each with a name of its own, in two groups.",
            where=f"{len(places)} places, {len(groups)} groups",
            fix="Give wards or small areas, with the fifth or borough that each is in.",
        )
    for place in places:
        above = (place.person_hours, place.need)
        if place.deployments < 0 or not all(math.isfinite(value) and value > 0 for value in above):
            raise InputError(
                "The figures of this place do not fit together.",
                where=place.name,
                fix="Deployments are 0 or more; person-hours and need are above 0.",
            )
    if not any(place.deployments for place in places):
        raise InputError("Nobody was deployed anywhere.", where="places", fix="There is no burden to compare.")
    if not 0 < reporting[0] <= reporting[1] < math.inf:
        raise InputError(
            "A range of reporting goes from a lower to a higher share, above 0.",
            where=f"{reporting}",
            fix="For example 0.6 and 1.0.",
        )

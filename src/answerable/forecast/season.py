"""Season and hour: how the city's rate goes up and down within the week and the year, apart from its level.

The rate at a time is level x week(hour of the local week) x year(day of the year).

- ``week`` (168 hours, mean 1) is the share of past incidents in each hour of the local week, smoothed over neighbouring
  hours and drawn towards (hour of day) x (day of week) as far as incidents are few. Incidents known to the day shape
  only the days; to the month, nothing.
- ``year`` is exp of two harmonics, from a Poisson regression of weekly counts on them and a bent trend, its penalty
  scaled by the counts' overdispersion. With less than a year and a half of data it is flat: one winter is no season.

A :class:`Season` is used as a clock: ``clock`` turns hours into *effective* hours, which run fast on summer nights.
Reference: Harvey and Fernandes, Time series models for count observations, Journal of Business and Economic Statistics
7, 1989, for the level that runs on this clock; the profile's shrinkage is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.forecast.history import History

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Pseudo-incidents that stand for "as any hour" and for "as hour of day times day of week": design choices.
_FLAT_WORTH = 60.0
_PRODUCT_WORTH = 600.0
_SMOOTH_HOURS = 1.0
_FEWEST_DAYS_FOR_A_YEAR = 540
_HARMONICS = 2
# Standard deviation that a harmonic's coefficient is expected to have before data: about +-35 % over the year.
_HARMONIC_SD = 0.3
_AHEAD_HOURS = 24 * 400
_YEAR_DAYS = 365.2425


@dataclass(frozen=True, eq=False)
class Season:
    """Profiles of the week and the year, and the effective hours they give.

    ``week`` has shape (168,), Monday 00:00 local time first; ``year`` the coefficients of cosine and sine, shape
    (2 x harmonics,); ``table`` the effective hours passed since ``start`` at each whole hour.
    """

    start: datetime
    tz: str
    week: Floats
    year: Floats
    table: Floats

    @classmethod
    def fit(cls, history: History) -> Season:
        """Learn both profiles from what was known."""
        n_hours = int(history.span) + _AHEAD_HOURS
        slot, day = _local(history.start, history.tz, n_hours)
        week = _week_profile(history, slot)
        year = _year_profile(history, day)
        rate = week[slot] * np.exp(_harmonics(day) @ year)
        return cls(history.start, history.tz, week, year, np.concatenate([[0.0], np.cumsum(rate)]))

    def clock(self, hours: Floats) -> Floats:
        """Return effective hours since the history's start at ``hours`` (same shape) since that start.

        Beyond the table (over a year ahead of the data) they run at the last year's mean pace.
        """
        marks = np.asarray(hours, float)
        last = len(self.table) - 1
        beyond = np.maximum(marks - last, 0) * self.table[-1] / last
        return np.asarray(np.interp(marks, np.arange(last + 1), self.table) + beyond)


def _local(start: datetime, tz: str, n_hours: int) -> tuple[Ints, Floats]:
    """Return for each hour since ``start`` its hour of the local week (0 to 167) and its day of the local year."""
    middles = pl.datetime_range(
        start.replace(tzinfo=None) + timedelta(minutes=30),
        start.replace(tzinfo=None) + timedelta(minutes=30) + timedelta(hours=n_hours - 1),
        "1h",
        time_unit="us",
        eager=True,
    )
    there = middles.dt.replace_time_zone("UTC").dt.convert_time_zone(tz)
    slot = (there.dt.weekday().cast(pl.Int64) - 1) * 24 + there.dt.hour().cast(pl.Int64)
    return slot.to_numpy(), there.dt.ordinal_day().cast(pl.Float64).to_numpy()


def _week_profile(history: History, slot: Ints) -> Floats:
    flat = np.ones(168)
    if history.monthly or len(history) < 2:
        return flat
    to_the_hour = history.width <= 3
    hour = np.clip(history.hours.astype(np.int64), 0, len(slot) - 1)
    if to_the_hour.mean() < 0.5:
        to_the_day = history.width <= 30
        days = np.bincount(slot[hour[to_the_day]] // 24, minlength=7)
        return np.repeat(_shrunk(days.astype(float)), 24)
    seen = np.bincount(slot[hour[to_the_hour]], minlength=168).astype(float)
    of_day, of_week = _shrunk(seen.reshape(7, 24).sum(0)), _shrunk(seen.reshape(7, 24).sum(1))
    product = np.outer(of_week, of_day).ravel()
    steps = np.arange(-4, 5)
    weights = np.exp(-np.square(steps / _SMOOTH_HOURS) / 2)
    smooth = sum(w * np.roll(seen, int(s)) for w, s in zip(weights / weights.sum(), steps, strict=True))
    total = seen.sum()
    profile = (smooth * 168 + _PRODUCT_WORTH * product / product.mean()) / (total + _PRODUCT_WORTH)
    return np.asarray(profile / profile.mean())


def _shrunk(counts: Floats) -> Floats:
    total, n = counts.sum(), len(counts)
    return np.asarray((counts * n + _FLAT_WORTH) / (total + _FLAT_WORTH))


def _harmonics(day: Floats) -> Floats:
    turns = 2 * np.pi * np.asarray(day)[:, None] / _YEAR_DAYS * np.arange(1, _HARMONICS + 1)
    return np.concatenate([np.cos(turns), np.sin(turns)], axis=1)


def _year_profile(history: History, day: Floats) -> Floats:
    nothing = np.zeros(2 * _HARMONICS)
    n_weeks = int(history.span // 168)
    if history.span < _FEWEST_DAYS_FOR_A_YEAR * 24 or n_weeks < 52:
        return nothing
    edges = 168.0 * np.arange(n_weeks + 1)
    counts = np.histogram(history.hours, edges)[0].astype(float)
    if history.monthly:
        # The middle of a month stands for all of it; sums over four weeks and a bit are still a year's shape.
        counts = np.convolve(counts, np.ones(5) / 5, mode="same")
    middle = (edges[:-1] + 84).astype(np.int64)
    waves = _harmonics(day[middle])
    knots = np.linspace(0, history.span, max(2, int(history.span // (24 * _YEAR_DAYS)) + 1))
    bend = np.maximum(0, 1 - np.abs(middle[:, None] - knots) / (knots[1] - knots[0]))
    return _penalised(counts, waves, bend)


def _penalised(counts: Floats, waves: Floats, bend: Floats) -> Floats:
    """Return the waves' coefficients of a penalised Poisson regression of counts on waves and a bent trend."""
    design = np.concatenate([waves, bend], axis=1)
    penalty = np.concatenate([np.full(waves.shape[1], 1 / _HARMONIC_SD**2), np.full(bend.shape[1], 1e-3)])
    beta = np.concatenate([np.zeros(waves.shape[1]), np.full(bend.shape[1], np.log(max(counts.mean(), 0.1)))])
    centre = beta.copy()
    spread = 1.0
    for _ in range(25):
        mean = np.exp(np.clip(design @ beta, -20, 20))
        spread = max(1.0, float((np.square(counts - mean) / mean).sum() / len(counts)))
        gradient = design.T @ (counts - mean) / spread - penalty * (beta - centre)
        curvature = (design * (mean / spread)[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(beta[: waves.shape[1]])

"""The stream of events that would happen without any deployment, with the chances that decide what a policy changes.

Every policy is played on the same stream (common random numbers): each event carries its own uniform numbers, so that
two policies differ only where they act differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.ground import SIDES, Ground
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS, week_shape

MARKS = ("deterred", "moved", "side", "alternative", "reported")
_BURN_IN = 10
_SUMMER_PEAK_HOUR = 197 * 24
MOST_YEARS = 50


@dataclass(frozen=True)
class Stream:
    """Events in order of time: ``times`` (float64[m], hours from the start; below 0 before it), ``places`` (int64[m]),
    ``parents`` (int64[m], -1 where nothing set it off), ``sides`` (int64[m]: beside which side of its parent's
    place it lies, -1 in the same), ``marks`` (float64[m, 5], uniform, named by ``MARKS``).
    """

    hours: int
    times: NDArray[np.float64]
    places: NDArray[np.int64]
    parents: NDArray[np.int64]
    sides: NDArray[np.int64]
    marks: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.times)


def profile(parameters: Parameters, first: int, hours: int) -> NDArray[np.float64]:
    """Return how busy each of ``hours`` hours is over the mean hour (float64[hours]); hour 0 is a Monday, 1 January."""
    hour = first + np.arange(hours)
    week = _week(parameters["week_peak"], parameters["week_trough"])[hour % 168]
    swing = parameters["year_swing"] * np.cos(2 * np.pi * (hour - _SUMMER_PEAK_HOUR) / YEAR_HOURS)
    return np.asarray(week * (1 + swing))


@lru_cache(maxsize=8)
def _week(peak: float, trough: float) -> NDArray[np.float64]:
    return week_shape(peak, trough)


def draw_stream(ground: Ground, parameters: Parameters, years: float, rng: np.random.Generator) -> Stream:
    """Draw a stream of ``years`` years, and enough of the time before it for its first day to be like any other."""
    if not 0 < years <= MOST_YEARS:
        raise InputError(
            f"A stream lasts from 0 to {MOST_YEARS} years.", where=f"years {years:g}", fix="Try 1, and more replicates."
        )
    hours = max(1, round(years * YEAR_HOURS))
    before = round(_BURN_IN * parameters["trigger_days"] * 24)
    times, places = _own(ground, profile(parameters, -before, hours + before), -before, rng)
    none = np.full(len(times), -1, dtype=np.int64)
    every_time, every_place, every_parent, every_side = [times], [places], [none], [none]
    first = 0
    while len(times):
        children = rng.poisson(parameters["branching"], len(times))
        parents = np.repeat(first + np.arange(len(times)), children)
        first += len(times)
        places = np.repeat(places, children)
        times = np.repeat(times, children) + rng.exponential(parameters["trigger_days"] * 24, len(parents))
        stays = rng.random(len(parents)) < parameters["same_place"]
        sides = np.where(stays, -1, rng.integers(0, SIDES, len(parents)))
        places = np.where(stays, places, ground.neighbours[places, sides])
        kept = times < hours
        times, places = times[kept], places[kept]
        every_time.append(times)
        every_place.append(places)
        every_parent.append(parents[kept])
        every_side.append(sides[kept])
    return _sorted(hours, every_time, (every_place, every_parent, every_side), rng)


def _own(
    ground: Ground, busy: NDArray[np.float64], first: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    by_hour, by_place = np.cumsum(busy), np.cumsum(ground.background)
    count = rng.poisson(by_hour[-1] * by_place[-1])
    hour = np.searchsorted(by_hour, rng.random(count) * by_hour[-1], side="right")
    place = np.searchsorted(by_place, rng.random(count) * by_place[-1], side="right")
    return first + hour + rng.random(count), place.astype(np.int64)


def _sorted(
    hours: int,
    times: list[NDArray[np.float64]],
    others: tuple[list[NDArray[np.int64]], ...],
    rng: np.random.Generator,
) -> Stream:
    time = np.concatenate(times)
    order = np.argsort(time, kind="stable")
    place, parent, side = (np.concatenate(one)[order] for one in others)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    parent = np.where(parent >= 0, rank[np.maximum(parent, 0)], -1) if len(rank) else parent
    return Stream(hours, time[order], place, parent, side, rng.random((len(time), len(MARKS))))

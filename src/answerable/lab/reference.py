"""The same city hour by hour, written to be read: what the event-driven engine is compared with, in distribution.

rate(place, hour) = [B h s + what past events set off] * D, where D is 1 less the effect of a deployment there. What is
prevented sets off nothing; a deployment costs confidence, and with confidence goes reporting. The engine in
:mod:`answerable.lab.kernel` draws the same city event by event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.lab.ground import SIDES, Ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.stream import profile

Floats = NDArray[np.float64]
_BURN_IN = 10


@dataclass(frozen=True)
class Hourly:
    """One city: events (``times`` in hours from the start, to the hour, and ``places``), how many were ``reported``,
    and the number of ``deployments``.
    """

    times: Floats
    places: NDArray[np.int64]
    reported: int
    deployments: int


def simulate_hourly(
    ground: Ground,
    parameters: Parameters,
    hours: int,
    rng: np.random.Generator,
    *,
    responds: bool = False,
    cities: int = 1,
) -> list[Hourly]:
    """Draw ``hours`` hours of ``cities`` cities on one ground, all at once.

    ``responds``: deploy wherever an event was reported in the twelve hours before.
    """
    p, shape, before = parameters, (cities, len(ground)), round(_BURN_IN * parameters["trigger_days"] * 24)
    beside = _beside(ground)
    busy = profile(p, -before, before + hours)
    scale = p["trigger_days"] * 24
    excited, until, since = np.zeros(shape), np.full(shape, -np.inf), np.zeros(shape, dtype=np.int64)
    lost, felt = np.zeros(shape), np.zeros(shape)
    recovers = 0.5 ** (1 / (168 * p["confidence_half_weeks"]))
    odds = np.log(ground.reporting / (1 - np.minimum(ground.reporting, 1 - 1e-9)))
    seen, deployments, reported = [], np.zeros(cities, dtype=np.int64), np.zeros(cities, dtype=np.int64)
    for hour in range(-before, hours):
        if responds and hour >= 0 and hour % WINDOW_H == 0:
            chosen = (since > 0) & (until <= hour)
            until[chosen] = hour + p["patrol_hours"]
            deployments += chosen.sum(axis=1)
            lost += chosen * np.minimum(p["confidence_hit"] * (1 + p["confidence_more"] * felt), 100 - lost)
            felt += chosen
        if hour % WINDOW_H == 0:
            since[:] = 0
        rate = ground.background * busy[hour + before] + excited * p["branching"] / scale
        if responds:
            effect = _effect(until, hour, p)
            rate = rate * (1 - effect) + (rate * effect * max(p["displacement"], 0.0)) @ beside
        counts = rng.poisson(rate)
        city, place = np.nonzero(counts)
        times, told = counts[city, place], np.zeros(shape, dtype=np.int64)
        told[city, place] = rng.binomial(times, _told(odds[place], p["confidence_reporting"] * lost[city, place]))
        since += told
        lost, felt = lost * recovers, felt * recovers
        excited = excited * np.exp(-1 / scale) + p["same_place"] * counts + (1 - p["same_place"]) * (counts @ beside)
        if hour >= 0:
            seen.append(np.column_stack([np.repeat(city, times), np.full(times.sum(), hour), np.repeat(place, times)]))
            reported += told.sum(axis=1)
    return _by_city(np.concatenate(seen), reported, deployments)


def _told(odds: Floats, fall: Floats) -> Floats:
    """Return the chance that an event is reported, from its log odds and how far lost confidence lowers them."""
    return np.asarray(1 / (1 + np.exp(fall - odds)))


def _by_city(seen: NDArray[np.int64], reported: NDArray[np.int64], deployments: NDArray[np.int64]) -> list[Hourly]:
    return [
        Hourly(mine[:, 1].astype(float), mine[:, 2], int(reported[k]), int(deployments[k]))
        for k in range(len(deployments))
        for mine in (seen[seen[:, 0] == k],)
    ]


def _effect(until: Floats, hour: int, parameters: Parameters) -> Floats:
    past = np.maximum(0.0, hour + 0.5 - until)
    fade = np.exp(-past * np.log(2) / (24 * parameters["patrol_half_days"]))
    return np.asarray(np.where(np.isneginf(until), 0.0, parameters["patrol_effect"] * fade))


def _beside(ground: Ground) -> Floats:
    """Return the share of what one place passes on next door that each other place gets (float64[n, n])."""
    n = len(ground)
    shares = np.zeros((n, n))
    np.add.at(shares, (np.repeat(np.arange(n), SIDES), ground.neighbours.ravel()), 1 / SIDES)
    return shares

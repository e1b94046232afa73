"""The same city hour by hour, written to be read: what the event-driven engine is compared with, in distribution.

rate(place, hour) = [B h s + what past events set off] * D, where D is 1 less the effect of a deployment there. What is
prevented sets off nothing. The engine in :mod:`answerable.lab.kernel` draws the same city event by event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.lab.ground import Ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.stream import profile

_BURN_IN = 10


@dataclass(frozen=True)
class Hourly:
    """Events (``times`` in hours from the start, to the hour, and ``places``) and the number of ``deployments``."""

    times: NDArray[np.float64]
    places: NDArray[np.int64]
    deployments: int


def simulate_hourly(
    ground: Ground, parameters: Parameters, hours: int, rng: np.random.Generator, *, responds: bool = False
) -> Hourly:
    """Draw ``hours`` hours; ``responds``: deploy wherever an event was reported in the twelve hours before."""
    n, before = len(ground), round(_BURN_IN * parameters["trigger_days"] * 24)
    busy = profile(parameters, -before, before + hours)
    scale = parameters["trigger_days"] * 24
    excited, until, since = np.zeros(n), np.full(n, -np.inf), np.zeros(n, dtype=np.int64)
    times: list[NDArray[np.float64]] = []
    places: list[NDArray[np.int64]] = []
    deployments = 0
    for hour in range(-before, hours):
        if responds and hour >= 0 and hour % WINDOW_H == 0:
            chosen = (since > 0) & (until <= hour)
            until[chosen] = hour + parameters["patrol_hours"]
            deployments += int(chosen.sum())
        if hour % WINDOW_H == 0:
            since[:] = 0
        rate = ground.background * busy[hour + before] + excited * parameters["branching"] / scale
        effect = _effect(until, hour, parameters)
        moved = rate * effect * max(parameters["displacement"], 0.0)
        rate = rate * (1 - effect)
        if moved.any():
            rate = rate + np.bincount(ground.neighbours.ravel(), np.repeat(moved / 8, 8), minlength=n)
        counts = rng.poisson(rate)
        since += rng.binomial(counts, ground.reporting)
        here = np.repeat(np.arange(n), counts)
        excited = excited * np.exp(-1 / scale) + _spread(counts, ground, parameters)
        if hour >= 0:
            times.append(np.full(len(here), float(hour)))
            places.append(here)
    return Hourly(np.concatenate(times), np.concatenate(places), deployments)


def _effect(until: NDArray[np.float64], hour: int, parameters: Parameters) -> NDArray[np.float64]:
    past = np.maximum(0.0, hour + 0.5 - until)
    fade = np.exp(-past * np.log(2) / (24 * parameters["patrol_half_days"]))
    return np.asarray(np.where(np.isneginf(until), 0.0, parameters["patrol_effect"] * fade))


def _spread(counts: NDArray[np.int64], ground: Ground, parameters: Parameters) -> NDArray[np.float64]:
    same = parameters["same_place"]
    beside = np.repeat(counts, 8) * (1 - same) / 8
    return np.asarray(same * counts + np.bincount(ground.neighbours.ravel(), beside, minlength=len(ground)))

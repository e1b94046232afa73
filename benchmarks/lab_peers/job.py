"""The job that every peer does: the city, its first events, and what they set off. Needs NumPy alone."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

PLACES, EVENTS, HOURS, WINDOW = 5000, 3000, 8766, 12
BRANCHING, SCALE, REPORTED, EFFECT, MOST, SAME = 0.15, 168.0, 0.47, 0.2, 50, 0.6
WIDE = 71
STEPS = (0, -1, 1, -WIDE - 1, -WIDE, -WIDE + 1, WIDE - 1, WIDE, WIDE + 1)


def city(seed: int) -> tuple[np.random.Generator, np.ndarray]:
    """Return the luck of one year and its places' events an hour that nothing set off."""
    rng = np.random.default_rng(seed)
    weight = np.exp(0.9 * rng.standard_normal(PLACES))
    return rng, EVENTS * (1 - BRANCHING) / HOURS * weight / weight.sum()


def background(rng: np.random.Generator, rates: np.ndarray) -> list[tuple[float, int]]:
    """Return the events that nothing set off, as (hour, place), in order of time."""
    count = rng.poisson(rates.sum() * HOURS)
    times = np.sort(rng.random(count) * HOURS)
    return list(zip(times.tolist(), rng.choice(PLACES, count, p=rates / rates.sum()).tolist(), strict=True))


def children(rng: np.random.Generator, at: float) -> list[float]:
    """Return the hours at which what happened ``at`` sets off others."""
    return [at + float(rng.exponential(SCALE)) for _ in range(rng.poisson(BRANCHING))]


class Belief:
    """What is known of each place: its rate, and what reported events there and next door may still set off."""

    def __init__(self, rates: np.ndarray) -> None:
        self.rates, self.left, self.since = rates.tolist(), [0.0] * PLACES, [0.0] * PLACES

    def learn(self, place: int, now: float) -> None:
        """Take a reported event in."""
        for step in STEPS:
            near = place + step
            if 0 <= near < PLACES:
                fade = math.exp((self.since[near] - now) / SCALE)
                self.left[near] = self.left[near] * fade + (SAME if step == 0 else (1 - SAME) / 8)
                self.since[near] = now

    def chance(self, place: int, now: float) -> float:
        """Return how likely an event is in ``place`` in the window that begins ``now``."""
        left = self.left[place] * math.exp((self.since[place] - now) / SCALE)
        expected = self.rates[place] * WINDOW + BRANCHING * left * (1 - math.exp(-WINDOW / SCALE))
        return 1 - math.exp(-expected)


def report(name: str, year: Callable[[int], tuple[int, int]], share: int = 1) -> None:
    """Run the years asked for after one that does not count, and print seconds, events and deployments as JSON.

    ``share``: a call lives one part in so many of a year, and all figures are multiplied.
    """
    years = int(sys.argv[1])
    year(0)
    cpu, clock = time.process_time(), time.perf_counter()
    found = np.array([year(seed) for seed in range(1, years + 1)])
    seconds = ((time.process_time() - cpu) * share / years, (time.perf_counter() - clock) * share / years)
    events, deployments = (found.mean(axis=0) * share).tolist()
    print(json.dumps({"version": version(name), "cpu": seconds[0], "clock": seconds[1], "events": events,
                      "deployments": deployments}))  # fmt: skip

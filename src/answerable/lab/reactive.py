"""A city in which deployments change nothing, and follow violence: the trap for every plain comparison.

Areas differ in their rates, one incident tends to be followed by another nearby within a week, and deployments are
called for the day after an incident. Half of what is called for is deployed, by lot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.evaluate.programme import Window

AREAS = 2000
DAYS = 730
SHAPE = 0.6
"""Shape of the gamma distribution of areas' rates: a few areas have most of the violence."""
MEAN_RATE = 0.019
"""Background incidents per area and day: a broad count of violence."""
BRANCHING = 0.2
MEAN_LAG_DAYS = 5.0
"""Mean number of days until the next incident of a chain."""
TRIGGERS = 3000
WEEK = 7
_BANDS = 10


@dataclass(frozen=True)
class Reactive:
    """Counts, shape (areas, days), and the triggers: their ``area``, ``day`` and whether they were ``deployed`` to."""

    counts: NDArray[np.int64]
    area: NDArray[np.int64]
    day: NDArray[np.int64]
    deployed: NDArray[np.bool_]

    def events(self, first: int, last: int) -> NDArray[np.int64]:
        """Return incidents from ``first`` to ``last`` days after each trigger, both included (0: the day itself)."""
        total: NDArray[np.int64] = sum(
            (self.counts[self.area, self.day + offset] for offset in range(first, last + 1)),
            start=np.zeros(len(self.area), dtype=np.int64),
        )
        return total

    def before_after(self, *, with_trigger_day: bool) -> float:
        """Return the change in percent that a plain comparison of weeks around deployments would show."""
        last = 0 if with_trigger_day else -1
        before = self.events(last - WEEK + 1, last)[self.deployed].sum()
        after = self.events(1, WEEK)[self.deployed].sum()
        return float(100 * (after / before - 1))

    def after_over_usual(self) -> float:
        """Return incidents in the week after over what the areas have in a usual week."""
        usual = self.counts.mean(axis=1)[self.area] * WEEK
        return float(self.events(1, WEEK).sum() / usual.sum())

    def windows(self) -> list[Window]:
        """Return the triggered weeks as an evaluation sees them, in bands of the areas' rate before the trigger."""
        known = np.cumsum(self.counts, axis=1)[self.area, self.day - 1] / self.day
        band = np.searchsorted(np.quantile(known, np.linspace(0, 1, _BANDS + 1)[1:-1]), known)
        after = self.events(1, WEEK)
        return [
            Window(bool(deployed), int(count), f"band {b}", "" if deployed else "refused")
            for deployed, count, b in zip(self.deployed, after, band, strict=True)
        ]


def reactive_city(
    *, rng: np.random.Generator, areas: int = AREAS, days: int = DAYS, triggers: int = TRIGGERS
) -> Reactive:
    """Return a city with ``triggers`` reactive triggers and no effect of any deployment."""
    rates = rng.gamma(SHAPE, MEAN_RATE / SHAPE, areas)
    # Incidents of one area fall on days by lot: one number for each area, not one for each of its days.
    where = np.repeat(np.arange(areas), rng.poisson(rates * days))
    born = where * days + rng.integers(0, days, len(where))
    every = [born]
    while len(born):
        born = _offspring(born, days, rng)
        every.append(born)
    counts = np.bincount(np.concatenate(every), minlength=areas * days).reshape(areas, days)
    area, day = np.nonzero(counts[:, WEEK + 1 : days - WEEK])
    chosen = rng.choice(len(area), size=min(triggers, len(area)), replace=False)
    return Reactive(counts, area[chosen], day[chosen] + WEEK + 1, rng.random(len(chosen)) < 0.5)


def _offspring(parents: NDArray[np.int64], days: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the next generation: each incident has Poisson(branching) others on later days, in its area.

    An incident is its area times ``days`` plus its day.
    """
    cells, count = np.unique(parents, return_counts=True)
    children = rng.poisson(BRANCHING * count)
    area, when = np.repeat(cells // days, children), np.repeat(cells % days, children)
    when = when + rng.geometric(1 / MEAN_LAG_DAYS, len(when))
    born: NDArray[np.int64] = (area * days + when)[when < days]
    return born

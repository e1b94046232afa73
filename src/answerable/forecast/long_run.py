"""The long-run map: where incidents have happened, smoothed, times the city's level. Places keep their rank for years.

Shape: a Gaussian kernel density of all past incidents known, its width chosen by prequential log score (``bandwidth``),
mixed with 2 % of the uniform. Level: ``level``. Neither knows the hour, the weekday or the season.

Interval of a cell: the level's relative variance and the share's. The share rests on as many incidents as the kernel
effectively averages there (a gamma of that shape); the 2 % floor is worth a single incident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bandwidth import FLOOR, Bandwidth, choose, floored
from answerable.forecast.base import Fitted, Forecast
from answerable.forecast.history import History, history
from answerable.forecast.issue import issue
from answerable.forecast.kernel import Kernel
from answerable.forecast.level import CityLevel
from answerable.forecast.uniform import FittedUniform
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.forecast.now import Now
    from answerable.incidents import Incidents

FEWEST_INCIDENTS = 10


@dataclass(frozen=True)
class LongRun:
    """Kernel density of all past incidents times a separate level; ``bandwidth_m`` fixes the kernel's width."""

    bandwidth_m: float | None = None
    name: str = "long_run"
    about: str = "Where incidents have happened over the years, smoothed; no season, no hour of day."
    seasonal: bool = False

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn map and level from the incidents known at ``at``.

        InputError where none is known in the grid. With fewer than ten, places cannot be told apart, and the
        uniform model takes over under its own name, with a note that says so.
        """
        past = history(incidents, grid, at)
        level = CityLevel.fit(past)
        if len(past) < FEWEST_INCIDENTS:
            note = (
                f"Only {len(past)} incidents are known, too few to tell places apart: uniform instead of {self.name}."
            )
            return FittedUniform(past, level, grid, at, notes=(note,))
        width = Bandwidth(self.bandwidth_m, (), (), 0) if self.bandwidth_m else choose(past, grid)
        return FittedLongRun(past, level, grid, at, width, self.name)

    def learn(self, now: Now) -> KernelMap:
        """Choose the width from what is known; the map itself is made anew at every origin."""
        return KernelMap(self.width(now.history, now.grid))

    def width(self, past: History, grid: Grid) -> float:
        """Return the kernel's width in metres: the one set, or the one chosen from ``past``."""
        return self.bandwidth_m or choose(past, grid).chosen_m


@dataclass(frozen=True)
class KernelMap:
    """The kernel map of a given width, of whatever is known when it is asked."""

    width_m: float

    def share(self, now: Now, window: Window) -> NDArray[np.float64]:  # noqa: ARG002
        """Return each cell's share, shape (cells,), the same for every window."""
        return kernel_map(now.history, now.grid, self.width_m)


def kernel_map(past: History, grid: Grid, width_m: float) -> NDArray[np.float64]:
    """Return the floored kernel density of all past incidents, shape (cells,), sum 1."""
    counts = np.bincount(past.cell, minlength=len(grid)).astype(float)
    return floored(Kernel.on(grid, width_m).density(counts))


@dataclass(frozen=True, eq=False)
class FittedLongRun:
    """The map and level known at ``at``."""

    history: History
    level: CityLevel
    grid: Grid
    at: datetime
    bandwidth: Bandwidth
    name: str = "long_run"

    @cached_property
    def shape(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Each cell's share of the city's incidents (sum 1) and its relative standard deviation, shape (n,) each."""
        counts = np.bincount(self.history.cell, minlength=len(self.grid)).astype(float)
        kernel = Kernel.on(self.grid, self.bandwidth.chosen_m)
        density = kernel.density(counts)
        share = floored(density)
        floor = FLOOR / len(self.grid)
        effective = np.maximum(kernel.effective(counts), 1.0)
        sd = np.sqrt(np.square(share - floor) / effective + floor**2)
        return share, sd / share

    def predict(self, window: Window) -> Forecast:
        """Return the map at the level of ``window``; InputError where the data cannot support it."""
        self.history.check(window, self.at)
        share, share_cv = self.shape
        return issue(
            self.name, self.history, self.level.ahead(window), self.grid, self.at, window=window,
            share=share, share_cv=share_cv, reach_m=self.bandwidth.chosen_m,
        )  # fmt: skip


MODEL = LongRun

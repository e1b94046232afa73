"""The rim of every model that is a shape times a level: from incidents to a forecast with its interval.

Interval of a cell: the level's relative variance and the share's. For every shape the share is taken to rest on as many
incidents as the long-run map's kernel averages there, and errors of nearby cells to go together over the same width.
That is exact for the map itself and an approximation for models that add recent incidents to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from answerable.forecast.bandwidth import FLOOR
from answerable.forecast.base import Fitted, Forecast
from answerable.forecast.issue import issue
from answerable.forecast.kernel import Kernel
from answerable.forecast.long_run import FEWEST_INCIDENTS, LongRun
from answerable.forecast.now import Expert, Floats, Now, Shape
from answerable.forecast.timeline import Timeline
from answerable.forecast.uniform import Uniform
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents


def fit_shaped(expert: Expert, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
    """Fit ``expert`` to what was known at ``at``; the uniform model, with a note, where that is too little."""
    now = Now.begin(Timeline.of(incidents, grid), at)
    if len(now.history) < FEWEST_INCIDENTS:
        fallback = Uniform().fit(incidents, grid, at)
        told = f"Only {len(now.history)} incidents are known, too few to tell places apart: uniform instead of "
        return type(fallback)(fallback.history, fallback.level, grid, at, notes=(f"{told}{expert.name}.",))
    return FittedShape(expert.name, expert.seasonal, expert.learn(now), now)


@dataclass(frozen=True, eq=False)
class FittedShape:
    """A shape learned at ``now.at``, ready for any window; ``notes`` go with every forecast."""

    name: str
    seasonal: bool
    shape: Shape
    now: Now
    notes: tuple[str, ...] = ()

    def predict(self, window: Window) -> Forecast:
        """Return the shape at the level of ``window``; InputError where the data cannot support it."""
        self.now.history.check(window, self.now.at)
        cv, reach = self.uncertainty
        return issue(
            self.name, self.now.history, self.now.level(window, seasonal=self.seasonal), self.now.grid, self.now.at,
            window=window, share=self.shape.share(self.now, window), share_cv=cv, reach_m=reach,
            notes=self.notes,
        )  # fmt: skip

    @cached_property
    def uncertainty(self) -> tuple[Floats, float]:
        """Relative standard deviation of each cell's share, shape (cells,), and its reach in metres."""
        return share_cv(self.now)


def share_cv(now: Now) -> tuple[Floats, float]:
    """Return the relative standard deviation of the long-run map's shares, shape (cells,), and its kernel's width."""
    width = LongRun().width(now.history, now.grid)
    counts = np.bincount(now.history.cell, minlength=len(now.grid)).astype(float)
    kernel = Kernel.on(now.grid, width)
    density = kernel.density(counts)
    share = (1 - FLOOR) * density / density.sum()
    floor = FLOOR / len(now.grid)
    effective = np.maximum(kernel.effective(counts), 1.0)
    return np.asarray(np.sqrt(np.square(share) / effective + floor**2) / (share + floor)), width

"""The forecast without skill: the city's level, spread evenly over all cells. Every other model is measured against it.

Its probability is the base rate. Its interval is that of the level alone: it says nothing about places, so it cannot
be unsure about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.base import Forecast
from answerable.forecast.history import History, history
from answerable.forecast.issue import issue
from answerable.forecast.level import CityLevel
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.forecast.now import Now
    from answerable.incidents import Incidents


@dataclass(frozen=True)
class Uniform:
    """Every cell alike."""

    name: str = "uniform"
    about: str = "Every place alike: the base rate that other models must beat."
    seasonal: bool = False

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> FittedUniform:
        """Learn the level from the incidents known at ``at``; InputError where there are none in the grid."""
        past = history(incidents, grid, at)
        return FittedUniform(past, CityLevel.fit(past), grid, at)

    def learn(self, now: Now) -> Uniform:  # noqa: ARG002
        """Return itself: there is nothing to learn about places."""
        return self

    def share(self, now: Now, window: Window) -> NDArray[np.float64]:  # noqa: ARG002
        """Return the same share for every cell, shape (cells,)."""
        return np.full(len(now.grid), 1 / len(now.grid))


@dataclass(frozen=True, eq=False)
class FittedUniform:
    """The level known at ``at``, to be spread over ``grid``."""

    history: History
    level: CityLevel
    grid: Grid
    at: datetime
    notes: tuple[str, ...] = ()

    def predict(self, window: Window) -> Forecast:
        """Return the base rate for every cell in ``window``; InputError where the data cannot support it."""
        self.history.check(window, self.at)
        cells = len(self.grid)
        return issue(
            MODEL().name, self.history, self.level.ahead(window), self.grid, self.at, window=window,
            share=np.full(cells, 1 / cells), share_cv=np.zeros(cells), reach_m=0.0, notes=self.notes,
        )  # fmt: skip


MODEL = Uniform

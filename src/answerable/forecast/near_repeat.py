"""Prospective near-repeat: places close to recent incidents, sooner and nearer counting more, over the long-run map.

Each incident of the last eight weeks within 800 metres weighs 1 / (1 + d) x 1 / (1 + w): d whole halves of a cell from
its point to the cell's centre (at least 100 m each), w whole weeks since. That map has a short memory and is worse than
no map on its own, so half of the forecast is the long-run map. Reference: Bowers, Johnson and Pease, Prospective
hot-spotting, British Journal of Criminology 44, 2004; reach and weeks as measured there, the half by design.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bandwidth import floored
from answerable.forecast.base import Fitted
from answerable.forecast.long_run import KernelMap, LongRun
from answerable.forecast.now import Now
from answerable.forecast.shaped import fit_shaped
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents

Floats = NDArray[np.float64]

_REACH_M = 800.0
_WEEKS = 8
_OF_LONG_RUN = 0.5


@dataclass(frozen=True)
class NearRepeat:
    """Recent incidents nearby, over the long-run map."""

    name: str = "near_repeat"
    about: str = "Half the long-run map, half the neighbourhood of the last eight weeks' incidents."
    seasonal: bool = True

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at``; InputError where there are none in the grid."""
        return fit_shaped(self, incidents, grid, at)

    def learn(self, now: Now) -> NearbyAndLongRun:
        """Choose the long-run map's width from what is known."""
        return NearbyAndLongRun(LongRun().learn(now))


@dataclass(frozen=True)
class NearbyAndLongRun:
    """The long-run map to which the neighbourhood of recent incidents is added."""

    long_run: KernelMap

    def share(self, now: Now, window: Window) -> Floats:
        """Return each cell's share, shape (cells,)."""
        base = self.long_run.share(now, window)
        recent = prospective(now)
        return _OF_LONG_RUN * base + (1 - _OF_LONG_RUN) * floored(recent) if recent.sum() > 0 else base


def prospective(now: Now) -> Floats:
    """Return the sum of weights of recent incidents at each cell's centre, shape (cells,); zeros where none is near."""
    past, grid = now.history, now.grid
    age = (now.at - past.start).total_seconds() / 3600 - past.hours
    near = age < _WEEKS * 168
    weight = 1 / (1 + np.floor(np.maximum(age[near], 0) / 168))
    column, row, width, height = grid.bounds
    reach = int(np.ceil(_REACH_M / grid.cell_m))
    image = np.zeros((height + 2 * reach, width + 2 * reach))
    at_column, at_row = grid.columns[past.cell[near]] - column, grid.rows[past.cell[near]] - row
    band = max(100.0, grid.cell_m / 2)
    for up in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            east = (grid.columns[past.cell[near]] + across + 0.5) * grid.cell_m - past.x[near]
            north = (grid.rows[past.cell[near]] + up + 0.5) * grid.cell_m - past.y[near]
            distance = np.hypot(east, north)
            given = np.where(distance <= _REACH_M, weight / (1 + np.floor(distance / band)), 0.0)
            np.add.at(image, (at_row + up + reach, at_column + across + reach), given)
    return grid.from_raster(image[reach : reach + height, reach : reach + width])


MODEL = NearRepeat

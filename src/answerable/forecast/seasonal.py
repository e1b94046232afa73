"""The seasonal map: the long-run map at a level that knows the hour of the week and the time of year.

The level is the negative-binomial state-space level of ``level`` run on the clock of ``season``: trend by fading weeks,
an annual shape, a profile of the week, overdispersion as it was seen around past forecasts. The same shape in every
hour: where the nights differ from the days, this model does not know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from answerable.forecast.base import Fitted
from answerable.forecast.long_run import KernelMap, LongRun
from answerable.forecast.now import Now
from answerable.forecast.shaped import fit_shaped
from answerable.place import Grid

if TYPE_CHECKING:
    from answerable.incidents import Incidents


@dataclass(frozen=True)
class Seasonal:
    """The long-run map times hour of week, time of year and trend."""

    name: str = "seasonal"
    about: str = "The long-run map at a level that knows hour, weekday, season and trend."
    seasonal: bool = True

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn map, level and profiles from the incidents known at ``at``; InputError where there are none."""
        return fit_shaped(self, incidents, grid, at)

    def learn(self, now: Now) -> KernelMap:
        """Choose the map's width from what is known."""
        return LongRun().learn(now)


MODEL = Seasonal

"""Where and when the simulated city's violence starts: the background half of equation 1.

``rate(place, hour) = B_place * h(hour of the week) * s(day of the year)``, with log-normal ``B``. Its other half,
events that set off events, is in :mod:`answerable.lab.cluster`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from answerable.lab.geography import Geography
from answerable.lab.parameters import Parameters
from answerable.place import Area, Grid, zone

CELL_M = 250
YEAR_HOURS = 365.25 * 24
_SUMMER_PEAK_DAY = 197
_QUIET_HOUR, _BUSY_HOUR = 6, 22
_SATURDAY_MORNING = 5 * 24 + 10


@dataclass(frozen=True)
class Rates:
    """What never changes in a city: its places and how violence falls on them.

    ``background`` (float64[n]) is events per hour that nothing set off, at the mean hour; ``reporting``
    (float64[n]) the chance that an event is recorded; ``neighbours`` (int64[n, 8]) the cells around each, itself where
    there is none.
    """

    land: Area
    grid: Grid
    tz: str
    parameters: Parameters
    background: NDArray[np.float64]
    reporting: NDArray[np.float64]
    neighbours: NDArray[np.int64]

    def profile(self, start: datetime, hours: int) -> NDArray[np.float64]:
        """Return how busy each of ``hours`` clock hours from ``start`` is, over the mean hour (float64[hours])."""
        week = week_shape(self.parameters["week_peak"], self.parameters["week_trough"])
        home = zone(self.tz)
        first = start.astimezone(UTC)
        clock = [(first + timedelta(hours=hour)).astimezone(home) for hour in range(hours)]
        of_week = np.fromiter((at.weekday() * 24 + at.hour for at in clock), dtype=np.int64, count=hours)
        of_year = np.fromiter((at.timetuple().tm_yday for at in clock), dtype=np.float64, count=hours)
        swing = self.parameters["year_swing"]
        year = 1 + swing * np.cos(2 * np.pi * (of_year - _SUMMER_PEAK_DAY) / 365.25)
        return np.asarray(week[of_week] * year)

    def spread(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share out set-off events (float64[n] by the cell that set them off) over the cells in which they fall."""
        same = self.parameters["same_place"]
        beside = np.bincount(self.neighbours.ravel(), weights=np.repeat(weights, 8) / 8, minlength=len(self.background))
        return np.asarray(same * weights + (1 - same) * beside)


def make_rates(parameters: Parameters, geography: Geography, rng: np.random.Generator) -> Rates:
    """Draw a city's long-run rates and its wards' reporting; the rates add up to the parameters' yearly total."""
    grid = Grid.cover(geography.land, CELL_M)
    boxes = _boxes(grid)
    land = shapely.intersection(boxes, geography.land.geometry)
    ward = shapely.STRtree([w.geometry for w in geography.wards]).nearest(shapely.centroid(land))
    by_ward = rng.standard_normal(len(geography.wards))
    between = parameters["ward_share"]
    spread = np.sqrt(between) * by_ward[ward] + np.sqrt(1 - between) * rng.standard_normal(len(grid))
    weight = np.exp(parameters["place_sigma"] * spread) * shapely.area(land)
    own = parameters["events_per_year"] * (1 - parameters["branching"]) / YEAR_HOURS
    odds = np.log(parameters["reporting"] / max(1 - parameters["reporting"], 1e-12))
    of_ward = odds + parameters["reporting_spread"] * rng.standard_normal(len(geography.wards))
    reporting = 1 / (1 + np.exp(-of_ward[ward]))
    return Rates(
        geography.land, grid, geography.tz, parameters, own * weight / weight.sum(), reporting, _neighbours(grid)
    )


def week_shape(peak: float, trough: float) -> NDArray[np.float64]:
    """Return the 168 hours of the week from Monday 00:00 over their mean: late evenings and the weekend are busiest.

    The largest value is ``peak``, the smallest ``trough``, the mean 1.

    >>> shape = week_shape(2.0, 0.6)
    >>> [round(float(x), 6) for x in (shape.max(), shape.min(), shape.mean())], int(shape.argmax())
    ([2.0, 0.6, 1.0], 118)
    """
    hour = np.arange(168)
    since_quiet = (hour - _QUIET_HOUR) % 24
    rise, fall = _BUSY_HOUR - _QUIET_HOUR, 24 - (_BUSY_HOUR - _QUIET_HOUR)
    turn = np.where(since_quiet <= rise, since_quiet / rise, 1 + (since_quiet - rise) / fall)
    weekend = 0.5 + 0.5 * np.cos(2 * np.pi * (hour - _SATURDAY_MORNING) / 168)
    shape = (0.5 - 0.5 * np.cos(np.pi * turn) + 0.1) * (0.6 + 0.4 * weekend)
    return stretched(shape, trough, peak)


def stretched(shape: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return ``shape`` with the same order of its values, the smallest ``low``, the largest ``high``, the mean 1."""
    unit = (shape - shape.min()) / (shape.max() - shape.min())
    wanted = (1 - low) / (high - low)
    least, most = 1e-3, 1e3
    for _ in range(80):
        power = np.sqrt(least * most)
        least, most = (power, most) if (unit**power).mean() > wanted else (least, power)
    return np.asarray(low + (high - low) * unit ** np.sqrt(least * most))


def _boxes(grid: Grid) -> NDArray[np.object_]:
    x, y = grid.columns * grid.cell_m, grid.rows * grid.cell_m
    return np.asarray(shapely.box(x, y, x + grid.cell_m, y + grid.cell_m))


def _neighbours(grid: Grid) -> NDArray[np.int64]:
    x, y = grid.centres
    steps = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]
    beside = np.column_stack([grid.locate(x + dx * grid.cell_m, y + dy * grid.cell_m) for dx, dy in steps])
    return np.where(beside < 0, np.arange(len(grid))[:, None], beside)

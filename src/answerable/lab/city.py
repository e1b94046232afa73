"""A simulated city: wards, what the police record of three years, and the truth behind it.

Places have log-normal rates; hours, weekends and summers differ; events set off others nearby; a filter decides what is
recorded. A file made by :meth:`City.write_incidents` is read by the importer that reads anybody's file.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.cluster import draw_events
from answerable.lab.geography import Geography, make_geography
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS, Rates, make_rates
from answerable.lab.truth import Truth
from answerable.place import Area, Window, zone

COLUMNS = ("incident_id", "occurred_at", "lon", "lat", "kind", "severity", "n_harmed", "origin", "known_at")
# Before the first year the city has lived this many trigger times, so that its first week is like any other.
_BURN_IN = 10


@dataclass(frozen=True)
class Events:
    """Recorded incidents in order of time, one array element each.

    ``at`` and ``known_at`` are UTC (datetime64[s]); ``x``, ``y`` metres; ``cell`` positions in the truth's grid.
    """

    at: NDArray[np.datetime64]
    known_at: NDArray[np.datetime64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    cell: NDArray[np.int64]
    kind: NDArray[np.str_]
    severity: NDArray[np.str_]
    n_harmed: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class City:
    """One simulated city over ``window``: what is on record (``events``) and what is true (``truth``)."""

    geography: Geography
    window: Window
    events: Events
    truth: Truth

    @property
    def wards(self) -> tuple[Area, ...]:
        """The wards, north to south."""
        return self.geography.wards

    def write_incidents(self, path: Path, *, until: datetime | None = None, since: datetime | None = None) -> int:
        """Write what was on record at the window's end as CSV in the lab's layout, and return the number of rows.

        With ``until`` (aware), only what was on record by then; with ``since``, only what came on record from then on.
        Times of the event are local with their offset (so that the hour that occurs twice is told apart); ``known_at``
        is UTC.
        """
        events, home = self.events, zone(self.geography.tz)
        lon, lat = self.geography.projection.inverse(events.x, events.y)
        known = events.known_at < _second(until or self.window.end)
        if since is not None:
            known &= events.known_at >= _second(since)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for i in np.flatnonzero(known).tolist():
                at = events.at[i].item().replace(tzinfo=UTC).astimezone(home)
                known_at = f"{events.known_at[i].item().isoformat()}Z"
                place = (f"{lon[i]:.6f}", f"{lat[i]:.6f}")
                what = (events.kind[i], events.severity[i], events.n_harmed[i])
                writer.writerow((f"SIM-{i + 1:06d}", at.isoformat(), *place, *what, "reported", known_at))
        return int(known.sum())


def _second(at: datetime) -> np.datetime64:
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "s")


def simulate_city(parameters: Parameters, rng: np.random.Generator, years: float, end: datetime) -> City:
    """Draw a city and the ``years`` years before ``end`` (aware; rounded down to the hour).

    The same generator state gives the same city. InputError where there is nothing to simulate.
    """
    if not 0 < years <= 50:
        raise InputError("A city is simulated over 0 to 50 years.", where=f"years {years:g}", fix="Try 3.")
    last = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = round(years * YEAR_HOURS)
    burn_in = round(_BURN_IN * parameters["trigger_days"] * 24)
    origin = last - timedelta(hours=hours + burn_in)
    geography = make_geography(rng)
    rates = make_rates(parameters, geography, rng)
    times, cells = draw_events(rates, origin, hours + burn_in, rng)
    truth = Truth(rates, origin, times, cells)
    seen = (times >= burn_in) & (rng.uniform(size=len(times)) < rates.reporting[cells])
    events = _record(origin, times[seen], cells[seen], rates, rng)
    return City(geography, Window(last - timedelta(hours=hours), last), events, truth)


def _record(
    origin: datetime,
    times: NDArray[np.float64],
    cells: NDArray[np.int64],
    rates: Rates,
    rng: np.random.Generator,
) -> Events:
    parameters, count = rates.parameters, len(times)
    zero = np.datetime64(origin.replace(tzinfo=None), "s")
    at = zero + (times * 60).astype(np.int64) * np.timedelta64(60, "s")
    delay = rng.exponential(parameters["recording_hours"] * 60, count).astype(np.int64) + 1
    x, y = _points(cells, rates, rng)
    severity = _classes(rng, count, {"fatal": parameters["fatal"], "injury": parameters["injury"]}, "threat")
    kind = _classes(rng, count, {"knife": parameters["knife"], "firearm": parameters["firearm"]}, "assault")
    harmed = np.where(severity == "threat", 0, 1 + (rng.uniform(size=count) < 0.08))
    return Events(at, at + delay * np.timedelta64(60, "s"), x, y, cells, kind, severity, harmed.astype(np.int64))


def _classes(rng: np.random.Generator, count: int, shares: dict[str, float], otherwise: str) -> NDArray[np.str_]:
    names = np.array([*shares, otherwise])
    return names[np.searchsorted(np.cumsum(list(shares.values())), rng.uniform(size=count), side="right")]


def _points(
    cells: NDArray[np.int64], rates: Rates, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw a point on land in each cell, uniformly: drawn again as long as it falls into the water."""
    grid, land = rates.grid, rates.land.geometry
    x, y = np.empty(len(cells)), np.empty(len(cells))
    wet = np.arange(len(cells))
    shapely.prepare(land)
    while len(wet):
        x[wet] = (grid.columns[cells[wet]] + rng.uniform(size=len(wet))) * grid.cell_m
        y[wet] = (grid.rows[cells[wet]] + rng.uniform(size=len(wet))) * grid.cell_m
        wet = wet[~shapely.contains_xy(land, x[wet], y[wet])]
    return x, y

"""A generated town on a river and a coast, far out in the North Sea, so that nobody mistakes it for a real one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from answerable.place import Area, Projection, choose_projection

TOWN = "Doggerhaven"
# The Dogger Bank: open sea, outside Great Britain's grid, UTM zone 31N.
CENTRE = (2.6, 54.75)
TIME_ZONE = "Europe/London"

# From north to south, so that the names fit the map.
WARD_NAMES = (
    "Northfield", "Beacon Heath", "Larkmoor", "Windmill Green", "Orchard Rise", "Chapel Fold", "Lantern Hill",
    "Brickfield", "Upper Staithe", "Market Cross", "Ropewalk", "Canal Side", "Ferry Steps", "Lower Staithe",
    "Weir Meadow", "Foundry Row", "Tanners Yard", "Signal Lane", "Coopers Reach", "Heron Bank", "Kiln Common",
    "The Saltings", "Southholm", "Dunes End",
)  # fmt: skip

_HALF_M = 3000
_RIVER_M = 170
_RELAXATIONS = 6


@dataclass(frozen=True)
class Geography:
    """A town: its wards (north to south) and its land, in one metric projection, with its local time zone."""

    name: str
    wards: tuple[Area, ...]
    land: Area
    tz: str

    @property
    def projection(self) -> Projection:
        """The projection all of it is drawn in."""
        return self.land.projection


def make_geography(rng: np.random.Generator) -> Geography:
    """Draw a town of about 6 by 6 km with 24 wards; no ward lies on both banks of the river."""
    projection = choose_projection(*CENTRE)
    x, y = projection.forward([CENTRE[0]], [CENTRE[1]])
    origin = (float(x[0]), float(y[0]))
    banks = _banks(rng, origin)
    wards: list[BaseGeometry] = []
    for bank, count in zip(banks, _shares(banks, len(WARD_NAMES)), strict=True):
        wards += _cells_of(bank, count, rng)
    wards.sort(key=lambda ward: -ward.centroid.y)
    named = tuple(Area(name, ward, projection) for name, ward in zip(WARD_NAMES, wards, strict=True))
    return Geography(TOWN, named, Area(TOWN, shapely.union_all(banks), projection), TIME_ZONE)


def _banks(rng: np.random.Generator, origin: tuple[float, float]) -> list[BaseGeometry]:
    """The land on either side of the river, each one polygon; the sea lies in the east."""
    along = np.linspace(-1.3, 1.3, 61)
    phase = rng.uniform(0, 2 * np.pi, 4)
    coast_x = _HALF_M * (0.93 + 0.10 * np.sin(2.1 * along + phase[0]) + 0.035 * np.sin(7 * along + phase[1]))
    coast = np.column_stack([coast_x, along * _HALF_M])
    inland = [(-2 * _HALF_M, 2 * _HALF_M), (-2 * _HALF_M, -2 * _HALF_M)]
    west_of_coast = shapely.Polygon([*coast, (coast_x[-1], 2 * _HALF_M), *inland, (coast_x[0], -2 * _HALF_M)])
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    reach = _HALF_M * (1.07 + 0.05 * np.sin(3 * turn + phase[0]) + 0.025 * np.sin(5 * turn + phase[1]))
    edge = shapely.Polygon(np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]))
    land = edge.intersection(west_of_coast)
    river_y = _HALF_M * (0.08 * along + 0.14 * np.sin(2.6 * along + phase[2]) + 0.03 * np.sin(8 * along + phase[3]))
    widths = _RIVER_M * (1 + 0.9 * np.clip(along, 0, 1) ** 2)
    bends = zip(along[:-1], river_y[:-1], along[1:], river_y[1:], widths[1:], strict=True)
    river = shapely.union_all(
        [shapely.LineString([(a * _HALF_M, b), (c * _HALF_M, d)]).buffer(width / 2) for a, b, c, d, width in bends]
    )
    sides = sorted(land.difference(river).simplify(12).geoms, key=lambda side: -side.area)[:2]
    return [shapely.transform(side, lambda points: points + np.array(origin)) for side in sides]


def _shares(parts: list[BaseGeometry], total: int) -> list[int]:
    first = round(total * parts[0].area / sum(part.area for part in parts))
    return [first, total - first]


def _cells_of(land: BaseGeometry, count: int, rng: np.random.Generator) -> list[BaseGeometry]:
    """Split ``land`` into ``count`` compact pieces: a Voronoi diagram whose seeds are moved to their middles."""
    seeds = _points_in(land, count, rng)
    for _ in range(_RELAXATIONS):
        seeds = np.array([piece.centroid.coords[0] for piece in _voronoi(seeds, land)])
    return _voronoi(seeds, land)


def _voronoi(seeds: NDArray[np.float64], land: BaseGeometry) -> list[BaseGeometry]:
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=land.envelope)
    pieces = [cell.intersection(land) for cell in diagram.geoms]
    # A bend of the bank can cut a splinter off a cell; the ward keeps its main part whole.
    return [max(shapely.get_parts(piece), key=shapely.area) for piece in pieces]


def _points_in(land: BaseGeometry, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    west, south, east, north = land.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        drawn = rng.uniform((west, south), (east, north), size=(4 * count, 2))
        found = np.vstack([found, drawn[shapely.contains_xy(land, drawn[:, 0], drawn[:, 1])]])
    return found[:count]

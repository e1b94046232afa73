"""Where an event is expected: a disc or a polygon in degrees, never as small as a household."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely

from answerable.errors import InputError
from answerable.intel.assumptions import number
from answerable.place import Area, Projection, choose_projection, union

Point = tuple[float, float]
LARGEST_M = 50_000


@dataclass(frozen=True)
class Place:
    """A named disc of ``radius_m`` metres around ``place``, or a ``polygon``; longitude, latitude in WGS84 degrees.

    InputError where it is neither or both, is not ground, or is smaller than a place may be here.
    """

    name: str
    place: Point | None = None
    radius_m: float | None = None
    polygon: tuple[Point, ...] | None = None

    def __post_init__(self) -> None:
        disc = self.place is not None and self.radius_m is not None
        if disc == (self.polygon is not None) or (self.place is None) != (self.radius_m is None):
            raise InputError(
                "A place is either a point with a radius_m, or a polygon.",
                where="field place",
                fix="Give place: [longitude, latitude] with radius_m, or polygon: [[longitude, latitude], ...].",
            )
        points = self.polygon or ((self.place,) if self.place else ())
        if not all(-180 <= lon <= 180 and -80 <= lat <= 84 for lon, lat in points):
            raise InputError(
                "This point is not on the map.", where="field place", fix="Degrees: longitude first, then latitude."
            )
        if self.polygon is not None and len(self.polygon) < 3:
            raise InputError("A polygon has at least three points.", where="field place, polygon", fix="Add them.")
        if not self.size_m <= LARGEST_M:
            raise InputError(
                f"A place is at most a disc of {LARGEST_M // 1000} km.", where="field place", fix="Name a smaller one."
            )
        if not self.size_m >= number("place", "least_radius_m"):
            least = number("place", "least_radius_m")
            raise InputError(
                f"This place is smaller than a disc of {least:g} m and points at a household.",
                where="field place",
                fix="Widen it: places and windows, never persons.",
            )

    @cached_property
    def size_m(self) -> float:
        """Radius in metres, of the disc or of a circle with the polygon's ground."""
        if self.radius_m is not None:
            return self.radius_m
        return math.sqrt(float(self.area().geometry.area) / math.pi)

    def area(self, projection: Projection | None = None) -> Area:
        """Return the ground in the metres of ``projection`` (default: the one that fits it)."""
        if self.place is not None and self.radius_m is not None:
            lon, lat = self.place
            fitting = projection or choose_projection(lon, lat)
            return Area.disc(lon, lat, self.radius_m, name=self.name, projection=fitting)
        ring = shapely.Polygon(self.polygon or ())
        fitting = projection or choose_projection(ring.centroid.x, ring.centroid.y)
        return Area.from_degrees(ring, projection=fitting, name=self.name)

    def as_json(self) -> dict[str, Any]:
        """Return the place as a file says it, with the keys of a case file's area."""
        if self.polygon is not None:
            return {"name": self.name, "polygon": [list(point) for point in self.polygon]}
        return {"name": self.name, "place": list(self.place or ()), "radius_m": self.radius_m}


def beyond_m(area: Area, places: Iterable[Place]) -> float | None:
    """Return how far ``area`` reaches beyond the ground of all ``places`` together, in whole metres.

    That is the greatest distance from a point of the area to the nearest place: 0 where the places cover the area, None
    where there is no place. Formula: the least d for which the union of the places, widened by d, covers the area
    (found by halving, to a metre).
    """
    grounds = [place.area(area.projection) for place in places]
    if not grounds:
        return None
    ground = union(grounds).geometry
    if ground.covers(area.geometry):
        return 0.0
    west, south, east, north = area.geometry.bounds
    near, far = 0.0, float(ground.distance(area.geometry)) + math.hypot(east - west, north - south)
    while far - near > 0.5:
        middle = (near + far) / 2
        covered = ground.buffer(middle, quad_segs=32).covers(area.geometry)
        near, far = (near, middle) if covered else (middle, far)
    return float(round(far))

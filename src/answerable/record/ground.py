"""Whether a point lies in a disclosed area: a few lines of plain geometry, so that a gate needs no library for it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from .errors import Altered

Ring = list[tuple[float, float]]
MAX_POINTS = 100_000


def inside(area: Any, lon: float, lat: float) -> bool:
    """Return whether the point (WGS84 degrees) lies in ``area``, a GeoJSON Polygon or MultiPolygon, or on its edge.

    Holes are left out. Degrees are taken as a plane, which at the size of a deployment's area errs by less than a
    metre. Raises ``Altered`` for anything that is no such area.
    """
    return any(_in_polygon(rings, lon, lat) for rings in _polygons(area))


def _polygons(area: Any) -> Iterable[list[Ring]]:
    kind, drawn = (area.get("type"), area.get("coordinates")) if isinstance(area, dict) else (None, None)
    polygons = {"Polygon": [drawn], "MultiPolygon": drawn}.get(str(kind))
    if not isinstance(polygons, list) or not polygons:
        raise Altered("The area of this authority is not a polygon.", reason=_DAMAGED)
    try:
        found = [[[(float(x), float(y)) for x, y in ring] for ring in rings] for rings in polygons]
    except (TypeError, ValueError) as error:
        raise Altered("The area of this authority cannot be read.", reason=_DAMAGED) from error
    rings = [ring for polygon in found for ring in polygon]
    if any(not polygon for polygon in found) or any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise Altered("The area of this authority has a ring that is not closed.", reason=_DAMAGED)
    if sum(map(len, rings)) > MAX_POINTS:
        raise Altered(f"The area of this authority has more than {MAX_POINTS} points.", reason=_DAMAGED)
    return found


def _in_polygon(rings: list[Ring], x: float, y: float) -> bool:
    if any(_on_edge(ring, x, y) for ring in rings):
        return True
    return _within(rings[0], x, y) and not any(_within(hole, x, y) for hole in rings[1:])


def _within(ring: Ring, x: float, y: float) -> bool:
    """Count how often a ray to the east crosses the ring."""
    crossed = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed = not crossed
    return crossed


def _on_edge(ring: Ring, x: float, y: float) -> bool:
    for (x1, y1), (x2, y2) in pairwise(ring):
        across = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if across == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
    return False


_DAMAGED = "the area in this file is damaged"

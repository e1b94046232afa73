"""An area: a named polygon in metres. Degrees appear only where it is read from, or written to, GeoJSON."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from answerable.errors import InputError
from answerable.place.projection import Projection, choose_projection


@dataclass(frozen=True)
class Area:
    """A polygon (or several) in the metres of ``projection``."""

    name: str
    geometry: BaseGeometry
    projection: Projection

    @classmethod
    def disc(cls, lon: float, lat: float, radius_m: float, *, name: str = "", projection: Projection) -> Area:
        """Return the circle of ``radius_m`` metres around a WGS84 point."""
        x, y = projection.forward([lon], [lat])
        return cls(name, shapely.Point(x[0], y[0]).buffer(radius_m), projection)

    @classmethod
    def outline(cls, x: ArrayLike, y: ArrayLike, *, margin_m: float, projection: Projection, name: str = "") -> Area:
        """Return the convex outline of points (metres, shape (n,), n at least 1), widened by ``margin_m``."""
        hull = shapely.MultiPoint(np.column_stack([np.asarray(x), np.asarray(y)])).convex_hull
        return cls(name, hull.buffer(margin_m), projection)

    @classmethod
    def from_degrees(cls, geometry: BaseGeometry, *, projection: Projection, name: str = "") -> Area:
        """Return the area of a WGS84 geometry; InputError where it is not a valid polygon."""
        if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
            raise InputError(
                f"An area must be a polygon, not {geometry.geom_type}.", where=name, fix="Draw it as a closed ring."
            )

        def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(projection.forward(points[:, 0], points[:, 1])).astype(np.float64)

        return cls(name, shapely.make_valid(shapely.transform(geometry, project)), projection)

    @property
    def km2(self) -> float:
        """Size in square kilometres."""
        return float(self.geometry.area) / 1e6

    def contains(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
        """Say which points (metres, shape (n,)) lie in the area or on its edge."""
        shapely.prepare(self.geometry)
        return np.asarray(shapely.intersects_xy(self.geometry, np.asarray(x, float), np.asarray(y, float)))

    def overlaps(self, other: Area) -> bool:
        """Say whether the two areas share any ground (areas of one workspace share a projection)."""
        return bool(self.geometry.intersects(other.geometry))

    def degrees(self) -> BaseGeometry:
        """Return the geometry in WGS84 degrees."""

        def unproject(points: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(self.projection.inverse(points[:, 0], points[:, 1])).round(6)

        return shapely.transform(self.geometry, unproject)

    def geojson(self) -> dict[str, Any]:
        """Return the area as a GeoJSON feature."""
        return {"type": "Feature", "properties": {"name": self.name}, "geometry": mapping(self.degrees())}


def read_areas(path: Path, *, projection: Projection | None = None) -> list[Area]:
    """Read the polygons of a GeoJSON file (``.gz`` allowed), in the projection given or the one that fits them.

    Names are taken from the property ``name``, else from the first text property, else numbered.
    InputError where the file is not GeoJSON or holds no polygon.
    """
    document = _read_json(path)
    try:
        found = [(one, one.get("geometry")) for one in _features(document)]
        drawn = [(one, geometry) for one, geometry in found if geometry and geometry.get("type", "") in _POLYGONS]
        polygons = [(one, shape(geometry)) for one, geometry in drawn]
    except (AttributeError, LookupError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise InputError(
            "A feature of this file is not one of GeoJSON.",
            where=f"{path}: {type(error).__name__} {error}",
            fix="Export it again as GeoJSON (WGS84).",
        ) from error
    if not polygons:
        raise InputError("This file holds no polygon.", where=str(path), fix="Give a GeoJSON file of polygons.")
    if projection is None:
        west, south, east, north = shapely.total_bounds(np.array([geometry for _, geometry in polygons]))
        projection = choose_projection((west + east) / 2, (south + north) / 2)
    return [
        Area.from_degrees(geometry, projection=projection, name=_name(feature, number))
        for number, (feature, geometry) in enumerate(polygons, 1)
    ]


def union(areas: Iterable[Area], name: str = "") -> Area:
    """Return all areas as one; they must share a projection."""
    parts = list(areas)
    return Area(name, shapely.union_all([a.geometry for a in parts]), parts[0].projection)


_POLYGONS = ("Polygon", "MultiPolygon")


def _read_json(path: Path) -> Any:
    try:
        raw = path.read_bytes()
        return json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise InputError(
            "This file cannot be read as GeoJSON.", where=f"{path}: {error}", fix="Export it again as GeoJSON (WGS84)."
        ) from error


def _features(document: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(document, Mapping):
        if document.get("type") == "FeatureCollection":
            yield from document.get("features") or ()
        elif document.get("type") == "Feature":
            yield document
        elif "coordinates" in document:
            yield {"geometry": document, "properties": {}}


def _name(feature: Mapping[str, Any], number: int) -> str:
    properties = feature.get("properties") or {}
    texts = [properties.get("name"), *properties.values()]
    return next((t for t in texts if isinstance(t, str) and t), f"area {number}")

"""Reads points: degrees or a named projection, unknown places kept, and coordinates that cannot be right refused.

A column of latitudes in the place of longitudes, or metres in the place of degrees, is an error of the whole file.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.incidents.rejects import missing, problem, split
from answerable.incidents.sources.base import WGS84, Source, Where
from answerable.place import BRITISH_NATIONAL_GRID, Projection, choose_projection

_HELP = (
    'Name the columns and their projection in a mapping file: where: {easting: ..., northing: ..., crs: "EPSG:27700"}.'
)
# The widest zone reaches about this far from the city it is named after; beyond the second figure it cannot be meant.
_NEAR_DEGREES, _FAR_DEGREES = 25.0, 40.0
_SOUTHERNMOST_TOWN = -56.0


def read_places(frame: pl.DataFrame, source: Source, tz: str | None, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``frame`` with ``_lon``, ``_lat`` (WGS84 degrees, null together where unknown); and the rejects.

    InputError where most points lie outside the world, or only fit when their two columns are swapped.
    """
    where = source.where
    read = frame.with_columns(_x=_coordinate(frame, where.x), _y=_coordinate(frame, where.y))
    not_numbers = [
        problem(column, pl.col(as_read).is_null() & ~_blank(frame, column), "this is not a number")
        for column, as_read in ((where.x, "_x"), (where.y, "_y"))
    ]
    good, rejects = split(read, *not_numbers)
    unknown = (
        pl.any_horizontal(pl.col("_x", "_y").is_null() | ~pl.col("_x", "_y").is_finite())
        | ((pl.col("_x") == 0) & (pl.col("_y") == 0))
    )  # fmt: skip
    good = good.with_columns(pl.when(~unknown).then(pl.col("_x", "_y")))
    if where.crs == WGS84:
        placed, outside = _degrees(good, source, tz, name)
    else:
        placed, outside = _projected(good, source, name)
    return placed.drop("_x", "_y"), pl.concat([rejects, outside])


def _blank(frame: pl.DataFrame, column: str) -> pl.Expr:
    return missing(column) if frame.schema[column] == pl.String else pl.col(column).is_null()


def _coordinate(frame: pl.DataFrame, column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars() if frame.schema[column] == pl.String else pl.col(column)
    return text.cast(pl.Float64, strict=False)


def _degrees(frame: pl.DataFrame, source: Source, tz: str | None, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    where = source.where
    located = frame.filter(pl.col("_x").is_not_null())
    outside = (pl.col("_x").abs() > 180) | (pl.col("_y").abs() > 90)
    wrong = located.filter(outside)
    if wrong.height * 2 > located.height:
        row = wrong.row(0, named=True)
        place = f"{name}, row {row['_row']}, columns {where.x} and {where.y}"
        if abs(row["_x"]) <= 90 and abs(row["_y"]) <= 180:
            raise _swapped(place, where.x, where.y, row["_x"], row["_y"])
        raise InputError(
            f"These are not degrees ({row['_x']:g}, {row['_y']:g}) but eastings and northings of some projection.",
            where=place,
            fix=_HELP,
        )
    good, rejects = split(
        frame,
        problem(where.y, pl.col("_y").abs() > 90, "a latitude lies between -90 and 90"),
        problem(where.x, pl.col("_x").abs() > 180, "a longitude lies between -180 and 180"),
    )
    lon, lat = _middle(good)
    if lon is not None and lat is not None and _fits_only_swapped(lon, lat, source, tz):
        row = good.filter(pl.col("_x").is_not_null()).row(0, named=True)
        place = f"{name}, row {row['_row']}, columns {where.x} and {where.y}"
        raise _swapped(place, where.x, where.y, row["_x"], row["_y"])
    return good.with_columns(_lon=pl.col("_x"), _lat=pl.col("_y")), rejects


def _swapped(place: str, x: str, y: str, first: float, second: float) -> InputError:
    return InputError(
        f"Longitude and latitude look swapped: {x} is {first:g} and {y} is {second:g}.",
        where=place,
        fix="Exchange the two columns, or name them the right way round in a mapping file.",
    )


def _middle(frame: pl.DataFrame) -> tuple[float | None, float | None]:
    lon, lat = frame.select(pl.col("_x").median(), pl.col("_y").median()).row(0)
    return lon, lat


def _fits_only_swapped(lon: float, lat: float, source: Source, tz: str | None) -> bool:
    if source.region is not None:
        west, south, east, north = source.region

        def inside(x: float, y: float) -> bool:
            return west <= x <= east and south <= y <= north

        return not inside(lon, lat) and inside(lat, lon)
    city = zone_city(tz) if tz else None
    if city is not None:
        return _degrees_apart(lon, lat, *city) > _FAR_DEGREES and _degrees_apart(lat, lon, *city) < _NEAR_DEGREES
    return lat < _SOUTHERNMOST_TOWN and abs(lon) <= 90 and lon > _SOUTHERNMOST_TOWN


def _degrees_apart(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    if abs(lat) > 90:
        return 180.0
    a, b = np.radians([lon, lat]), np.radians([other_lon, other_lat])
    cosine = np.sin(a[1]) * np.sin(b[1]) + np.cos(a[1]) * np.cos(b[1]) * np.cos(a[0] - b[0])
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


@cache
def zone_city(tz: str) -> tuple[float, float] | None:
    """Return longitude and latitude of the city a time zone is named after, from the zone database; None if unlisted.

    >>> zone_city("Europe/London")
    (-0.125..., 51.508...)
    """
    from importlib.resources import files

    for line in (files("tzdata.zoneinfo") / "zone1970.tab").read_text("utf-8").splitlines():
        fields = line.split("\t")
        if not line.startswith("#") and fields[2] == tz:
            cut = max(fields[1].rfind("+"), fields[1].rfind("-"))
            return _sexagesimal(fields[1][cut:], 3), _sexagesimal(fields[1][:cut], 2)
    return None


def _sexagesimal(text: str, width: int) -> float:
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    degrees, minutes, seconds = digits[:width], digits[width : width + 2], digits[width + 2 :] or "0"
    return sign * (int(degrees) + int(minutes) / 60 + int(seconds) / 3600)


def _projected(frame: pl.DataFrame, source: Source, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    where = source.where
    x, y = frame["_x"].fill_null(np.nan).to_numpy(), frame["_y"].fill_null(np.nan).to_numpy()
    located = ~np.isnan(x)
    lon, lat, inside = _unprojected(where.crs, x, y)
    if located.any():
        row = int(np.flatnonzero(located)[0])
        place = f"{name}, row {frame['_row'][row]}, columns {where.x} and {where.y}"
        _check_crs(where, x[located], y[located], place)
    marked = frame.with_columns(_lon=pl.Series(lon), _lat=pl.Series(lat), _inside=pl.Series(inside | ~located))
    reason = f"this lies outside the area where {where.crs} is used"
    good, rejects = split(marked, problem(where.x, ~pl.col("_inside"), reason))
    return good.with_columns(pl.col("_lon", "_lat").fill_nan(None)).drop("_inside"), rejects


def _check_crs(where: Where, x: NDArray[np.float64], y: NDArray[np.float64], place: str) -> None:
    """Raise InputError where most points lie outside the projection's area, or would be at home only if swapped."""
    if _at_home(where.crs, x, y):
        return
    if _at_home(where.crs, y, x):
        raise InputError(
            f"Easting and northing look swapped: {where.x} is {x[0]:g} and {where.y} is {y[0]:g}.",
            where=place,
            fix="Exchange the two columns in the mapping file.",
        )
    if _unprojected(where.crs, x, y)[2].mean() < 0.5:
        raise InputError(
            f"Most points ({x[0]:g}, {y[0]:g}) lie outside the area where {where.crs} is used.",
            where=place,
            fix="Name the projection that these columns are in; degrees are lon and lat without a crs.",
        )


def _at_home(crs: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Say whether most points lie where ``crs`` is used; on the British grid also whether their middle is on land."""
    lon, lat, inside = _unprojected(crs, x, y)
    if inside.mean() < 0.5:
        return False
    middle = float(np.nanmedian(lon)), float(np.nanmedian(lat))
    return crs != BRITISH_NATIONAL_GRID or choose_projection(*middle).crs == crs


def _unprojected(
    crs: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return degrees, and whether each point lies where ``crs`` is meant to be used (half a degree to spare)."""
    from pyproj import CRS

    lon, lat = Projection(crs).inverse(x, y)
    system = CRS(crs)
    area = system.area_of_use
    west, south, east, north = area.bounds if area else (-180, -90, 180, 90)
    spare = 0.5
    inside = np.isfinite(lon) & np.isfinite(lat)
    inside &= (lon >= west - spare) & (lon <= east + spare) & (lat >= south - spare) & (lat <= north + spare)
    if system.is_projected:
        # Degrees, taken for metres, all fall on the projection's origin.
        inside &= (np.abs(x) > 180) | (np.abs(y) > 180)
    return np.where(inside, lon, np.nan), np.where(inside, lat, np.nan), inside

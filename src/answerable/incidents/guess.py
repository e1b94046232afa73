"""Guesses a mapping from the names of columns and a few rows; the guess is shown, never applied unseen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from answerable.errors import InputError
from answerable.incidents.dates import WAYS, parse_date
from answerable.incidents.persons import is_person_column
from answerable.incidents.sources.base import DAY_FIRST, ISO, MONTH_FIRST, YEAR_MONTH, key
from answerable.place import BRITISH_NATIONAL_GRID

if TYPE_CHECKING:
    from answerable.incidents.mapping import Mapping

_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("incident_id", "id", "incident_number", "incident_no", "crime_number", "case_number", "reference", "ref",
           "crime_id", "event_id", "incident_num", "urn", "occurrence_number"),
    "date": ("occurred_at", "datetime", "date_time", "occurred", "occurred_on", "incident_date", "date_of_incident",
             "occurrence_date", "event_date", "offence_date", "date_occurred", "timestamp", "date", "month", "when"),
    "time": ("time", "incident_time", "time_of_incident", "occurrence_time", "time_occurred", "event_time",
             "offence_time", "hour"),
    "lon": ("lon", "lng", "long", "longitude", "x_lon", "point_x"),
    "lat": ("lat", "latitude", "y_lat", "point_y"),
    "easting": ("easting", "eastings", "x", "x_coord", "os_easting", "grid_x"),
    "northing": ("northing", "northings", "y", "y_coord", "os_northing", "grid_y"),
    "kind": ("kind", "type", "crime_type", "offence_type", "offence", "category", "incident_type", "class"),
    "severity": ("severity",),
    "n_harmed": ("n_harmed", "n_victims", "victims", "victim_count", "number_of_victims", "injured"),
}  # fmt: skip
OUR_SEVERITIES = {name: name for name in ("fatal", "injury", "threat", "none")}
"""The values of a column of severities that is written in our own words."""
_SAMPLE = 1000
# West, south, east and north of what can be meant: the whole globe, and the British National Grid in metres.
_DEGREES = (-180.0, -90.0, 180.0, 90.0)
_BRITISH_GRID = (0.0, 0.0, 700_000.0, 1_300_000.0)


def guess_mapping(columns: Sequence[str], sample: pl.DataFrame | None = None) -> Mapping:
    """Return the mapping that the columns' names suggest, with the date's format read from ``sample`` rows.

    InputError where no column looks like a date or a place, where day and month cannot be told apart, or where the
    projection of the places cannot.
    """
    from answerable.incidents.mapping import parse_mapping

    found = _roles([column for column in columns if not is_person_column(column)])
    lacking = [] if "date" in found else ["a date"]
    if not {"lon", "lat"} <= found.keys() and not {"easting", "northing"} <= found.keys():
        lacking.append("a place (longitude and latitude, or easting and northing)")
    if lacking:
        raise InputError(
            f"No column looks like {' or '.join(lacking)}.",
            where=f"columns {', '.join(columns)}",
            fix="Describe the columns in a mapping file (--mapping).",
        )
    document = {"name": "guessed", **suggested_columns(columns), "where": _where(found, sample)}
    document["when"] |= _format(found["date"], sample)
    return parse_mapping(document, "guessed mapping")


def suggested_columns(columns: Sequence[str]) -> dict[str, Any]:
    """Return as much of a mapping as the names of the columns alone suggest: a beginning, which may lack what it needs.

    >>> suggested_columns(["ref", "when", "surname"])
    {'when': {'date': 'when'}, 'where': {}, 'id': 'ref'}
    """
    found = _roles([column for column in columns if not is_person_column(column)])
    made: dict[str, Any] = {
        "when": {role: found[role] for role in ("date", "time") if role in found},
        "where": {role: found[role] for role in ("lon", "lat", "easting", "northing") if role in found},
    }
    made |= {role: found[role] for role in ("id", "n_harmed") if role in found}
    if "kind" in found:
        made["kind"] = {"column": found["kind"]}
    if "severity" in found:
        made["severity"] = {"column": found["severity"], "values": dict(OUR_SEVERITIES)}
    return made


def _roles(columns: list[str]) -> dict[str, str]:
    """Give each role the column whose name stands first in its list; a column has one role."""
    found: dict[str, str] = {}
    for role, names in _NAMES.items():
        spelled = {key(column): column for column in columns if column not in found.values()}
        name = next((name for name in names if name in spelled), None)
        if name is not None:
            found[role] = spelled[name]
    return found


def _where(found: dict[str, str], sample: pl.DataFrame | None) -> dict[str, str]:
    """Say where the place stands: a pair named for metres may hold degrees, and then its values decide, not its name.

    InputError where they are neither degrees nor on the British National Grid: no other projection can be told.
    """
    if {"lon", "lat"} <= found.keys():
        return {"lon": found["lon"], "lat": found["lat"]}
    x, y = found["easting"], found["northing"]
    points = _points(x, y, sample)
    if not points.is_empty() and _mostly(points, *_DEGREES):
        return {"lon": x, "lat": y}
    if points.is_empty() or _mostly(points, *_BRITISH_GRID):
        return {"easting": x, "northing": y, "crs": BRITISH_NATIONAL_GRID}
    first = points.row(0)
    raise InputError(
        f"The projection of these columns cannot be told from their values ({first[0]:g}, {first[1]:g}).",
        where=f"columns {x} and {y}",
        fix=f'Name it in a mapping file (--mapping): where: {{easting: {x}, northing: {y}, crs: "EPSG:..."}}.',
    )


def _points(x: str, y: str, sample: pl.DataFrame | None) -> pl.DataFrame:
    """Return the numbers in two columns of the sample, without rows that lack one or stand at (0, 0) for unknown."""
    if sample is None or not {x, y} <= set(sample.columns):
        return pl.DataFrame({x: [], y: []}, schema={x: pl.Float64, y: pl.Float64})
    numbers = sample.select(
        (pl.col(name).str.strip_chars() if sample.schema[name] == pl.String else pl.col(name)).cast(
            pl.Float64, strict=False
        )
        for name in (x, y)
    )
    return numbers.filter(pl.all_horizontal(pl.all().is_finite()) & pl.any_horizontal(pl.all() != 0))


def _mostly(points: pl.DataFrame, west: float, south: float, east: float, north: float) -> bool:
    x, y = points.columns
    inside = pl.col(x).is_between(west, east) & pl.col(y).is_between(south, north)
    return bool(points.select(inside.mean() > 0.5).item())


def _format(column: str, sample: pl.DataFrame | None) -> dict[str, str]:
    if sample is None or column not in sample.columns or sample.schema[column] != pl.String:
        return {}
    texts = sample.head(_SAMPLE).select(pl.col(column).str.strip_chars()).to_series().drop_nulls()
    dates = texts.str.replace(r"[T\s]+\d{1,2}:.*$", "").to_frame("text")
    if dates.is_empty():
        return {}
    fits = {way: dates.select(parse_date(pl.col("text"), way).is_not_null().sum()).item() for way in WAYS}
    best = max(WAYS, key=lambda way: fits[way])
    if fits[best] and fits[best] == fits[DAY_FIRST] == fits[MONTH_FIRST]:
        raise InputError(
            f"Day and month cannot be told apart in this column ({texts[0]!r}).",
            where=f"column {column}",
            fix=f'Say which in a mapping file: format: "{DAY_FIRST}" or format: "{MONTH_FIRST}".',
        )
    if best == ISO:
        return {}
    return {"format": best} | ({"precision": "month"} if best == YEAR_MONTH else {})


def mapping_name(file: str) -> str:
    """Return a file's name, without its endings, as the name of a mapping.

    >>> mapping_name("Our Shots 2018.xlsx")
    'our-shots-2018'
    """
    return re.sub(r"[^a-z0-9]+", "-", file.partition(".")[0].lower()).strip("-") or "mapping"

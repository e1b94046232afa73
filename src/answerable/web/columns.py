"""How the columns of a file are read, as a form: a mapping in choices, and a mapping made of what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from answerable.errors import InputError
from answerable.incidents.dates import WAYS
from answerable.incidents.guess import OUR_SEVERITIES, mapping_name
from answerable.incidents.sources.base import ISO
from answerable.place import BRITISH_NATIONAL_GRID
from answerable.web.fields import Field, Options

# No month has the number of this day, so that each way of writing it shows which is which.
_EXAMPLE = date(2018, 11, 30)
_PRECISIONS: Options = (
    ("minute", "To the minute"),
    ("hour", "To the hour"),
    ("day", "To the day"),
    ("month", "To the month"),
)
_ROWS: Options = (("incidents", "One incident"), ("victims", "One victim; rows with the same id are one incident"))
_DEGREES = ""
CHOICES = ("date", "way", "time", "precision", "x", "y", "crs", "id", "rows", "kind", "severity", "n_harmed")
"""The names of the fields, in their order."""


def column_fields(columns: Sequence[str], document: Mapping[str, Any]) -> list[Field]:
    """Return the choices, of ``columns`` (none about persons among them), as the mapping ``document`` has them now."""
    when, where = document.get("when", {}), document.get("where", {})
    named: Options = tuple((name, name) for name in columns)
    none: Options = (("", "None"), *named)
    x, y = where.get("lon") or where.get("easting", ""), where.get("lat") or where.get("northing", "")
    crs = where.get("crs", _DEGREES)
    way = when.get("format", ISO)
    return [
        Field("date", "Date, or date and time", "select", options=none, value=when.get("date", "")),
        Field("way", "How that date is written", "select", options=_ways(way), value=way),
        Field("time", "Time of day, if in a column of its own", "select", options=none, value=when.get("time") or ""),
        Field("precision", "How exact it is", "select", options=_PRECISIONS, value=when.get("precision", "minute")),
        Field("x", "Longitude or easting", "select", options=none, value=x),
        Field("y", "Latitude or northing", "select", options=none, value=y),
        Field("crs", "What these two are", "select", options=_projections(crs), value=crs),
        Field("id", "Number of the incident", "select", options=none, value=document.get("id") or ""),
        Field("rows", "Each row is", "select", options=_ROWS, value=document.get("rows", "incidents")),
        Field("kind", "Kind of incident", "select", options=none, value=_column(document, "kind")),
        Field("severity", "How bad it was", "select", options=none, value=_column(document, "severity")),
        Field("n_harmed", "How many were hurt", "select", options=none, value=document.get("n_harmed") or ""),
    ]  # fmt: skip


def _ways(now: str) -> Options:
    ways = WAYS if now in WAYS else (*WAYS, now)
    return tuple((way, f"Like {_EXAMPLE.strftime(way)}") for way in ways)


def _projections(now: str) -> Options:
    known = ((_DEGREES, "Degrees (longitude and latitude)"), (BRITISH_NATIONAL_GRID, "Metres, British National Grid"))
    return known if now in dict(known) else (*known, (now, now))


def _column(document: Mapping[str, Any], role: str) -> str:
    return str(document.get(role, {}).get("column") or "")


def chosen_mapping(document: Mapping[str, Any], chosen: Mapping[str, str], file: str) -> dict[str, Any]:
    """Return ``document`` with what was ``chosen`` in its place; what the form does not ask stays as it was.

    InputError, naming the field, where a mapping cannot do without it.
    """
    for name, what in (("date", "the date"), ("x", "the place"), ("y", "the place")):
        if not chosen.get(name):
            raise InputError(
                f"Choose the column of {what}.", where=f"field {name}", fix="Without it no row can be taken in."
            )
    made = {"name": mapping_name(file), **document}
    made["when"] = _set(
        document.get("when", {}), date=chosen["date"], format=chosen.get("way"), time=chosen.get("time"),
        precision=chosen.get("precision"),
    )  # fmt: skip
    crs = chosen.get("crs", _DEGREES)
    pair = {"easting": chosen["x"], "northing": chosen["y"]} if crs else {"lon": chosen["x"], "lat": chosen["y"]}
    exact = {name: value for name, value in document.get("where", {}).items() if name == "precision"}
    made["where"] = _set({**exact, **pair}, crs=crs)
    for role, values in (("kind", {}), ("severity", {"values": OUR_SEVERITIES})):
        column = chosen.get(role, "")
        if column != _column(document, role):
            made.pop(role, None)
            if column:
                made[role] = {"column": column, **values}
    return _set(made, id=chosen.get("id"), rows=chosen.get("rows"), n_harmed=chosen.get("n_harmed"))


def _set(document: Mapping[str, Any], **values: str | None) -> dict[str, Any]:
    """Return ``document`` with ``values``; an empty one takes its name away."""
    kept = {name: value for name, value in document.items() if name not in values}
    return {**kept, **{name: value for name, value in values.items() if value}}

"""data.police.uk: street-level crime of England, Wales and Northern Ireland, by month and anonymous map point."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import YEAR_MONTH, Refusal, Source, When, Where, lookup

_ISLANDS = (-8.7, 49.8, 1.9, 61.0)
# A month is published about two months after its end.
_PUBLISHED_AFTER = timedelta(days=60)
_VIOLENT = {"violence and sexual offences": "unknown", "violent crime": "unknown", "robbery": "threat"}
_SEVERITY = _VIOLENT | {"possession of weapons": "unknown"}
# What is found by searching follows the searches.
_FOUND_BY_SEARCH = {"drugs": "discovered", "possession of weapons": "discovered"}


def _street(name: str, title: str, kind: str, columns: dict[str, str], identified_by: tuple[str, ...]) -> Source:
    return Source(
        name=name,
        title=title,
        identified_by=identified_by,
        id=columns.get("id"),
        # The publisher gives one id to several crimes, sometimes in different months.
        id_within=columns["month"] if "id" in columns else None,
        # Two forces may record at one anonymous point, the railway's police and the town's for example.
        made_id_with=(columns["force"],) if "force" in columns else (),
        when=When(columns["month"], formats=(YEAR_MONTH,), precision="month"),
        where=Where(columns["lon"], columns["lat"], precision="snapped"),
        tz="Europe/London",
        delay=_PUBLISHED_AFTER,
        kind=pl.col(kind).str.strip_chars().str.to_lowercase(),
        severity=lookup(kind, _SEVERITY, otherwise="none"),
        origin=lookup(kind, _FOUND_BY_SEARCH, otherwise="reported"),
        region=_ISLANDS,
    )


LAYOUTS = (
    _street(
        "police-uk",
        "data.police.uk street-level crime, a file or a whole download folder",
        "Crime type",
        {"id": "Crime ID", "month": "Month", "lon": "Longitude", "lat": "Latitude", "force": "Reported by"},
        ("Crime ID", "Month", "Longitude", "Latitude", "Crime type", "Last outcome category"),
    ),
    _street(
        "police-uk-cleaned",
        "data.police.uk street-level crime, several months of one force in one table",
        "crime_type",
        {"month": "month", "lon": "lon", "lat": "lat"},
        ("month", "lon", "lat", "lsoa11_code", "crime_type"),
    ),
    Refusal(
        name="police-uk-outcomes",
        title="data.police.uk outcomes",
        identified_by=(("Crime ID", "Month", "Longitude", "Latitude", "Outcome type"),),
        reason="Outcomes say what became of a crime, not that one occurred.",
        use="Import the street file of the same month.",
    ),
)

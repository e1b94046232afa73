"""Chicago Police Department: the portal's crime export, and a year of shootings as points.

Most types in the export are not serious violence, and some (narcotics, weapons, gambling) count arrests rather than
events; only homicide, robbery, sexual assault and aggravated assault and battery are read.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import ISO, MONTH_FIRST, Known, Source, When, Where, lookup

_CITY = (-87.95, 41.6, -87.5, 42.05)
_TYPE = pl.col("Primary Type").str.strip_chars().str.to_uppercase()
_TYPES = {
    "homicide": ("homicide", "fatal"),
    "robbery": ("robbery", "threat"),
    "crim sexual assault": ("sexual assault", "injury"),
    "criminal sexual assault": ("sexual assault", "injury"),
    "assault": ("aggravated assault", "threat"),
    "battery": ("aggravated battery", "injury"),
}
_ALWAYS = ["HOMICIDE", "ROBBERY", "CRIM SEXUAL ASSAULT", "CRIMINAL SEXUAL ASSAULT"]
# FBI codes 04A and 04B are aggravated assault and battery.
_AGGRAVATED = pl.col("FBI Code").is_in(["04A", "04B"]) | pl.col("Description").str.to_uppercase().str.starts_with("AGG")
_SERIOUS = _TYPE.is_in(_ALWAYS) | (_TYPE.is_in(["ASSAULT", "BATTERY"]) & _AGGRAVATED.fill_null(value=False))

PORTAL = Source(
    name="chicago",
    title="Chicago Crimes, export of the city's portal",
    identified_by=("Case Number", "Date", "Primary Type", "Description", "FBI Code", "Latitude", "Longitude"),
    # One case number may stand on several rows, as each victim of a homicide has its own.
    id="Case Number",
    victims=True,
    when=When("Date", formats=(MONTH_FIRST, ISO)),
    # Points are moved within their block.
    where=Where("Longitude", "Latitude", precision="snapped"),
    tz="America/Chicago",
    delay=timedelta(days=1),
    known=Known("Updated On", formats=(MONTH_FIRST, ISO)),
    kind=lookup("Primary Type", {name: kind for name, (kind, _) in _TYPES.items()}, otherwise="unknown"),
    severity=lookup("Primary Type", {name: severity for name, (_, severity) in _TYPES.items()}, otherwise="unknown"),
    n_harmed=pl.when(_TYPE == "HOMICIDE").then(pl.lit(1, pl.Int32)),
    set_aside=pl.when(~_SERIOUS.fill_null(value=False)).then(pl.coalesce(_TYPE, pl.lit("no type"))),
    region=_CITY,
)

POINTS = Source(
    name="chicago-shootings",
    title="Chicago shootings as times and points (named with --as: its columns do not tell the city)",
    identified_by=("occurred_at", "lon", "lat"),
    automatic=False,
    when=When("occurred_at"),
    where=Where("lon", "lat", precision="snapped"),
    tz="America/Chicago",
    delay=timedelta(days=1),
    kind=pl.lit("shooting"),
    severity=pl.lit("unknown"),
    region=_CITY,
)

LAYOUTS = (PORTAL, POINTS)

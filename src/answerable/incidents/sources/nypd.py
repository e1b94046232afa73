"""New York City Police Department: shooting incidents as published, and the merged file of 2006-2016."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import ISO, MONTH_FIRST, Source, When, Where, number

_CITY = (-74.3, 40.45, -73.65, 40.95)
_RECORDED_WITHIN = timedelta(days=1)

PUBLISHED = Source(
    name="nypd",
    title="NYPD Shooting Incident Data (Historic, Year To Date): one row per victim",
    identified_by=("INCIDENT_KEY", "OCCUR_DATE", "OCCUR_TIME", "STATISTICAL_MURDER_FLAG", "Latitude", "Longitude"),
    id="INCIDENT_KEY",
    victims=True,
    when=When("OCCUR_DATE", "OCCUR_TIME", formats=(MONTH_FIRST, ISO), date_only=True),
    # The department moves a shooting in the open to the nearest corner.
    where=Where("Longitude", "Latitude", precision="intersection"),
    tz="America/New_York",
    delay=_RECORDED_WITHIN,
    kind=pl.lit("shooting"),
    severity=pl.when(pl.col("STATISTICAL_MURDER_FLAG").str.to_lowercase().is_in(["true", "y", "1"]))
    .then(pl.lit("fatal"))
    .otherwise(pl.lit("injury")),
    region=_CITY,
)

MERGED = Source(
    name="nyc-shootings",
    title="New York City shootings, victims merged into incidents",
    identified_by=("incident_id", "occurred_at", "lon", "lat", "n_victims", "n_fatal", "borough", "precinct"),
    id="incident_id",
    when=When("occurred_at"),
    where=Where("lon", "lat", precision="intersection"),
    tz="America/New_York",
    delay=_RECORDED_WITHIN,
    kind=pl.lit("shooting"),
    severity=pl.when(number("n_fatal") > 0).then(pl.lit("fatal")).otherwise(pl.lit("injury")),
    n_harmed=number("n_victims"),
    numbers=("n_victims", "n_fatal"),
    region=_CITY,
)

LAYOUTS = (PUBLISHED, MERGED)

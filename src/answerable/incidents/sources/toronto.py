"""Toronto Police Service: shootings and firearm discharges, one row per event, to the hour."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import ISO, MONTH_FIRST, Source, When, Where, number

_DEAD = number("DEATH").fill_null(0)
_INJURED = number("INJURIES").fill_null(0)

LAYOUTS = (
    Source(
        name="toronto",
        title="Toronto Shootings & Firearm Discharges",
        identified_by=("EVENT_UNIQUE_ID", "OCC_DATE", "OCC_HOUR", "DEATH", "INJURIES", "LONG_WGS84", "LAT_WGS84"),
        id="EVENT_UNIQUE_ID",
        when=When("OCC_DATE", "OCC_HOUR", formats=(ISO, MONTH_FIRST, "%Y/%m/%d"), precision="hour", date_only=True),
        where=Where("LONG_WGS84", "LAT_WGS84", precision="intersection"),
        tz="America/Toronto",
        delay=timedelta(days=1),
        kind=pl.when(_DEAD + _INJURED > 0).then(pl.lit("shooting")).otherwise(pl.lit("firearm discharge")),
        severity=pl.when(_DEAD > 0)
        .then(pl.lit("fatal"))
        .when(_INJURED > 0)
        .then(pl.lit("injury"))
        .otherwise(pl.lit("threat")),
        n_harmed=(_DEAD + _INJURED).cast(pl.Int32),
        region=(-79.7, 43.5, -79.0, 43.9),
    ),
)

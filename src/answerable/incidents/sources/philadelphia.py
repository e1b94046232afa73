"""Philadelphia Police Department: shooting victims, one row per victim."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import ISO, Source, When, Where, number

_BY_OFFICER = pl.col("officer_involved").str.strip_chars().str.to_lowercase().is_in(["y", "yes", "true", "1"])

LAYOUTS = (
    Source(
        name="philadelphia",
        title="Philadelphia shooting victims: one row per victim",
        identified_by=("dc_key", "date_", "time", "fatal", "lat", "lng"),
        id="dc_key",
        victims=True,
        # The date is written as midnight with offset +00, though it is the local date.
        when=When("date_", "time", formats=(ISO,), date_only=True),
        where=Where("lng", "lat", precision="snapped"),
        tz="America/New_York",
        delay=timedelta(days=1),
        kind=pl.lit("shooting"),
        severity=pl.when(number("fatal") > 0).then(pl.lit("fatal")).otherwise(pl.lit("injury")),
        # A shot fired by an officer is police activity: it never teaches a model where violence is.
        set_aside=pl.when(_BY_OFFICER).then(pl.lit("shot by an officer")),
        region=(-75.3, 39.85, -74.95, 40.15),
    ),
)

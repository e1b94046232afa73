"""Portland Police Bureau: calls for service, to the day."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import Source, When, Where

_CASE = pl.col("case_desc").str.to_uppercase()

LAYOUTS = (
    Source(
        name="portland-calls",
        title="Portland calls for service (forecasting challenge)",
        identified_by=("date", "category", "call_group", "case_desc", "lon", "lat"),
        when=When("date", precision="day"),
        where=Where("lon", "lat"),
        tz="America/Los_Angeles",
        delay=timedelta(days=1),
        kind=pl.col("case_desc").str.strip_chars().str.to_lowercase(),
        # A call says what a caller feared, so nobody is counted as hurt; other groups are no violence.
        severity=pl.when(pl.col("call_group").str.to_uppercase() != "PERSON CRIME")
        .then(pl.lit("none"))
        .when(_CASE.str.contains("SHOTS|THREAT|ROBBERY"))
        .then(pl.lit("threat"))
        .otherwise(pl.lit("unknown")),
        region=(-123.2, 45.2, -122.2, 45.8),
    ),
)

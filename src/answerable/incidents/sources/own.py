"""Our own layouts: the one that the lab writes, and the barest that anyone can make (a time and a point)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from answerable.incidents.sources.base import Known, Source, When, Where, number

LAYOUTS = (
    Source(
        name="answerable-lab",
        title="Incidents of the simulated city",
        identified_by=(
            "incident_id", "occurred_at", "lon", "lat", "kind", "severity", "n_harmed", "origin", "known_at",
        ),
        id="incident_id",
        when=When("occurred_at"),
        where=Where("lon", "lat"),
        delay=timedelta(hours=1),
        known=Known("known_at"),
        kind=pl.col("kind").str.strip_chars(),
        severity=pl.col("severity").str.strip_chars(),
        n_harmed=number("n_harmed"),
        numbers=("n_harmed",),
        origin=pl.col("origin").str.strip_chars(),
    ),
    Source(
        name="points",
        title="Times and points: occurred_at, lon, lat",
        identified_by=("occurred_at", "lon", "lat"),
        when=When("occurred_at"),
        where=Where("lon", "lat"),
        delay=timedelta(days=1),
        kind=pl.lit("unknown"),
        severity=pl.lit("unknown"),
    ),
)  # fmt: skip

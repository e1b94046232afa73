"""Gives each row its class (kind, severity, harm, origin) and the time its knowledge dates from, as the source says."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from answerable.incidents.rejects import missing, problem, split
from answerable.incidents.sources.base import Source, When
from answerable.incidents.table import ORIGINS, SEVERITIES
from answerable.incidents.times import read_times

_INSTANT = pl.Datetime("us", "UTC")


def set_aside(frame: pl.DataFrame, source: Source) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the rows to read on, and the number of rows of each type that the source sets aside."""
    if source.set_aside is None:
        return frame, {}
    marked = frame.with_columns(_aside=source.set_aside)
    aside = marked.filter(pl.col("_aside").is_not_null())["_aside"].value_counts(sort=True)
    counts = dict(sorted(aside.iter_rows(), key=lambda item: (-item[1], item[0])))
    return marked.filter(pl.col("_aside").is_null()).drop("_aside"), counts


def classify(frame: pl.DataFrame, source: Source) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``frame`` with ``kind``, ``severity``, ``n_harmed`` and ``origin``; and the rejects."""
    numbers = [problem(column, _no_count(column), "this is not a whole number from 0") for column in source.numbers]
    good, rejects = split(frame, *numbers) if numbers else (frame, None)
    harmed = source.n_harmed if source.n_harmed is not None else pl.lit(1 if source.victims else None)
    classed = good.with_columns(
        kind=source.kind.fill_null("unknown"),
        severity=source.severity.fill_null("unknown"),
        n_harmed=harmed.cast(pl.Int32),
        origin=source.origin.fill_null("reported"),
    )
    known, strange = split(
        classed,
        problem("severity", ~pl.col("severity").is_in(SEVERITIES), f"severity is one of {', '.join(SEVERITIES)}"),
        problem("origin", ~pl.col("origin").is_in(ORIGINS), f"origin is one of {', '.join(ORIGINS)}"),
    )
    return known, strange if rejects is None else pl.concat([rejects, strange])


def _no_count(column: str) -> pl.Expr:
    read = pl.col(column).cast(pl.Float64, strict=False)
    return ~missing(column) & (read.is_null() | (read < 0) | (read != read.floor()) | (read > 1_000_000))


def read_known(
    frame: pl.DataFrame, source: Source, tz: str | None, name: str
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return ``frame`` with ``_known``, the publisher's instant of knowledge or null; and the rejects."""
    none = pl.lit(None, _INSTANT)
    if source.known is None:
        return frame.with_columns(_known=none), None
    column = source.known.column
    given = frame.filter(~missing(column)) if frame.schema[column] == pl.String else frame.filter(
        pl.col(column).is_not_null()
    )  # fmt: skip
    rest = frame.join(given.select("_row"), on="_row", how="anti").with_columns(_known=none)
    when = When(column, formats=source.known.formats)
    read, rejects = read_times(given.select("_row", "_file", column), when, tz, name)
    # A bare date may mean any time of that day, so the day's end is the first instant at which it was surely known.
    whole_day = pl.col("precision") == "day"
    known = read.select("_row", _known=pl.when(whole_day).then("occurred_to").otherwise("occurred_from"))
    dated = given.join(known, on="_row", how="inner")
    early, too_early = split(
        dated,
        problem(column, pl.col("_known") < pl.col("occurred_from"), "this was known before it occurred"),
    )
    return pl.concat([early, rest]).sort("_row"), pl.concat([rejects, too_early])


def known_at(source: Source, *, now: datetime, override: datetime | None) -> pl.Expr:
    """Return the expression for ``known_at``: the override, else the publisher's, else the end plus the usual delay.

    Never before the end of the event; an assumed instant never after ``now``, since the file is in our hands.
    """
    end = pl.col("occurred_to")
    if override is not None:
        return pl.max_horizontal(end, pl.lit(override).cast(_INSTANT))
    assumed = pl.min_horizontal(end + source.delay, pl.max_horizontal(end, pl.lit(now).cast(_INSTANT)))
    return pl.max_horizontal(end, pl.coalesce(pl.col("_known"), assumed))

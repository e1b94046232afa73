"""Turns local dates and times into honest half-open intervals of UTC.

A month stays a month and an hour an hour. Where the clocks change, a local time that occurs twice or never is not
moved: its interval covers both readings, and it is counted.
"""

from __future__ import annotations

import polars as pl

from answerable.errors import UsageError
from answerable.incidents.dates import read_clock, read_dates
from answerable.incidents.rejects import missing, problem, split
from answerable.incidents.sources.base import When
from answerable.place import zone

_STEP = {"minute": "1m", "hour": "1h", "day": "1d", "month": "1mo"}
_TICK = pl.duration(microseconds=1)


def read_times(frame: pl.DataFrame, when: When, tz: str | None, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``frame`` with ``occurred_from``, ``occurred_to``, ``precision`` and ``_ambiguous``; and the rejects.

    ``tz`` is the zone of times written without an offset; UsageError where there are such times and no zone.
    """
    dated = read_dates(frame, when.date, when.formats, date_only=when.date_only or when.time is not None)
    dated = dated.with_columns(_hour_only=False, _bad_clock=False)
    if when.time is not None:
        dated = read_clock(dated, when.time)
    no_date = pl.col("_date").is_null()
    problems = [
        problem(when.date, no_date & _missing(dated, when.date), "the date is missing"),
        problem(when.date, no_date, "this is not a date or time as this layout writes it"),
    ]
    if when.time is not None:
        problems.append(problem(when.time, pl.col("_bad_clock"), "this is not a time of day"))
    good, rejects = split(dated, *problems)
    _check_zone(good, tz, name)
    return _intervals(good.with_columns(precision=_precision(when)), tz or "UTC"), rejects


def _missing(frame: pl.DataFrame, column: str) -> pl.Expr:
    return missing(column) if frame.schema[column] == pl.String else pl.col(column).is_null()


def _check_zone(frame: pl.DataFrame, tz: str | None, name: str) -> None:
    if tz is not None:
        zone(tz)
    elif frame["_offset"].null_count():
        raise UsageError(
            "The times in this file have no time zone.",
            where=name,
            fix="Say which zone they are in with --tz, for example --tz Europe/London.",
        )


def _precision(when: When) -> pl.Expr:
    if when.precision in ("day", "month"):
        return pl.lit(when.precision)
    hour = pl.when(pl.col("_hour_only")).then(pl.lit("hour")).otherwise(pl.lit(when.precision))
    return pl.when(pl.col("_clock").is_null()).then(pl.lit("day")).otherwise(hour)


def _intervals(frame: pl.DataFrame, tz: str) -> pl.DataFrame:
    """Add the interval of each row; rows of one precision and kind are converted together."""
    keyed = frame.with_columns(_zoned=pl.col("_offset").is_not_null()).with_row_index("_at")
    parts = [_converted(part, tz) for part in keyed.partition_by("precision", "_zoned", maintain_order=True)]
    whole = pl.concat(parts).sort("_at") if parts else _converted(keyed, tz)
    return whole.drop("_at", "_zoned", "_date", "_clock", "_offset", "_hour_only", "_bad_clock")


def _converted(frame: pl.DataFrame, tz: str) -> pl.DataFrame:
    if frame.is_empty():
        instant = pl.lit(None, pl.Datetime("us", "UTC"))
        return frame.with_columns(occurred_from=instant, occurred_to=instant, _ambiguous=False)
    precision, zoned = frame["precision"][0], frame["_zoned"][0]
    midnight = pl.col("_date").cast(pl.Datetime("us"))
    if zoned and precision in ("minute", "hour"):
        start = (midnight + pl.col("_clock")).dt.truncate(_STEP[precision]) - pl.col("_offset")
        begin = start.dt.replace_time_zone("UTC")
        end = begin.dt.offset_by(_STEP[precision])
        return frame.with_columns(occurred_from=begin, occurred_to=end, _ambiguous=False)
    start = (midnight + pl.col("_clock").fill_null(pl.duration())).dt.truncate(_STEP[precision])
    local = frame.with_columns(_start=start, _last=start.dt.offset_by(_STEP[precision]) - _TICK)
    by_clock = precision in ("minute", "hour")
    read = local.with_columns(
        occurred_from=_first_reading("_start", tz, gap_opens=not by_clock),
        occurred_to=_last_reading("_last", tz) + _TICK,
        _ambiguous=_changes("_start", tz) if by_clock else pl.lit(value=False),
    )
    return read.drop("_start", "_last")


def _localised(column: pl.Expr, tz: str, which: str) -> pl.Expr:
    read = column.dt.replace_time_zone(tz, ambiguous=pl.lit(which), non_existent="null")
    return read.dt.convert_time_zone("UTC")


def _beside_gap(column: str, tz: str) -> tuple[pl.Expr, pl.Expr]:
    """Read a local time by the offset in force a day before and a day after: what it means inside a gap."""
    # Samoa once skipped a whole day, so the step must be longer than that.
    step = pl.duration(hours=25)
    before = _localised(pl.col(column) - step, tz, "earliest") + step
    after = _localised(pl.col(column) + step, tz, "latest") - step
    return before, after


def _first_reading(column: str, tz: str, *, gap_opens: bool) -> pl.Expr:
    before, after = _beside_gap(column, tz)
    in_gap = before if gap_opens else pl.min_horizontal(before, after)
    return pl.coalesce(_localised(pl.col(column), tz, "earliest"), in_gap)


def _last_reading(column: str, tz: str) -> pl.Expr:
    return pl.coalesce(_localised(pl.col(column), tz, "latest"), pl.max_horizontal(*_beside_gap(column, tz)))


def _changes(column: str, tz: str) -> pl.Expr:
    early, late = (_localised(pl.col(column), tz, which) for which in ("earliest", "latest"))
    return early.is_null() | (early != late)

"""Reads dates and times of day from a column, as local wall-clock values; two ways of writing in one are an error."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from answerable.errors import InputError
from answerable.incidents.rejects import missing
from answerable.incidents.sources.base import DAY_FIRST, ISO, MONTH_FIRST, YEAR_MONTH

# Every way of writing a date that we can tell apart, to find a second one in a column.
WAYS = (
    ISO, DAY_FIRST, MONTH_FIRST, YEAR_MONTH, "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
    "%B %d, %Y", "%d-%b-%Y", "%Y%m%d",
)  # fmt: skip
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?"
_DATE_AND_CLOCK = rf"^\s*(.+?)(?:[T\s]+{_CLOCK}\s*(Z|UTC|[+-]\d{{2}}(?::?\d{{2}})?)?)?\s*$"
_CLOCK_ONLY = r"^\s*(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*(?:([AaPp])\.?[Mm]\.?)?\s*$"
_EARLIEST, _LATEST = 1900, 2200


def parse_date(text: pl.Expr, way: str) -> pl.Expr:
    """Return the dates that ``text`` gives when written in ``way``; null where it is not, or before 1900."""
    whole = text.str.strip_chars()
    date = (whole + " 01").str.to_date(f"{way} %d", strict=False) if "%d" not in way else whole.str.to_date(
        way, strict=False
    )  # fmt: skip
    return pl.when(date.dt.year().is_between(_EARLIEST, _LATEST)).then(date)


def read_dates(frame: pl.DataFrame, column: str, ways: Sequence[str], *, date_only: bool = False) -> pl.DataFrame:
    """Return ``frame`` with ``_date``, ``_clock`` (duration since midnight, null without a time of day), ``_offset``
    (duration east of UTC, null where the time is local) read from ``column``.

    InputError, naming both rows, where the column mixes two ways of writing, or times with and without an offset.
    """
    if frame.schema[column].is_temporal():
        return _typed(frame, column, date_only=date_only)
    parts = pl.col(column).str.extract_groups(_DATE_AND_CLOCK).struct
    split = frame.with_columns(
        parts.field("1").alias("_text"), *[parts.field(str(n)).alias(f"_t{n}") for n in range(2, 7)]
    )
    way = _way(split, column, ways)
    _check_offsets(split, column)
    dated = split.with_columns(_date=parse_date(pl.col("_text"), way), _clock=clock(2), _offset=_offset("_t6"))
    if date_only:
        dated = dated.with_columns(_clock=pl.lit(None, pl.Duration("us")), _offset=pl.lit(None, pl.Duration("us")))
    # A time of day that does not exist, such as 25:10, must not pass for a bare date.
    broken = pl.col("_t2").is_not_null() & pl.col("_clock").is_null() & pl.lit(not date_only)
    return dated.with_columns(_date=pl.when(~broken).then(pl.col("_date"))).drop("_text", "^_t[2-6]$")


def read_clock(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return ``frame`` with ``_clock`` read from a column of times or hours; ``_hour_only`` where it has no minutes.

    ``_bad_clock`` marks values that are neither missing nor a time.
    """
    dtype = frame.schema[column]
    if dtype == pl.Time or isinstance(dtype, pl.Datetime):
        time = pl.col(column).dt.time() if isinstance(dtype, pl.Datetime) else pl.col(column)
        return frame.with_columns(_clock=time.cast(pl.Duration("us")), _hour_only=False, _bad_clock=False)
    text = pl.col(column).cast(pl.String).str.strip_chars().str.replace(r"^(\d{1,2})\.0$", "$1")
    text = text.str.replace(r"^(\d{2})(\d{2})$", "$1:$2")
    parts = text.str.extract_groups(_CLOCK_ONLY).struct
    split = frame.with_columns(text.alias(column), *[parts.field(str(n)).alias(f"_t{n + 1}") for n in range(1, 5)])
    read = split.with_columns(_clock=clock(2), _hour_only=pl.col("_t2").is_not_null() & pl.col("_t3").is_null())
    bad = pl.col("_clock").is_null() & ~missing(column)
    return read.with_columns(_bad_clock=bad).drop("^_t[2-5]$")


def clock(first: int) -> pl.Expr:
    """Return the time of day as a duration from text columns ``_t<first>`` (hour), minute, second and A or P."""
    hour, minute, second = (pl.col(f"_t{first + n}").cast(pl.Int64, strict=False) for n in range(3))
    half = pl.col(f"_t{first + 3}").str.to_lowercase()
    hours = pl.when(half.is_null()).then(hour).otherwise(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    real = (hour < 24) & (minute.fill_null(0) < 60) & (second.fill_null(0) < 60)
    real &= half.is_null() | hour.is_between(1, 12)
    return pl.when(real).then(pl.duration(hours=hours, minutes=minute.fill_null(0), seconds=second.fill_null(0)))


def _typed(frame: pl.DataFrame, column: str, *, date_only: bool) -> pl.DataFrame:
    dtype = frame.schema[column]
    none = pl.lit(None, pl.Duration("us"))
    if not isinstance(dtype, pl.Datetime):
        return frame.with_columns(_date=pl.col(column).cast(pl.Date), _clock=none, _offset=none)
    zoned = dtype.time_zone is not None
    local = pl.col(column).dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zoned else pl.col(column)
    since_midnight = (local - local.dt.truncate("1d")).cast(pl.Duration("us"))
    # A spreadsheet keeps a bare date as its midnight.
    bare = date_only or frame.select((since_midnight.fill_null(pl.duration()) == pl.duration()).all()).item()
    return frame.with_columns(
        _date=local.dt.date(),
        _clock=none if bare else since_midnight,
        _offset=pl.duration() if zoned and not bare else none,
    )


def _way(split: pl.DataFrame, column: str, ways: Sequence[str]) -> str:
    """Choose the way that reads most values; InputError where what is left is written in another."""
    read = {way: split.select(parse_date(pl.col("_text"), way).is_not_null().sum()).item() for way in ways}
    way = max(ways, key=lambda w: read[w])
    if not read[way]:
        return way
    others = pl.any_horizontal([parse_date(pl.col("_text"), other).is_not_null() for other in WAYS if other != way])
    fits = parse_date(pl.col("_text"), way).is_not_null()
    if read[way] < split.height:
        left = split.filter(~fits & others)
        if left.height:
            raise _two_ways(split.filter(fits), left, column, "dates are written in two ways")
    return way


def _check_offsets(split: pl.DataFrame, column: str) -> None:
    timed = split.filter(pl.col("_t2").is_not_null())
    zoned = timed.filter(pl.col("_t6").is_not_null())
    if 0 < zoned.height < timed.height:
        raise _two_ways(
            zoned, timed.filter(pl.col("_t6").is_null()), column, "times are written with and without an offset"
        )


def _two_ways(one: pl.DataFrame, other: pl.DataFrame, column: str, what: str) -> InputError:
    first, second = (frame.select("_file", "_row", column).row(0) for frame in (one, other))
    return InputError(
        f"In one column {what}: {first[2]!r} in row {first[1]} and {second[2]!r} in row {second[1]}.",
        where=f"{first[0]}, rows {first[1]} and {second[1]}, column {column}",
        fix="Write all of them in one way.",
    )


def _offset(column: str) -> pl.Expr:
    digits = pl.col(column).str.replace_all(":", "")
    sign = pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    hours = digits.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = digits.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    return pl.when(pl.col(column).is_not_null()).then(pl.duration(hours=sign * hours, minutes=sign * minutes))

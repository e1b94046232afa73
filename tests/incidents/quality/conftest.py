"""Sound incidents made for one test, which then puts a single defect into them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from answerable.incidents.quality import Check, quality_report
from answerable.incidents.table import SCHEMA, Incidents, Manifest

Table = Callable[..., Incidents]
Find = Callable[..., Check]
TZ = "America/New_York"
# Shares of the day by hour as violence has them: quietest at 7, busiest before midnight.
HOURS = np.array([8, 8, 7, 6, 6, 3, 1.5, 1, 1, 1, 1.2, 1.4, 2, 2, 3, 3, 3.5, 4, 4, 5, 6, 7, 8, 9])


@pytest.fixture
def sound() -> Callable[..., pl.DataFrame]:
    """Make ``n`` incidents, steady from 2010 to 2015, that no check has anything to say about."""

    def made(n: int = 3000, *, seed: int = 1) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        day = np.datetime64("2010-01-01") + rng.integers(0, 6 * 365, n).astype("timedelta64[D]")
        hour = rng.choice(24, size=n, p=HOURS / HOURS.sum())
        local = day.astype("datetime64[m]") + (hour * 60 + rng.integers(0, 60, n)).astype("timedelta64[m]")
        known = rng.integers(1, 20 * 1440, n)
        frame = pl.DataFrame({"local": local.astype("datetime64[us]"), "known": known})
        zoned = pl.col("local").dt.replace_time_zone(TZ, ambiguous="null", non_existent="null")
        return (
            frame.with_columns(
                occurred_from=zoned.dt.convert_time_zone("UTC"),
                x=pl.Series(rng.integers(580_000, 600_000, n), dtype=pl.Int32),
                y=pl.Series(rng.integers(4_490_000, 4_510_000, n), dtype=pl.Int32),
                precision=pl.lit("minute"),
                place_precision=pl.lit("point"),
                kind=pl.lit("shooting"),
                severity=pl.lit("injury"),
                n_harmed=pl.lit(1, pl.Int32),
                origin=pl.lit("reported"),
                source=pl.lit("made"),
            )
            .drop_nulls("occurred_from")
            .sort("occurred_from")
            .with_row_index("row")
            .with_columns(
                incident_id=pl.col("row").cast(pl.String),
                occurred_to=pl.col("occurred_from") + pl.duration(minutes=1),
                known_at=pl.col("occurred_from") + pl.duration(minutes=1 + pl.col("known")),
            )
            .select(SCHEMA.names())
        )

    return made


@pytest.fixture
def table() -> Table:
    """Wrap a frame as incidents."""

    def wrapped(frame: pl.DataFrame, *, tz: str = TZ, assumed: bool = False) -> Incidents:
        return Incidents(
            frame.select(SCHEMA.names()).cast(dict(SCHEMA)),
            Manifest("EPSG:32618", "made", tz, known_at_assumed=assumed),
        )

    return wrapped


@pytest.fixture
def find(table: Table) -> Find:
    """Return one named check of a frame; all others must have nothing to say, unless they are excused."""

    def found(frame: pl.DataFrame, name: str, *, excused: tuple[str, ...] = (), tz: str = TZ) -> Check:
        report = quality_report(table(frame, tz=tz))
        others = {check.name: check.says for check in report if check.level != "ok" and check.name != name}
        assert set(others) <= set(excused), others
        return report[name]

    return found


@pytest.fixture
def months() -> Callable[..., pl.DataFrame]:
    """Make incidents of month precision with the given counts, from January 2010 on."""

    def made(counts: list[int]) -> pl.DataFrame:
        number = pl.Series(np.repeat(np.arange(len(counts)), counts))
        start = pl.datetime(2010 + number // 12, number % 12 + 1, 1, time_zone="UTC", time_unit="us")
        frame = pl.select(occurred_from=start).with_row_index("row")
        place = pl.col("row").cast(pl.Int32)
        return frame.with_columns(
            incident_id=pl.col("row").cast(pl.String),
            occurred_to=pl.col("occurred_from").dt.offset_by("1mo"),
            known_at=pl.col("occurred_from").dt.offset_by("1mo"),
            precision=pl.lit("month"),
            x=500_000 + place * 37 % 9973,
            y=180_000 + place * 91 % 9973,
            place_precision=pl.lit("point"),
            kind=pl.lit("robbery"),
            severity=pl.lit("threat"),
            n_harmed=pl.lit(None, pl.Int32),
            origin=pl.lit("reported"),
            source=pl.lit("made"),
        ).select(SCHEMA.names())

    return made

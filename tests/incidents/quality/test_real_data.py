"""What is known to be odd in real, published files is found there: figures counted by another way in each test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from answerable.incidents.quality import QualityReport, quality_report
from answerable.incidents.reading import read_incidents
from answerable.incidents.table import Incidents

pytestmark = pytest.mark.realdata
Report = Callable[..., QualityReport]


@pytest.fixture
def report(shared_data: Path) -> Report:
    def made(name: str, tz: str | None = None) -> QualityReport:
        reading = read_incidents(shared_data / name, tz=tz, now=datetime(2026, 11, 23, tzinfo=UTC))
        return quality_report(reading.incidents)

    return made


NEW_YORK = "nyc_shootings_2006_2016/incidents.csv.gz"
SOUTH_YORKSHIRE = "south_yorkshire_street_2018_2019/incidents.parquet"
PORTLAND = "portland_calls_2016_08/calls.csv.gz"


def test_in_new_york_one_time_in_eight_was_rounded(report: Report, shared_data: Path) -> None:
    check = report(NEW_YORK, "America/New_York")["round_times"]
    count, n = duckdb.execute(
        "select count(*) filter (occurred_at[15:16] in ('00', '30')), count(*) from read_csv(?, all_varchar = true)",
        [str(shared_data / NEW_YORK)],
    ).fetchall()[0]
    assert (check.count, n) == (count, 14_713)
    assert check.share == pytest.approx(0.136, abs=0.001)
    assert check.level == "look"


def test_the_hours_of_new_york_are_the_file_s_own_hours(report: Report, shared_data: Path) -> None:
    check = report(NEW_YORK, "America/New_York")["day_profile"]
    theirs = dict(
        duckdb.execute(
            "select occurred_at[12:13], count(*) from read_csv(?, all_varchar = true) group by 1",
            [str(shared_data / NEW_YORK)],
        ).fetchall()
    )
    assert check.level == "ok"
    ours = dict(item.split("h:") for item in check.where[0].split())
    # A time in an hour that the clocks skip stands in the table with the interval of both readings.
    moved = sum(abs(int(ours[hour]) - n) for hour, n in theirs.items())
    assert sum(theirs.values()) == sum(map(int, ours.values()))
    assert moved <= 2 * (report(NEW_YORK, "America/New_York")["ambiguous_times"].count or 0)


def test_new_york_s_changes_of_the_clock_are_counted(report: Report, shared_data: Path) -> None:
    nights = [
        ("2006-10-29", "2006-04-02"), ("2007-11-04", "2007-03-11"), ("2008-11-02", "2008-03-09"),
        ("2009-11-01", "2009-03-08"), ("2010-11-07", "2010-03-14"), ("2011-11-06", "2011-03-13"),
        ("2012-11-04", "2012-03-11"), ("2013-11-03", "2013-03-10"), ("2014-11-02", "2014-03-09"),
        ("2015-11-01", "2015-03-08"), ("2016-11-06", "2016-03-13"),
    ]  # fmt: skip
    hours = [f"{back}T01" for back, _ in nights] + [f"{forward}T02" for _, forward in nights]
    (count,) = duckdb.execute(
        "select count(*) from read_csv(?, all_varchar = true) where replace(occurred_at, ' ', 'T')[1:13] in "
        f"({', '.join(map(repr, hours))})",
        [str(shared_data / NEW_YORK)],
    ).fetchall()[0]
    assert report(NEW_YORK, "America/New_York")["ambiguous_times"].count == count == 10


def test_new_york_s_fall_of_2012_is_a_step_to_ask_about(report: Report, shared_data: Path) -> None:
    check = report(NEW_YORK, "America/New_York")["breaks"]
    before, after = (
        duckdb.execute(
            "select count(*) from read_csv(?, all_varchar = true) where occurred_at >= ? and occurred_at < ?",
            [str(shared_data / NEW_YORK), *span],
        ).fetchall()[0][0]
        for span in (("2011-08", "2012-08"), ("2012-08", "2013-08"))
    )
    assert check.where == (f"2012-08: {after / before - 1:+.0%}".replace("%", " %"),)
    assert check.level == "look"


@pytest.fixture
def misread(shared_data: Path) -> Callable[[str, str], Incidents]:
    """New York's clock times, taken for those of one zone and shown in another."""

    def made(read_as: str, shown_in: str) -> Incidents:
        now = datetime(2026, 11, 23, tzinfo=UTC)
        incidents = read_incidents(shared_data / NEW_YORK, tz="America/New_York", now=now).incidents
        clock = pl.col("occurred_from").dt.convert_time_zone("America/New_York").dt.replace_time_zone(None)
        misread = clock.dt.replace_time_zone(read_as, ambiguous="earliest", non_existent="null")
        start = misread.dt.convert_time_zone("UTC")
        frame = incidents.frame.with_columns(occurred_from=start, occurred_to=start + pl.duration(minutes=1))
        return Incidents(frame.drop_nulls("occurred_from"), replace(incidents.manifest, tz=shown_in))

    return made


def test_a_wrong_zone_used_both_ways_cannot_be_seen_from_the_hours(misread: Callable[[str, str], Incidents]) -> None:
    assert quality_report(misread("Asia/Tokyo", "Asia/Tokyo"))["day_profile"].level == "ok"


@pytest.mark.parametrize(
    ("read_as", "shown_in", "words"),
    [
        ("UTC", "America/New_York", "local time that were read as UTC"),
        ("America/Los_Angeles", "Asia/Kolkata", "Are the hours shifted, or in another zone than Asia/Kolkata"),
        # By sixteen hours or seventeen, nearly what UTC taken for Tokyo's time would give: it says "would fit".
        ("America/Los_Angeles", "Asia/Tokyo", "It would fit if these were times in UTC that were read as Asia/Tokyo"),
    ],
)
def test_new_york_s_times_read_in_another_zone_are_noticed(
    misread: Callable[[str, str], Incidents], read_as: str, shown_in: str, words: str
) -> None:
    check = quality_report(misread(read_as, shown_in))["day_profile"]
    assert check.level == "look"
    assert words in check.says


def test_portland_has_days_only_so_nothing_is_said_about_hours(report: Report, shared_data: Path) -> None:
    found = report(PORTLAND)
    (n,) = duckdb.execute("select count(*) from read_csv(?)", [str(shared_data / PORTLAND)]).fetchall()[0]
    # One pair of rows is the same in every column.
    assert n - 1 <= found.incidents <= n
    assert found["precision"].share == 1.0
    assert all(found[name].cannot_tell for name in ("midnight", "round_times", "day_profile", "breaks"))


def test_south_yorkshire_lacks_july_2019(report: Report, shared_data: Path) -> None:
    found = report(SOUTH_YORKSHIRE)
    months = duckdb.execute(
        "select distinct month::varchar from read_parquet(?) order by 1", [str(shared_data / SOUTH_YORKSHIRE)]
    ).fetchall()
    assert len(months) == 23
    assert found["missing_months"].where == ("2019-07",)
    assert found["missing_months"].level == "wrong"
    assert found["breaks"].level == "ok"


def test_south_yorkshire_s_places_are_map_points(report: Report, shared_data: Path) -> None:
    found = report(SOUTH_YORKSHIRE)
    source = str(shared_data / SOUTH_YORKSHIRE)
    points = np.array(
        duckdb.execute(
            "select count(*) from read_parquet(?) where lon is not null group by lon, lat", [source]
        ).fetchnumpy()["count_star()"]
    )
    (missing,) = duckdb.execute("select count(*) from read_parquet(?) where lon is null", [source]).fetchall()[0]
    check = found["snapped_places"]
    assert found["missing_places"].count == missing == 6542
    # The note beside the data counts the unknown place as one more point.
    assert points.size == 13_847 - 1
    # Whole metres bring a handful of points together.
    assert check.share == pytest.approx(points[points >= 10].sum() / points.sum(), abs=0.002)
    assert check.level == "look"


def test_a_real_file_joined_to_itself_a_minute_later_is_caught(shared_data: Path) -> None:
    reading = read_incidents(shared_data / NEW_YORK, tz="America/New_York", now=datetime(2026, 11, 23, tzinfo=UTC))
    frame = reading.incidents.frame
    again = frame.with_columns(
        pl.col("occurred_from", "occurred_to") + timedelta(minutes=1), incident_id="again " + pl.col("incident_id")
    )
    check = quality_report(Incidents(pl.concat([frame, again]), reading.incidents.manifest))["near_duplicates"]
    assert check.level == "wrong"
    assert check.share == pytest.approx(0.5, abs=0.01)

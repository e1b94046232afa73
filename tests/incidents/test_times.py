from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.sources.base import DAY_FIRST, MONTH_FIRST, YEAR_MONTH, When
from answerable.incidents.times import read_times


def read(text: str, tz: str | None, when: When | None = None, **columns: str) -> dict[str, object]:
    frame = pl.DataFrame({"at": [text], "_file": "made.csv", "_row": 2} | {k: [v] for k, v in columns.items()})
    good, rejects = read_times(frame, when or When("at"), tz, "made.csv")
    return good.row(0, named=True) if good.height else rejects.row(0, named=True)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_minute_is_a_minute_in_the_zone_it_was_written_in() -> None:
    row = read("2016-07-01T20:30:00", "America/New_York")

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2016-07-02T00:30"), utc("2016-07-02T00:31"))
    assert row["precision"] == "minute"


@pytest.mark.parametrize(
    ("tz", "expected"),
    [("Asia/Kolkata", "2016-07-01T15:00"), ("Asia/Kathmandu", "2016-07-01T14:45"),
     ("Australia/Adelaide", "2016-07-01T11:00")],
)  # fmt: skip
def test_zones_of_half_and_quarter_hours_are_right(tz: str, expected: str) -> None:
    assert read("2016-07-01T20:30", tz)["occurred_from"] == utc(expected)


def test_a_time_that_occurs_twice_covers_both_readings_and_is_counted() -> None:
    row = read("2016-11-06T01:30:00", "America/New_York")

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2016-11-06T05:30"), utc("2016-11-06T06:31"))
    assert row["_ambiguous"] is True


def test_a_time_that_never_occurs_covers_both_readings_and_is_counted() -> None:
    row = read("2018-03-25T01:30:00", "Europe/London")

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2018-03-25T00:30"), utc("2018-03-25T01:31"))
    assert row["_ambiguous"] is True


def test_the_minute_before_the_clocks_go_back_is_not_stretched() -> None:
    row = read("2016-11-06T00:59:00", "America/New_York")

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2016-11-06T04:59"), utc("2016-11-06T05:00"))
    assert row["_ambiguous"] is False


def test_the_day_the_clocks_change_has_23_or_25_hours() -> None:
    day = When("at", precision="day")

    for text, hours in (("2018-03-25", 23), ("2018-10-28", 25), ("2018-10-29", 24)):
        row = read(text, "Europe/London", day)
        assert row["occurred_to"] - row["occurred_from"] == timedelta(hours=hours)  # type: ignore[operator]
        assert row["_ambiguous"] is False


def test_a_day_that_begins_in_a_gap_begins_when_the_gap_ends() -> None:
    # In Sao Paulo the clocks went forward at midnight.
    row = read("2018-11-04", "America/Sao_Paulo", When("at", precision="day"))

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2018-11-04T03:00"), utc("2018-11-05T02:00"))


def test_a_month_is_a_whole_local_month() -> None:
    row = read("2018-08", "Europe/London", When("at", formats=(YEAR_MONTH,), precision="month"))

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2018-07-31T23:00"), utc("2018-08-31T23:00"))
    assert row["precision"] == "month"


def test_an_hour_stands_for_sixty_minutes() -> None:
    when = When("at", "hour", precision="hour", date_only=True)
    row = read("2018-07-01", "America/Toronto", when, hour="23")

    assert (row["occurred_from"], row["occurred_to"]) == (utc("2018-07-02T03:00"), utc("2018-07-02T04:00"))


def test_a_row_without_a_time_of_day_is_a_day() -> None:
    row = read("01/07/2018", "Europe/London", When("at", "clock", formats=(DAY_FIRST,)), clock="")

    assert row["precision"] == "day"
    assert row["occurred_from"] == utc("2018-06-30T23:00")


def test_twelve_hour_times_know_noon_and_midnight() -> None:
    when = When("at", formats=(MONTH_FIRST,))

    assert read("05/01/2016 12:05:00 AM", "UTC", when)["occurred_from"] == utc("2016-05-01T00:05")
    assert read("05/01/2016 12:05:00 PM", "UTC", when)["occurred_from"] == utc("2016-05-01T12:05")
    assert read("05/01/2016 11:15 pm", "UTC", when)["occurred_from"] == utc("2016-05-01T23:15")


def test_a_written_offset_needs_no_zone() -> None:
    assert read("2016-07-01T20:30:00+05:30", None)["occurred_from"] == utc("2016-07-01T15:00")
    assert read("2016-07-01T20:30:00-0400", None)["occurred_from"] == utc("2016-07-02T00:30")
    assert read("2016-07-01T20:30:00Z", None)["occurred_from"] == utc("2016-07-01T20:30")


@pytest.mark.parametrize("text", ["2016-07-01T25:10", "2016-07-01T20:61", "2016-02-30", "soon", "16-07-01"])
def test_what_is_no_time_is_rejected_with_its_value(text: str) -> None:
    assert read(text, "UTC") == {
        "file": "made.csv", "row": 2, "column": "at", "value": text,
        "reason": "this is not a date or time as this layout writes it",
    }  # fmt: skip


def test_a_missing_date_and_a_bad_clock_have_their_own_reasons() -> None:
    assert read("N/A", "UTC")["reason"] == "the date is missing"
    bad = read("2016-07-01", "UTC", When("at", "clock"), clock="half past")
    assert (bad["column"], bad["reason"]) == ("clock", "this is not a time of day")


@given(
    st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2036-01-01")),
    st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_the_interval_always_holds_both_readings_of_the_local_time(at: datetime, tz: str) -> None:
    """Checked against the standard library's own zones."""
    minute = at.replace(second=0, microsecond=0)
    row = read(minute.isoformat(), tz)
    readings = [minute.replace(tzinfo=ZoneInfo(tz), fold=fold).astimezone(UTC) for fold in (0, 1)]

    assert all(row["occurred_from"] <= one < row["occurred_to"] for one in readings)  # type: ignore[operator]
    if readings[0] == readings[1]:
        assert row["occurred_to"] - row["occurred_from"] == timedelta(minutes=1)  # type: ignore[operator]
    assert row["_ambiguous"] is (readings[0] != readings[1])

"""Windows are half-open and in UTC; local time is read once, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from answerable.errors import InputError, UsageError
from answerable.place import Window, local, parse_instant

EIGHT = datetime(2018, 11, 30, 20, tzinfo=UTC)


def test_a_window_contains_its_start_and_not_its_end() -> None:
    night = Window.of_hours(EIGHT, 4)
    assert night.contains(EIGHT)
    assert not night.contains(night.end)
    assert night.hours == 4


def test_windows_that_only_touch_do_not_overlap() -> None:
    first, second = Window.of_hours(EIGHT, 4), Window.of_hours(EIGHT + timedelta(hours=4), 4)
    assert not first.overlaps(second)
    assert first.overlaps(Window.of_hours(EIGHT + timedelta(hours=3, minutes=59), 1))


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InputError, match="must end after it starts"):
        Window(EIGHT, EIGHT)


def test_a_window_without_a_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        Window(EIGHT.replace(tzinfo=None), EIGHT)


@pytest.mark.parametrize(
    ("text", "tz", "utc"),
    [
        ("2016-12-31T20:00", "America/New_York", "2017-01-01T01:00:00+00:00"),
        ("2018-07-01 21:30", "Europe/London", "2018-07-01T20:30:00+00:00"),
        ("2018-07-01T21:30", "Asia/Kolkata", "2018-07-01T16:00:00+00:00"),
        ("2018-07-01T21:30+02:00", "Asia/Kolkata", "2018-07-01T19:30:00+00:00"),
        ("2018-11-30", "Europe/London", "2018-11-30T00:00:00+00:00"),
    ],
)
def test_local_times_are_read_in_their_zone(text: str, tz: str, utc: str) -> None:
    assert parse_instant(text, tz).isoformat() == utc


@pytest.mark.parametrize(("text", "what"), [("2018-10-28T01:30", "occurs twice"), ("2018-03-25T01:30", "not occur")])
def test_a_time_in_the_hour_when_clocks_change_is_refused_not_guessed(text: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        parse_instant(text, "Europe/London")
    assert "offset" in caught.value.fix


def test_an_offset_settles_the_doubtful_hour() -> None:
    assert parse_instant("2018-10-28T01:30+01:00", "Europe/London").hour == 0


@pytest.mark.parametrize("text", ["", "tomorrow", "31/12/2016 20:00"])
def test_what_is_not_a_time_is_named(text: str) -> None:
    with pytest.raises(InputError, match="not a time"):
        parse_instant(text, "Europe/London")


@pytest.mark.parametrize("name", ["Europe/Londinium", "../../etc/passwd", ""])
def test_an_unknown_zone_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="time zone"):
        parse_instant("2018-07-01T21:30", name)


def test_local_time_is_for_showing() -> None:
    assert local(EIGHT, "America/New_York").isoformat() == "2018-11-30T15:00:00-05:00"

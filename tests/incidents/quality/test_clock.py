"""Times that were guessed, lost or moved: each is found, and what cannot be told is said."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from answerable.incidents.quality import Check, quality_report
from answerable.incidents.table import Incidents

Sound = Callable[..., pl.DataFrame]
Find = Callable[..., Check]
Table = Callable[..., Incidents]
TZ = "America/New_York"
LOCAL = pl.col("occurred_from").dt.convert_time_zone(TZ).dt.replace_time_zone(None)


def at(local: pl.Expr) -> dict[str, pl.Expr]:
    """Columns that move incidents to a local time (never one that the clocks skip or repeat)."""
    start = local.dt.replace_time_zone(TZ, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    start = start.fill_null(pl.col("occurred_from"))
    return {
        "occurred_from": start,
        "occurred_to": start + pl.duration(minutes=1),
        "known_at": start + pl.duration(days=3),
    }


def part(share: float) -> pl.Expr:
    """Pick every so many-th row, spread over the whole table."""
    return pl.int_range(pl.len()) % 100 < share * 100


def test_estimated_times_stand_out_on_the_half_hours(sound: Sound, find: Find) -> None:
    rounded = pl.when(part(0.15)).then(LOCAL.dt.truncate("30m")).otherwise(LOCAL)
    check = find(sound().with_columns(**at(rounded)), "round_times")
    assert check.level == "look"
    assert check.share == pytest.approx(0.15 + 0.85 / 30, abs=0.02)
    assert check.expected == pytest.approx(1 / 30)


def test_times_all_on_the_half_hour_are_wrong(sound: Sound, find: Find) -> None:
    frame = sound().with_columns(**at(LOCAL.dt.truncate("30m")))
    check = find(frame, "round_times", excused=("midnight",))
    assert (check.level, check.share) == ("wrong", 1.0)


def test_midnight_that_stands_for_unknown_is_found(sound: Sound, find: Find) -> None:
    midnight = pl.when(part(0.05)).then(LOCAL.dt.truncate("1d")).otherwise(LOCAL)
    check = find(sound().with_columns(**at(midnight)), "midnight", excused=("round_times",))
    assert check.level == "look"
    assert check.share == pytest.approx(0.05, abs=0.01)


def test_all_times_at_midnight_are_wrong_in_every_way_that_asks_for_a_clock(sound: Sound, table: Table) -> None:
    report = quality_report(table(sound().with_columns(**at(LOCAL.dt.truncate("1d")))))
    assert [report[name].level for name in ("midnight", "day_profile")] == ["wrong", "wrong"]
    assert "the hour from 00:00" in report["day_profile"].says


def test_midnight_is_the_local_one(sound: Sound, find: Find) -> None:
    # A twentieth of the times at 00:00 UTC, which is seven or eight in the evening in New York.
    utc = pl.when(part(0.05)).then(pl.col("occurred_from").dt.truncate("1d")).otherwise(pl.col("occurred_from"))
    frame = sound().with_columns(occurred_from=utc).with_columns(occurred_to=utc + pl.duration(minutes=1))
    assert find(frame, "midnight", excused=("round_times",)).level == "ok"


@pytest.mark.parametrize(("twelve_is", "span"), [(0, "00:00 to 11:59"), (12, "01:00 to 12:59")])
def test_a_day_folded_into_twelve_hours_is_wrong(sound: Sound, find: Find, twelve_is: int, span: str) -> None:
    hour = LOCAL.dt.hour().cast(pl.Int32) % 12
    hour = pl.when(hour == 0).then(twelve_is).otherwise(hour)
    folded = LOCAL.dt.truncate("1d") + pl.duration(hours=hour, minutes=LOCAL.dt.minute().cast(pl.Int32))
    check = find(sound().with_columns(**at(folded)), "day_profile")
    assert check.level == "wrong"
    assert span in check.says


def shifted(hours: int) -> dict[str, pl.Expr]:
    return {name: pl.col(name) + pl.duration(hours=hours) for name in ("occurred_from", "occurred_to", "known_at")}


def test_utc_read_as_local_time_shows_as_a_late_morning(sound: Sound, find: Find) -> None:
    # Five hours late in winter, four in summer: as the offset of New York.
    as_if_local = pl.col("occurred_from").dt.replace_time_zone(None)
    check = find(sound().with_columns(**at(as_if_local)), "day_profile")
    assert check.level == "look"
    assert "times in UTC that were read as America/New_York time" in check.says


def test_local_time_read_as_utc_shows_as_a_quiet_night(sound: Sound, find: Find) -> None:
    check = find(sound().with_columns(**shifted(-5)), "day_profile")
    assert check.level == "look"
    assert "times in local time that were read as UTC" in check.says


def test_half_a_day_off_is_seen_but_not_explained(sound: Sound, find: Find) -> None:
    check = find(sound().with_columns(**shifted(12)), "day_profile")
    assert check.level == "look"
    assert "Are the hours shifted" in check.says


@pytest.mark.parametrize(
    ("hours", "unseen"),
    [
        (1, "4 hours too late or 1 hour too early"),
        (0, "3 hours too late or 2 hours too early"),
        (2, "5 hours too late"),
    ],
)
def test_the_error_that_would_look_the_same_is_said(sound: Sound, find: Find, hours: int, unseen: str) -> None:
    check = find(sound().with_columns(**shifted(hours)), "day_profile")
    assert check.level == "ok"
    assert check.says.endswith(f"Times up to {unseen} would look the same.")


def test_a_shift_is_seen_from_the_first_hour_that_no_city_has(sound: Sound, find: Find) -> None:
    assert find(sound().with_columns(**shifted(-3)), "day_profile").level == "ok"
    assert find(sound().with_columns(**shifted(-4)), "day_profile").level == "look"


def test_a_flat_day_is_looked_at(sound: Sound, find: Find) -> None:
    spread = LOCAL.dt.truncate("1d") + pl.duration(minutes=pl.int_range(pl.len()) * 911 % 1440)
    check = find(sound().with_columns(**at(spread)), "day_profile")
    assert check.level == "look"
    assert "almost flat" in check.says


def test_few_incidents_have_no_profile(sound: Sound, find: Find) -> None:
    check = find(sound(150), "day_profile", excused=("breaks",))
    assert check.cannot_tell
    assert check.level == "look"


@pytest.mark.parametrize("precision", ["day", "month"])
def test_coarse_times_are_counted_and_no_clock_is_judged(sound: Sound, table: Table, precision: str) -> None:
    coarse = sound().with_columns(
        precision=pl.lit(precision), occurred_to=pl.col("occurred_from") + pl.duration(days=1)
    )
    report = quality_report(table(coarse))
    assert (report["precision"].level, report["precision"].share) == ("look", 1.0)
    for name in ("round_times", "midnight", "day_profile", "ambiguous_times", "duplicates", "near_duplicates"):
        assert report[name].cannot_tell, name
        assert report[name].count is None


def test_hours_without_minutes_have_a_profile_but_no_round_times(sound: Sound, table: Table) -> None:
    hourly = sound().with_columns(occurred_from=pl.col("occurred_from").dt.truncate("1h"), precision=pl.lit("hour"))
    hourly = hourly.with_columns(occurred_to=pl.col("occurred_from") + pl.duration(hours=1))
    report = quality_report(table(hourly))
    assert report["day_profile"].level == "ok"
    assert report["round_times"].cannot_tell
    assert report["ambiguous_times"].count == 0


def test_a_time_that_occurs_twice_is_counted_by_its_wider_interval(sound: Sound, find: Find) -> None:
    wide = pl.when(pl.int_range(pl.len()) < 3).then(pl.duration(minutes=61)).otherwise(pl.duration(minutes=1))
    check = find(sound().with_columns(occurred_to=pl.col("occurred_from") + wide), "ambiguous_times")
    assert (check.count, check.level) == (3, "ok")
    assert check.where == ("0", "1", "2")

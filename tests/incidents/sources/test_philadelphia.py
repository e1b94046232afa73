from __future__ import annotations

from datetime import UTC, datetime

HEADER = (
    "the_geom,the_geom_webmercator,objectid,year,dc_key,code,date_,time,race,sex,age,wound,officer_involved,"
    "offender_injured,offender_deceased,location,latino,point_x,point_y,dist,inside,outside,fatal,lat,lng"
)


def victim(
    key: str, *, clock: str = "22:15:00", fatal: int = 0, officer: str = "N", point: str = "39.99,-75.15"
) -> str:
    about = f"B,M,22,Leg,{officer},N,N,1 X ST,0,,,25,0,1,{fatal}"
    return f"g,w,1,2018,{key},400,2018-11-30 00:00:00+00,{clock},{about},{point}"


def test_victims_are_merged_and_the_date_is_the_local_one(read) -> None:
    reading = read(HEADER, victim("1"), victim("1", fatal=1), victim("2"))

    assert reading.summary.layout == "philadelphia"
    assert reading.incidents.frame.select("incident_id", "severity", "n_harmed").rows() == [
        ("1", "fatal", 2),
        ("2", "injury", 1),
    ]
    # The "+00" of the date is not an offset of the time: it was a quarter past ten in the evening there.
    assert reading.incidents.frame["occurred_from"][0] == datetime(2018, 12, 1, 3, 15, tzinfo=UTC)


def test_rows_without_a_time_are_days_and_rows_without_a_point_are_kept(read) -> None:
    reading = read(HEADER, victim("1", clock=""), victim("2", point=","))

    assert reading.incidents.frame.sort("incident_id")["precision"].to_list() == ["day", "minute"]
    assert (reading.summary.kept, reading.summary.without_place) == (2, 1)


def test_shots_by_officers_are_set_aside_and_persons_dropped(read) -> None:
    reading = read(HEADER, victim("1"), victim("2", officer="Y"))

    assert reading.summary.set_aside == {"shot by an officer": 1}
    assert {"race", "sex", "age", "wound", "latino", "offender_injured", "offender_deceased"} <= set(
        reading.summary.person_columns
    )

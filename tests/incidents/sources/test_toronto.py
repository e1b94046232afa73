from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

HEADER = (
    "_id,EVENT_UNIQUE_ID,OCC_DATE,OCC_YEAR,OCC_MONTH,OCC_DOW,OCC_DOY,OCC_DAY,OCC_HOUR,OCC_TIME_RANGE,DIVISION,DEATH,"
    "INJURIES,HOOD_158,NEIGHBOURHOOD_158,HOOD_140,NEIGHBOURHOOD_140,LONG_WGS84,LAT_WGS84,geometry"
)


def event(key: str, *, hour: str = "23", harm: str = "0,1", point: str = "-79.4,43.7", date: str = "2018-07-01") -> str:
    return f"1,{key},{date},2018,July,Sunday,182,1,{hour},Night,D51,{harm},73,M,73,M,{point},g"


def test_an_event_is_an_hour_of_toronto_at_an_intersection(read) -> None:
    row = read(HEADER, event("GO-1")).incidents.frame.row(0, named=True)

    assert row["occurred_from"] == datetime(2018, 7, 2, 3, tzinfo=UTC)
    assert row["occurred_to"] - row["occurred_from"] == timedelta(hours=1)
    assert (row["precision"], row["place_precision"], row["severity"]) == ("hour", "intersection", "injury")


@pytest.mark.parametrize(
    ("harm", "severity", "harmed"), [("1,2", "fatal", 3), ("0,1", "injury", 1), ("0,0", "threat", 0)]
)
def test_harm_is_counted_from_deaths_and_injuries(read, harm: str, severity: str, harmed: int) -> None:
    row = read(HEADER, event("GO-1", harm=harm)).incidents.frame.row(0, named=True)

    assert (row["severity"], row["n_harmed"]) == (severity, harmed)


@pytest.mark.parametrize("point", ["0,0", "NA,NA", "0.0,0.0"])
def test_null_island_and_na_are_unknown_places(read, point: str) -> None:
    reading = read(HEADER, event("GO-1"), event("GO-2", point=point))

    assert (reading.summary.kept, reading.summary.without_place) == (2, 1)


def test_hour_nought_is_midnight_and_not_missing(read) -> None:
    row = read(HEADER, event("GO-1", hour="0")).incidents.frame.row(0, named=True)

    assert (row["precision"], row["occurred_from"]) == ("hour", datetime(2018, 7, 1, 4, tzinfo=UTC))

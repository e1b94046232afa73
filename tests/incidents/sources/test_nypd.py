from __future__ import annotations

import csv
import gzip
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

HEADER = (
    "INCIDENT_KEY,OCCUR_DATE,OCCUR_TIME,BORO,LOC_OF_OCCUR_DESC,PRECINCT,JURISDICTION_CODE,LOC_CLASSFCTN_DESC,"
    "LOCATION_DESC,STATISTICAL_MURDER_FLAG,PERP_AGE_GROUP,PERP_SEX,PERP_RACE,VIC_AGE_GROUP,VIC_SEX,VIC_RACE,X_COORD_CD,"
    "Y_COORD_CD,Latitude,Longitude,Lon_Lat"
)
ROW = "{key},{date},{time},BRONX,,48,0,,,{died},25-44,M,,18-24,M,,1013000,251000,{lat},-73.89,POINT"


def victim(key: int, died: str = "false", date: str = "11/30/2018", clock: str = "23:30:00", lat: str = "40.85") -> str:
    return ROW.format(key=key, date=date, time=clock, died=died, lat=lat)


def test_victims_of_one_key_are_one_incident_with_the_gravest_harm(read) -> None:
    reading = read(HEADER, victim(7), victim(7, "true"), victim(8), victim(7))

    assert reading.incidents.frame.select("incident_id", "severity", "n_harmed").rows() == [
        ("7", "fatal", 3),
        ("8", "injury", 1),
    ]
    summary = reading.summary
    assert (summary.layout, summary.read, summary.kept, summary.merged) == ("nypd", 4, 2, 2)


def test_times_are_of_new_york_and_persons_stay_outside(read) -> None:
    reading = read(HEADER, victim(7))

    assert reading.incidents.frame["occurred_from"].item() == datetime(2018, 12, 1, 4, 30, tzinfo=UTC)
    assert reading.summary.person_columns == (
        "PERP_AGE_GROUP", "PERP_SEX", "PERP_RACE", "VIC_AGE_GROUP", "VIC_SEX", "VIC_RACE",
    )  # fmt: skip
    assert "25-44" not in reading.incidents.frame.write_csv()


def test_the_portals_lower_case_export_is_the_same_layout(read) -> None:
    reading = read(HEADER.lower(), victim(7, date="2018-11-30T00:00:00.000"))

    assert reading.summary.layout == "nypd"
    assert reading.incidents.frame["occurred_from"].item() == datetime(2018, 12, 1, 4, 30, tzinfo=UTC)


def test_a_victim_row_that_cannot_be_read_does_not_take_the_incident_with_it(read) -> None:
    reading = read(HEADER, victim(7), victim(7, clock="25:99:00"), victim(8))

    assert reading.summary.rejected == 1
    assert reading.incidents.frame["n_harmed"].to_list() == [1, 1]


@pytest.mark.realdata
def test_the_merged_file_is_read_whole_and_in_time(read, shared_data: Path) -> None:
    path = shared_data / "nyc_shootings_2006_2016" / "incidents.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    began = time.perf_counter()
    reading = read(path, tz="America/New_York")
    took = time.perf_counter() - began

    frame = reading.incidents.frame
    assert reading.summary.read == reading.summary.kept == len(rows) == 14_713
    assert frame["n_harmed"].sum() == sum(int(row["n_victims"]) for row in rows)
    assert (frame["severity"] == "fatal").sum() == sum(int(row["n_fatal"]) > 0 for row in rows)
    assert reading.summary.dropped_columns == ("borough", "precinct", "jurisdiction")
    # 0.2 s on the machine it was written on; the room is for a busy one.
    assert took < 3


@pytest.mark.realdata
def test_times_on_the_half_hour_stay_there_all_year(read, shared_data: Path) -> None:
    """About 13 % of the file's times are on a full or half hour; a shifted zone or unit would move them."""
    path = shared_data / "nyc_shootings_2006_2016" / "incidents.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        times = {row["incident_id"]: row["occurred_at"] for row in csv.DictReader(file)}
    on_the_half_hour = sum(text[14:16] in ("00", "30") for text in times.values())

    reading = read(path)
    frame = reading.incidents.frame
    local = frame["occurred_from"].dt.convert_time_zone("America/New_York").dt.to_string("%Y-%m-%dT%H:%M:%S")

    assert frame["occurred_from"].dt.minute().is_in([0, 30]).sum() == on_the_half_hour
    assert on_the_half_hour / len(times) == pytest.approx(0.13, abs=0.02)
    assert dict(zip(frame["incident_id"], local, strict=True)) == times


@pytest.mark.realdata
def test_only_the_hour_that_occurs_twice_is_ambiguous(read, shared_data: Path) -> None:
    path = shared_data / "nyc_shootings_2006_2016" / "incidents.csv.gz"
    # The clocks went back on these nights.
    nights = ("2006-10-29", "2007-11-04", "2008-11-02", "2009-11-01", "2010-11-07", "2011-11-06", "2012-11-04",
              "2013-11-03", "2014-11-02", "2015-11-01", "2016-11-06")  # fmt: skip
    with gzip.open(path, "rt", encoding="utf-8") as file:
        twice = sum(row["occurred_at"][:13] in {f"{night}T01" for night in nights} for row in csv.DictReader(file))

    reading = read(path)

    assert reading.summary.ambiguous_times == twice
    long = reading.incidents.frame.filter(
        (reading.incidents.frame["occurred_to"] - reading.incidents.frame["occurred_from"]).dt.total_minutes() > 1
    )
    assert long.height == twice


@pytest.mark.realdata
def test_victims_by_year_are_those_the_source_is_known_for(read, shared_data: Path) -> None:
    frame = read(shared_data / "nyc_shootings_2006_2016" / "incidents.csv.gz").incidents.frame
    victims: dict[int, int] = defaultdict(int)
    for at, harmed in frame.select("occurred_from", "n_harmed").rows():
        victims[at.year if at.month > 1 or at.day > 1 or at.hour >= 5 else at.year - 1] += harmed

    assert (victims[2006], victims[2016]) == (2055, 1208)

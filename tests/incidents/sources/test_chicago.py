from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

HEADER = (
    "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location Description,Arrest,Domestic,Beat,District,Ward,"
    "Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,Longitude,Location"
)


def crime(
    case: str,
    kind: str,
    description: str = "",
    fbi: str = "",
    *,
    at: str = "07/04/2022 11:30:00 PM",
    point: str = "41.88,-87.63",
) -> str:
    return (
        f'1,{case},{at},001XX W X ST,0110,{kind},"{description}",STREET,false,false,0111,001,42,32,{fbi},1,1,2022,'
        f'07/11/2022 03:40:00 PM,{point},"(41.88, -87.63)"'
    )


def test_only_serious_violence_is_read_and_the_rest_is_counted_by_type(read) -> None:
    reading = read(
        HEADER,
        crime("A", "HOMICIDE", "FIRST DEGREE MURDER", "01A"),
        crime("B", "BATTERY", "AGGRAVATED - HANDGUN", "04B"),
        crime("C", "BATTERY", "SIMPLE", "08B"),
        crime("D", "ASSAULT", "AGGRAVATED - KNIFE", "04A"),
        crime("E", "NARCOTICS", "POSSESS - CANNABIS", "18"),
        crime("F", "WEAPONS VIOLATION", "UNLAWFUL POSSESSION", "15"),
        crime("G", "ROBBERY", "ARMED", "03"),
        crime("H", "NARCOTICS", "POSSESS - CRACK", "18"),
    )

    assert reading.incidents.frame.sort("incident_id").select("incident_id", "kind", "severity").rows() == [
        ("A", "homicide", "fatal"),
        ("B", "aggravated battery", "injury"),
        ("D", "aggravated assault", "threat"),
        ("G", "robbery", "threat"),
    ]
    summary = reading.summary
    assert summary.set_aside == {"NARCOTICS": 2, "BATTERY": 1, "WEAPONS VIOLATION": 1}
    assert summary.read == summary.kept + sum(summary.set_aside.values()) == 8


def test_times_are_of_twelve_hours_and_of_chicago(read) -> None:
    frame = read(
        HEADER,
        crime("A", "ROBBERY"), crime("B", "ROBBERY", at="07/04/2022 12:30:00 AM"),
    ).incidents.frame.sort("incident_id")  # fmt: skip

    assert frame["occurred_from"].to_list() == [
        datetime(2022, 7, 5, 4, 30, tzinfo=UTC),
        datetime(2022, 7, 4, 5, 30, tzinfo=UTC),
    ]


def test_the_publishers_date_tells_when_this_version_was_known(read) -> None:
    reading = read(HEADER, crime("A", "ROBBERY"))

    assert reading.incidents.frame["known_at"].item() == datetime(2022, 7, 11, 20, 40, tzinfo=UTC)
    assert not reading.summary.known_at_assumed


def test_victims_of_one_homicide_are_one_incident(read) -> None:
    frame = read(HEADER, crime("A", "HOMICIDE"), crime("A", "HOMICIDE"), crime("B", "ROBBERY")).incidents.frame

    assert frame.sort("incident_id").select("incident_id", "n_harmed").rows() == [("A", 2), ("B", None)]


def test_a_row_without_a_point_is_kept(read) -> None:
    assert read(HEADER, crime("A", "ROBBERY", point=","), crime("B", "ROBBERY")).summary.without_place == 1


@pytest.mark.realdata
def test_the_points_of_2022_need_a_zone_or_their_name(read, shared_data: Path) -> None:
    path = shared_data / "chicago_shootings_2022" / "events.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    plain = read(path, tz="America/Chicago")
    named = read(path, layout="chicago-shootings")

    assert (plain.summary.layout, named.summary.layout) == ("points", "chicago-shootings")
    assert plain.summary.kept == named.summary.kept == len(rows) == 2124
    assert plain.incidents.frame["occurred_from"].to_list() == named.incidents.frame["occurred_from"].to_list()
    assert named.summary.outside_region == 0
    assert set(named.incidents.frame["kind"]) == {"shooting"}

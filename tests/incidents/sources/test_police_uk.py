from __future__ import annotations

import csv
import gzip
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from answerable.errors import InputError

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
SEARCHES = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Object of search"
)


def crime(crime_id: str, kind: str, month: str = "2018-08", lon: str = "-0.097334", lat: str = "51.521567") -> str:
    return f"{crime_id},{month},City Police,City Police,{lon},{lat},On or near A Street,E01,City 001A,{kind},,"


def test_a_row_is_a_crime_of_a_whole_month_at_a_snapped_point(read) -> None:
    row = read(HEADER, crime("a1", "Robbery")).incidents.frame.row(0, named=True)

    assert (row["incident_id"], row["kind"], row["severity"]) == ("2018-08/a1", "robbery", "threat")
    assert (row["precision"], row["place_precision"]) == ("month", "snapped")
    assert row["occurred_from"] == datetime(2018, 7, 31, 23, tzinfo=UTC)
    assert row["occurred_to"] == datetime(2018, 8, 31, 23, tzinfo=UTC)


def test_what_is_found_by_searching_is_discovered_and_never_teaches_a_model(read) -> None:
    kinds = ["Drugs", "Possession of weapons", "Robbery", "Anti-social behaviour", "Violence and sexual offences"]
    incidents = read(HEADER, *[crime(kind[:3], kind) for kind in kinds]).incidents

    origin = dict(incidents.frame.select("kind", "origin").rows())
    assert origin["drugs"] == origin["possession of weapons"] == "discovered"
    assert set(incidents.serious().frame["kind"]) == {"robbery", "violence and sexual offences"}


def test_anti_social_behaviour_gets_a_stable_id(read) -> None:
    asb = crime("", "Anti-social behaviour")
    one = read(HEADER, asb, asb, crime("a1", "Robbery")).incidents.frame
    two = read(HEADER, crime("a1", "Robbery"), asb, asb).incidents.frame

    assert one["incident_id"].n_unique() == 3
    assert set(one["incident_id"]) == set(two["incident_id"])


def test_two_forces_may_record_alike_at_one_point(read, write) -> None:
    town = write(HEADER, crime("", "Anti-social behaviour"), name="town.csv")
    railway = write(
        HEADER, crime("", "Anti-social behaviour").replace("City Police", "Railway Police"), name="rail.csv"
    )

    assert read([town, railway]).summary.kept == 2


def test_one_id_on_several_crimes_loses_none_of_them(read) -> None:
    """The publisher really does this: 3 ids of the raw sample stand on three rows each, 2 on two."""
    rows = [crime("a1", "Robbery", lon=lon) for lon in ("-0.09", "-0.08")] + [crime("a1", "Robbery", month="2018-09")]
    reading = read(HEADER, *rows)

    assert sorted(reading.incidents.frame["incident_id"]) == ["2018-08/a1", "2018-08/a1-2", "2018-09/a1"]
    assert reading.summary.repeated_ids == 1


def test_a_download_folder_is_read_whole_and_searches_are_left_out_by_name(tmp_path: Path, read) -> None:
    for month in ("2018-08", "2018-09"):
        folder = tmp_path / "download" / month
        folder.mkdir(parents=True)
        street = folder / f"{month}-city-of-london-street.csv"
        street.write_text(f"{HEADER}\n{crime('a1', 'Robbery', month)}\n", encoding="utf-8")
        searches = folder / f"{month}-city-of-london-stop-and-search.csv"
        searches.write_text(f"{SEARCHES}\nPerson search,{month}-01T10:00:00+00:00,,,,,,,\n", encoding="utf-8")
    reading = read([tmp_path / "download"])

    assert (reading.summary.read, reading.summary.kept) == (2, 2)
    assert len(reading.summary.files) == 2
    assert len(reading.summary.not_read) == 2
    assert all("never a model input" in reason for reason in reading.summary.not_read.values())


def test_a_bad_month_in_a_file_of_months_is_an_error_with_both_rows(read) -> None:
    with pytest.raises(InputError, match="'2018-08' in row 2 and '2018-08-15' in row 3"):
        read(HEADER, crime("a", "Robbery"), crime("b", "Robbery", month="2018-08-15"))


@pytest.mark.realdata
def test_the_raw_sample_keeps_all_its_rows(read, shared_data: Path) -> None:
    path = shared_data / "police_uk_raw_sample" / "2018-08-city-of-london-street.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reading = read(path)

    frame = reading.incidents.frame
    assert reading.summary.read == reading.summary.kept == len(rows) == 715
    assert dict(frame["kind"].value_counts().rows()) == {
        kind.lower(): count for kind, count in Counter(row["Crime type"] for row in rows).items()
    }
    nameless = [row for row in rows if not row["Crime ID"]]
    assert {row["Crime type"] for row in nameless} == {"Anti-social behaviour"}
    assert frame["incident_id"].n_unique() == 715
    assert reading.summary.without_place == sum(not row["Longitude"] for row in rows) == 72


@pytest.mark.realdata
def test_the_sample_folder_leaves_out_stop_and_search(read, shared_data: Path) -> None:
    summary = read([shared_data / "police_uk_raw_sample"]).summary

    assert summary.read == 715
    assert list(summary.not_read) == ["2016-06-metropolitan-stop-and-search.csv"]


@pytest.mark.realdata
def test_city_of_london_piles_up_on_few_points(read, shared_data: Path) -> None:
    path = shared_data / "city_of_london_street_2017_2018" / "incidents.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    distinct = {(row["lon"], row["lat"]) for row in rows if row["lon"]}
    reading = read(path)

    x, y = reading.incidents.points()
    assert reading.summary.kept == len(rows) == 3274
    assert reading.summary.without_place == sum(not row["lon"] for row in rows) == 351
    # The 454 of the file's own notes count "no place" as one; two of the points lie within the same metre.
    assert len(distinct) + 1 == 454
    assert len(np.unique(np.column_stack([x, y]), axis=0)) == len(distinct) - 1
    assert set(reading.incidents.frame["place_precision"]) == {"snapped", "unknown"}


@pytest.mark.realdata
def test_south_yorkshire_lacks_a_month_and_some_places(read, shared_data: Path) -> None:
    path = shared_data / "south_yorkshire_street_2018_2019" / "incidents.parquet"
    raw = pl.read_parquet(path)
    reading = read(path)

    frame = reading.incidents.frame
    # The middle of the interval lies in the month, whatever the clocks do at its ends.
    middle = frame["occurred_from"] + (frame["occurred_to"] - frame["occurred_from"]) / 2
    months = dict(middle.dt.to_string("%Y-%m").value_counts().rows())
    assert reading.summary.kept == raw.height == 106_599
    assert reading.summary.without_place == raw["lon"].null_count() == 6_542
    assert months == dict(raw["month"].cast(pl.String).value_counts().rows())
    assert "2019-07" not in months
    assert len(months) == 23


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name",
    ["police_uk_raw_sample/2016-06-metropolitan-stop-and-search.csv", "london_stop_search_2016_06/stop_search.csv.gz"],
)
def test_stop_and_search_is_refused_with_the_reason(read, shared_data: Path, name: str) -> None:
    with pytest.raises(InputError, match="Enforcement-generated data is never a model input") as raised:
        read(shared_data / name)

    assert raised.value.exit_code == 3


@pytest.mark.realdata
def test_stop_and_search_is_refused_under_any_file_name_and_layout(read, shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    shutil.copy(shared_data / "police_uk_raw_sample" / "2016-06-metropolitan-stop-and-search.csv", path)

    with pytest.raises(InputError, match="never a model input"):
        read(path, layout="points", tz="Europe/London")

from __future__ import annotations

from pathlib import Path

HEADER = "incident_id,occurred_at,lon,lat,n_victims,n_fatal,borough,precinct,jurisdiction"


def shooting(number: int, lon: float = -73.9, hour: int = 2) -> str:
    return f"{number},2006-01-01T{hour:02d}:00:00,{lon},40.85,1,0,BRONX,48,0"


def test_points_outside_the_publishers_area_are_counted_and_kept(read) -> None:
    summary = read(HEADER, shooting(1), shooting(2), shooting(3, lon=-70.0)).summary

    assert (summary.kept, summary.outside_region) == (3, 1)


def test_incidents_stand_in_order_of_time_whatever_the_file_does(read) -> None:
    frame = read(HEADER, shooting(1, hour=9), shooting(2, hour=3)).incidents.frame

    assert frame["incident_id"].to_list() == ["2", "1"]


def test_where_files_overlap_the_last_one_stands(read, write) -> None:
    one = write(HEADER, shooting(1), shooting(2), name="one.csv")
    two = write(HEADER, shooting(1, hour=5), shooting(3), name="two.csv")
    reading = read([one, two])

    frame = reading.incidents.frame.sort("incident_id")
    assert frame["incident_id"].to_list() == ["1", "2", "3"]
    assert frame["occurred_from"][0].hour == 10
    summary = reading.summary
    assert (summary.superseded, summary.read) == (1, summary.kept + 1)


def test_the_same_file_named_twice_counts_nobody_twice(read, write) -> None:
    path = write(HEADER, shooting(1), shooting(2))
    reading = read([path, path])

    assert reading.incidents.frame["n_harmed"].to_list() == [1, 1]


def test_the_manifest_names_every_file_with_its_digest(read, write) -> None:
    import hashlib

    path: Path = write(HEADER, shooting(1))
    manifest = read(path).incidents.manifest

    assert [(file.name, file.rows, file.layout) for file in manifest.files] == [("made.csv", 1, "nyc-shootings")]
    assert manifest.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "EPSG:32618" in manifest.transform


def test_rows_set_aside_to_the_last_leave_an_empty_table(read) -> None:
    header = "Case Number,Date,Primary Type,Description,FBI Code,Latitude,Longitude,Updated On"
    reading = read(header, "A,07/04/2022 11:30:00 PM,THEFT,,06,41.88,-87.63,07/11/2022 03:40:00 PM")

    assert len(reading.incidents) == 0
    assert reading.summary.set_aside == {"THEFT": 1}
    assert reading.incidents.manifest.crs == "EPSG:32616"

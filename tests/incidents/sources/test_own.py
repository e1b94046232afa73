from __future__ import annotations

from datetime import UTC, datetime

LAB = "incident_id,occurred_at,lon,lat,kind,severity,n_harmed,origin,known_at"


def test_the_labs_file_says_everything_itself(read) -> None:
    reading = read(
        LAB, "a,2018-12-01T01:15:00,-0.1,51.5,shooting,fatal,2,discovered,2018-12-01T02:00:00", tz="Europe/London"
    )
    row = reading.incidents.frame.row(0, named=True)

    assert reading.summary.layout == "answerable-lab"
    assert reading.summary.dropped_columns == ()
    assert (row["incident_id"], row["kind"], row["severity"], row["n_harmed"]) == ("a", "shooting", "fatal", 2)
    assert (row["origin"], row["place_precision"]) == ("discovered", "point")
    assert row["known_at"] == datetime(2018, 12, 1, 2, tzinfo=UTC)


def test_harm_may_be_unknown(read) -> None:
    row = read(LAB, "a,2018-12-01T01:15:00,-0.1,51.5,shooting,unknown,,reported,", tz="Europe/London")

    assert row.incidents.frame["n_harmed"].item() is None
    assert row.summary.known_at_assumed


def test_a_bare_time_and_point_is_enough(read) -> None:
    reading = read("occurred_at,lon,lat", "2018-12-01T01:15:00+00:00,-0.1,51.5")

    assert reading.summary.layout == "points"
    assert reading.incidents.frame.select("kind", "severity", "source").rows() == [("unknown", "unknown", "points")]

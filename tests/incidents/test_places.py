from __future__ import annotations

import pytest
from pyproj import Transformer

from answerable.errors import InputError
from answerable.incidents.places import zone_city
from answerable.place import Projection

HEADER = "occurred_at,lon,lat"
GOOD = "2016-05-01T20:00:00,-73.9,40.7"
NEW_YORK = "America/New_York"


@pytest.mark.parametrize("pair", ["0,0", ",", "NA,NA", "-73.9,", "nan,nan", "0.0,0.0", "NULL,40.7"])
def test_a_row_without_a_place_is_kept_and_counted(read, pair: str) -> None:
    reading = read(HEADER, GOOD, f"2016-05-02T20:00:00,{pair}", tz=NEW_YORK)

    assert (reading.summary.kept, reading.summary.rejected, reading.summary.without_place) == (2, 0, 1)
    row = reading.incidents.frame.row(1, named=True)
    assert (row["x"], row["y"], row["place_precision"]) == (None, None, "unknown")


def test_zero_longitude_alone_is_greenwich_and_not_missing(read) -> None:
    reading = read(HEADER, "2016-05-01T20:00:00,0,51.48", tz="Europe/London")

    assert reading.summary.without_place == 0


@pytest.mark.parametrize(
    ("pair", "column", "reason"),
    [("-73.9,95", "lat", "latitude"), ("200,40.7", "lon", "longitude"), ("abc,40.7", "lon", "not a number")],
)
def test_one_impossible_point_is_one_rejected_row(read, pair: str, column: str, reason: str) -> None:
    reading = read(HEADER, GOOD, GOOD, f"2016-05-02T20:00:00,{pair}", tz=NEW_YORK)

    assert reading.summary.rejected == 1
    bad = reading.rejects.row(0, named=True)
    assert (bad["file"], bad["row"], bad["column"]) == ("made.csv", 4, column)
    assert reason in bad["reason"]


def test_points_are_whole_metres_of_the_projection_that_fits_them(read) -> None:
    reading = read(HEADER, GOOD, tz=NEW_YORK)
    east, north = Transformer.from_crs("EPSG:4326", "EPSG:32618", always_xy=True).transform(-73.9, 40.7)

    assert reading.incidents.manifest.crs == "EPSG:32618"
    assert reading.incidents.frame.row(0, named=True)["x"] == int(east)
    assert reading.incidents.frame.row(0, named=True)["y"] == int(north)


def test_a_city_far_from_the_workspace_is_not_laid_on_its_grid(read) -> None:
    with pytest.raises(InputError, match="far outside the projection of this workspace, EPSG:27700"):
        read(HEADER, GOOD, tz=NEW_YORK, projection=Projection("EPSG:27700"))


def test_a_neighbouring_zone_shares_the_grid_of_the_workspace(read) -> None:
    reading = read(HEADER, "2016-05-01T20:00:00,-79.4,43.7", tz=NEW_YORK, projection=Projection("EPSG:32618"))

    assert reading.incidents.manifest.crs == "EPSG:32618"


def test_without_any_place_the_zone_says_where_the_grid_is(read) -> None:
    reading = read(HEADER, "2016-05-01T20:00:00,,", tz="Europe/London")

    assert reading.incidents.manifest.crs == "EPSG:27700"
    with pytest.raises(InputError, match="None of these rows has coordinates"):
        read(HEADER, "2016-05-01T20:00:00,,", tz="UTC")


def test_swapped_points_in_the_far_south_are_seen_without_any_zone(read) -> None:
    with pytest.raises(InputError, match="swapped"):
        read(HEADER, "2016-05-01T20:00:00Z,40.7,-73.9")


def test_zones_know_their_city() -> None:
    assert zone_city("Asia/Kolkata") == pytest.approx((88.37, 22.53), abs=0.01)
    assert zone_city("UTC") is None

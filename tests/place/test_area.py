"""Areas come from GeoJSON, a point and a radius, or the data's own extent."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.place import Area, Projection, read_areas, union

BNG = Projection("EPSG:27700")
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-0.1, 51.5], [-0.09, 51.5], [-0.09, 51.51], [-0.1, 51.51], [-0.1, 51.5]]],
}


def write(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf8")
    return path


def test_a_disc_has_the_size_its_radius_says() -> None:
    disc = Area.disc(-0.1, 51.5, 300, projection=BNG)
    assert disc.km2 == pytest.approx(np.pi * 0.09, rel=0.01)


def test_a_point_is_inside_its_own_disc_and_not_in_the_next_town() -> None:
    disc = Area.disc(-0.1, 51.5, 300, projection=BNG)
    x, y = BNG.forward([-0.1, -0.2], [51.5, 51.5])
    assert disc.contains(x, y).tolist() == [True, False]


@pytest.mark.parametrize(
    "document",
    [
        SQUARE,
        {"type": "Feature", "properties": {"name": "Square"}, "geometry": SQUARE},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": SQUARE}]},
    ],
)
def test_any_shape_of_geojson_is_read(tmp_path: Path, document: Any) -> None:
    (area,) = read_areas(write(tmp_path / "area.geojson", document))
    assert area.projection == BNG
    assert area.km2 == pytest.approx(0.77, abs=0.01)


def test_a_packed_file_is_read_and_names_are_kept(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"code": 7, "ward": "Northfield"}, "geometry": SQUARE}
    path = tmp_path / "wards.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps(feature).encode()))
    assert [a.name for a in read_areas(path)] == ["Northfield"]


def test_an_area_written_out_reads_back_as_the_same_ground(tmp_path: Path) -> None:
    (area,) = read_areas(write(tmp_path / "a.geojson", SQUARE))
    (again,) = read_areas(write(tmp_path / "b.geojson", area.geojson()))
    assert again.geometry.symmetric_difference(area.geometry).area < 0.005 * area.geometry.area


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "cannot be read as GeoJSON"),
        ("[" * 100_000, "cannot be read as GeoJSON"),
        ('{"type": "Feature", "geometry": {"type": "Polygon"}}', "not one of GeoJSON"),
        (
            '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[["x", 1], [1, 2], [2, 3]]]}}',
            "not one of",
        ),
        ('{"type": "FeatureCollection", "features": [7]}', "not one of GeoJSON"),
        ("{}", "no polygon"),
        ('{"type": "Point", "coordinates": [0, 51]}', "no polygon"),
    ],
)
def test_a_file_without_an_area_says_what_is_wrong_with_it(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(content, encoding="utf8")
    with pytest.raises(InputError, match=says):
        read_areas(path)


@pytest.mark.parametrize("kept", [2, 6, 30, -1])
def test_a_compressed_file_that_was_cut_short_says_so(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps(SQUARE).encode())[:kept])
    with pytest.raises(InputError, match="cannot be read as GeoJSON"):
        read_areas(path)


@pytest.mark.parametrize("at", range(10, 40, 3))
def test_a_compressed_file_that_was_damaged_is_read_or_refused(tmp_path: Path, at: int) -> None:
    raw = bytearray(gzip.compress(json.dumps(SQUARE).encode()))
    raw[at] ^= 0xFF
    path = tmp_path / "damaged.geojson.gz"
    path.write_bytes(bytes(raw))
    with pytest.raises(InputError):
        read_areas(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.geojson"):
        read_areas(tmp_path / "nowhere.geojson")


def test_a_line_is_not_an_area() -> None:
    import shapely

    with pytest.raises(InputError, match="must be a polygon"):
        Area.from_degrees(shapely.LineString([(0, 51), (0.1, 51)]), projection=BNG)


def test_neighbours_share_an_edge_and_strangers_share_nothing() -> None:
    here, there = Area.disc(-0.1, 51.5, 300, projection=BNG), Area.disc(-0.2, 51.5, 300, projection=BNG)
    assert here.overlaps(here)
    assert not here.overlaps(there)
    assert union([here, there], "both").km2 == pytest.approx(here.km2 + there.km2)


def test_the_outline_of_points_leaves_a_margin_and_no_empty_corner() -> None:
    corner = Area.outline([0, 1000, 0], [0, 0, 1000], margin_m=100, projection=BNG)
    assert corner.contains([0, 1000, -90], [1000, 0, 0]).all()
    assert not corner.contains([900], [900])[0]


def test_the_outline_of_one_point_is_its_margin() -> None:
    assert Area.outline([0], [0], margin_m=100, projection=BNG).km2 == pytest.approx(np.pi * 0.01, rel=0.01)


@pytest.mark.realdata
def test_the_five_boroughs_of_new_york_have_their_size(shared_data: Path) -> None:
    boroughs = read_areas(shared_data / "nyc_shootings_2006_2016" / "boroughs.geojson.gz")
    assert len(boroughs) == 5
    assert boroughs[0].projection.crs == "EPSG:32618"
    # The city's land is about 302 square miles.
    assert union(boroughs).km2 == pytest.approx(783, rel=0.01)

"""The generated town."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.lab import make_geography
from answerable.lab.geography import WARD_NAMES


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_seed_gives_24_whole_wards_that_tile_the_land_without_overlapping(seed: int) -> None:
    town = make_geography(np.random.default_rng(seed))
    assert [w.name for w in town.wards] == list(WARD_NAMES)
    assert all(w.geometry.geom_type == "Polygon" and w.geometry.is_valid for w in town.wards)
    pieces = sum(w.km2 for w in town.wards)
    together = shapely.union_all([w.geometry for w in town.wards]).area / 1e6
    assert together == pytest.approx(pieces, rel=1e-6)
    assert pieces == pytest.approx(town.land.km2, rel=0.01)
    assert min(w.km2 for w in town.wards) > 0.3


def test_the_town_lies_in_the_open_north_sea_so_nobody_takes_it_for_theirs() -> None:
    town = make_geography(np.random.default_rng(0))
    assert town.projection.crs == "EPSG:32631"
    west, south, east, north = town.land.degrees().bounds
    assert 2.5 < west < east < 2.7
    assert 54.7 < south < north < 54.8
    assert 5_000 < town.land.geometry.bounds[2] - town.land.geometry.bounds[0] < 7_500


def test_wards_are_named_from_north_to_south_and_written_as_geojson() -> None:
    town = make_geography(np.random.default_rng(0))
    ys = [w.geometry.centroid.y for w in town.wards]
    assert ys == sorted(ys, reverse=True)
    feature = town.wards[0].geojson()
    assert feature["properties"] == {"name": "Northfield"}
    assert feature["geometry"]["type"] == "Polygon"


def test_a_river_runs_through_it_and_no_ward_crosses_it() -> None:
    town = make_geography(np.random.default_rng(0))
    assert town.land.geometry.geom_type == "MultiPolygon"
    banks = list(town.land.geometry.geoms)
    assert len(banks) == 2
    assert all(sum(bank.intersects(ward.geometry) for bank in banks) == 1 for ward in town.wards)

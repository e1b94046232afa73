"""Degrees go in at the rim and come back out; inside there are only metres."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.place import Projection, choose_projection


@pytest.mark.parametrize(
    ("town", "lon", "lat", "crs"),
    [
        ("London", -0.12, 51.5, "EPSG:27700"),
        ("Lerwick", -1.15, 60.15, "EPSG:27700"),
        ("Penzance", -5.54, 50.12, "EPSG:27700"),
        ("Stornoway", -6.39, 58.21, "EPSG:27700"),
        ("Lowestoft", 1.75, 52.48, "EPSG:27700"),
        ("Belfast", -5.93, 54.6, "EPSG:32630"),
        ("Dublin", -6.26, 53.35, "EPSG:32629"),
        ("Calais", 1.86, 50.95, "EPSG:32631"),
        ("New York", -73.97, 40.7, "EPSG:32618"),
        ("Cape Town", 18.42, -33.92, "EPSG:32734"),
        ("date line", 180.0, 10.0, "EPSG:32660"),
    ],
)
def test_each_town_gets_the_grid_its_maps_use(town: str, lon: float, lat: float, crs: str) -> None:
    assert choose_projection(lon, lat).crs == crs, town


def test_the_national_grid_agrees_with_the_survey_s_own_test_points() -> None:
    # Ordnance Survey's OSTN15 test points TP01 (St Mary's) and TP09 (London), ETRS89 to metres; the
    # seven-parameter shift is good to about 5 m in the far west and 2 m in London.
    x, y = Projection("EPSG:27700").forward([-6.29977752014, -0.11992557180], [49.92226393730, 51.48936564950])
    assert np.abs(x - [91492.146, 530624.974]).max() < 6
    assert np.abs(y - [11318.804, 178388.464]).max() < 2


@given(st.floats(-5, 1.5), st.floats(50.5, 58))
def test_projecting_there_and_back_stays_within_a_metre_and_a_half(lon: float, lat: float) -> None:
    projection = Projection("EPSG:27700")
    x, y = projection.forward([lon], [lat])
    back_lon, back_lat = projection.inverse(x, y)
    north = (back_lat[0] - lat) * 111_200
    east = (back_lon[0] - lon) * 111_200 * np.cos(np.radians(lat))
    assert np.hypot(north, east) < 1.5


def test_a_place_off_the_globe_is_refused_with_the_likely_cause() -> None:
    with pytest.raises(InputError, match="swapped"):
        choose_projection(40.7, 95.0)


def test_points_that_cannot_be_projected_are_an_error_not_infinity() -> None:
    with pytest.raises(InputError, match="cannot be projected"):
        Projection("EPSG:32618").forward([float("nan")], [40.7])


def test_an_unknown_projection_is_named() -> None:
    with pytest.raises(InputError, match="EPSG:999999"):
        Projection("EPSG:999999").forward([0.0], [0.0])


def test_the_transform_is_named_for_the_manifest() -> None:
    assert "seven parameters" in Projection("EPSG:27700").transform_name
    assert "EPSG:32618" in Projection("EPSG:32618").transform_name

"""Places of reports: ground, never a household; and how far an area reaches beyond them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.intel.place import Place, beyond_m
from answerable.place import Area, Projection

GRID = Projection("EPSG:27700")
SQUARE = ((-0.08, 51.60), (-0.07, 51.60), (-0.07, 51.61), (-0.08, 51.61))


def disc(lon: float, radius_m: float) -> Area:
    return Area.disc(lon, 51.6, radius_m, projection=GRID)


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        ({}, "either a point"),
        ({"place": (0, 51)}, "either a point"),
        ({"radius_m": 400}, "either a point"),
        ({"place": (0, 51), "radius_m": 400, "polygon": SQUARE}, "either a point"),
        ({"place": (51, 200), "radius_m": 400}, "not on the map"),
        ({"place": (0, 51), "radius_m": 20}, "points at a household"),
        ({"place": (0, 51), "radius_m": float("nan")}, "at most"),
        ({"place": (0, 51), "radius_m": 1e6}, "at most a disc of 50 km"),
        ({"polygon": SQUARE[:2]}, "at least three points"),
        ({"polygon": ((0, 51), (0, 51.1), (0, 51.2))}, "points at a household"),
    ],
)
def test_what_is_no_place_or_too_small_a_one_is_refused(shape: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Place("x", **shape)


def test_a_place_is_written_as_the_area_of_a_case_file_is() -> None:
    assert Place("x", place=(0, 51), radius_m=400).as_json() == {"name": "x", "place": [0, 51], "radius_m": 400}
    assert Place("x", polygon=SQUARE).as_json()["polygon"][0] == [-0.08, 51.60]
    assert Place("x", polygon=SQUARE).size_m == pytest.approx((0.695e3 * 1.113e3 / 3.14159) ** 0.5, rel=0.02)


@given(st.floats(100, 2000), st.floats(100, 2000))
def test_of_two_discs_around_one_point_the_larger_reaches_beyond_by_the_difference(area: float, place: float) -> None:
    found = beyond_m(disc(-0.07, area), [Place("p", place=(-0.07, 51.6), radius_m=place)])
    assert found == pytest.approx(max(0, area - place), abs=3)


def test_two_places_cover_what_neither_does_alone_and_the_gap_between_them_counts() -> None:
    # Half a degree of longitude is 34.7 km here: two discs 6.9 km apart, the area a strip over both.
    places = [Place("west", place=(-0.1, 51.6), radius_m=1000), Place("east", place=(0.0, 51.6), radius_m=1000)]
    strip = Area.from_degrees(__import__("shapely").box(-0.1, 51.5995, 0.0, 51.6005), projection=GRID, name="strip")
    # The middle of the strip is 3,460 m from either centre: an inner point, not a corner.
    assert beyond_m(strip, places) == pytest.approx(3460 - 1000, abs=30)
    assert beyond_m(strip, []) is None
    assert beyond_m(disc(-0.1, 1000), places) == 0

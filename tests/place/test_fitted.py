"""Many points go through a polynomial; nobody can tell from the metres that come out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.place import Projection
from answerable.place.fitted import TOLERANCE_M, Box, Exact, FittedProjection, whole_metres

Floats = NDArray[np.float64]
PLACES = {
    "EPSG:27700": (-8.8, 49.8, 1.9, 60.9),
    "EPSG:32618": (-74.3, 40.4, -73.7, 41.0),
    "EPSG:32734": (18.2, -34.4, 19.0, -33.4),
}


def one_by_one(crs: str) -> Exact:
    """PROJ itself: few points at a time never meet the polynomial. Whole metres, so good to a metre."""

    def exact(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        parts = [Projection(crs).forward(lon[i : i + 1000], lat[i : i + 1000]) for i in range(0, lon.size, 1000)]
        return tuple(np.concatenate(axis).astype(float) for axis in zip(*parts, strict=True))  # type: ignore[return-value]

    return exact


@pytest.mark.parametrize("crs", PLACES)
def test_many_points_land_on_the_very_metres_that_few_points_land_on(crs: str) -> None:
    west, south, east, north = PLACES[crs]
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(west, east, 40_000), rng.uniform(south, north, 40_000)
    many = Projection(crs).forward(lon, lat)
    few = one_by_one(crs)(lon, lat)
    assert (many[0] == few[0]).all()
    assert (many[1] == few[1]).all()


def test_a_point_on_a_metre_line_is_decided_by_the_exact_projection() -> None:
    # A projection that is linear, and a fit that is off by a hair: only the exact one knows the side of the line.
    def exact(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        return lon * 100, lat * 100

    box = Box(0, 0, 1, 1)
    fitted = FittedProjection.fit(exact, box)
    assert fitted is not None
    off = FittedProjection(box, fitted.coefficients * (1 - 1e-9))
    lines = np.arange(1, 100) / 100
    x, y = whole_metres(off, exact, lines, lines)
    assert (x == np.floor(lines * 100)).all()
    assert (y == np.floor(lines * 100)).all()


def test_a_fit_is_refused_where_the_projection_has_a_step() -> None:
    def stepped(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        return lon * 1000 + np.where(lat > 0.37, 0.001, 0), lat * 1000

    assert FittedProjection.fit(stepped, Box(0, 0, 1, 1)) is None


@given(st.sampled_from(sorted(PLACES)), st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_a_fit_stays_far_within_a_millimetre_between_its_check_points(crs: str, seed: int) -> None:
    west, south, east, north = PLACES[crs]
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(west, east, 900), rng.uniform(south, north, 900)
    exact = _proj(crs)
    fitted = FittedProjection.fit(exact, Box.around(lon, lat))
    assert fitted is not None
    assert max(np.abs(a - b).max() for a, b in zip(fitted(lon, lat), exact(lon, lat), strict=True)) < TOLERANCE_M


def _proj(crs: str) -> Exact:
    from answerable.place.projection import _exact

    return _exact(crs)


def test_many_points_that_cannot_be_projected_are_an_error() -> None:
    lon = np.full(10_000, 0.5)
    lon[77] = np.nan
    with pytest.raises(InputError, match="cannot be projected"):
        Projection("EPSG:27700").forward(lon, np.full(10_000, 51.5))


def test_points_all_over_the_world_go_the_exact_way() -> None:
    lon, lat = np.linspace(-170, 170, 6_000), np.linspace(-60, 60, 6_000)
    box = Box.around(lon, lat)
    assert not box.is_small
    assert Projection("EPSG:3857").forward(lon, lat)[0].size == 6_000

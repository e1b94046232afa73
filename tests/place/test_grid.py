"""A cell's id means the same square whatever area is studied."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.place import Area, Grid, Projection

BNG = Projection("EPSG:27700")


def town(west: float, south: float, east: float, north: float) -> Area:
    return Area("town", shapely.box(west, south, east, north), BNG)


def test_a_box_that_fits_the_grid_has_exactly_its_cells() -> None:
    assert len(Grid.cover(town(0, 0, 1000, 1500), 500)) == 6


def test_cells_that_only_touch_the_edge_are_left_out_and_shared_ground_is_kept() -> None:
    assert len(Grid.cover(town(499, 0, 1000, 500), 500)) == 2
    assert len(Grid.cover(town(500, 0, 1000, 500), 500)) == 1


def test_the_same_square_has_the_same_id_in_two_study_areas() -> None:
    small, large = Grid.cover(town(1000, 1000, 2000, 2000), 500), Grid.cover(town(0, 0, 5000, 5000), 500)
    assert set(small.ids) < set(large.ids)
    assert "27700:500:2:2" in small.ids


def test_ids_west_and_south_of_the_origin_are_stable_too() -> None:
    grid = Grid.cover(town(-700, -700, -100, -100), 500)
    assert grid.ids[0] == "27700:500:-2:-2"
    assert grid.locate([-1, -501], [-1, -501]).tolist() == [3, 0]


@given(st.lists(st.tuples(st.integers(-2000, 4000), st.integers(-2000, 4000)), min_size=1, max_size=40))
def test_no_point_is_lost_each_is_in_a_cell_or_counted_outside(points: list[tuple[int, int]]) -> None:
    grid = Grid.cover(Area("disc", shapely.Point(900, 700).buffer(1200), BNG), 250)
    x, y = np.array(points).T
    counts, outside = grid.counts(x, y)
    assert counts.sum() + outside == len(points)


@given(st.integers(0, 3), st.integers(0, 3))
def test_each_cell_contains_its_own_centre(column: int, row: int) -> None:
    grid = Grid.cover(town(0, 0, 1000, 1000), 250)
    x, y = grid.centres
    at = row * 4 + column
    assert grid.locate(x, y)[at] == at


def test_values_survive_being_laid_out_as_an_image() -> None:
    grid = Grid.cover(Area("disc", shapely.Point(900, 700).buffer(1200), BNG), 250)
    values = np.arange(len(grid), dtype=float)
    image = grid.raster(values, empty=-1)
    assert grid.from_raster(image).tolist() == values.tolist()
    assert (image == -1).sum() == image.size - len(grid)


def test_fifty_million_cells_are_refused_before_they_are_made() -> None:
    with pytest.raises(InputError, match="would make"):
        Grid.cover(town(0, 0, 100_000, 50_000), 10)


def test_a_cell_of_no_size_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 metre"):
        Grid.cover(town(0, 0, 10, 10), 0)

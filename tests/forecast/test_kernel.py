"""The kernel moves incidents about and loses none of them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from answerable.forecast.kernel import Kernel, weights
from answerable.place import Area, Grid, Projection

BNG = Projection("EPSG:27700")


def test_weights_are_those_of_a_gaussian_between_random_points_of_two_cells() -> None:
    rng = np.random.default_rng(1)
    moved = np.floor(rng.random(400_000) + rng.normal(0, 0.7, 400_000)).astype(int)
    row = weights(0.7)
    middle = len(row) // 2
    np.testing.assert_allclose(row[middle - 2 : middle + 3], [(moved == d).mean() for d in range(-2, 3)], atol=0.003)


@pytest.mark.parametrize("sd", [0.0, 0.01, 0.25, 1.0, 8.0])
def test_weights_sum_to_one_and_are_symmetric(sd: float) -> None:
    row = weights(sd)
    assert row.sum() == pytest.approx(1)
    np.testing.assert_allclose(row, row[::-1])


@given(st.integers(1, 4000), st.integers(0, 2**32 - 1))
def test_every_incident_stays_in_the_study_area_whatever_its_shape(width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lake = shapely.Point(2500, 2500).buffer(900)
    grid = Grid.cover(Area("", shapely.box(0, 0, 5000, 4500).difference(lake), BNG), 500)
    counts = rng.poisson(1.0, len(grid)).astype(float)
    smoothed = Kernel.on(grid, width).density(counts)
    assert smoothed.sum() == pytest.approx(counts.sum())
    assert (smoothed >= 0).all()


def test_one_incident_is_smoothed_as_by_hand(grid: Grid) -> None:
    counts = np.zeros(len(grid))
    counts[44] = 1
    row = weights(1.2)
    smoothed = grid.raster(Kernel.on(grid, 600).density(counts))
    # Cell 44 of ten columns and eight rows is the fifth of the fifth row.
    up, across = np.subtract.outer(np.arange(8), [4])[:, 0], np.arange(10) - 4
    by_hand = np.outer(row[up + len(row) // 2], row[across + len(row) // 2])
    np.testing.assert_allclose(smoothed, by_hand / by_hand.sum(), rtol=1e-9)


def test_a_density_rests_on_as_many_incidents_as_it_averages(grid: Grid) -> None:
    counts = np.zeros(len(grid))
    counts[44] = 7
    effective = Kernel.on(grid, 600).effective(counts)
    np.testing.assert_allclose(effective[effective > 0], 7)


def test_out_of_every_incidents_reach_it_rests_on_none() -> None:
    grid = Grid.cover(Area("", shapely.box(0, 0, 50_000, 500), BNG), 500)
    counts = np.zeros(len(grid))
    counts[0] = 3
    assert Kernel.on(grid, 500).effective(counts)[-1] == 0

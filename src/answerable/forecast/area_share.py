"""Which share of each cell lies in an area: how a polygon is forecast from square cells."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.place import Area, Grid

# Rounding at shared edges leaves slivers; a share of the area below this is nothing.
_SLIVER = 1e-6


def area_parts(grid: Grid, area: Area, study: Area | None = None) -> tuple[NDArray[np.float64], float]:
    """Return the share of each cell's ground in ``area`` (shape (n,), 0 to 1) and the share of ``area`` covered.

    With ``study``, a cell's ground is only what lies in the study area (land, for a cell on the coast); without it,
    the whole square. InputError where the area and the grid share no ground, or are in different projections.
    """
    if area.projection != grid.projection:
        raise InputError(
            "The area and the forecast are in different projections.",
            where=f"{area.projection.crs} and {grid.projection.crs}",
            fix="Read the area with the workspace's projection.",
        )
    near, squares = _squares_near(grid, area)
    if study is not None:
        squares = shapely.intersection(squares, study.geometry)
    ground = shapely.area(squares)
    inside = shapely.area(shapely.intersection(squares, area.geometry))
    covered = float(inside.sum() / area.geometry.area) if area.geometry.area else 0.0
    if covered < _SLIVER:
        raise InputError(
            "This area lies outside the study area.",
            where=area.name or f"{area.km2:.2f} km2",
            fix="Choose a place inside the area that the incidents cover.",
        )
    share = np.zeros(len(grid))
    share[near] = np.divide(inside, ground, out=np.zeros_like(inside), where=ground > 0)
    return share, min(covered, 1.0)


def _squares_near(grid: Grid, area: Area) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    west, south, east, north = np.asarray(area.geometry.bounds) / grid.cell_m
    across = (grid.columns + 1 > west) & (grid.columns < east)
    near = np.flatnonzero(across & (grid.rows + 1 > south) & (grid.rows < north))
    x, y = grid.columns[near] * grid.cell_m, grid.rows[near] * grid.cell_m
    return near, np.asarray(shapely.box(x, y, x + grid.cell_m, y + grid.cell_m), dtype=object)

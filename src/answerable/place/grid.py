"""Square cells on a metric projection, with ids that never depend on the study area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.place.area import Area
from answerable.place.projection import Projection

# Above this a forecast would not fit in memory beside its inputs; London at 100 m is 160,000 cells.
MOST_CELLS = 5_000_000


@dataclass(frozen=True)
class Grid:
    """The cells of ``cell_m`` metres that cover a study area, in row order from the south-west.

    ``columns`` and ``rows`` (int32, shape (n,)) count cells from the projection's own origin, so that a cell keeps
    its id whatever area is studied.

    >>> grid = Grid.cover(Area("town", shapely.box(0, 0, 1000, 500), Projection("EPSG:27700")), 500)
    >>> len(grid), grid.ids[:2]
    (2, ['27700:500:0:0', '27700:500:1:0'])
    """

    projection: Projection
    cell_m: int
    columns: NDArray[np.int32]
    rows: NDArray[np.int32]

    @classmethod
    def cover(cls, area: Area, cell_m: int) -> Grid:
        """Return every cell that shares ground with ``area``; InputError where that is more than five million."""
        if cell_m < 1:
            raise InputError("A cell must be at least 1 metre wide.", where=f"cell {cell_m}", fix="Try 500.")
        west, south, east, north = area.geometry.bounds
        first_column, first_row = int(west // cell_m), int(south // cell_m)
        # A cell that only touches the eastern or northern edge shares no ground with the area.
        n_columns = max(1, int(-(-east // cell_m)) - first_column)
        n_rows = max(1, int(-(-north // cell_m)) - first_row)
        if n_columns * n_rows > MOST_CELLS:
            raise InputError(
                f"This would make {n_columns * n_rows:,} cells.",
                where=f"cell {cell_m} m, area {area.km2:,.0f} km2",
                fix="Use larger cells or a smaller study area.",
            )
        columns = np.tile(np.arange(first_column, first_column + n_columns, dtype=np.int32), n_rows)
        rows = np.repeat(np.arange(first_row, first_row + n_rows, dtype=np.int32), n_columns)
        boxes = shapely.box(columns * cell_m, rows * cell_m, (columns + 1) * cell_m, (rows + 1) * cell_m)
        shapely.prepare(area.geometry)
        inside = shapely.intersects(area.geometry, boxes) & ~shapely.touches(area.geometry, boxes)
        return cls(area.projection, cell_m, columns[inside], rows[inside])

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def ids(self) -> list[str]:
        """Ids ``epsg:cell_m:column:row`` in cell order."""
        head = f"{self.projection.crs.removeprefix('EPSG:')}:{self.cell_m}"
        return [f"{head}:{c}:{r}" for c, r in zip(self.columns.tolist(), self.rows.tolist(), strict=True)]

    @property
    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cell centres x, y in metres, shape (n,) each."""
        return (self.columns.astype(np.float64) + 0.5) * self.cell_m, (self.rows.astype(np.float64) + 0.5) * self.cell_m

    @property
    def cell_km2(self) -> float:
        """Size of one cell in square kilometres."""
        return (self.cell_m / 1000) ** 2

    @cached_property
    def bounds(self) -> tuple[int, int, int, int]:
        """First column, first row, number of columns and of rows of the box around all cells."""
        column, row = int(self.columns.min()), int(self.rows.min())
        return column, row, int(self.columns.max()) - column + 1, int(self.rows.max()) - row + 1

    @cached_property
    def _lookup(self) -> NDArray[np.int64]:
        column, row, width, height = self.bounds
        table = np.full((height, width), -1, dtype=np.int64)
        table[self.rows - row, self.columns - column] = np.arange(len(self))
        return table

    def locate(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.int64]:
        """Return the position of each point's cell in this grid (metres, shape (n,)), -1 where it lies outside."""
        column, row, width, height = self.bounds
        across = np.asarray(x) // self.cell_m - column
        up = np.asarray(y) // self.cell_m - row
        inside = (across >= 0) & (across < width) & (up >= 0) & (up < height)
        found = np.full(across.shape, -1, dtype=np.int64)
        found[inside] = self._lookup[up[inside].astype(np.int64), across[inside].astype(np.int64)]
        return found

    def counts(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], int]:
        """Return the number of points in each cell (shape (n,)) and the number outside all of them."""
        at = self.locate(x, y)
        return np.bincount(at[at >= 0], minlength=len(self)), int((at < 0).sum())

    def raster(self, values: ArrayLike, *, empty: float = 0.0) -> NDArray[np.float64]:
        """Lay values (shape (n,)) out as an image (height, width), row 0 in the south; ``empty`` outside the area."""
        column, row, width, height = self.bounds
        image = np.full((height, width), empty)
        image[self.rows - row, self.columns - column] = np.asarray(values, float)
        return image

    def from_raster(self, image: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pick each cell's value (shape (n,)) out of an image made by :meth:`raster`."""
        column, row, _, _ = self.bounds
        return np.asarray(image[self.rows - row, self.columns - column])

"""The bank: incidents smoothed in space and fading in time, for several widths and memories at once, carried forward.

For width s and memory m the bank holds, for every cell,

    B[s, m](cell) = sum over incidents i of exp(-(now - t_i) / m) * mass of a Gaussian of sd s around x_i in the cell,

each incident's mass divided by what of it stays in the study area. Below the size of a cell the mass is exact for the
incident's own point: the product over both axes of differences of the normal distribution function at the cell's
edges; from there up an incident lies anywhere in its cell, as in ``kernel``. A bank moved on by an hour fades and takes
in what has become known since; what a publisher has withdrawn goes out the way it came in.

Kernel maps, triggered intensities and lagged densities are all read from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr

from answerable.errors import InputError
from answerable.forecast.kernel import Kernel
from answerable.place import Grid

Floats = NDArray[np.float64]

WIDTHS_M = (75.0, 150.0, 300.0, 600.0, 1200.0)
MEMORIES_DAYS = (1.0, 4.0, 14.0, 50.0, 180.0, 720.0, np.inf)
# Cells times widths times memories that are held in memory: 400 MB.
MOST_VALUES = 50_000_000
_BLOCK = 8192
_FEW = 64
_REACH_SD = 4.0


@dataclass(eq=False)
class Bank:
    """Faded, smoothed incidents; ``values`` has shape (widths, memories, cells), ``hour`` is the instant it is at."""

    grid: Grid
    widths: tuple[float, ...]
    memories: Floats
    hour: float
    values: Floats
    kernels: dict[int, Kernel] = field(default_factory=dict)

    @classmethod
    def empty(
        cls,
        grid: Grid,
        hour: float,
        widths: tuple[float, ...] = WIDTHS_M,
        memories_days: tuple[float, ...] = MEMORIES_DAYS,
    ) -> Bank:
        """Return a bank of no incidents at ``hour``; InputError where the grid is too fine to hold it in memory."""
        refuse_too_fine(grid, len(widths) * len(memories_days))
        values = np.zeros((len(widths), len(memories_days), len(grid)))
        return cls(grid, widths, np.array(memories_days) * 24, hour, values)

    def advance(self, hour: float) -> None:
        """Let what the bank holds fade until ``hour``."""
        self.values *= np.exp(-(hour - self.hour) / self.memories)[None, :, None]
        self.hour = hour

    def add(self, x: Floats, y: Floats, hours: Floats, sign: float = 1.0) -> None:
        """Take in incidents at metres ``x``, ``y`` in cells of the grid, at ``hours`` on the clock of ``hour``, shape
        (n,); ``sign`` -1 takes them out.
        """
        at = self.grid.locate(x, y)
        size = _FEW if len(x) <= _FEW else _BLOCK
        for begin in range(0, len(x), size):
            part = slice(begin, begin + size)
            fade = sign * np.exp(-(self.hour - np.asarray(hours[part], float)) / self.memories[:, None])
            for s, width in enumerate(self.widths):
                if width >= self.grid.cell_m:
                    self.values[s] += self._wide(s, fade, at[part])
                elif len(x) <= _FEW:
                    rows = narrow_rows(self.grid, x[part], y[part], width)
                    self.values[s] += spread_out(self.grid, fade, *rows, kept(self.grid, *rows))
                else:
                    self.values[s] += fade @ footprints(self.grid, x[part], y[part], at[part], width)

    def _wide(self, s: int, fade: Floats, at: NDArray[np.int64]) -> Floats:
        if s not in self.kernels:
            self.kernels[s] = Kernel.on(self.grid, self.widths[s])
        kernel = self.kernels[s]
        if len(at) > _FEW:
            counts = [np.bincount(at, weights, minlength=len(self.grid)) for weights in fade]
            # A withdrawn incident is a negative count, which a density would cut off at 0.
            return np.stack([np.sign(c.sum() or 1.0) * kernel.density(np.abs(c)) for c in counts])
        column, row, wide, high = self.grid.bounds
        across = _row(kernel.row, np.arange(column, column + wide, dtype=np.int32), self.grid.columns[at])
        up = _row(kernel.row, np.arange(row, row + high, dtype=np.int32), self.grid.rows[at])
        return spread_out(self.grid, fade, across, up, kernel.kept[at])


def refuse_too_fine(grid: Grid, layers: int = len(WIDTHS_M) * len(MEMORIES_DAYS)) -> None:
    """Raise InputError where a bank of so many layers, on this grid, would not fit in memory."""
    if layers * len(grid) > MOST_VALUES:
        raise InputError(
            f"{len(grid):,} cells are too many for models that follow recent incidents.",
            where=f"cell {grid.cell_m} m",
            fix="Use larger cells, or the model long_run.",
        )


def narrow_rows(grid: Grid, x: Floats, y: Floats, width: float) -> tuple[Floats, Floats]:
    """Return the mass of each point's Gaussian in each column (n, columns) and each row (n, rows) of the grid."""
    column, row, wide, high = grid.bounds
    firsts = ((column, wide, x), (row, high, y))
    across, up = (_axis(np.arange(first, first + many), v, grid.cell_m, width) for first, many, v in firsts)
    return across, up


def _axis(cells: NDArray[np.int64], metres: Floats, cell_m: int, width: float) -> Floats:
    """Mass in each of consecutive ``cells`` of an axis; none beyond the reach of ``footprints``."""
    mass = _mass(np.broadcast_to(cells, (len(metres), len(cells))), metres, cell_m, width)
    reach = int(np.ceil(_REACH_SD * width / cell_m))
    return np.where(np.abs(cells - np.floor(np.asarray(metres)[:, None] / cell_m)) <= reach, mass, 0.0)


def kept(grid: Grid, across: Floats, up: Floats) -> Floats:
    """Return the mass of each point that falls into cells of the grid, shape (n,)."""
    return np.asarray(np.maximum(((up @ inside(grid)) * across).sum(axis=1), 1e-300))


def spread_out(grid: Grid, fade: Floats, across: Floats, up: Floats, mass: Floats) -> Floats:
    """Return the sum over points of ``fade`` (memories, n) times their mass in each cell, shape (memories, cells).

    The mass of a point is the product of its parts by column and by row over what of it is ``mass`` (n,) inside.
    """
    column, row, _, _ = grid.bounds
    image = np.matmul(up.T[None], (fade / mass)[:, :, None] * across[None])
    return np.asarray(image[:, grid.rows - row, grid.columns - column])


def footprints(grid: Grid, x: Floats, y: Floats, at: NDArray[np.int64], width: float) -> csr_array:
    """Return the mass that each point puts into each cell, sparse, shape (n, cells); every row sums to 1."""
    column, row, _, _ = grid.bounds
    reach = int(np.ceil(_REACH_SD * width / grid.cell_m))
    steps = np.arange(-reach, reach + 1)
    columns, rows = grid.columns[at][:, None] + steps, grid.rows[at][:, None] + steps
    across, up = _mass(columns, x, grid.cell_m, width), _mass(rows, y, grid.cell_m, width)
    lookup = np.pad(grid.raster(np.arange(1.0, len(grid) + 1)), reach).astype(np.int64) - 1
    cells = lookup[rows[:, :, None] - row + reach, columns[:, None, :] - column + reach].reshape(len(at), -1)
    mass = np.where(cells >= 0, (up[:, :, None] * across[:, None, :]).reshape(len(at), -1), 0.0)
    mass /= np.maximum(mass.sum(axis=1, keepdims=True), 1e-300)
    starts = np.arange(0, mass.size + 1, mass.shape[1])
    return csr_array((mass.ravel(), np.maximum(cells, 0).ravel(), starts), shape=(len(at), len(grid)))


def _mass(cells: NDArray[np.int32], metres: Floats, cell_m: int, width: float) -> Floats:
    edge = (np.append(cells, cells[:, -1:] + 1, axis=1) * cell_m - np.asarray(metres)[:, None] - 0.5) / width
    with np.errstate(under="ignore"):
        return np.asarray(np.diff(ndtr(edge), axis=1))


def _row(row: Floats, cells: NDArray[np.int32], at: NDArray[np.int32]) -> Floats:
    apart = np.abs(cells[None, :] - at[:, None])
    middle = len(row) // 2
    return np.where(apart <= middle, row[np.minimum(middle + apart, len(row) - 1)], 0.0)


def inside(grid: Grid) -> Floats:
    """Return 1 for cells of the grid and 0 around them, shape (rows, columns)."""
    return grid.raster(np.ones(len(grid)))

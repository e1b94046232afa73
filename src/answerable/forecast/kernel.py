"""Gaussian kernel density on a grid: incidents smoothed into shares of cells, nothing lost over the edge.

Incidents are binned to cells and each is taken to lie anywhere in its cell; the weight that cell i gives to cell j is
then the mass that a Gaussian of standard deviation h moves from one to the other, the product over both axes of

    w(d) = F(d + 1) - 2 F(d) + F(d - 1),   F(u) = u Phi(u / s) + s phi(u / s),   s = h / cell,  d = j - i.

It sums to 1, is exact for any h (for h = 0 each cell keeps its own) and separable. Mass that would leave the study
area is given back in proportion: each incident's weights are divided by the sum of those that stay inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import correlate1d
from scipy.special import ndtr

from answerable.place import Grid

Floats = NDArray[np.float64]

_REACH_SD = 4.0
_WIDE_ROW = 40


def weights(sd: float) -> Floats:
    """Return w(d) for d = -r ... r, cut at four standard deviations and one cell; ``sd`` in cells, 0 or more.

    >>> weights(1.0).round(3).tolist()[4:7]
    [0.241, 0.369, 0.241]
    """
    if sd <= 0:
        return np.ones(1)
    steps = np.arange(-int(np.ceil(_REACH_SD * sd)) - 2, int(np.ceil(_REACH_SD * sd)) + 3)
    mass = np.exp(-np.square(steps / sd) / 2) / np.sqrt(2 * np.pi)
    integral = steps * ndtr(steps / sd) + sd * mass
    moved = np.maximum(np.diff(integral, 2), 0)
    return np.asarray(moved / moved.sum())


@dataclass(frozen=True, eq=False)
class Kernel:
    """A Gaussian kernel of ``bandwidth_m`` metres on ``grid``; ``kept`` is each cell's mass that stays inside."""

    grid: Grid
    bandwidth_m: float
    row: Floats
    kept: Floats

    @classmethod
    def on(cls, grid: Grid, bandwidth_m: float) -> Kernel:
        """Return the kernel with its edge correction worked out."""
        row = weights(bandwidth_m / grid.cell_m)
        return cls(grid, bandwidth_m, row, _smooth(grid, np.ones(len(grid)), row))

    def density(self, counts: Floats) -> Floats:
        """Return the smoothed counts, shape (n,), with the same sum as ``counts`` (shape (n,))."""
        return _smooth(self.grid, counts / self.kept, self.row)

    def effective(self, counts: Floats) -> Floats:
        """Return how many incidents each cell's density rests on, (sum k)^2 / sum k^2, shape (n,); 0 for none."""
        squares = _smooth(self.grid, counts / np.square(self.kept), np.square(self.row))
        density = self.density(counts)
        # Subnormal squares would divide into nonsense; such a cell is out of every incident's reach.
        reached = squares > np.finfo(float).tiny
        return np.divide(np.square(density), squares, out=np.zeros_like(density), where=reached)


def smooth(image: Floats, row: Floats) -> Floats:
    """Return an image (height, width) smoothed along both axes by ``row`` (odd length); nothing lies around it."""
    if len(row) <= _WIDE_ROW:
        along = correlate1d(image, row, axis=1, mode="constant")
        return np.asarray(correlate1d(along, row, axis=0, mode="constant"))
    # Long rows through Fourier transforms: the same to rounding, in a time that does not grow with their length.
    return np.asarray(_transformed(_transformed(image, row, 1), row, 0))


def _transformed(image: Floats, row: Floats, axis: int) -> Floats:
    n, reach = image.shape[axis], len(row) // 2
    size = next_fast_len(n + len(row) - 1, real=True)
    shape = (1, -1) if axis == 1 else (-1, 1)
    whole = irfft(rfft(image, size, axis) * rfft(row, size).reshape(shape), size, axis)
    return np.asarray(np.take(whole, np.arange(reach, reach + n), axis))


def _smooth(grid: Grid, values: Floats, row: Floats) -> Floats:
    # Rounding must not leave a cell with less than nothing.
    return np.maximum(grid.from_raster(smooth(grid.raster(values), row)), 0.0)

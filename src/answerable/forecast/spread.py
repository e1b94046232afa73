"""How sure an expected count is: the city's level and the share of each place, each with its own uncertainty.

Intervals are those of a gamma distribution with the expected count as its mean. A wide area is surer than one cell,
because the errors of distant cells are independent; it is never surer than the level of the whole city.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from scipy.special import gammaincinv

from answerable.place import Grid

COVERAGE = 0.90

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spread:
    """Relative standard deviations behind a forecast.

    ``level_cv`` is that of the city's count in the window; ``share_cv`` (shape (n,)) that of each cell's share;
    ``reach_m`` is the kernel width in metres: the errors of two cells d metres apart are correlated as
    exp(-d^2 / 4 reach^2), which is the overlap of two Gaussian kernels.
    """

    level_cv: float
    share_cv: Floats
    reach_m: float

    def cells(self) -> Floats:
        """Return the relative standard deviation of each cell's expected count, shape (n,)."""
        return both(self.level_cv, self.share_cv)

    def area(self, grid: Grid, parts: Floats) -> float:
        """Return the relative standard deviation of a sum of cells.

        ``parts`` (shape (n,)) is what each cell puts into the sum, in expected incidents.
        """
        total = float(parts.sum())
        if total == 0:
            return self.level_cv
        errors = grid.raster(parts * self.share_cv)
        shared = grid.from_raster(_overlap(errors, self.reach_m / grid.cell_m))
        variance = float((parts * self.share_cv) @ shared)
        return float(both(self.level_cv, np.array(np.sqrt(variance) / total)))

    def ends(self, grid: Grid, parts: Floats) -> tuple[float, float]:
        """Return the 90 % interval of the sum of ``parts``, as :meth:`area` takes them."""
        low, high = gamma_interval(parts.sum(), self.area(grid, parts))
        return float(low), float(high)


def both(level_cv: float, share_cv: Floats) -> Floats:
    """Return the relative standard deviation of a product of two independent factors."""
    return np.asarray(np.sqrt((1 + level_cv**2) * (1 + share_cv**2) - 1))


def gamma_interval(mean: Floats | float, cv: Floats | float, coverage: float = COVERAGE) -> tuple[Floats, Floats]:
    """Return the central ``coverage`` interval of a gamma distribution, element by element.

    Formula: with shape k = 1 / cv^2 and scale mean / k, the quantiles at (1 -+ coverage) / 2. Where ``cv`` is 0 both
    ends are the mean. Shapes: ``mean`` and ``cv`` broadcast.

    >>> low, high = gamma_interval(np.array([2.0]), 0.5)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.683], [3.877])
    """
    mean, cv = np.broadcast_arrays(np.asarray(mean, float), np.asarray(cv, float))
    shape = 1 / np.square(np.maximum(cv, 1e-6))
    tail = (1 - coverage) / 2
    return mean * gammaincinv(shape, tail) / shape, mean * gammaincinv(shape, 1 - tail) / shape


def _overlap(image: Floats, reach_cells: float) -> Floats:
    radius = min(max(image.shape), int(np.ceil(6 * reach_cells)))
    steps = np.arange(-radius, radius + 1)
    with np.errstate(under="ignore"):
        weights = np.exp(-np.square(steps) / (4 * reach_cells**2)) if reach_cells > 0 else (steps == 0).astype(float)
    across = correlate1d(image, weights, axis=1, mode="constant")
    return np.asarray(correlate1d(across, weights, axis=0, mode="constant"))

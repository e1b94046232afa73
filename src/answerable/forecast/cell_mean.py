"""The long-run mean of each cell, drawn towards the city's: no smoothing over neighbours.

Counts of cells given the total are Dirichlet-multinomial with concentration a per cell; the posterior mean share is
(n_c + a) / (N + a C). The concentration is the one of greatest marginal likelihood,

    log L(a) = log G(C a) - log G(C a + N) + sum over cells of log G(n_c + a) - log G(a),

found on a ladder and refined by golden section. Counts that differ no more than chance give a large a and a flat map.
Reference: Minka, Estimating a Dirichlet distribution, 2000 (the likelihood); Clayton and Kaldor, Biometrics 43, 1987.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from answerable.forecast.base import Fitted
from answerable.forecast.now import Now
from answerable.forecast.shaped import fit_shaped
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents

Floats = NDArray[np.float64]

_LOG_RANGE = (-9.0, 7.0)
_GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class CellMean:
    """Each cell's own past share, shrunk as far as the data ask for."""

    name: str = "cell_mean"
    about: str = "Each cell's own long-run count, drawn towards the city's mean (empirical Bayes)."
    seasonal: bool = False

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at``; InputError where there are none in the grid."""
        return fit_shaped(self, incidents, grid, at)

    def learn(self, now: Now) -> ShrunkMeans:
        """Choose the concentration from what is known."""
        return ShrunkMeans(concentration(np.bincount(now.history.cell, minlength=len(now.grid)).astype(float)))


@dataclass(frozen=True)
class ShrunkMeans:
    """The concentration chosen, in pseudo-incidents per cell."""

    per_cell: float

    def share(self, now: Now, window: Window) -> Floats:  # noqa: ARG002
        """Return each cell's posterior mean share, shape (cells,), the same for every window."""
        counts = np.bincount(now.history.cell, minlength=len(now.grid)) + self.per_cell
        return np.asarray(counts / counts.sum())


def concentration(counts: Floats) -> float:
    """Return the pseudo-incidents per cell of greatest marginal likelihood, for counts of shape (cells,).

    >>> bool(concentration(np.array([9.0, 0.0, 0.0, 0.0])) < 0.5 < concentration(np.array([3.0, 2.0, 3.0, 2.0])))
    True
    """
    hit = counts[counts > 0]
    low, high = _LOG_RANGE
    ladder = np.linspace(low, high, 33)
    best = int(np.argmax([_evidence(hit, len(counts), a) for a in ladder]))
    low, high = ladder[max(0, best - 1)], ladder[min(len(ladder) - 1, best + 1)]
    for _ in range(30):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _evidence(hit, len(counts), left) < _evidence(hit, len(counts), right):
            low = left
        else:
            high = right
    return float(np.exp((low + high) / 2))


def _evidence(hit: Floats, cells: int, log_a: float) -> float:
    a = np.exp(log_a)
    total = gammaln(cells * a) - gammaln(cells * a + hit.sum())
    return float(total + (gammaln(hit + a) - gammaln(a)).sum())


MODEL = CellMean

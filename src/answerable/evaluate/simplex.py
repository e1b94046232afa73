"""Least squares with weights that are not negative and sum to one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TIED = 1e5
"""Weight of the sum-to-one row, in units of the largest entry: what is left over is scaled away afterwards."""


def simplex_weights(columns: Floats, target: Floats, *, ridge: float = 0.0) -> Floats:
    """Return w with w >= 0 and sum 1 that minimises |columns w - target|^2 + ridge |w|^2.

    Shapes: ``columns`` (rows, weights), ``target`` (rows,). Solved exactly by the active-set method for non-negative
    least squares, with the sum as a heavily weighted row. Reference: Lawson and Hanson, Solving Least Squares Problems,
    1974, chapter 23.

    >>> simplex_weights(np.array([[1.0, 3.0]]), np.array([2.0]), ridge=1e-6).round(3).tolist()
    [0.5, 0.5]
    """
    from scipy.optimize import nnls

    count = columns.shape[1]
    scale = max(float(np.abs(columns).max(initial=0.0)), float(np.sqrt(ridge)), 1e-300)
    rows = [columns / scale]
    wanted = [target / scale]
    if ridge:
        rows.append(np.sqrt(ridge) / scale * np.eye(count))
        wanted.append(np.zeros(count))
    rows.append(np.full((1, count), _TIED))
    wanted.append(np.array([_TIED]))
    found, _ = nnls(np.vstack(rows), np.concatenate(wanted), maxiter=50 * count)
    total = found.sum()
    weights: Floats = found / total
    return weights

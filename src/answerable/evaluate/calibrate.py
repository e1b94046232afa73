"""Weights for very many comparison areas that make them match the treated ones exactly on everything listed.

The method of the package microsynth: linear calibration with weights kept at 0 or above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]
_ROUNDS = 100
_CLOSE = 1e-9


@dataclass(frozen=True)
class Calibrated:
    """``weights``, shape (areas,), under which the comparison areas sum to the targets; ``worst`` relative miss."""

    weights: Floats
    worst: float
    rounds: int


def calibrate_weights(covariates: ArrayLike, targets: ArrayLike) -> Calibrated:
    """Return weights w >= 0 with covariates' w = targets that change least from equal ones.

    Formula: w = d max(0, 1 + X l) with d equal weights that sum to the first target (the number of treated areas when
    the first column is 1), l found by Newton's method on the dual. Shapes: ``covariates`` (areas, listed), ``targets``
    (listed,). Columns that repeat others are allowed. NaN: refused. Errors: InputError where no weights match to within
    1e-6 of the targets. Reference: Deville and Saerndal, Journal of the American Statistical Association 87, 1992
    (truncated linear); Robbins, Saunders and Kilmer, same journal 112, 2017.
    """
    x, wanted = np.asarray(covariates, dtype=float), np.asarray(targets, dtype=float)
    if x.ndim != 2 or wanted.shape != x.shape[1:] or not (np.isfinite(x).all() and np.isfinite(wanted).all()):
        raise InputError(
            "Matching needs a table of areas without holes and one target for each column.",
            where=f"{x.shape}, {wanted.shape}",
            fix="Fill in what is missing, or leave the column out.",
        )
    scale = np.maximum(np.abs(x).max(axis=0), 1e-300)
    z, goal = x / scale, wanted / scale
    d = float(goal[0] / z[:, 0].sum()) if z[:, 0].sum() else 1.0 / len(z)
    turned = np.zeros(z.shape[1])
    for number in range(1, _ROUNDS + 1):
        g = np.maximum(0.0, 1 + z @ turned)
        miss = goal - d * (z.T @ g)
        worst = float((np.abs(miss) / np.maximum(np.abs(goal), 1.0)).max())
        if worst < _CLOSE:
            return Calibrated(d * g, worst, number)
        active = z[g > 0]
        step = np.linalg.lstsq(d * (active.T @ active), miss, rcond=1e-12)[0]
        turned = _shortened(lambda at: goal - d * (z.T @ np.maximum(0.0, 1 + z @ at)), turned, step, float(miss @ miss))
    raise InputError(
        f"No weights of 0 or more match all {len(wanted)} listed things; the worst is off by {worst:.2g}.",
        where="calibration",
        fix="Leave out some, take longer periods together, or add comparison areas.",
    )


def _shortened(missing: Callable[[Floats], Floats], at: Floats, step: Floats, before: float) -> Floats:
    """Return ``at`` moved along ``step``, as far of it as brings the targets nearer."""
    length = 1.0
    while length > 1e-6:
        miss = missing(at + length * step)
        if miss @ miss < before:
            break
        length /= 2
    return at + length * step

"""Pairs of incidents near in space and time, counted into a table of distance by lag: what a triggering fit needs.

Every pair of ``neighbours`` enters a bin of distance and lag (geometric edges); the result is a sparse matrix, one row
per incident, one column per bin, of how many earlier incidents stand there. A kernel is then a table of one density per
bin (its exact mean over the bin), and one round of expectation-maximisation two products with that matrix, or one
reading of the pairs where Numba is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from answerable.forecast.neighbours import Neighbours, kernels, neighbours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DISTANCES = 40
_LAGS = 40
_NEAREST_M = 10.0
_SOONEST_H = 0.5
_SAMPLE = 1000


@dataclass(frozen=True, eq=False)
class Pairs:
    """``bins`` (pairs,) by row (``starts`` (n+1,)); edges in metres, shape (d+1,), and hours, shape (l+1,)."""

    starts: Ints
    bins: NDArray[np.int32]
    distances: Floats
    lags: Floats

    def __len__(self) -> int:
        return len(self.bins)

    @cached_property
    def table(self) -> csr_matrix:
        """How many earlier incidents stand in each bin, sparse, shape (n, bins)."""
        shape = (len(self.starts) - 1, (len(self.distances) - 1) * (len(self.lags) - 1))
        return csr_matrix((np.ones(len(self.bins)), self.bins, self.starts), shape=shape)

    def round(self, mu: Floats, density: Floats) -> tuple[Floats, Floats]:
        """Return the rate at each incident, shape (n,), given background rates ``mu`` (n,) and the triggered rate in
        each bin, ``density`` (bins,); and by bin the sum over its pairs of 1 / rate of the later incident.
        """
        fast = kernels()
        if fast:
            told: tuple[Floats, Floats] = fast.em_round(self.starts, self.bins, density, mu)
            return told
        rate = mu + self.table @ density
        return rate, np.asarray(self.table.T @ (1 / np.maximum(rate, 1e-300)))

    @property
    def radius(self) -> float:
        """The longest distance in metres."""
        return float(self.distances[-1])

    @property
    def longest(self) -> float:
        """The longest lag in hours."""
        return float(self.lags[-1])

    def density(self, width: float, memory: float) -> Floats:
        """Return the mean density of a kernel in each bin, per square metre and hour, shape (bins,).

        Gaussian of standard deviation ``width`` metres on each axis, exponential of mean ``memory`` hours; both are
        scaled up for what lies beyond radius and longest lag, so that the kernel's mass over the table is 1.
        """
        with np.errstate(under="ignore"):
            ring = np.exp(-np.square(self.distances / width) / 2)
            late = np.exp(-self.lags / memory)
        near = -np.diff(ring) / (np.pi * np.diff(np.square(self.distances))) / (1 - ring[-1])
        soon = -np.diff(late) / np.diff(self.lags) / (1 - late[-1])
        return np.outer(near, soon).ravel()


def find_pairs(x: Floats, y: Floats, hours: Floats, radius: float, longest: float) -> Pairs:
    """Return all pairs within ``radius`` metres and ``longest`` hours; arrays of shape (n,), in order of time."""
    distances = np.concatenate([[0.0], np.geomspace(_NEAREST_M, radius, _DISTANCES)])
    lags = np.concatenate([[0.0], np.geomspace(_SOONEST_H, longest, _LAGS)])
    near, fast = neighbours(x, y, hours, radius, longest), kernels()
    bins = fast.bin_pairs(near, distances, lags) if fast else _bins(near, distances, lags)
    return Pairs(near.starts, bins, distances, lags)


def _bins(near: Neighbours, distances: Floats, lags: Floats) -> NDArray[np.int32]:
    ring = np.searchsorted(np.square(distances), near.square, side="right") - 1
    step = np.searchsorted(lags, near.lag, side="right") - 1
    ring, step = np.minimum(ring, len(distances) - 2), np.minimum(step, len(lags) - 2)
    return (ring * (len(lags) - 1) + step).astype(np.int32)


def affordable(x: Floats, y: Floats, hours: Floats, radius: float, longest: float, *, budget: float) -> float:
    """Return the longest lag, at most ``longest``, at which no more than about ``budget`` pairs are expected."""
    n = len(x)
    picked = np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64)
    near = np.square(x[picked][:, None] - x[picked]) + np.square(y[picked][:, None] - y[picked]) < radius**2
    share = max((near.sum() - len(picked)) / max(1, len(picked) * (len(picked) - 1)), 1e-9)
    per_hour = n / max(float(hours[-1] - hours[0]), 1.0)
    return float(min(longest, budget / (n * share * per_hour)))

"""Pairs of incidents near in space and time, counted into a table of distance by lag: what a triggering fit needs.

All pairs (i after j) within a radius and a longest lag are found through square buckets of half the radius, each sorted
by time, so that the work is linear in incidents and pairs. A pair enters a bin of distance and lag (geometric edges);
the result is a sparse matrix, one row per incident, one column per bin, of how many earlier incidents stand there. A
kernel is then a table of one density per bin (its exact mean over the bin), and one round of expectation-maximisation
two products with that matrix. Incidents at one minute and point are pairs too, in the order of the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DISTANCES = 40
_LAGS = 40
_NEAREST_M = 10.0
_SOONEST_H = 0.5
_BLOCK = 100_000
_SAMPLE = 2000


@dataclass(frozen=True, eq=False)
class Pairs:
    """``table`` (n, bins) counts earlier incidents; edges in metres, shape (d+1,), and hours, shape (l+1,)."""

    table: csr_matrix
    distances: Floats
    lags: Floats

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
    n, bins = len(x), (len(distances) - 1) * (len(lags) - 1)
    columns, per_row = [], np.zeros(n, dtype=np.int64)
    for later, earlier in _blocks(x, y, hours, radius, longest):
        distance = np.hypot(x[later] - x[earlier], y[later] - y[earlier])
        kept = distance < radius
        late, early, apart = later[kept], earlier[kept], distance[kept]
        lag = hours[late] - hours[early]
        ring = np.searchsorted(distances, apart, side="right") - 1
        step = np.minimum(np.searchsorted(lags, lag, side="right") - 1, len(lags) - 2)
        order = np.argsort(late, kind="stable")
        columns.append((ring * (len(lags) - 1) + step)[order].astype(np.int32))
        per_row += np.bincount(late, minlength=n)
    indices = np.concatenate(columns) if columns else np.zeros(0, np.int32)
    starts = np.concatenate([[0], np.cumsum(per_row)])
    table = csr_matrix((np.ones(len(indices), np.float32), indices, starts), shape=(n, bins))
    return Pairs(table, distances, lags)


def affordable(x: Floats, y: Floats, hours: Floats, radius: float, longest: float, *, budget: float) -> float:
    """Return the longest lag, at most ``longest``, at which no more than about ``budget`` pairs are expected."""
    n = len(x)
    picked = np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64)
    near = np.hypot(x[picked][:, None] - x[picked], y[picked][:, None] - y[picked]) < radius
    share = max((near.sum() - len(picked)) / max(1, len(picked) * (len(picked) - 1)), 1e-9)
    per_hour = n / max(float(hours[-1] - hours[0]), 1.0)
    return float(min(longest, budget / (n * share * per_hour)))


def _blocks(x: Floats, y: Floats, hours: Floats, radius: float, longest: float) -> Iterator[tuple[Ints, Ints]]:
    """Yield candidate pairs (late, early), block by block of late incidents."""
    side = radius / 2
    column, row = ((v - v.min()) // side for v in (x, y))
    column, row = column.astype(np.int64) + 2, row.astype(np.int64) + 2
    wide = int(column.max()) + 3
    bucket = row * wide + column
    # One number orders by bucket and then by time: the bucket's own stretch of length `span` and the hour within it.
    since = hours - hours[0]
    span = float(since[-1]) + longest + 1.0
    order = np.lexsort((np.arange(len(x)), bucket))
    sorted_by = (bucket[order] * span + since[order], order)
    for begin in range(0, len(x), _BLOCK):
        rows = np.arange(begin, min(begin + _BLOCK, len(x)))
        found = [
            _bucket(rows, (bucket[rows] + up * wide + across) * span + since[rows], sorted_by, longest, since[rows])
            for up in range(-2, 3)
            for across in range(-2, 3)
        ]
        yield np.concatenate([late for late, _ in found]), np.concatenate([early for _, early in found])


def _bucket(
    rows: Ints, own: Floats, sorted_by: tuple[Floats, Ints], longest: float, since: Floats
) -> tuple[Ints, Ints]:
    key, order = sorted_by
    first = np.searchsorted(key, own - np.minimum(since, longest), side="left")
    last = np.searchsorted(key, own, side="right")
    many = np.maximum(last - first, 0)
    late = np.repeat(rows, many)
    offsets = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    early = order[np.repeat(first, many) + offsets]
    earlier = early < late
    return late[earlier], early[earlier]

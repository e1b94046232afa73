"""Earlier neighbours of every incident, and the sums over them that a self-exciting likelihood and its gradient need.

All pairs (i after j) within a radius and a longest lag are kept as one flat list, row by row: squared distance and lag,
float32. For a Gaussian of sd s and an exponential of mean m,

    S_i = sum over j of exp(-d_ij^2 / (2 s^2) - lag_ij / m),   D_i = the same times d_ij^2,   L_i = times lag_ij,

and with the rate r_i = mu_i + a S_i, the log-likelihood is sum of log r_i, its derivatives sum of S_i / r_i in a,
-a sum of D_i / r_i in 1 / (2 s^2), -a sum of L_i / r_i in 1 / m: written by hand, one reading of the list for all.
Where Numba is installed (extra ``fast``), ``pair_kernels`` builds and reads the list; the NumPy code here is the
reference it is tested against, and what runs without it. Work and memory are linear in incidents and pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Singles = NDArray[np.float32]

_BLOCK = 100_000
_PAIR_BLOCK = 1_000_000


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs by row: those of incident i are ``starts[i]`` to ``starts[i + 1]`` of ``square`` (m^2) and ``lag`` (h).

    ``padded`` says that rows are filled up to multiples of eight, as the compiled sums need them.
    """

    starts: Ints
    square: Singles
    lag: Singles
    radius: float
    longest: float
    padded: bool = False

    @cached_property
    def pairs(self) -> int:
        """How many pairs there are, without those that only fill up rows."""
        return int((self.square < 2 * self.radius**2).sum())


@dataclass(frozen=True, eq=False)
class Sums:
    """``rate`` (n,) at every incident, the sum of its logarithm, and the sums of S / r, D / r and L / r."""

    rate: Floats
    log_rate: float
    near: float
    square: float
    lag: float


@cache
def kernels() -> ModuleType | None:
    """Return the compiled kernels; None where Numba is not installed."""
    try:
        from answerable.forecast import pair_kernels
    except ImportError:
        return None
    return pair_kernels


def neighbours(
    x: Floats, y: Floats, hours: Floats, radius: float, longest: float, *, padded: bool = False
) -> Neighbours:
    """Return all pairs within ``radius`` metres and ``longest`` hours; arrays of shape (n,), in order of time.

    Incidents at one minute and point are pairs too, in the order of the table. ``padded`` lists are for :func:`sums`
    alone: where kernels are compiled, their rows are filled up with pairs that add nothing.
    """
    fast = kernels()
    if fast:
        starts, square, lag = fast.build(x, y, hours, radius, longest, padded)
    else:
        starts, square, lag = build(x, y, hours, radius, longest)
    return Neighbours(starts, square, lag, radius, longest, padded and fast is not None)


def sums(near: Neighbours, mu: Floats, amplitude: float, width: float, memory: float) -> Sums:
    """Return the sums at background rates ``mu`` (n,) and a kernel of ``amplitude``, ``width`` (m), ``memory`` (h).

    Compiled where the list is padded.
    """
    fast = kernels() if near.padded else None
    found = (fast.read if fast else read)(near, mu, amplitude, width, memory)
    return Sums(*found)


def build(x: Floats, y: Floats, hours: Floats, radius: float, longest: float) -> tuple[Ints, Singles, Singles]:
    """Return starts, squared distances and lags, in NumPy: through square buckets of half the radius."""
    n = len(x)
    per_row = np.zeros(n, dtype=np.int64)
    squares, lags = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    for later, earlier in _blocks(x, y, hours, radius, longest):
        square = np.square(x[later] - x[earlier]) + np.square(y[later] - y[earlier])
        kept = (square < radius**2) & (hours[later] - hours[earlier] <= longest)
        late, early, apart = later[kept], earlier[kept], square[kept]
        order = np.argsort(late, kind="stable")
        squares.append(apart[order].astype(np.float32))
        lags.append((hours[late] - hours[early])[order].astype(np.float32))
        per_row += np.bincount(late, minlength=n)
    return np.concatenate([[0], np.cumsum(per_row)]), np.concatenate(squares), np.concatenate(lags)


def read(
    near: Neighbours, mu: Floats, amplitude: float, width: float, memory: float
) -> tuple[Floats, float, float, float, float]:
    """Return what :class:`Sums` holds, in NumPy and float64: the reference."""
    rate = np.array(mu, dtype=float)
    totals = np.zeros(4)
    for rows, pairs in _row_blocks(near.starts):
        square, lag = near.square[pairs].astype(float), near.lag[pairs].astype(float)
        with np.errstate(under="ignore"):
            each = np.exp(-square / (2 * width**2) - lag / memory)
        row = np.repeat(np.arange(rows.stop - rows.start), np.diff(near.starts[rows.start : rows.stop + 1]))
        by_row = [np.bincount(row, each * by, rows.stop - rows.start) for by in (np.ones(1), square, lag)]
        rate[rows] += amplitude * by_row[0]
        here = np.maximum(rate[rows], 1e-30)
        totals += [np.log(here).sum(), *((part / here).sum() for part in by_row)]
    log_rate, near_by, squares, lags = totals.tolist()
    return rate, log_rate, near_by, squares, lags


def _row_blocks(starts: Ints) -> Iterator[tuple[slice, slice]]:
    """Yield stretches of rows that hold about a million pairs, with their pairs."""
    n, begin = len(starts) - 1, 0
    while begin < n:
        end = max(begin + 1, int(np.searchsorted(starts, starts[begin] + _PAIR_BLOCK, side="right")) - 1)
        yield slice(begin, min(end, n)), slice(int(starts[begin]), int(starts[min(end, n)]))
        begin = end


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
    # A hair more than is asked for, since keys are rounded; the lag itself decides afterwards.
    first = np.searchsorted(key, own - np.minimum(since, longest) - 1e-3, side="left")
    last = np.searchsorted(key, own, side="right")
    many = np.maximum(last - first, 0)
    late = np.repeat(rows, many)
    offsets = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    early = order[np.repeat(first, many) + offsets]
    earlier = early < late
    return late[earlier], early[earlier]

"""The pair sums of ``neighbours`` and ``pairs``, compiled by Numba (the extra ``fast``). Import fails without it.

What makes them quick: distances and lags in float32; an exponential of our own, whose arguments are negative and
clamped at -80 (far pairs would otherwise fall into the slow path of libm), truncated through int32 (``floor`` would
return int64, which has no vector conversion); sums of a row in float32, of rows in float64. Only reassociation and
contraction are allowed to the compiler, so that a NaN stays one. Kernels let go of the interpreter's lock and run on
threads of Python: compiled thread layers may not be entered twice, and a web server would.
"""

# The compiler sees these functions, not the type checker: Numba has no annotations for decorators.
# mypy: disable-error-code="untyped-decorator, misc, no-untyped-def, no-untyped-call, call-arg, no-any-return"
# Kernels take flat arrays, one by one.
# ruff: noqa: PLR0917

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

if TYPE_CHECKING:
    from answerable.forecast.neighbours import Neighbours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Singles = NDArray[np.float32]

_MOST_BUCKETS_A_SIDE = 2000
_FEWEST_ROWS = 2000
_LANES = 8
# The square of a million metres.
_FAR = 1e12


def _compiled(function: Callable[..., Any]) -> Any:
    settings: dict[str, Any] = {"nogil": True, "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
    try:
        return numba.njit(cache=True, **settings)(function)
    except RuntimeError:
        # Neither the package's folder nor the user's cache can be written to: compile anew in every process.
        return numba.njit(**settings)(function)


@intrinsic
def _as_float(typing, whole):  # noqa: ARG001
    """Read the bits of an int32 as a float32."""

    def code(context, builder, signature, arguments):  # noqa: ARG001
        return builder.bitcast(arguments[0], context.get_value_type(types.float32))

    return types.float32(types.int32), code


@_compiled
def _exp(x):
    """Return exp(x) for x in [-80, 0], float32; relative error below 2e-7."""
    n = np.int32(x * np.float32(1.4426950408889634) - np.float32(0.5))
    r = x - np.float32(n) * np.float32(0.693145751953125)
    r = r - np.float32(n) * np.float32(1.4286068203094172e-06)
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    p = p * r * r + r + np.float32(1.0)
    return p * _as_float(np.int32((n + np.int32(127)) << np.int32(23)))


@_compiled
def _read(rows, starts, square, lag, scale, mu, rate):
    """Fill ``rate`` for a stretch of rows and return the four sums over them; ``scale`` is (a, 1/(2 s^2), 1/m)."""
    a, per_square, per_hour = scale
    ps, ph = np.float32(per_square), np.float32(per_hour)
    logs, nears, squares, lags, product = 0.0, 0.0, 0.0, 0.0, 1.0
    for i in range(rows[0], rows[1]):
        near, far, late = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        for k in range(starts[i], starts[i + 1]):
            d, h = square[k], lag[k]
            e = _exp(max(np.float32(-80.0), -(d * ps + h * ph)))
            near += e
            far += e * d
            late += e * h
        r = mu[i] + a * near
        rate[i] = r
        r = max(r, 1e-30)
        one = 1 / r
        nears += near * one
        squares += far * one
        lags += late * one
        # Rates are tiny, and a logarithm is dear: one of a product of eight.
        product *= r
        if i % 8 == 7:
            logs += np.log(product)
            product = 1.0
    return logs + np.log(product), nears, squares, lags


@_compiled
def _earlier(rows, where, bucket, first, order, wide, reach, counted, starts, square, lag):
    """Count the neighbours of a stretch of rows into ``counted``, or, where ``square`` has room, write them down."""
    x, y, hours = where
    limit, longest = reach
    filling = len(square) > 0
    for i in range(rows[0], rows[1]):
        many = 0
        for up in range(-1, 2):
            for across in range(-1, 2):
                own = bucket[i] + up * wide + across
                low, end = first[own], first[own + 1]
                high = end
                while low < high:
                    middle = (low + high) // 2
                    if hours[i] - hours[order[middle]] <= longest:
                        high = middle
                    else:
                        low = middle + 1
                while low < end and order[low] < i:
                    j = order[low]
                    d = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
                    if d < limit:
                        if filling:
                            square[starts[i] + many] = d
                            lag[starts[i] + many] = hours[i] - hours[j]
                        many += 1
                    low += 1
        counted[i] = many


@_compiled
def _round(rows, starts, bins, table, mu, rate, credit):
    """Fill the rate of a stretch of rows and add 1 / rate to the bins of their pairs."""
    for i in range(rows[0], rows[1]):
        r = mu[i]
        for k in range(starts[i], starts[i + 1]):
            r += table[bins[k]]
        rate[i] = r
        one = 1 / max(r, 1e-300)
        for k in range(starts[i], starts[i + 1]):
            credit[bins[k]] += one


@_compiled
def _bins(rows, square, lag, squares, lags, bins):
    """Write the number of the bin of distance and lag of a stretch of pairs."""
    for k in range(rows[0], rows[1]):
        ring = np.searchsorted(squares, square[k], side="right") - 1
        step = np.searchsorted(lags, lag[k], side="right") - 1
        bins[k] = min(ring, len(squares) - 2) * (len(lags) - 1) + min(step, len(lags) - 2)


def build(
    x: Floats, y: Floats, hours: Floats, radius: float, longest: float, padded: bool = False
) -> tuple[Ints, Singles, Singles]:
    """Return what :func:`answerable.forecast.neighbours.build` returns; a row's pairs stand in another order.

    ``padded`` fills rows up to multiples of eight, which a vector holds, with pairs so far apart that they add nothing.
    """
    side = max(radius, float(max(np.ptp(x), np.ptp(y))) / _MOST_BUCKETS_A_SIDE)
    column, row = (((v - v.min()) // side).astype(np.int64) + 1 for v in (x, y))
    wide, high = int(column.max()) + 2, int(row.max()) + 2
    bucket = row * wide + column
    order = np.argsort(bucket, kind="stable")
    first = np.searchsorted(bucket[order], np.arange(wide * high + 1))
    where = tuple(np.ascontiguousarray(v, dtype=float) for v in (x, y, hours))
    counted, none = np.zeros(len(x), np.int64), np.zeros(0, np.float32)
    fixed = (where, bucket, first, order, wide, (radius**2, float(longest)), counted)
    _spread(len(x), lambda rows: _earlier(rows, *fixed, counted, none, none))
    room = -(-counted // _LANES) * _LANES if padded else counted
    starts = np.concatenate([[0], np.cumsum(room)])
    square, lag = np.full(int(starts[-1]), _FAR, np.float32), np.zeros(int(starts[-1]), np.float32)
    _spread(len(x), lambda rows: _earlier(rows, *fixed, starts, square, lag))
    return starts, square, lag


def read(
    near: Neighbours, mu: Floats, amplitude: float, width: float, memory: float
) -> tuple[Floats, float, float, float, float]:
    """Return what :func:`answerable.forecast.neighbours.read` returns, to a millionth."""
    rate = np.empty(len(mu))
    scale = (float(amplitude), 1 / (2 * width**2), 1 / memory)
    parts = _spread(len(mu), lambda rows: _read(rows, near.starts, near.square, near.lag, scale, mu, rate))
    log_rate, near_by, squares, lags = (float(sum(column)) for column in zip(*parts, strict=True))
    return rate, log_rate, near_by, squares, lags


def em_round(starts: Ints, bins: NDArray[np.int32], table: Floats, mu: Floats) -> tuple[Floats, Floats]:
    """Return the rate at every incident, shape (n,), and by bin the sum of 1 / rate over its pairs, shape (bins,)."""
    rate = np.empty(len(mu))
    credits: list[Floats] = []

    def part(rows: tuple[int, int]) -> None:
        credit = np.zeros(len(table))
        credits.append(credit)
        _round(rows, starts, bins, table, mu, rate, credit)

    _spread(len(mu), part)
    return rate, np.sum(credits, axis=0)


def bin_pairs(near: Neighbours, distances: Floats, lags: Floats) -> NDArray[np.int32]:
    """Return the number of each pair's bin of distance and lag, shape (pairs,)."""
    bins = np.empty(len(near.square), np.int32)
    _spread(len(bins), lambda rows: _bins(rows, near.square, near.lag, np.square(distances), lags, bins))
    return bins


def _spread(n: int, part: Callable[[tuple[int, int]], Any]) -> list[Any]:
    """Run ``part`` on stretches of 0 ... n, one a thread; results in order."""
    many = max(1, min(threads(), n // _FEWEST_ROWS))
    if many == 1:
        return [part((0, n))]
    edges = np.linspace(0, n, many + 1).astype(int).tolist()
    return list(_pool().map(part, pairwise(edges)))


def threads() -> int:
    """Return how many threads to use: OMP_NUM_THREADS where it is set, else one for each processor."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and told != "0" else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads(), thread_name_prefix="pairs")

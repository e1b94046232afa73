"""The pair sums of ``neighbours`` and ``pairs``, compiled by Numba (the extra ``fast``). Import fails without it.

What makes them quick: distances and lags in float32, read eight at a time; an exponential of our own, whose arguments
are negative and clamped at -80 (far pairs would otherwise fall into the slow path of libm), truncated through int32
(``floor`` would return int64, which has no vector conversion); sums of a row in float32, of rows in float64. Kernels
let go of the interpreter's lock and run on threads of Python: compiled thread layers may not be entered twice, and a
web server would.
"""

# The compiler sees these functions, not the type checker: Numba has no annotations for decorators.
# mypy: disable-error-code="untyped-decorator, misc, no-untyped-def, no-untyped-call, call-arg, no-any-return"
# mypy: disable-error-code="var-annotated, import-untyped"
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
from llvmlite import ir
from numba import types
from numba.core import cgutils
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
# Only reassociation and contraction are allowed to the compiler, so that a NaN stays one.
_LOOSE = ("reassoc", "contract", "nsz", "arcp")
_FLOATS, _WHOLES = (ir.VectorType(one, _LANES) for one in (ir.FloatType(), ir.IntType(32)))


def _compiled(function: Callable[..., Any]) -> Any:
    settings: dict[str, Any] = {"nogil": True, "fastmath": set(_LOOSE)}
    try:
        return numba.njit(cache=True, **settings)(function)
    except RuntimeError:
        # Neither the package's folder nor the user's cache can be written to: compile anew in every process.
        return numba.njit(**settings)(function)


@intrinsic
def _row(typing, square, lag, begin, end, per_square, per_hour):  # noqa: ARG001
    """Return the sums of e, e x square and e x lag over one row, e = exp(-square x per_square - lag x per_hour).

    ``end - begin`` is a multiple of eight, and the row is read eight pairs at a time by vector instructions written
    out here: rows are short, and a compiler's own vector loop leaves up to thirty pairs of each to be read one by one.
    """
    signature = types.UniTuple(types.float32, 3)(
        square, lag, types.int64, types.int64, types.float32, types.float32
    )  # fmt: skip

    def code(context, builder, sig, arguments):
        arrays = zip(sig.args[:2], arguments[:2], strict=True)
        data = [context.make_array(kind)(context, builder, value).data for kind, value in arrays]
        falls = [_wide(builder, builder.fneg(value)) for value in arguments[4:]]
        totals = [cgutils.alloca_once_value(builder, _eight(0.0)) for _ in range(3)]
        for total in totals:
            builder.store(_eight(0.0), total)
        with cgutils.for_range_slice(
            builder, arguments[2], arguments[3], ir.Constant(arguments[3].type, _LANES), intp=arguments[3].type
        ) as (k, _):
            here = [builder.load(builder.bitcast(builder.gep(start, [k]), _FLOATS.as_pointer())) for start in data]
            for value in here:
                value.align = 4
            each = _exp(builder, _sum(builder, *(_product(builder, v, by) for v, by in zip(here, falls, strict=True))))
            for total, by in zip(totals, (None, *here), strict=True):
                more = each if by is None else _product(builder, each, by)
                builder.store(_sum(builder, builder.load(total), more), total)
        sums = [_across(builder, builder.load(total)) for total in totals]
        return context.make_tuple(builder, sig.return_type, sums)

    return signature, code


def _exp(builder, x):
    """Return exp(x) of eight numbers below 0, nothing for those below -80; relative error below 2e-7.

    To this comes what the rounding of x itself makes of it, 6e-8 for each unit: only pairs that hardly count feel it.
    """
    # Unordered: a NaN is kept.
    told = builder.fcmp_unordered(">", x, _eight(-80.0))
    x = builder.select(told, x, _eight(-80.0))
    scaled = _sum(builder, _product(builder, x, _eight(1.4426950408889634)), _eight(-0.5))
    whole = builder.fptosi(scaled, _WHOLES)
    n = builder.sitofp(whole, _FLOATS)
    r = _sum(builder, x, _product(builder, n, _eight(-0.693145751953125)))
    r = _sum(builder, r, _product(builder, n, _eight(-1.4286068203094172e-06)))
    p = _eight(1.9875691500e-4)
    for term in (1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1):
        p = _sum(builder, _product(builder, p, r), _eight(term))
    square = _product(builder, r, r)
    p = _sum(builder, _sum(builder, _product(builder, p, square), r), _eight(1.0))
    # Two to the power of n: n goes into the exponent of a float's bits.
    bits = builder.shl(builder.add(whole, ir.Constant(_WHOLES, [127] * _LANES)), ir.Constant(_WHOLES, [23] * _LANES))
    return builder.select(told, _product(builder, p, builder.bitcast(bits, _FLOATS)), _eight(0.0))


def _across(builder, vector):
    """Return the sum of a vector's eight numbers."""
    for half in (4, 2, 1):
        turned = ir.Constant(_WHOLES, [(lane + half) % _LANES for lane in range(_LANES)])
        vector = _sum(builder, vector, builder.shuffle_vector(vector, vector, turned))
    return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


def _wide(builder, number):
    """Return a vector that holds one number eight times."""
    nothing = ir.Constant(_FLOATS, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(_WHOLES, [0] * _LANES))


def _eight(number):
    return ir.Constant(_FLOATS, [float(np.float32(number))] * _LANES)


def _sum(builder, a, b):
    return builder.fadd(a, b, flags=_LOOSE)


def _product(builder, a, b):
    return builder.fmul(a, b, flags=_LOOSE)


@_compiled
def _read(rows, starts, square, lag, scale, mu, rate):
    """Fill ``rate`` for a stretch of rows and return the four sums over them; ``scale`` is (a, 1/(2 s^2), 1/m)."""
    a, per_square, per_hour = scale
    logs, nears, squares, lags, product = 0.0, 0.0, 0.0, 0.0, 1.0
    for i in range(rows[0], rows[1]):
        near, far, late = _row(square, lag, starts[i], starts[i + 1], np.float32(per_square), np.float32(per_hour))
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
    """Return what :func:`answerable.forecast.neighbours.read` returns, to a millionth; the list must be padded."""
    if not near.padded:
        raise ValueError("rows of whole vectors are needed")
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

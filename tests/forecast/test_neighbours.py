"""Pair sums: the gradient against finite differences, the compiled kernels against NumPy, and both in every fit."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad

from answerable.forecast import excitation, neighbours, pairs
from answerable.forecast.excitation import Events, fit_dictionary, fit_single
from answerable.forecast.neighbours import Neighbours, Sums, build, read, sums
from answerable.place import Area, Grid, Projection

kernels = neighbours.kernels()
compiled = pytest.mark.skipif(kernels is None, reason="no Numba (the extra fast)")


def scattered(n: int, seed: int, side: float = 3000, hours: float = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, side, (2, n)) + rng.normal(0, 60, (2, n))
    return x, y, np.sort(rng.uniform(0, hours, n))


def listed(n: int, seed: int, radius: float = 900.0, longest: float = 1500.0) -> Neighbours:
    return Neighbours(*build(*scattered(n, seed), radius, longest), radius, longest)


def test_the_gradient_is_that_of_finite_differences() -> None:
    near, mu = listed(400, 1), np.random.default_rng(2).uniform(1e-10, 1e-9, 400)

    def value(logs: np.ndarray) -> float:
        amplitude, width, memory = np.exp(logs)
        return read(near, mu, amplitude, width, memory)[1]

    def gradient(logs: np.ndarray) -> np.ndarray:
        amplitude, width, memory = np.exp(logs)
        told = Sums(*read(near, mu, amplitude, width, memory))
        # By the chain rule: 1 / (2 s^2) falls by 1 / s^2 and 1 / m by 1 / m for one step in log s and log m.
        return amplitude * np.array([told.near, told.square / width**2, told.lag / memory])

    at = np.log([3e-9, 180.0, 150.0])
    assert check_grad(value, gradient, at) < 1e-4 * np.linalg.norm(gradient(at))


@compiled
@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 300), st.floats(50, 2000), st.floats(5, 3000))
def test_the_compiled_list_holds_the_same_pairs(seed: int, n: int, radius: float, longest: float) -> None:
    assert kernels is not None
    x, y, hours = scattered(n, seed)
    ours, theirs = build(x, y, hours, radius, longest), kernels.build(x, y, hours, radius, longest)
    assert np.array_equal(ours[0], theirs[0])
    for i in range(n):
        row = slice(ours[0][i], ours[0][i + 1])
        assert np.array_equal(
            sorted(zip(ours[1][row], ours[2][row], strict=True)),
            sorted(zip(theirs[1][row], theirs[2][row], strict=True)),
        )


@compiled
@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 6000), st.floats(30, 900), st.floats(3, 3000))
def test_compiled_sums_are_those_of_numpy_to_a_millionth(seed: int, n: int, width: float, memory: float) -> None:
    assert kernels is not None
    where = scattered(n, seed, side=12_000)
    near = Neighbours(*build(*where, 900.0, 1500.0), 900.0, 1500.0)
    filled = neighbours.neighbours(*where, 900.0, 1500.0, padded=True)
    mu = np.random.default_rng(seed).uniform(1e-10, 1e-8, n)
    amplitude = 0.3 / (2 * np.pi * width**2 * memory)
    ours, theirs = read(near, mu, amplitude, width, memory), kernels.read(filled, mu, amplitude, width, memory)
    assert filled.pairs == near.pairs
    assert np.allclose(ours[0], theirs[0], rtol=1e-6, atol=0)

    # The gradient by the logarithms of amplitude, width and memory counts incidents: a millionth of one is nothing.
    def told(rate: np.ndarray, log_rate: float, near_by: float, squares: float, lags: float) -> tuple[float, ...]:
        return log_rate, amplitude * near_by, amplitude * squares / width**2, amplitude * lags / memory

    assert told(*theirs) == pytest.approx(told(*ours), rel=1e-6, abs=1e-6)


@compiled
def test_a_nan_is_not_swallowed() -> None:
    assert kernels is not None
    near = neighbours.neighbours(*scattered(50, 4), 900.0, 1500.0, padded=True)
    assert np.isnan(kernels.read(near, np.full(50, np.nan), 1e-9, 100.0, 100.0)[0]).all()
    near.square[::8] = np.nan
    rate = kernels.read(near, np.full(50, 1e-9), 1e-9, 100.0, 100.0)[0]
    assert np.isnan(rate[np.diff(near.starts) > 0]).all()


@compiled
def test_rows_that_are_not_filled_up_are_read_by_numpy() -> None:
    assert kernels is not None
    near, mu = listed(300, 5), np.full(300, 1e-9)
    assert sums(near, mu, 1e-9, 100.0, 100.0).rate.tolist() == read(near, mu, 1e-9, 100.0, 100.0)[0].tolist()
    with pytest.raises(ValueError, match="whole vectors"):
        kernels.read(near, mu, 1e-9, 100.0, 100.0)


@compiled
def test_without_the_extra_a_fit_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y, hours = scattered(1500, 7)
    order = np.argsort(np.append(hours, hours[::3] + 5.0), kind="stable")
    x, y = np.append(x, x[::3] + 40.0)[order].clip(0, 2999), np.append(y, y[::3])[order].clip(0, 2999)
    hours = np.append(hours, hours[::3] + 5.0)[order]
    square = Area("square", shapely.box(0, 0, 3000, 3000), Projection("EPSG:27700"))
    events = Events(x, y, hours, Grid.cover(square, 500), 4100.0)
    fits = (fit_single, partial(fit_dictionary, widths=(75.0, 150.0), memories_h=(24.0, 120.0)))
    with_it = [fit(events) for fit in fits]
    for module in (neighbours, pairs):
        monkeypatch.setattr(module, "kernels", lambda: None)
    without = [fit(events) for fit in fits]
    for ours, theirs in zip(without, with_it, strict=True):
        assert theirs.branching == pytest.approx(ours.branching, rel=1e-4)
        assert theirs.spread_m == pytest.approx(ours.spread_m, rel=1e-4)
        assert np.allclose(theirs.background, ours.background, atol=1e-4)
        assert ours.pairs == theirs.pairs > 1000
    assert excitation.peak(150.0, 48.0, listed(10, 1)) > 0

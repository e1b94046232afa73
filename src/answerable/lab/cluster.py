"""Events that set off events: the second half of equation 1, drawn family by family."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from answerable.lab.rates import Rates


def draw_events(
    rates: Rates, start: datetime, hours: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw every true event of ``hours`` hours from ``start``.

    Returns hours since ``start`` (float64[m], sorted) and cells (int64[m]).
    Each event sets off a Poisson number of others (mean ``branching``) after an exponential delay, in its own cell or
    the one beside it: a Hawkes process by its cluster form, exact and without time steps.
    """
    parameters = rates.parameters
    times, cells = _background(rates, rates.profile(start, hours), rng)
    all_times, all_cells = [times], [cells]
    while len(times):
        children = rng.poisson(parameters["branching"], len(times))
        times = np.repeat(times, children)
        times = times + rng.exponential(parameters["trigger_days"] * 24, len(times))
        cells = _fall(np.repeat(cells, children), rates, rng)
        times, cells = times[times < hours], cells[times < hours]
        all_times.append(times)
        all_cells.append(cells)
    every_time, every_cell = np.concatenate(all_times), np.concatenate(all_cells)
    order = np.argsort(every_time, kind="stable")
    return every_time[order], every_cell[order]


def _background(
    rates: Rates, profile: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    by_hour, by_cell = np.cumsum(profile), np.cumsum(rates.background)
    count = rng.poisson(by_hour[-1] * by_cell[-1])
    hour = np.searchsorted(by_hour, rng.uniform(0, by_hour[-1], count), side="right")
    cell = np.searchsorted(by_cell, rng.uniform(0, by_cell[-1], count), side="right")
    return hour + rng.uniform(0, 1, count), cell.astype(np.int64)


def _fall(cells: NDArray[np.int64], rates: Rates, rng: np.random.Generator) -> NDArray[np.int64]:
    stays = rng.uniform(size=len(cells)) < rates.parameters["same_place"]
    return np.where(stays, cells, rates.neighbours[cells, rng.integers(0, 8, len(cells))])

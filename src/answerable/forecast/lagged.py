"""Lagged densities and random features of place: what the regressions see, and the sample they are fitted on.

Features of a cell at an instant: for every width and memory of the bank, the logarithm of the faded density over its
mean (drawn towards 0 where little has happened), and cosines of random projections of its place, which together can
follow any smooth map. No feature knows anything but where and when incidents were reported.

A fit sees weekly steps of the past: the cells of the incidents in the step (cases), and cells drawn at random with the
weight that makes up for the rest (controls), so that the likelihood with its integral is met in expectation without
holding every cell of every week. References: Flaxman et al., Scalable high-resolution forecasting of sparse spatial
events with kernel methods, Annals of Applied Statistics 13, 2019; Fithian and Hastie, Annals of Statistics 42, 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bank import Bank
from answerable.forecast.now import Now
from answerable.place import Grid

Floats = NDArray[np.float64]

_STEP_H = 168.0
_MOST_STEPS = 78
_CONTROLS = 100
_SEED = 2018
_DRAWN = 0.2
_PSEUDO = 0.02
N_WAVES = 30


@dataclass(frozen=True, eq=False)
class Sample:
    """Weighted rows of a Poisson likelihood: ``features`` (n, p), ``count`` and ``weight`` (n,), ``step`` (n,).

    A row's contribution is count x f - weight x exp(f), f its log intensity relative to an even spread.
    """

    features: Floats
    count: Floats
    weight: Floats
    step: NDArray[np.int64]


def lagged(bank: Bank, cells: NDArray[np.int64] | None = None) -> Floats:
    """Return log relative densities of the cells at the given positions (or all), shape (cells, widths x memories)."""
    mean = bank.values.mean(axis=2, keepdims=True)
    picked = bank.values if cells is None else bank.values[:, :, cells]
    level = _DRAWN * mean + _PSEUDO / bank.values.shape[2] ** 0.5
    relative = np.log((np.maximum(picked, 0) + level) / (np.maximum(mean, 0) + level))
    return np.asarray(relative.reshape(-1, picked.shape[2]).T)


def waves(grid: Grid, n: int = N_WAVES) -> Floats:
    """Return random cosine features of each cell's place, shape (cells, n): waves of a fifth to all of the city."""
    rng = np.random.default_rng(_SEED)
    x, y = grid.centres
    size = max(float(np.ptp(x)), float(np.ptp(y)), float(grid.cell_m))
    length = size * rng.uniform(0.1, 0.5, n)
    angle, phase = rng.uniform(0, 2 * np.pi, (2, n))
    along = (x[:, None] - x.mean()) * np.cos(angle) + (y[:, None] - y.mean()) * np.sin(angle)
    return np.asarray(np.cos(along / length + phase))


def sample(now: Now) -> Sample:
    """Return the weighted sample of past weekly steps known now; empty where the past is shorter than eight weeks."""
    past, grid = now.history, now.grid
    n_steps = min(_MOST_STEPS, int(past.span * 0.75 // _STEP_H))
    rng = np.random.default_rng(_SEED)
    place = waves(grid)
    opens = past.span - _STEP_H * np.arange(n_steps, 0, -1.0)
    edges = np.searchsorted(past.hours, np.append(opens, past.span))
    before = 0
    parts: list[tuple[Floats, Floats, Floats, int]] = []
    bank = Bank.empty(grid, float(opens[0]) if n_steps else 0.0)
    for step in range(n_steps):
        bank.advance(float(opens[step]))
        new = slice(before, edges[step])
        bank.add(past.x[new], past.y[new], past.hours[new])
        before = edges[step]
        hit = past.cell[edges[step] : edges[step + 1]]
        if not len(hit):
            continue
        drawn = rng.integers(0, len(grid), _CONTROLS)
        cells = np.concatenate([hit, drawn])
        count = np.concatenate([np.ones(len(hit)), np.zeros(_CONTROLS)])
        weight = np.concatenate([np.zeros(len(hit)), np.full(_CONTROLS, len(hit) / _CONTROLS)])
        parts.append((np.concatenate([lagged(bank, cells), place[cells]], axis=1), count, weight, step))
    if not parts:
        return Sample(np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    step_of = np.concatenate([np.full(len(count), step) for _, count, _, step in parts])
    features, counts, weights = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return Sample(features, counts, weights, step_of)

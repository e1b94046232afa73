"""Random-feature Poisson regression on lagged densities: lets the data say how widths and memories combine.

The log of a cell's share is linear in the features of ``lagged``; the ridge penalty is the one of a ladder under which
the first three quarters of the past steps predict the last quarter best; Newton's method on the weighted sample. The
penalty draws towards the long-run map of the width chosen for it, not towards nothing: its log density is an offset of
weight one. Reference: Flaxman et al., Annals of Applied Statistics 13, 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bandwidth import floored
from answerable.forecast.base import Fitted
from answerable.forecast.lagged import N_WAVES, Sample, lagged, sample, waves
from answerable.forecast.now import Now
from answerable.forecast.shaped import fit_shaped
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents

Floats = NDArray[np.float64]

_PENALTIES = (3.0, 30.0, 300.0, 3000.0)
FEWEST_CASES = 50
_STEPS = 12
OF_TIME = 0.75
_BLOCK = 48


@dataclass(frozen=True)
class Regression:
    """Poisson regression on random features of place and lagged densities."""

    name: str = "regression"
    about: str = "Poisson regression on densities of many widths and memories, and on random features of place."
    seasonal: bool = True

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at``; InputError where there are none, or the grid is too fine."""
        return fit_shaped(self, incidents, grid, at)

    def learn(self, now: Now) -> LinearShape:
        """Fit the coefficients to what is known; with fewer than 50 past cases they stay at the long-run map, and where
        times are known to the month only: weekly steps of those are empty or hold a month.
        """
        rows, start = sample(now), prior(now)
        if now.history.monthly or rows.count.sum() < FEWEST_CASES:
            return LinearShape.on(now.grid, start)
        early = rows.step <= np.quantile(rows.step[rows.count > 0], OF_TIME)
        tried: list[tuple[float, Floats, float]] = []
        for ridge in reversed(_PENALTIES):
            beta = newton(rows, early, start, ridge, tried[-1][1] if tried else start)
            tried.append((log_score(rows, ~early, rows.features[~early] @ beta), beta, ridge))
        _, beta, ridge = max(tried, key=lambda one: one[0])
        return LinearShape.on(now.grid, newton(rows, np.ones(len(early), bool), start, ridge, beta))


@dataclass(frozen=True, eq=False)
class LinearShape:
    """Coefficients of the lagged densities, and what the waves say of each cell, shape (cells,)."""

    beta: Floats
    place: Floats

    @classmethod
    def on(cls, grid: Grid, beta: Floats) -> LinearShape:
        """Return the shape of coefficients of the lagged densities, which come first, and of the waves."""
        lags = len(beta) - N_WAVES
        return cls(beta[:lags], waves(grid) @ beta[lags:])

    def share(self, now: Now, window: Window) -> Floats:  # noqa: ARG002
        """Return each cell's share, shape (cells,)."""
        told = lagged(now.bank) @ self.beta + self.place
        return floored(np.exp(np.clip(told - told.max(), -50, 0)))


def prior(now: Now) -> Floats:
    """Return the coefficients that the penalty draws towards: the long-run density of middle width, alone."""
    bank = now.bank
    beta = np.zeros(len(bank.widths) * len(bank.memories) + N_WAVES)
    beta[len(bank.widths) // 2 * len(bank.memories) + len(bank.memories) - 1] = 1.0
    return beta


def newton(rows: Sample, used: NDArray[np.bool_], start: Floats, ridge: float, begin: Floats) -> Floats:
    """Return the coefficients of greatest penalised likelihood on the rows ``used``, by damped Newton steps from
    ``begin``; the penalty draws towards ``start``.
    """
    x, count, weight = rows.features[used], rows.count[used], rows.weight[used]
    design = np.concatenate([np.ones((len(x), 1)), x], axis=1)
    penalty = np.concatenate([[0.0], np.full(x.shape[1], ridge)])
    centre = np.concatenate([[0.0], start])
    beta = np.concatenate([[0.0], begin])
    cases = design.T @ count
    controls, weight = design[weight > 0], weight[weight > 0]
    for _ in range(_STEPS):
        mean = weight * np.exp(np.clip(controls @ beta, -30, 30))
        gradient = cases - controls.T @ mean - penalty * (beta - centre)
        curvature = weighted_squares(controls, mean) + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step / max(1.0, float(np.abs(step).max()) / 0.5)
        if np.abs(step).max() < 1e-4:
            break
    return np.asarray(beta[1:])


def weighted_squares(x: Floats, weight: Floats) -> Floats:
    """Return x' diag(weight) x, shape (p, p), for ``x`` of shape (n, p).

    Added up from blocks so small that the linear algebra beneath keeps to one thread: its threads wait for each other
    by spinning, and on a busy machine take many times as long as one.
    """
    blocks = -(-len(x) // _BLOCK)
    filled = np.zeros((blocks * _BLOCK, x.shape[1]))
    filled[: len(x)] = x * np.sqrt(weight)[:, None]
    stacked = filled.reshape(blocks, _BLOCK, x.shape[1])
    return np.asarray(np.matmul(stacked.transpose(0, 2, 1), stacked).sum(axis=0))


def log_score(rows: Sample, used: NDArray[np.bool_], told: Floats) -> float:
    """Return the log score of places given their number, for log intensities ``told`` of the rows ``used``."""
    total = float((rows.weight[used] * np.exp(np.clip(told, -30, 30))).sum())
    cases = float(rows.count[used].sum())
    return float(rows.count[used] @ told - cases * np.log(max(total, 1e-300)))


MODEL = Regression

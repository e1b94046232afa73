"""Gradient-boosted Poisson regression: trees that correct the long-run map by what has happened lately and nearby.

The sample, its weights and its features are those of ``regression``; the log of a cell's share is the long-run map's
plus a sum of small trees, fitted to the gradient of the weighted Poisson likelihood (count - weight x exp(f)). How many
trees is told by the last quarter of the past steps. Needs LightGBM (the extra ``boost``) and minutes where the others
need seconds, so that it takes part only where it is asked for by name. One thread, one seed: the same bytes each time.

Reference: Friedman, Greedy function approximation, Annals of Statistics 29, 2001.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from answerable.errors import UsageError
from answerable.forecast.bandwidth import floored
from answerable.forecast.base import Fitted
from answerable.forecast.lagged import Sample, lagged, sample, waves
from answerable.forecast.now import Floats, Now
from answerable.forecast.regression import FEWEST_CASES, OF_TIME, LinearShape, log_score, prior
from answerable.forecast.shaped import fit_shaped
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents

_MOST_TREES = 200
_EVERY = 10
_SETTINGS = {
    "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 50, "min_sum_hessian_in_leaf": 5.0, "lambda_l2": 10.0,
    "feature_fraction": 0.5, "max_bin": 63, "num_threads": 1, "seed": 2018, "deterministic": True,
    "force_row_wise": True, "verbosity": -1,
}  # fmt: skip


@dataclass(frozen=True)
class Boost:
    """Boosted trees on lagged densities and random features of place, over the long-run map."""

    name: str = "boost"
    about: str = "Boosted trees on the features of 'regression'; needs the extra 'boost', slow, left out of 'all'."
    seasonal: bool = True

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at``; InputError where there are none, or the grid is too fine."""
        return fit_shaped(self, incidents, grid, at)

    def learn(self, now: Now) -> TreeShape | LinearShape:
        """Grow the trees; with fewer than 50 past cases, or times known to the month only, the long-run map stays as it
        is. UsageError: no LightGBM.
        """
        trees = _library()
        rows, start = sample(now), prior(now)
        if now.history.monthly or rows.count.sum() < FEWEST_CASES:
            return LinearShape.on(now.grid, start)
        early = rows.step <= np.quantile(rows.step[rows.count > 0], OF_TIME)
        tried = _grown(trees, rows, early, start, _MOST_TREES)
        offset = rows.features[~early] @ start
        scores = {
            many: log_score(rows, ~early, offset + tried.predict(rows.features[~early], num_iteration=many))
            for many in range(_EVERY, _MOST_TREES + 1, _EVERY)
        }
        best = max(scores, key=lambda many: (scores[many], -many))
        if scores[best] <= log_score(rows, ~early, offset):
            return LinearShape.on(now.grid, start)
        return TreeShape(_grown(trees, rows, np.ones(len(early), bool), start, best), start, waves(now.grid))


@dataclass(frozen=True, eq=False)
class TreeShape:
    """Trees over the long-run map; ``place`` (cells, waves) are the features of place."""

    trees: Any
    start: Floats
    place: Floats

    def share(self, now: Now, window: Window) -> Floats:  # noqa: ARG002
        """Return each cell's share, shape (cells,)."""
        features = np.concatenate([lagged(now.bank), self.place], axis=1)
        told = features @ self.start + self.trees.predict(features)
        return floored(np.exp(np.clip(told - told.max(), -50, 0)))


def _grown(trees: Any, rows: Sample, used: np.ndarray[Any, np.dtype[np.bool_]], start: Floats, many: int) -> Any:
    features, count, weight = rows.features[used], rows.count[used], rows.weight[used]
    # The level at which the controls expect as many as there are cases: trees begin there.
    told = features @ start
    begin = told + np.log(count.sum() / max(float(weight @ np.exp(np.clip(told, -30, 30))), 1e-300))

    def slope(scores: Floats, data: Any) -> tuple[Floats, Floats]:  # noqa: ARG001
        mean = weight * np.exp(np.clip(scores, -30, 30))
        return mean - count, mean

    data = trees.Dataset(features, label=count, init_score=begin, params=_SETTINGS, free_raw_data=True)
    return trees.train({**_SETTINGS, "objective": slope}, data, num_boost_round=many)


def _library() -> Any:
    try:
        return importlib.import_module("lightgbm")
    except ImportError as error:
        raise UsageError(
            "The model boost needs LightGBM, which is not installed.",
            where="boost",
            fix="pip install 'answerable[boost]', or choose another model.",
        ) from error


MODEL = Boost

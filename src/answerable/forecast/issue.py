"""Put a forecast together from a level and a share for each cell, with the interval that their uncertainty gives."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.base import Forecast
from answerable.forecast.history import History
from answerable.forecast.level import Level
from answerable.forecast.spread import Spread, gamma_interval
from answerable.place import Grid, Window


def issue(
    model: str,
    history: History,
    level: Level,
    grid: Grid,
    at: datetime,
    *,
    window: Window,
    share: NDArray[np.float64],
    share_cv: NDArray[np.float64],
    reach_m: float,
    notes: tuple[str, ...] = (),
) -> Forecast:
    """Return the forecast of ``model`` for ``window``, issued at ``at``: the level times each cell's share.

    ``share`` (shape (n,), sum 1) and its relative standard deviation ``share_cv`` (shape (n,)) belong to the cells of
    ``grid``; ``reach_m`` is the distance in metres over which the errors of shares go together. ``notes`` come before
    those of the data and of the level.
    """
    spread = Spread(level.cv, share_cv, reach_m)
    expected = level.expected * share
    low, high = gamma_interval(expected, spread.cells())
    return Forecast(
        model=model,
        issued_at=at,
        window=window,
        grid=grid,
        expected=expected,
        low=low,
        high=high,
        base_rate=level.expected / len(grid),
        data_until=history.data_until,
        data_hash=history.data_hash,
        spread=spread,
        notes=notes + history.notes + level.notes,
    )

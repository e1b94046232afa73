"""A forecast made by hand, so that what is drawn and written can be checked by eye."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from numpy.typing import ArrayLike

from answerable.forecast.base import Forecast
from answerable.place import Area, Grid, Projection, Window

BNG = Projection("EPSG:27700")
EIGHT = datetime(2018, 11, 30, 20, tzinfo=UTC)

MakeForecast = Callable[..., Forecast]


@pytest.fixture(scope="session")
def make_area() -> Callable[..., Area]:
    """A box of metres east and north of a corner in London."""

    def make(name: str, west: float, south: float, east: float, north: float) -> Area:
        return Area(name, shapely.box(530_000 + west, 180_000 + south, 530_000 + east, 180_000 + north), BNG)

    return make


@pytest.fixture(scope="session")
def make_forecast(make_area: Callable[..., Area]) -> MakeForecast:
    """A forecast for a box of cells; ``expected`` is spread over the cells in grid order."""

    def make(expected: ArrayLike, *, width: int = 4, height: int = 3, model: str = "long_run") -> Forecast:
        grid = Grid.cover(make_area("city", 0, 0, 500 * width, 500 * height), 500)
        values = np.broadcast_to(np.asarray(expected, float), (len(grid),)).copy()
        window = Window.of_hours(EIGHT, 8)
        return Forecast(
            model, EIGHT, window, grid, values, values / 2, values * 2, float(values.mean()), EIGHT, "ab" * 32,
            notes=("Old data.",),
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def forecast(make_forecast: MakeForecast) -> Forecast:
    return make_forecast(np.linspace(0.0001, 0.012, 12))

"""The forecast without skill is the base rate, and is as unsure as the level."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from answerable.forecast.uniform import Uniform
from answerable.incidents import Incidents
from answerable.place import Area, Grid, Window


def test_every_cell_has_the_base_rate(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    forecast = Uniform().fit(two_years, grid, issued).predict(Window.of_hours(issued, 24))
    assert set(forecast.expected.tolist()) == {forecast.base_rate}
    assert set(forecast.p.tolist()) == {forecast.p_base}
    assert forecast.expected.sum() == pytest.approx(2, rel=0.1)


def test_an_area_is_as_unsure_as_any_cell_since_places_are_not_forecast(
    two_years: Incidents, grid: Grid, issued: datetime, town: Area
) -> None:
    forecast = Uniform().fit(two_years, grid, issued).predict(Window.of_hours(issued, 24))
    city = forecast.for_area(town)
    assert city.high / city.expected == pytest.approx(forecast.high[0] / forecast.expected[0])


def test_it_carries_the_date_and_hash_of_its_data(two_years: Incidents, grid: Grid, issued: datetime) -> None:
    forecast = Uniform().fit(two_years, grid, issued).predict(Window.of_hours(issued, 24))
    assert forecast.data_until == two_years.frame["occurred_to"].max()
    assert forecast.data_hash == two_years.data_hash
    assert np.isfinite([forecast.low, forecast.high]).all()

"""Bad input, every model: a clear error or a labelled fallback to the base rate, never a NaN."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
import shapely

from answerable.errors import InputError
from answerable.forecast.base import Forecast, model, models
from answerable.incidents import Incidents
from answerable.place import Area, Grid, Projection, Window

Make = Callable[..., Incidents]
NAMES = sorted(models())


@pytest.fixture
def window(issued: datetime) -> Window:
    """Two weeks: the mixture then asks its experts about six windows, which is quick."""
    return Window.of_hours(issued, 24 * 14)


def whole(forecast: Forecast) -> bool:
    figures = (forecast.expected, forecast.low, forecast.high, forecast.p, forecast.p_low, forecast.p_high)
    return all(bool(np.isfinite(figure).all() and (figure >= 0).all()) for figure in figures)


@pytest.mark.parametrize("name", NAMES)
def test_no_incident_is_an_error_that_says_so(
    two_years: Incidents, make_incidents: Make, grid: Grid, issued: datetime, name: str
) -> None:
    none = Incidents(two_years.frame.clear(), two_years.manifest)
    elsewhere = make_incidents(np.arange(20) * 500.0, 90_000, 90_000)
    for table in (none, elsewhere):
        with pytest.raises(InputError, match="No incident was known in the study area") as error:
            model(name).fit(table, grid, issued)
        assert error.value.fix


@pytest.mark.parametrize("name", NAMES)
def test_no_incident_in_the_training_window_is_an_error_that_says_so(
    two_years: Incidents, grid: Grid, issued: datetime, name: str
) -> None:
    with pytest.raises(InputError, match="No incident was known in the study area by then"):
        model(name).fit(two_years, grid, issued - timedelta(days=3000))


@pytest.mark.parametrize("name", NAMES)
def test_one_incident_gives_the_base_rate_and_says_so(
    make_incidents: Make, grid: Grid, issued: datetime, window: Window, name: str
) -> None:
    forecast = model(name).fit(make_incidents([5000.0], 700, 700), grid, issued).predict(window)
    assert whole(forecast)
    assert forecast.model == "uniform"
    assert np.ptp(forecast.expected) == 0
    assert name == "uniform" or f"uniform instead of {name}" in " ".join(forecast.notes)


@pytest.mark.parametrize("name", NAMES)
def test_all_at_one_point_stays_a_forecast(
    make_incidents: Make, grid: Grid, issued: datetime, window: Window, name: str
) -> None:
    hours = np.sort(np.random.default_rng(1).uniform(0, 700 * 24, 120))
    forecast = model(name).fit(make_incidents(hours, 700, 700), grid, issued).predict(window)
    assert whole(forecast)
    assert forecast.model == name
    here = grid.locate(np.array([400_700]), np.array([300_700]))[0]
    assert name == "uniform" or forecast.order[0] == here


@pytest.mark.parametrize("name", NAMES)
def test_all_in_one_minute_is_an_error_that_says_so(
    make_incidents: Make, grid: Grid, issued: datetime, window: Window, name: str
) -> None:
    rng = np.random.default_rng(2)
    at_once = make_incidents(np.full(120, 5000.0), rng.integers(0, 5000, 120), rng.integers(0, 4000, 120))
    with pytest.raises(InputError, match="cover less than a day"):
        model(name).fit(at_once, grid, issued).predict(window)


@pytest.mark.parametrize("name", NAMES)
def test_a_window_in_the_past_of_the_data_is_an_error_that_says_so(
    make_incidents: Make, grid: Grid, issued: datetime, name: str
) -> None:
    hours = np.sort(np.random.default_rng(3).uniform(0, 700 * 24, 30))
    fitted = model(name).fit(make_incidents(hours, np.arange(30) * 100, 700), grid, issued)
    with pytest.raises(InputError, match="opened before the forecast was issued"):
        fitted.predict(Window.of_hours(issued - timedelta(days=100), 24))


def test_a_cell_size_that_makes_fifty_million_cells_is_refused_before_any_model_sees_it() -> None:
    land = Area("land", shapely.box(0, 0, 700_000, 714_000), Projection("EPSG:27700"))
    with pytest.raises(InputError, match="would make 49,980,000 cells") as error:
        Grid.cover(land, 100)
    assert "larger cells" in error.value.fix


@pytest.mark.parametrize("name", ["boost", "hawkes", "regression"])
def test_a_grid_too_fine_for_models_that_follow_recent_incidents_is_refused_by_them(
    two_years: Incidents, issued: datetime, window: Window, name: str, monkeypatch: pytest.MonkeyPatch, grid: Grid
) -> None:
    monkeypatch.setattr("answerable.forecast.bank.MOST_VALUES", 100)
    with pytest.raises(InputError, match="too many for models that follow recent incidents") as error:
        model(name).fit(two_years, grid, issued).predict(window)
    assert "larger cells" in error.value.fix


def test_on_such_a_grid_the_mixture_answers_without_them(
    two_years: Incidents, issued: datetime, window: Window, monkeypatch: pytest.MonkeyPatch, grid: Grid
) -> None:
    monkeypatch.setattr("answerable.forecast.bank.MOST_VALUES", 100)
    assert whole(model("mixture").fit(two_years, grid, issued).predict(window))

"""A forecast as others use it: cells, areas, JSON, and the list of models."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pytest
import shapely

from answerable.errors import InputError, UsageError
from answerable.forecast.base import Forecast, model, models
from answerable.incidents import Incidents
from answerable.place import Area, Grid, Projection, Window


@pytest.fixture(scope="module")
def forecast(two_years: Incidents, grid: Grid, issued: datetime) -> Forecast:
    return model("long_run").fit(two_years, grid, issued).predict(Window.of_hours(issued, 8))


def box(town: Area, west: float, south: float, east: float, north: float) -> Area:
    x, y = 400_000, 300_000
    return Area("part", shapely.box(x + west, y + south, x + east, y + north), town.projection)


def test_every_model_is_found_by_its_file() -> None:
    assert {"cell_mean", "hawkes", "kde_300", "long_run", "near_repeat", "regression", "seasonal"} < set(models())
    assert all(make().about.endswith(".") for make in models().values())


def test_a_model_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"cell_mean, .*uniform"):
        model("crystal_ball")


def test_the_likeliest_cells_come_first(forecast: Forecast) -> None:
    top = forecast.top(5)
    assert [cell.p for cell in top] == sorted(forecast.p.tolist(), reverse=True)[:5]
    assert len(forecast.top(10_000)) == len(forecast.grid)


def test_a_probability_is_that_of_at_least_one(forecast: Forecast) -> None:
    np.testing.assert_allclose(forecast.p, 1 - np.exp(-forecast.expected))
    assert (forecast.p_low < forecast.p).all()
    assert (forecast.p < forecast.p_high).all()
    assert forecast.p_base == pytest.approx(1 - np.exp(-forecast.expected.mean()))


def test_the_json_has_the_keys_that_others_rely_on(forecast: Forecast) -> None:
    document = json.loads(json.dumps(forecast.as_json(3)))
    assert set(document) >= {"model", "issued_at", "window", "base_rate", "cells"}
    assert document["window"] == {"from": "2018-01-01T00:00:00Z", "to": "2018-01-01T08:00:00Z"}
    assert list(document["cells"][0]) == ["cell_id", "lon", "lat", "expected", "p", "p_low", "p_high", "words"]
    assert document["cells"][0]["cell_id"] == forecast.top(1)[0].name
    assert len(forecast.as_json()["cells"]) == len(forecast.grid)


def test_a_cell_stands_where_its_centre_is(forecast: Forecast) -> None:
    x, y = forecast.grid.projection.forward([forecast.cells()[0].lon], [forecast.cells()[0].lat])
    assert abs(int(x[0]) - 400_250) <= 1
    assert abs(int(y[0]) - 300_250) <= 1


def test_an_area_of_whole_cells_expects_what_its_cells_expect(forecast: Forecast, town: Area) -> None:
    part = forecast.for_area(box(town, 0, 0, 1000, 500))
    assert part.expected == pytest.approx(forecast.expected[:2].sum())
    assert part.base_rate == pytest.approx(2 * forecast.base_rate)
    assert part.low < part.expected < part.high


def test_half_a_cell_expects_half(forecast: Forecast, town: Area) -> None:
    half = forecast.for_area(box(town, 0, 0, 250, 500))
    assert half.expected == pytest.approx(forecast.expected[0] / 2)


def test_the_parts_of_a_city_add_up_to_it(forecast: Forecast, town: Area) -> None:
    west, east = (forecast.for_area(box(town, a, 0, b, 4000)) for a, b in ((0, 1777), (1777, 5000)))
    assert west.expected + east.expected == pytest.approx(forecast.expected.sum())


def test_the_whole_city_is_surer_than_its_likeliest_cell(forecast: Forecast, town: Area) -> None:
    city, cell = forecast.for_area(town), forecast.top(1)[0]
    assert city.high / city.expected < cell.high / cell.expected


def test_on_the_coast_only_land_counts(forecast: Forecast, town: Area) -> None:
    land = box(town, 0, 0, 5000, 3900)
    strip = box(town, 0, 3500, 5000, 3900)
    by_land = forecast.for_area(strip, study=land)
    assert by_land.expected == pytest.approx(forecast.expected[-10:].sum())
    assert forecast.for_area(strip).expected == pytest.approx(0.8 * by_land.expected)


def test_an_area_that_sticks_out_says_how_much_of_it_is_covered(forecast: Forecast, town: Area) -> None:
    assert forecast.for_area(box(town, 4500, 0, 5500, 500)).covered == pytest.approx(0.5)


def test_an_area_elsewhere_has_no_forecast(forecast: Forecast, town: Area) -> None:
    with pytest.raises(InputError, match="outside the study area"):
        forecast.for_area(box(town, 50_000, 0, 51_000, 500))
    with pytest.raises(InputError, match="projections"):
        forecast.for_area(Area("", shapely.box(0, 0, 1, 1), Projection("EPSG:32618")))


def test_a_model_without_its_own_spread_adds_up_the_ends(forecast: Forecast, town: Area) -> None:
    plain = Forecast(
        "x", forecast.issued_at, forecast.window, forecast.grid, forecast.expected, forecast.low, forecast.high,
        forecast.base_rate, forecast.data_until, forecast.data_hash,
    )  # fmt: skip
    assert plain.for_area(town).high == pytest.approx(forecast.high.sum())

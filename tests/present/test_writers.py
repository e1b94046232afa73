"""A forecast as a file that other people's programs read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
import shapely
from shapely.geometry import shape

from answerable.forecast.base import Forecast
from answerable.present.writers import forecast_csv, forecast_geojson, forecast_json, forecast_parquet, formula_safe


def test_parquet_has_the_agreed_columns_and_loses_no_digit(forecast: Forecast) -> None:
    table = pl.read_parquet(io.BytesIO(forecast_parquet(forecast)))
    assert table.columns == [
        "model", "issued_at", "window_from", "window_to", "cell_id", "lon", "lat", "expected", "p", "p_low", "p_high",
    ]  # fmt: skip
    np.testing.assert_array_equal(table["expected"].to_numpy(), forecast.expected)
    np.testing.assert_array_equal(table["p"].to_numpy(), forecast.p)
    assert table["window_to"][0] == datetime(2018, 12, 1, 4, tzinfo=UTC)
    assert table["cell_id"].to_list() == forecast.grid.ids


def test_the_same_forecast_is_the_same_bytes(forecast: Forecast) -> None:
    for write in (forecast_parquet, forecast_csv, forecast_geojson, forecast_json):
        assert write(forecast) == write(forecast)


def test_csv_reads_back_with_its_words(forecast: Forecast) -> None:
    rows = list(csv.DictReader(io.StringIO(forecast_csv(forecast).decode())))
    assert len(rows) == len(forecast.grid)
    assert float(rows[-1]["p"]) == forecast.p[-1]
    assert rows[-1]["words"] == "12 in 1,000"
    assert rows[0]["window_from"] == "2018-11-30T20:00:00Z"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_can_start_a_formula(text: str, make_forecast: Callable[..., Forecast]) -> None:
    assert formula_safe(text) == "'" + text
    rows = list(csv.DictReader(io.StringIO(forecast_csv(make_forecast(0.001, model=text)).decode())))
    assert {row["model"] for row in rows} == {"'" + text}


def test_a_longitude_in_the_west_stays_a_number(forecast: Forecast) -> None:
    rows = list(csv.DictReader(io.StringIO(forecast_csv(forecast).decode())))
    assert float(rows[0]["lon"]) < 0


def test_geojson_cells_are_squares_that_tile_the_city(forecast: Forecast) -> None:
    document = json.loads(forecast_geojson(forecast))
    cells = [shape(feature["geometry"]) for feature in document["features"]]
    assert shapely.is_valid(cells).all()
    assert all(cell.exterior.is_ccw for cell in cells)
    overlap = sum(cell.area for cell in cells) - shapely.union_all(cells).area
    assert overlap == pytest.approx(0, abs=1e-9)
    assert set(document["features"][0]["properties"]) == {"cell_id", "p", "p_low", "p_high", "expected", "words"}


def test_geojson_says_what_it_is_and_from_when(forecast: Forecast) -> None:
    about = json.loads(forecast_geojson(forecast))["forecast"]
    assert about["model"] == "long_run"
    assert about["window"]["from"] == "2018-11-30T20:00:00Z"
    assert about["notes"] == ["Old data."]
    assert about["data_hash"] == "ab" * 32


def test_json_can_hold_only_the_likeliest(forecast: Forecast) -> None:
    cells = json.loads(forecast_json(forecast, 2))["cells"]
    assert [cell["cell_id"] for cell in cells] == [cell.name for cell in forecast.top(2)]

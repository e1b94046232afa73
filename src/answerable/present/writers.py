"""A forecast as a file: CSV, GeoJSON or Parquet, as bytes. Cells stand in grid order, times are UTC, degrees are WGS84.

Numbers are written in full, so that anyone can score the file with their own code; ``words`` is for people.
"""

from __future__ import annotations

import io
import json

import numpy as np
import polars as pl

from answerable.forecast.base import Forecast
from answerable.forecast.frequency import frequency

# A spreadsheet takes a cell that starts with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def forecast_table(forecast: Forecast) -> pl.DataFrame:
    """Return one row per cell.

    Columns: ``model, issued_at, window_from, window_to`` (UTC), ``cell_id, lon, lat`` (cell centre), ``expected``
    (incidents), ``p`` (at least one), and the 90 % interval of ``p``, ``p_low, p_high``.
    """
    lon, lat = forecast.grid.projection.inverse(*forecast.grid.centres)
    columns = {
        "cell_id": forecast.grid.ids,
        "lon": lon.round(6),
        "lat": lat.round(6),
        "expected": forecast.expected,
        "p": forecast.p,
        "p_low": forecast.p_low,
        "p_high": forecast.p_high,
    }
    instant = pl.Datetime("us", "UTC")
    return pl.DataFrame(columns).select(
        pl.lit(forecast.model).alias("model"),
        pl.lit(forecast.issued_at).cast(instant).alias("issued_at"),
        pl.lit(forecast.window.start).cast(instant).alias("window_from"),
        pl.lit(forecast.window.end).cast(instant).alias("window_to"),
        pl.all(),
    )


def forecast_parquet(forecast: Forecast) -> bytes:
    """Return :func:`forecast_table` as a Parquet file."""
    buffer = io.BytesIO()
    forecast_table(forecast).write_parquet(buffer)
    return buffer.getvalue()


def forecast_csv(forecast: Forecast) -> bytes:
    """Return :func:`forecast_table` with ``words`` as a CSV file (UTF-8); no text in it can start a formula."""
    words = pl.Series("words", [frequency(p) for p in forecast.p.tolist()])
    table = forecast_table(forecast).with_columns(pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    texts = [name for name, kind in table.schema.items() if kind == pl.String()]
    safe = table.with_columns(pl.col(name).map_elements(formula_safe, pl.String) for name in texts)
    return safe.with_columns(words).write_csv().encode()


def formula_safe(text: str) -> str:
    """Return text that no spreadsheet will run: an apostrophe goes before anything that looks like a formula.

    >>> formula_safe("=HYPERLINK(1)"), formula_safe("long_run")
    ("'=HYPERLINK(1)", 'long_run')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def forecast_geojson(forecast: Forecast) -> bytes:
    """Return the cells as GeoJSON polygons with ``cell_id, p, p_low, p_high, expected, words`` each.

    What holds for all cells (model, times, base rate, data date and hash, notes) stands beside them in ``forecast``.
    """
    about = forecast.as_json(0)
    del about["cells"]
    columns = (forecast.p, forecast.p_low, forecast.p_high, forecast.expected)
    rows = zip(forecast.grid.ids, _rings(forecast), *(column.tolist() for column in columns), strict=True)
    features = [
        {
            "type": "Feature",
            "id": name,
            "properties": {
                "cell_id": name, "p": p, "p_low": low, "p_high": high, "expected": expected, "words": frequency(p),
            },
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name, ring, p, low, high, expected in rows
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "forecast": about, "features": features}).encode()


def forecast_json(forecast: Forecast, n: int | None = None) -> bytes:
    """Return :meth:`Forecast.as_json` as a file: all cells, or the ``n`` likeliest."""
    return (json.dumps(forecast.as_json(n)) + "\n").encode()


def _rings(forecast: Forecast) -> list[list[list[float]]]:
    grid = forecast.grid
    # Counter-clockwise from the south-west and closed, as RFC 7946 asks for.
    across, up = np.array([0, 1, 1, 0, 0]), np.array([0, 0, 1, 1, 0])
    x = (grid.columns[:, None] + across) * grid.cell_m
    y = (grid.rows[:, None] + up) * grid.cell_m
    lon, lat = grid.projection.inverse(x.ravel(), y.ravel())
    rings: list[list[list[float]]] = np.column_stack([lon, lat]).round(6).reshape(len(grid), 5, 2).tolist()
    return rings

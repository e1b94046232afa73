"""What data are like: said in sentences, left out where it cannot be told, and seen by the self-exciting model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from answerable.forecast.base import model
from answerable.forecast.diagnosis.overview import overview
from answerable.forecast.history import history
from answerable.incidents import Incidents
from answerable.place import Grid, Window

Make = Callable[..., Incidents]


def test_a_quiet_table_is_concentrated_stable_and_neither_echoed_nor_broken(
    two_years: Incidents, grid: Grid, issued: datetime
) -> None:
    told = overview(history(two_years, grid, issued), grid)
    assert told["concentration"]["share"][2] > 2 * told["concentration"]["by_chance"][2]
    assert abs(told["stability"]["found"] - told["stability"]["if_nothing_changed"]) < 0.06
    assert told["near_repeats"]["p"] > 0.05
    assert told["echoes"]["echoes"] < 5
    assert told["break"]["p"] > 0.05
    assert len(told["sentences"]) == 5
    assert "no more than chance" in " ".join(told["sentences"])


def test_echoes_and_repeats_are_found_and_every_self_exciting_forecast_warns_of_them(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    rng = np.random.default_rng(4)
    hours, east, north = np.sort(rng.uniform(0, 700 * 24, 300)), rng.integers(0, 5000, 300), rng.integers(0, 4000, 300)
    again = rng.random(300) < 0.2
    table = make_incidents(
        np.append(hours, hours[again] + 0.005), np.append(east, east[again] + 20), np.append(north, north[again])
    )
    told = overview(history(table, grid, issued), grid)
    assert told["echoes"]["echoes"] > 40
    assert told["near_repeats"]["p"] <= 0.05
    assert "may be echoes" in " ".join(told["sentences"])
    forecast = model("hawkes").fit(table, grid, issued).predict(Window.of_hours(issued, 24))
    assert any("partly how the feed works" in note for note in forecast.notes)


def test_a_handful_says_that_it_is_too_few(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    told = overview(history(make_incidents(np.arange(1, 6) * 3000.0, 700, 700), grid, issued), grid)
    assert told["near_repeats"] is told["stability"] is None
    assert "too few" in told["sentences"][0]

"""Season and hour: profiles found again, nothing invented where nothing is known, a clock that only goes forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from answerable.forecast.history import history
from answerable.forecast.level import CityLevel
from answerable.forecast.season import Season
from answerable.incidents import Incidents
from answerable.place import Grid, Window

Make = Callable[..., Incidents]
YEARS = 4 * 365.25 * 24


def thinned(n: int, rate: Callable[[np.ndarray], np.ndarray], seed: int, span: float = YEARS) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hours = np.sort(rng.uniform(0, span, n))
    return hours[rng.random(n) < rate(hours)]


def nights(hours: np.ndarray) -> np.ndarray:
    """2016 begins at midnight in London: four hours in five of incidents fall between 20 and 4 in winter time."""
    return np.where((hours % 24 >= 20) | (hours % 24 < 4), 1.0, 0.125)


def summers(hours: np.ndarray) -> np.ndarray:
    return (1 + 0.6 * np.cos(2 * np.pi * (hours / 24 - 182) / 365.2425)) / 1.6


def fitted(make_incidents: Make, grid: Grid, hours: np.ndarray, **columns: object) -> Season:
    table = make_incidents(hours, 700, 700, **columns)
    return Season.fit(history(table, grid, datetime(2016, 1, 1, tzinfo=UTC) + timedelta(hours=YEARS + 24)))


def test_nights_are_found_and_the_mean_of_the_week_is_one(make_incidents: Make, grid: Grid) -> None:
    season = fitted(make_incidents, grid, thinned(16_000, nights, 1))
    by_hour = season.week.reshape(7, 24).mean(axis=0)
    assert season.week.mean() == pytest.approx(1)
    assert by_hour[[22, 23, 0, 1]].min() > 4 * by_hour[[9, 12, 15]].max()


def test_summers_are_found(make_incidents: Make, grid: Grid) -> None:
    season = fitted(make_incidents, grid, thinned(16_000, summers, 2))
    summer, winter = (np.diff(season.clock(np.array([d * 24.0, (d + 30) * 24.0])))[0] for d in (167, 0))
    assert summer / winter == pytest.approx(1.6 / 0.4, rel=0.25)


def test_chance_alone_makes_hardly_a_season(make_incidents: Make, grid: Grid) -> None:
    season = fitted(make_incidents, grid, thinned(6000, np.ones_like, 3))
    assert 0.8 < season.week.min() <= season.week.max() < 1.25
    assert np.abs(season.year).max() < 0.08


def test_a_winter_alone_is_no_season(make_incidents: Make, grid: Grid) -> None:
    hours = thinned(4000, summers, 4, span=400 * 24)
    season = Season.fit(history(make_incidents(hours, 700, 700), grid, datetime(2017, 3, 1, tzinfo=UTC)))
    assert season.year.tolist() == [0, 0, 0, 0]


def test_incidents_known_to_the_day_shape_days_only(make_incidents: Make, grid: Grid) -> None:
    begin = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=d) for d in range(1400) for _ in range(1 + (d % 7 == 1))]
    end = [at + timedelta(days=1) for at in begin]
    table = make_incidents(
        np.zeros(len(begin)), 700, 700, occurred_from=begin, occurred_to=end, known_at=end, precision="day"
    )
    season = Season.fit(history(table, grid, datetime(2020, 1, 1, tzinfo=UTC)))
    days = season.week.reshape(7, 24)
    assert np.ptp(days, axis=1) == pytest.approx(0)
    # The first of January 2016 was a Friday, so every second incident day is a Saturday.
    assert days[:, 0].argmax() == 5


def test_the_clock_only_goes_forward_also_beyond_its_table(make_incidents: Make, grid: Grid) -> None:
    season = fitted(make_incidents, grid, thinned(3000, nights, 5))
    marks = season.clock(np.linspace(0, YEARS + 24 * 800, 5000))
    assert (np.diff(marks) > 0).all()
    assert np.isfinite(marks).all()


def test_a_level_with_a_season_tells_night_from_day_and_keeps_the_day_s_sum(make_incidents: Make, grid: Grid) -> None:
    hours = thinned(16_000, nights, 6)
    issued = datetime(2019, 12, 1, tzinfo=UTC)
    past = history(make_incidents(hours, 700, 700), grid, issued)
    plain, seasonal = CityLevel.fit(past), CityLevel.fit(past, Season.fit(past))
    night, day = (Window.of_hours(issued + timedelta(hours=h), 8) for h in (20, 8))
    assert seasonal.ahead(night).expected > 4 * seasonal.ahead(day).expected
    assert plain.ahead(night).expected == pytest.approx(plain.ahead(day).expected)
    whole = Window.of_hours(issued, 24)
    assert seasonal.ahead(whole).expected == pytest.approx(plain.ahead(whole).expected, rel=0.1)
    assert seasonal.ahead(night).cv < plain.ahead(night).cv

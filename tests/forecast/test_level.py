"""The level: right on average, quick where the rate moves, and unsure where counts are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.forecast.history import history
from answerable.forecast.level import CityLevel
from answerable.forecast.spread import gamma_interval
from answerable.incidents import Incidents
from answerable.place import Grid, Window

Make = Callable[..., Incidents]
DAYS = 731


@pytest.fixture
def level_of(make_incidents: Make, grid: Grid, issued: datetime) -> Callable[[np.ndarray], CityLevel]:
    """The level learned from incidents at given hours, all at one place."""

    def make(hours: np.ndarray) -> CityLevel:
        return CityLevel.fit(history(make_incidents(np.sort(hours), 700, 700), grid, issued))

    return make


def test_a_steady_rate_is_found_and_all_the_past_is_used(level_of: Callable[..., CityLevel], issued: datetime) -> None:
    rng = np.random.default_rng(1)
    level = level_of(rng.uniform(0, DAYS * 24, 3 * DAYS)).ahead(Window.of_hours(issued, 24))
    assert level.expected == pytest.approx(3, rel=0.1)
    assert level.memory_days >= 120


def test_where_the_rate_has_fallen_the_old_years_are_forgotten(
    level_of: Callable[..., CityLevel], issued: datetime
) -> None:
    rng = np.random.default_rng(2)
    hours = np.concatenate([rng.uniform(0, 400 * 24, 4000), rng.uniform(400 * 24, DAYS * 24, 660)])
    level = level_of(hours).ahead(Window.of_hours(issued, 24))
    assert level.expected == pytest.approx(2, rel=0.25)
    assert level.memory_days <= 120


def test_the_expected_count_grows_with_the_window(level_of: Callable[..., CityLevel], issued: datetime) -> None:
    level = level_of(np.random.default_rng(3).uniform(0, DAYS * 24, 2000))
    assert level.ahead(Window.of_hours(issued, 48)).expected == pytest.approx(
        6 * level.ahead(Window.of_hours(issued, 8)).expected
    )


def test_bursts_widen_the_interval_and_an_even_stream_does_not(
    level_of: Callable[..., CityLevel], issued: datetime
) -> None:
    rng = np.random.default_rng(4)
    window = Window.of_hours(issued, 24)
    even = level_of(rng.uniform(0, DAYS * 24, 2000)).ahead(window)
    bursts = np.repeat(rng.uniform(0, DAYS * 24, 250), 8) + rng.uniform(0, 6, 2000)
    assert level_of(bursts.clip(0, DAYS * 24 - 1)).ahead(window).cv > 3 * even.cv
    assert even.cv < 0.4


def test_nine_windows_in_ten_fall_into_the_interval_even_where_nights_differ_from_days(
    level_of: Callable[..., CityLevel], issued: datetime
) -> None:
    rng = np.random.default_rng(5)
    rate = np.where(np.arange(DAYS * 24) % 24 < 8, 3.0, 0.75)
    hourly = rng.poisson(rate)
    level = level_of(np.repeat(np.arange(DAYS * 24), hourly) + 0.5).ahead(Window.of_hours(issued, 8))
    low, high = gamma_interval(np.array(level.expected), level.cv)
    truth = rate.reshape(-1, 8).sum(axis=1)
    assert ((truth >= low) & (truth <= high)).mean() >= 0.9


def test_the_further_ahead_the_less_sure_where_the_rate_wanders(
    level_of: Callable[..., CityLevel], issued: datetime
) -> None:
    rng = np.random.default_rng(6)
    weekly = np.exp(np.cumsum(rng.normal(0, 0.15, 104))) * 20
    counts = rng.poisson(weekly)
    hours = np.repeat(np.arange(104) * 168, counts) + rng.uniform(0, 168, counts.sum())
    level = level_of(hours)
    soon = level.ahead(Window.of_hours(issued, 24))
    later = level.ahead(Window.of_hours(issued + timedelta(weeks=20), 24))
    assert later.steps_ahead == 20
    assert later.cv > soon.cv


def test_a_feed_that_stopped_two_years_ago_is_said_to_be_old(
    level_of: Callable[..., CityLevel], issued: datetime
) -> None:
    level = level_of(np.random.default_rng(7).uniform(0, 60 * 24, 200))
    assert "far beyond the data" in level.ahead(Window.of_hours(issued, 24)).notes[0]


def test_a_feed_that_arrives_late_is_not_read_as_calm(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    hours = np.sort(np.random.default_rng(8).uniform(0, DAYS * 24, 3 * DAYS))
    late = make_incidents(hours, 700, 700)
    delayed = late.frame.with_columns(known_at=late.frame["occurred_to"] + timedelta(days=45))
    past = history(Incidents(delayed, late.manifest), grid, issued)
    level = CityLevel.fit(past).ahead(Window.of_hours(issued, 24))
    assert level.expected == pytest.approx(3, rel=0.15)
    assert level.steps_ahead == 6


def test_two_incidents_in_ten_years_still_have_a_rate(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    past = history(make_incidents([0.0, 9000.0], 700, 700), grid, issued)
    level = CityLevel.fit(past).ahead(Window.of_hours(issued, 24))
    assert 0 < level.expected < 0.01
    assert 0.5 < level.cv <= 2


def test_less_than_a_day_of_data_is_refused(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    all_in_one_minute = make_incidents(np.full(50, 100.0), 700, 700)
    with pytest.raises(InputError, match="less than a day"):
        CityLevel.fit(history(all_in_one_minute, grid, issued))

"""The only door from the data into the models: what is let in, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.forecast.history import history
from answerable.incidents import Incidents
from answerable.place import Area, Grid, Window

Make = Callable[..., Incidents]
HOURS = np.arange(0, 24 * 200, 24.0)


def months(make_incidents: Make, n: int = 24) -> Incidents:
    """Five incidents in each month from January 2016, known to the month."""
    firsts = [datetime(2016 + i // 12, i % 12 + 1, 1, tzinfo=UTC) for i in range(n + 1)]
    begin = [first for first in firsts[:-1] for _ in range(5)]
    end = [first for first in firsts[1:] for _ in range(5)]
    return make_incidents(
        np.zeros(5 * n), 700, 700, occurred_from=begin, occurred_to=end, known_at=end, precision="month"
    )


def test_what_police_find_on_their_own_deployments_is_never_an_input(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    origins = ["discovered" if i % 2 else "reported" for i in range(len(HOURS))]
    assert len(history(make_incidents(HOURS, 700, 700, origin=origins), grid, issued)) == len(HOURS) / 2


def test_what_is_no_violence_is_left_aside(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    severities = ["none" if i % 4 else "fatal" for i in range(len(HOURS))]
    assert len(history(make_incidents(HOURS, 700, 700, severity=severities), grid, issued)) == len(HOURS) / 4


def test_incidents_outside_the_study_area_are_counted_and_said(
    make_incidents: Make, grid: Grid, issued: datetime
) -> None:
    east = np.where(np.arange(len(HOURS)) < 30, 700, 90_000)
    past = history(make_incidents(HOURS, east, 700), grid, issued)
    assert len(past) == 30
    assert past.notes == ("170 of 200 incidents have no place in the study area and are left out.",)


def test_an_incident_counts_in_the_middle_of_its_interval(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    begin = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3)]
    end = [at + timedelta(hours=10) for at in begin]
    table = make_incidents(np.zeros(3), 700, 700, occurred_from=begin, occurred_to=end, known_at=end, precision="day")
    past = history(table, grid, issued)
    assert past.start == begin[0] + timedelta(hours=5)
    assert past.hours.tolist() == [0, 24, 48]
    assert past.data_until == end[-1]


def test_nothing_known_by_then_is_said_so(make_incidents: Make, grid: Grid) -> None:
    with pytest.raises(InputError, match="No incident was known"):
        history(make_incidents(HOURS, 700, 700), grid, datetime(2015, 1, 1, tzinfo=UTC))


def test_no_incident_with_a_place_is_said_so(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    nowhere = make_incidents(HOURS, 700, 700, x=[None] * len(HOURS), y=[None] * len(HOURS))
    with pytest.raises(InputError, match="No incident was known in the study area"):
        history(nowhere, grid, issued)


def test_month_data_cannot_be_asked_about_hours(make_incidents: Make, grid: Grid) -> None:
    at = datetime(2018, 1, 1, tzinfo=UTC)
    past = history(months(make_incidents), grid, at)
    with pytest.raises(InputError, match="known to the month only"):
        past.check(Window.of_hours(at, 8), at)
    past.check(Window(at, datetime(2018, 3, 1, tzinfo=UTC)), at)


def test_a_local_calendar_month_is_a_month_too(make_incidents: Make, grid: Grid) -> None:
    at = datetime(2018, 1, 1, tzinfo=UTC)
    summer = Window(datetime(2018, 5, 31, 23, tzinfo=UTC), datetime(2018, 6, 30, 23, tzinfo=UTC))
    history(months(make_incidents), grid, at).check(summer, at)


def test_a_few_month_rows_among_times_are_left_out_and_said(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    precision = ["month" if i < 4 else "minute" for i in range(len(HOURS))]
    past = history(make_incidents(HOURS, 700, 700, precision=precision), grid, issued)
    assert not past.monthly
    assert "4 incidents known to the month only are left out." in past.notes


def test_a_window_that_has_opened_already_is_no_forecast(make_incidents: Make, grid: Grid, issued: datetime) -> None:
    past = history(make_incidents(HOURS, 700, 700), grid, issued)
    with pytest.raises(InputError, match="opened before"):
        past.check(Window.of_hours(issued - timedelta(hours=1), 8), issued)


def test_homicides_alone_are_not_forecast_below_a_ward_and_a_month(
    make_incidents: Make, grid: Grid, town: Area, issued: datetime
) -> None:
    deaths = make_incidents(HOURS, 700, 700, severity="fatal")
    month = Window.of_hours(issued, 30 * 24)
    for where, window in ((grid, month), (Grid.cover(town, 2000), Window.of_hours(issued, 24))):
        with pytest.raises(InputError, match="below a ward and a month"):
            history(deaths, where, issued).check(window, issued)
    history(deaths, Grid.cover(town, 2000), issued).check(month, issued)
    mixed = ["fatal" if i % 3 else "injury" for i in range(len(HOURS))]
    history(make_incidents(HOURS, 700, 700, severity=mixed), grid, issued).check(Window.of_hours(issued, 8), issued)

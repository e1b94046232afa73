"""Where and when violence starts in the simulated city."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.lab import City
from answerable.lab.rates import YEAR_HOURS, week_shape


@settings(max_examples=40, deadline=None)
@given(peak=st.floats(1.2, 4), trough=st.floats(0.1, 0.9))
def test_the_week_keeps_its_peak_its_trough_and_its_mean(peak: float, trough: float) -> None:
    shape = week_shape(peak, trough)
    assert shape.shape == (168,)
    assert shape.max() == pytest.approx(peak)
    assert shape.min() == pytest.approx(trough)
    assert shape.mean() == pytest.approx(1)


def test_friday_and_saturday_nights_are_the_busiest() -> None:
    shape = week_shape(2.0, 0.6)
    friday, saturday, tuesday = shape[4 * 24 + 22], shape[5 * 24 + 22], shape[24 + 22]
    assert min(friday, saturday) > 1.5 * tuesday
    assert shape[24 + 6] < tuesday


def test_the_clock_is_local_so_summer_nights_do_not_shift_by_an_hour(city: City) -> None:
    rates = city.truth.rates
    winter = rates.profile(datetime(2018, 1, 12, tzinfo=UTC), 24)
    summer = rates.profile(datetime(2018, 7, 13, tzinfo=UTC), 24)
    assert winter.argmax() == 22
    assert summer.argmax() == 21


def test_background_and_triggered_events_together_make_the_yearly_total(city: City) -> None:
    rates = city.truth.rates
    parameters = rates.parameters
    yearly = rates.background.sum() * YEAR_HOURS / (1 - parameters["branching"])
    assert yearly == pytest.approx(parameters["events_per_year"])


def test_nothing_is_lost_when_events_spill_over_to_the_next_cell(city: City) -> None:
    weights = np.random.default_rng(1).uniform(size=len(city.truth.grid))
    spread = city.truth.rates.spread(weights)
    assert spread.sum() == pytest.approx(weights.sum())
    one = np.zeros(len(city.truth.grid))
    one[len(one) // 2] = 1
    assert city.truth.rates.spread(one)[len(one) // 2] == pytest.approx(0.6)

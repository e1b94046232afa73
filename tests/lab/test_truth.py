"""The truth that only the lab knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from answerable.lab import City
from answerable.place import Window


def test_what_the_truth_expects_night_after_night_adds_up_to_what_happened(city: City) -> None:
    # Count minus compensator is a martingale: after a year the two differ by a few roots of the count.
    start = city.window.start
    nights = [Window.of_hours(start + timedelta(hours=12 * k), 12) for k in range(730)]
    expected = sum(city.truth.intensity(night).sum() for night in nights)
    happened = city.truth.count(Window(start, nights[-1].end)).sum()
    assert abs(happened - expected) < 4 * np.sqrt(expected)


def test_two_halves_of_a_window_without_triggering_add_up_to_the_whole(make_city: Callable[..., City]) -> None:
    truth = make_city(years=0.2, branching=0).truth
    whole = Window.of_hours(truth.origin + timedelta(hours=1000.25), 7.5)
    half = whole.start + timedelta(hours=3.6)
    parts = truth.intensity(Window(whole.start, half)) + truth.intensity(Window(half, whole.end))
    np.testing.assert_allclose(parts, truth.intensity(whole))


def test_a_place_where_something_has_just_happened_is_more_likely_and_the_rise_fades(city: City) -> None:
    truth = city.truth
    last = len(truth.times) // 2
    cell = truth.cells[last]
    after = truth.origin + timedelta(hours=float(truth.times[last]), seconds=1)
    before = after - timedelta(seconds=2)
    rise = truth.intensity(Window.of_hours(after, 24))[cell] - truth.intensity(Window.of_hours(before, 24))[cell]
    scale = truth.rates.parameters["trigger_days"]
    own = truth.rates.parameters["branching"] * truth.rates.parameters["same_place"] * (1 - np.exp(-1 / scale))
    assert rise == pytest.approx(own, rel=0.1)


def test_the_police_see_only_part_of_it(city: City) -> None:
    tonight = Window.of_hours(city.window.end - timedelta(hours=8), 8)
    share = city.truth.recorded(tonight).sum() / city.truth.intensity(tonight).sum()
    assert 0.4 < share < 0.55


def test_a_single_place_and_night_is_never_likely_even_to_an_oracle(city: City) -> None:
    night = Window.of_hours(city.window.end - timedelta(hours=8), 8)
    assert 1 - np.exp(-city.truth.intensity(night).max()) < 0.2

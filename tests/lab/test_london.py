"""London in figures, against what was published and against the closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from answerable.forecast.base_rate import base_rate
from answerable.lab.known.london import massey, table
from answerable.lab.london import coincidences, random_per_100, response_per_100


def test_london_s_published_concentration_is_found_again() -> None:
    missed = [(a.name, a.published, a.ours) for a in massey() if not a.holds]
    assert missed == []


def test_the_closed_form_is_the_one_of_the_base_rate_page(parameters) -> None:
    theirs = base_rate(parameters["london_injuries"], 4835, 12).skill_free_per_100
    assert random_per_100(parameters) == pytest.approx(theirs, rel=2e-3)


@pytest.mark.parametrize(("areas", "hours", "published"), [(8, 48, 4.0), (8, 12, 1.0), (25, 12, 3.1), (25, 72, 17)])
def test_a_wide_area_and_a_long_window_need_no_skill(parameters, areas, hours, published) -> None:
    assert random_per_100(parameters, hours, areas) == pytest.approx(published, rel=0.05)


@pytest.mark.parametrize(("n", "days", "published"), [(0, 7, 0.26), (0.05, 14, 0.36), (0.15, 7, 0.89), (0.3, 3, 3.2)])
def test_the_response_s_closed_form_against_the_published_table(parameters, n, days, published) -> None:
    ours = response_per_100(parameters.changed(branching=n, trigger_days=days))
    assert ours == pytest.approx(published, rel=0.15)


def test_a_small_city_coincides_as_often_as_the_closed_forms_say(parameters) -> None:
    small = parameters.changed(london_places=600, london_injuries=600)
    ways = {way.name: way for way in coincidences(small, 4, np.random.default_rng(3))}
    random = ways["random place and time"]
    assert random.per_100 == pytest.approx(random_per_100(small), abs=4 * random.error + 0.01)
    response = ways["the place of the last event"]
    assert response.per_100 == pytest.approx(response_per_100(small), abs=4 * response.error)
    assert all(math.isfinite(way.error) and way.error > 0 for way in ways.values())


@pytest.mark.slow
def test_the_london_table_is_found_again() -> None:
    missed = [(a.name, a.published, a.ours) for a in table() if not a.holds]
    assert missed == []

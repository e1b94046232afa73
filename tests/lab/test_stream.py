"""The stream that every policy is played on, and the ground under it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.lab.ground import Ground, make_ground, square, town_ground
from answerable.lab.stream import draw_stream


@settings(max_examples=30, deadline=None)
@given(places=st.integers(2, 400))
def test_being_beside_is_mutual_and_nothing_is_cut_off(places: int) -> None:
    beside = square(places)
    pairs = {(a, b) for a, row in enumerate(beside.tolist()) for b in row}
    assert all((b, a) in pairs for a, b in pairs)
    make_ground_of(beside)


def make_ground_of(beside, **changes) -> Ground:
    n = len(beside)
    values = {"background": np.ones(n), "neighbours": beside, "reporting": np.full(n, 0.5), "people": np.ones(n)}
    return Ground(**{**values, **changes})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"background": -np.ones(9)}, "rate must be 0 or more"),
        ({"background": np.zeros(9)}, "rate must be 0 or more"),
        ({"reporting": np.full(9, 1.5)}, "between 0 and 1"),
        ({"neighbours": np.tile(np.arange(9)[:, None], 8)}, "falls into 9 parts"),
        ({"neighbours": np.full((9, 8), 9)}, "no place"),
    ],
)
def test_bad_ground_is_refused(change, words) -> None:
    with pytest.raises(InputError, match=words):
        make_ground_of(square(9), **change)


def test_the_generated_town_is_ground_too(city) -> None:
    rates = city.truth.rates
    ground = town_ground(rates)
    assert len(ground) == len(rates.background)
    stream = draw_stream(ground, rates.parameters, 0.2, np.random.default_rng(0))
    assert len(stream) > 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.floats(0, 0.8), days=st.floats(0.2, 14))
def test_a_child_comes_after_its_parent_and_lies_beside_it(parameters, seed, n, days) -> None:
    rng = np.random.default_rng(seed)
    changed = parameters.changed(branching=n, trigger_days=days, events_per_year=3000)
    ground = make_ground(changed, 100, rng)
    stream = draw_stream(ground, changed, 0.1, rng)
    assert (np.diff(stream.times) >= 0).all()
    child = np.flatnonzero(stream.parents >= 0)
    parent = stream.parents[child]
    assert (stream.times[parent] <= stream.times[child]).all()
    near = (ground.neighbours[stream.places[parent]] == stream.places[child][:, None]).any(axis=1)
    assert (near | (stream.places[parent] == stream.places[child])).all()
    assert ((stream.marks >= 0) & (stream.marks < 1)).all()


def test_a_year_has_as_many_events_as_the_parameters_say(parameters) -> None:
    ground = make_ground(parameters, 400, np.random.default_rng(1))
    counts = [(draw_stream(ground, parameters, 1, np.random.default_rng(s)).times >= 0).sum() for s in range(25)]
    assert np.mean(counts) == pytest.approx(1900, abs=4 * np.sqrt(1900 / 25) / 0.85)


@pytest.mark.parametrize("years", [0, -1, 51, float("nan")])
def test_an_impossible_length_is_refused(parameters, years) -> None:
    ground = make_ground(parameters, 9, np.random.default_rng(1))
    with pytest.raises(InputError, match="0 to 50 years"):
        draw_stream(ground, parameters, years, np.random.default_rng(1))


def test_a_city_of_one_place_is_refused(parameters) -> None:
    with pytest.raises(InputError, match="two places"):
        make_ground(parameters, 1, np.random.default_rng(1))

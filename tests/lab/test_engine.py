"""The event-driven engine: against the hourly reference in distribution, and against what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from answerable.errors import InputError
from answerable.lab import kernel
from answerable.lab.engine import Action, Candidates, Policy, ranked, simulate
from answerable.lab.ground import make_ground
from answerable.lab.known.engines import CHANGES, FIGURES, agreement, both
from answerable.lab.stream import draw_stream, profile

RESPOND = Policy("respond", responds=True)
NEVER = Policy("never")


def test_k8_both_engines_draw_the_same_city() -> None:
    missed = [(a.name, a.ours) for a in agreement() if not a.holds]
    assert missed == []


@pytest.mark.parametrize("policy", [NEVER, RESPOND])
def test_k8_with_bursts_displacement_and_short_memory(parameters, policy) -> None:
    made = parameters.changed(
        events_per_year=4000, branching=0.4, trigger_days=1, patrol_effect=0.8, displacement=0.5, reporting=0.9,
        confidence_hit=1, confidence_reporting=0.05,
    )  # fmt: skip
    fast, slow = both(made, policy, runs=60, hours=492)
    for column, what in enumerate(FIGURES if policy.responds else FIGURES[:-1]):
        assert ks_2samp(fast[:, column], slow[:, column]).pvalue > 0.001, what


def test_k8_would_see_an_engine_that_is_wrong(parameters) -> None:
    fast, _ = both(parameters.changed(**CHANGES, branching=0.6), NEVER, runs=60, hours=2400)
    _, slow = both(parameters.changed(**CHANGES), NEVER, runs=60, hours=2400)
    soon = FIGURES.index("median days to the next there")
    assert ks_2samp(fast[:, soon], slow[:, soon]).pvalue < 0.001


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    effect=st.floats(0, 1),
    displaced=st.floats(-1, 1),
    hit=st.floats(0, 3),
    responds=st.booleans(),
    most=st.integers(0, 9),
)
def test_what_must_always_hold(parameters, seed, effect, displaced, hit, responds, most) -> None:
    made = parameters.changed(
        events_per_year=4000, patrol_effect=effect, displacement=displaced, confidence_hit=hit, branching=0.3
    )
    rng = np.random.default_rng(seed)
    ground = make_ground(made, 49, rng)
    stream = draw_stream(ground, made, 0.2, rng)
    busy = profile(made, 0, stream.hours // 12 * 12).reshape(-1, 12).sum(axis=1)
    limits = {"force_year": {"most": most}}
    policy = Policy("any", planned=ranked(ground.background, 30, busy), responds=responds, rarity=limits)
    run = simulate(stream, ground, made, policy)
    assert run.deployments <= most
    assert (np.diff(run.time) >= 0).all()
    assert run.events <= (stream.times >= 0).sum()
    gone = np.isin(run.fate, (kernel.PREVENTED, kernel.NOT_SET_OFF))
    child = stream.parents >= 0
    # Nothing is set off by what never happened, and everything else is.
    assert (gone[stream.parents[child]] == (run.fate[child] == kernel.NOT_SET_OFF)).all()
    alone = (run.fate != kernel.MOVED) & (stream.parents < 0)
    assert (run.places[alone] == stream.places[alone]).all()
    assert not run.reported[gone].any()
    assert run.coincided <= run.deployments
    assert (run.confidence_lost > 0) == (run.deployments > 0 and hit > 0)
    if not effect:
        assert not gone.any()
    if displaced >= 1 and effect:
        assert not (run.fate == kernel.PREVENTED).any()
    again = simulate(stream, ground, made, policy)
    assert (again.fate == run.fate).all()
    assert (again.hits == run.hits).all()


def test_a_deployment_s_hits_are_the_events_of_its_place_and_hours(parameters) -> None:
    made = parameters.changed(events_per_year=8000)
    rng = np.random.default_rng(4)
    ground = make_ground(made, 36, rng)
    stream = draw_stream(ground, made, 0.3, rng)
    run = simulate(stream, ground, made, RESPOND)
    assert run.deployments > 100
    assert (run.after(12.0) == run.hits).all()
    for d in range(0, run.deployments, 25):
        inside = (stream.times >= run.time[d]) & (stream.times < run.time[d] + 12) & (run.places == run.place[d])
        assert (inside & run.happened).sum() == run.hits[d]


def test_a_deployment_prevents_the_share_that_the_parameters_say(parameters) -> None:
    # One place deployed to all the time, nothing set off: a binomial thinning.
    made = parameters.changed(events_per_year=5000, patrol_effect=0.4, branching=0, displacement=0)
    ground = make_ground(made, 16, np.random.default_rng(5))
    stream = draw_stream(ground, made, 2, np.random.default_rng(6))
    windows = stream.hours // 12
    always = Candidates.of(np.arange(windows), np.zeros(windows, dtype=np.int64), np.ones(windows), windows)
    run = simulate(stream, ground, made, Policy("always", planned=always))
    here = (stream.places == 0) & (stream.times >= 0) & (stream.times < windows * 12)
    n, k = here.sum(), (here & (run.fate == kernel.PREVENTED)).sum()
    assert abs(k / n - 0.4) < 4 * np.sqrt(0.24 / n)
    assert (run.fate[stream.places != 0] == kernel.HAPPENED).all()


def test_diffusion_of_benefit_prevents_next_door_too(parameters) -> None:
    made = parameters.changed(events_per_year=5000, patrol_effect=0.4, branching=0, displacement=-0.5)
    ground = make_ground(made, 16, np.random.default_rng(5))
    stream = draw_stream(ground, made, 2, np.random.default_rng(6))
    windows = stream.hours // 12
    always = Candidates.of(np.arange(windows), np.zeros(windows, dtype=np.int64), np.ones(windows), windows)
    run = simulate(stream, ground, made, Policy("always", planned=always))
    beside = np.isin(stream.places, np.setdiff1d(ground.neighbours[0], [0])) & (stream.times >= 0)
    share = (run.fate[beside] == kernel.PREVENTED).mean()
    assert share == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / beside.sum()))


def test_an_alternative_comes_slowly_and_then_stays(parameters) -> None:
    made = parameters.changed(events_per_year=5000, branching=0)
    ground = make_ground(made, 16, np.random.default_rng(5))
    stream = draw_stream(ground, made, 3, np.random.default_rng(6))
    run = simulate(stream, ground, made, NEVER, action=Action(np.full(16, 0.3), lag_months=9))
    year = (stream.times // 8766).astype(int)
    shares = [(run.fate[year == y] == kernel.PREVENTED).mean() for y in range(3)]
    # Half of the plateau after nine months, all of it after eighteen: means of 10, 27.5 and 30 per cent.
    assert shares == pytest.approx([0.1, 0.275, 0.3], abs=0.025)


def test_confidence_lost_is_the_closed_form_for_one_deployment(parameters) -> None:
    ground = make_ground(parameters, 16, np.random.default_rng(5))
    stream = draw_stream(ground, parameters, 0.1, np.random.default_rng(6))
    windows = stream.hours // 12
    once = Candidates.of(np.array([3]), np.array([2]), np.ones(1), windows)
    run = simulate(stream, ground, parameters, Policy("once", planned=once))
    # Half a point among 1,841 people with a half-life of half a year: 6.6 person-years.
    assert run.confidence_lost == pytest.approx(1841 * 0.005 * (26 * 7 / 365.25) / np.log(2), rel=1e-3)


def test_a_loss_of_confidence_hides_violence_from_the_record(parameters) -> None:
    made = parameters.changed(events_per_year=5000, patrol_effect=0, confidence_hit=3, confidence_reporting=0.1)
    ground = make_ground(made, 16, np.random.default_rng(5))
    stream = draw_stream(ground, made, 1, np.random.default_rng(6))
    none, some = simulate(stream, ground, made, NEVER), simulate(stream, ground, made, RESPOND)
    assert some.events == none.events
    assert some.reported.sum() < 0.9 * none.reported.sum()


def test_a_threshold_that_is_no_probability_is_refused() -> None:
    with pytest.raises(InputError, match="probability"):
        Policy("x", threshold=1.5)


def test_best_candidates_are_the_busiest_windows_of_the_worst_places(parameters) -> None:
    chosen = ranked(np.array([1.0, 3.0, 2.0]), 2, np.array([0.5, 1.0]))
    assert chosen.starts.tolist() == [0, 0, 2]
    assert sorted(chosen.places.tolist()) == [1, 2]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), many=st.integers(0, 40), kinds=st.integers(1, 6))
def test_the_best_places_and_windows_are_those_of_a_whole_sort(seed: int, many: int, kinds: int) -> None:
    rng = np.random.default_rng(seed)
    # Few different values, so that many are equal.
    scores, busy = rng.integers(0, kinds, 5).astype(float), rng.integers(1, 1 + kinds, 7).astype(float)
    found = ranked(scores, many, busy)
    best = np.argsort(-(busy[:, None] * scores).ravel(), kind="stable")[:many]
    wanted = Candidates.of(best // 5, best % 5, np.ones(len(best)), 7)
    assert np.array_equal(found.starts, wanted.starts)
    assert np.array_equal(found.places, wanted.places)

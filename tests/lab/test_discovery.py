"""Discovery on deployment: only where somebody stands, as often as the parameters say, and never an outcome."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare, poisson

from answerable.lab.discovery import discovered, discovered_by_place
from answerable.lab.engine import Candidates, Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.stream import draw_stream


@pytest.fixture
def played(parameters):
    def play(policy: Policy, **changes):
        made = parameters.changed(**changes)
        ground = make_ground(made, 49, np.random.default_rng(1), events_per_year=3000)
        stream = draw_stream(ground, made, 1, np.random.default_rng(2))
        return simulate(stream, ground, made, policy), made

    return play


def test_a_year_without_deployments_discovers_nothing(played) -> None:
    run, made = played(Policy("never"))
    assert discovered(run, made).sum() == 0


def test_what_is_discovered_is_poisson_with_the_parameters_mean(played) -> None:
    run, made = played(Policy("respond", responds=True), discovered_per_hour=0.1)
    found = discovered(run, made)
    assert len(found) == run.deployments > 500
    mean = 0.1 * made["patrol_hours"]
    seen = np.bincount(np.minimum(found, 5), minlength=6)
    wanted = np.append(poisson.pmf(np.arange(5), mean), poisson.sf(4, mean)) * len(found)
    assert chisquare(seen, wanted).pvalue > 0.001
    assert discovered_by_place(run, made, 49).sum() == found.sum()


def test_two_policies_that_deploy_alike_discover_alike(played) -> None:
    windows = 730
    one = Candidates.of(np.arange(0, 700, 7), np.full(100, 3), np.ones(100), windows)
    more = Candidates.of(np.arange(0, 700), np.full(700, 3), np.ones(700), windows)
    (few, made), (many, _) = played(Policy("few", planned=one)), played(Policy("many", planned=more))
    shared = np.isin(many.time, few.time)
    assert shared.sum() == few.deployments == 100
    assert np.array_equal(discovered(many, made)[shared], discovered(few, made))


def test_no_discovery_is_an_outcome(played) -> None:
    quiet, _ = played(Policy("respond", responds=True), discovered_per_hour=0)
    busy, _ = played(Policy("respond", responds=True), discovered_per_hour=0.5)
    assert np.array_equal(quiet.hits, busy.hits)
    assert quiet.events == busy.events

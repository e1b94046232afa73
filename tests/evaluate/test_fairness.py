"""The fairness audit: fair and unfair cities, the band over reporting, the tipping point, and what it would take."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from answerable.errors import InputError
from answerable.evaluate.fairness import Group, audit, deployments_for_double


def city(rng, *, deployments=400, skew=1.0):
    """Five groups with unlike need; the first bears ``skew`` times what its need would give it."""
    need = np.array([10.0, 20, 30, 40, 100])
    weight = need * np.array([skew, 1, 1, 1, 1])
    drawn = rng.multinomial(deployments, weight / weight.sum())
    incidents = rng.poisson(need)
    return [
        Group(f"fifth {i + 1}", int(n), int(n) - int(rng.binomial(n, 0.1)), 1e6, float(need[i]), int(k), int(k) // 2)
        for i, (n, k) in enumerate(zip(drawn, incidents, strict=True))
    ]


def test_a_city_that_is_fair_for_its_need_is_seldom_accused() -> None:
    rng = np.random.default_rng(1)
    said = [one.for_need.verdict for _ in range(200) for one in audit(city(rng))]
    assert np.mean([word != "cannot tell" for word in said]) <= 0.06


def test_a_group_that_bears_four_times_its_need_is_seen() -> None:
    rng = np.random.default_rng(2)
    found = [audit(city(rng, skew=4.0))[0].for_need.verdict for _ in range(100)]
    assert found.count("more than its need") >= 95


def test_per_head_and_per_need_are_different_questions() -> None:
    groups = audit(city(np.random.default_rng(3), deployments=2000))
    assert groups[-1].burden.low > 1
    assert groups[-1].for_need.verdict == "cannot tell"


def test_few_deployments_cannot_tell_and_say_how_many_would() -> None:
    rng = np.random.default_rng(4)
    found = [audit(city(rng, deployments=20, skew=2.0))[0] for _ in range(50)]
    assert np.mean([one.for_need.verdict == "cannot tell" for one in found]) > 0.7
    assert found[0].needed > 100


def test_less_reporting_in_the_group_can_turn_the_finding_round() -> None:
    groups = city(np.random.default_rng(2), deployments=4000, skew=1.5)
    plain, wary = audit(groups)[0], audit(groups, reporting=(0.5, 1.0))[0]
    assert plain.for_need.verdict == "more than its need"
    assert wary.for_need.verdict == "cannot tell"
    assert plain.for_need.tipping == pytest.approx(1 / plain.for_need.ratio)
    assert 0.5 < plain.for_need.tipping < 1


@given(share=st.floats(0.05, 0.6))
def test_the_number_needed_sees_a_doubled_burden(share) -> None:
    n = deployments_for_double(share)
    rng = np.random.default_rng(7)
    k = rng.binomial(n, 2 * share / (1 + share), 300)
    seen = np.mean([binomtest(int(one), n, share, alternative="greater").pvalue <= 0.025 for one in k])
    assert seen >= 0.8 - 0.08


@given(share=st.floats(0.02, 0.98))
def test_no_smaller_number_of_deployments_would_show_the_double_burden(share: float) -> None:
    most = np.arange(1, deployments_for_double(share) + 1)
    # The fewest successes that are too many for the share, by looking for it.
    critical = binom.isf(0.025, most, share) + 1
    power = binom.sf(critical - 1, most, 2 * share / (1 + share))
    assert power[-1] >= 0.8 - 1e-9
    assert (power[:-1] < 0.8 + 1e-9).all()


def test_a_city_of_many_wards_is_audited_within_the_time_of_a_page() -> None:
    began = time.process_time()
    for number in range(100):
        deployments_for_double(0.001 + number / 1e5)
    assert time.process_time() - began < 2


def test_a_group_without_deployments_or_incidents_is_not_an_error() -> None:
    groups = [Group("none", 0, 0, 1e5, 1.0, 0, 0), Group("some", 10, 9, 1e5, 5.0, 3, 1)]
    first = audit(groups)[0]
    assert math.isnan(first.hit_rate[0])
    assert first.for_need.ratio == 0
    assert first.for_need.tipping == math.inf
    assert first.for_need.verdict == "cannot tell" or first.for_need.high < 1


def test_forecasts_are_held_against_what_happened_group_by_group() -> None:
    rng = np.random.default_rng(5)
    said = {True: 0, False: 0}
    for _ in range(200):
        groups = [
            Group(f"g{i}", 5, 4, 1e5, need, int(rng.poisson(need)), 0, need * (0.5 if i == 0 else 1.0))
            for i, need in enumerate((60.0, 60.0, 60.0))
        ]
        for i, one in enumerate(audit(groups)):
            said[i == 0] += one.calibration[1] > 1 or one.calibration[2] < 1
    assert said[True] >= 190
    assert said[False] <= 0.06 * 400 + 2 * math.sqrt(0.06 * 0.94 * 400)
    assert audit([Group("a", 5, 4, 1e5, 3.0, 2, 1), Group("b", 5, 4, 1e5, 3.0, 2, 1)])[0].calibration is None


def test_a_group_whose_incidents_go_unconsidered_is_seen_unless_reporting_could_explain_it() -> None:
    groups = [Group("poor", 20, 18, 1e6, 50.0, 50, 45), Group("rest", 80, 72, 4e6, 200.0, 200, 60)]
    assert audit(groups)[0].missed.low > 1
    assert audit(groups, reporting=(0.2, 1.0))[0].missed.verdict == "cannot tell"


def test_false_alarms_per_head_and_per_need_are_both_told() -> None:
    groups = city(np.random.default_rng(3), deployments=2000)
    last = audit(groups)[-1]
    assert last.futile.low > 1
    assert last.futile_for_need.verdict == "cannot tell"


GOOD = Group("a", 5, 4, 1e5, 3.0, 2, 1)


@pytest.mark.parametrize(
    ("groups", "reporting"),
    [
        ([GOOD], (1, 1)),
        ([GOOD, GOOD], (1, 1)),
        ([GOOD, Group("b", 5, 6, 1e5, 3.0, 2, 1)], (1, 1)),
        ([GOOD, Group("b", 5, 4, 0, 3.0, 2, 1)], (1, 1)),
        ([GOOD, Group("b", 5, 4, 1e5, 0.0, 2, 1)], (1, 1)),
        ([GOOD, Group("b", 5, 4, 1e5, 3.0, 2, 3)], (1, 1)),
        ([GOOD, Group("b", 5, 4, 1e5, 3.0, 2, 1, -1.0)], (1, 1)),
        ([GOOD, Group("b", 5, 4, 1e5, 3.0, 2, 1)], (0, 1)),
        ([GOOD, Group("b", 5, 4, 1e5, 3.0, 2, 1)], (1, 0.5)),
    ],
)
def test_what_it_refuses(groups, reporting) -> None:
    with pytest.raises(InputError):
        audit(groups, reporting=reporting)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_share_that_is_none(share) -> None:
    with pytest.raises(InputError):
        deployments_for_double(share)

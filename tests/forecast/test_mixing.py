"""The mixture's promise, on anything: never more than log K nats worse than the best expert in hindsight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import poisson

from answerable.forecast.chunk import SLOPES, powers
from answerable.forecast.mixing import (
    Told,
    bound,
    combine,
    fixed_share_bound,
    followed,
    guarded,
    lateness,
    mix,
    probabilities,
)


def story(seed: int, windows: int, experts: int, cells: int, delay: int = 0) -> tuple[Told, np.ndarray, np.ndarray]:
    """Experts with arbitrary maps and levels, and incidents that owe nothing to any of them."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.full(cells, 0.3), (windows, experts)).clip(1e-6)
    share = (share / share.sum(axis=2, keepdims=True)).astype(np.float32)
    level = rng.gamma(2.0, 2.0, (windows, experts)) + 0.01
    count = rng.poisson(rng.gamma(0.5, 4.0, (windows, 1)) / cells, (windows, cells))
    hits = np.einsum("wec,wc->we", np.log(share.astype(float)), count)
    norm = np.array([[powers(one) for one in row] for row in share])
    ready = np.maximum(np.arange(windows) - delay, 0)
    return Told(level, norm, hits, count.sum(axis=1).astype(float), ready), share, count


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 6))
def test_it_is_never_more_than_log_k_worse_than_the_best_expert(seed: int, windows: int, experts: int) -> None:
    told, _, _ = story(seed, windows, experts, 12)
    mixed = mix(told)
    assert mixed.regret <= np.log(2 * experts) + 1e-9
    assert np.allclose(mixed.weights.sum(axis=1), 1)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(2, 50), st.integers(1, 5))
def test_after_warming_up_the_bound_holds_from_the_test_on(seed: int, windows: int, experts: int) -> None:
    told, _, _ = story(seed, windows, experts, 12)
    first = windows // 2
    mixed = mix(told, restart=first).since(first)
    assert mixed.regret <= bound(2 * experts, 0) + 1e-9
    assert mixed.weights[0] == pytest.approx(1 / (2 * experts))


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 60), st.integers(1, 5), st.integers(1, 5), st.booleans())
def test_where_outcomes_come_late_it_keeps_the_bound_that_it_states(
    seed: int, windows: int, experts: int, delay: int, warm: bool
) -> None:
    told, _, _ = story(seed, windows, experts, 12, delay)
    first = windows // 2 if warm else 0
    late = lateness(told.ready)
    assert late == min(delay, windows - 1)
    mixed = mix(told, restart=first).since(first)
    assert mixed.regret <= bound(2 * experts, late) + 1e-9
    assert np.allclose(mixed.weights.sum(axis=1), 1)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 60), st.integers(2, 8), st.integers(1, 5))
def test_the_guard_costs_the_weights_that_it_guards_next_to_nothing(
    seed: int, windows: int, experts: int, late: int
) -> None:
    rng = np.random.default_rng(seed)
    told, weights = rng.normal(-3, 2, (windows, experts)), rng.dirichlet(np.ones(experts), windows)
    joint = [logsumexp(told + np.log(w), axis=1).sum() for w in (weights, guarded(told, weights, late))]
    assert joint[0] - joint[1] <= (late + 1) * np.log(experts / (experts - 1)) + 1e-9


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(2, 8), st.integers(0, 5))
def test_late_weights_are_the_geometric_mean_of_those_of_mixtures_that_take_turns(
    seed: int, windows: int, experts: int, late: int
) -> None:
    told = np.random.default_rng(seed).normal(-3, 2, (windows, experts))
    ready = np.maximum(np.arange(windows) - late, 0)
    found = followed(told, ready)
    turns = lateness(ready) + 1
    for i in range(windows):
        known = np.array([told[: ready[i]][turn::turns].sum(axis=0) for turn in range(turns)])
        each = np.exp(known - logsumexp(known, axis=1, keepdims=True))
        mean = np.exp(np.log(each).mean(axis=0))
        assert found[i] == pytest.approx(mean / mean.sum())


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(8, 50), st.integers(2, 5), st.integers(1, 3))
def test_where_outcomes_come_late_half_of_what_warming_up_taught_is_kept(
    seed: int, windows: int, experts: int, delay: int
) -> None:
    told, _, _ = story(seed, windows, experts, 12, delay)
    first, k = windows // 2, 2 * experts
    mixed = mix(told, restart=first)
    taught = followed(mixed.log_probability, told.ready)[first]
    assert mixed.weights[first] == pytest.approx((1 - 1 / k) * (0.5 * taught + 0.5 / k) + 1 / k**2)


def test_outcomes_that_turn_at_the_wrong_moments_lead_late_weights_astray_but_not_guarded_ones() -> None:
    windows, late, run = 2000, 5, 19
    told = np.zeros((windows, 2))
    # The experts are wrong in turn, each just until that is believed of it.
    told[np.arange(windows), np.arange(windows) // run % 2] = -2.0
    weights = followed(told, np.maximum(np.arange(windows) - late, 0))
    lost = [
        told.sum(axis=0).max() - logsumexp(told + np.log(w), axis=1).sum()
        for w in (weights, guarded(told, weights, late))
    ]
    assert lost[0] > 60 > bound(2, late) >= lost[1]


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(4, 60), st.integers(2, 5), st.integers(0, 3))
def test_fixed_share_keeps_its_own_bound_against_experts_that_change(
    seed: int, windows: int, experts: int, changes: int
) -> None:
    told, _, _ = story(seed, windows, experts, 12)
    mixed = mix(told)
    parts = np.array_split(mixed.log_probability, changes + 1)
    best = sum(part.sum(axis=0).max() for part in parts)
    assert best - mixed.joint_shared.sum() <= fixed_share_bound(windows, 2 * experts, changes) + 1e-9


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(8, 50))
def test_until_the_first_outcome_is_known_all_experts_weigh_alike(seed: int, delay: int, windows: int) -> None:
    told, _, _ = story(seed, windows, 3, 12, delay)
    mixed = mix(told)
    assert mixed.weights[: min(delay + 1, windows)] == pytest.approx(1 / 6)
    assert np.isfinite(mixed.regret)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 30))
def test_a_weight_knows_nothing_of_what_was_not_known_when_its_window_opened(seed: int, cut: int) -> None:
    told, _, _ = story(seed, 30, 3, 12)
    hits, seen = told.hits.copy(), told.seen.copy()
    hits[cut - 1 :], seen[cut - 1 :] = -3.0, 7.0
    changed = mix(Told(told.level, told.norm, hits, seen, told.ready))
    same = mix(told)
    assert np.array_equal(changed.weights[:cut], same.weights[:cut])
    assert np.array_equal(changed.slope[:cut], same.slope[:cut])
    assert np.array_equal(changed.scale[:cut], same.scale[:cut])


def test_log_probabilities_are_those_of_poisson_counts_in_every_cell() -> None:
    told, share, count = story(7, 20, 3, 12)
    mixed = mix(told)
    found = probabilities(told, mixed.scale, mixed.slope)
    for w in (0, 9, 19):
        factorial = poisson.logpmf(count[w], 1.0).sum() + 12
        for e in range(3):
            plain = told.level[w, e] * share[w, e].astype(float)
            assert found[w, e] + factorial == pytest.approx(poisson.logpmf(count[w], plain).sum(), abs=1e-4)
            sharp = share[w, e].astype(float) ** SLOPES[mixed.slope[w, e]]
            copy = mixed.scale[w, e] * told.level[w, e] * sharp / sharp.sum()
            assert found[w, 3 + e] + factorial == pytest.approx(poisson.logpmf(count[w], copy).sum(), abs=1e-4)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_the_published_mean_is_the_weighted_mean_of_all_experts(seed: int) -> None:
    told, share, _ = story(seed, 15, 3, 12)
    mixed = mix(told)
    w = 14
    plain = told.level[w][:, None] * share[w].astype(float)
    sharp = np.stack([share[w, e].astype(float) ** SLOPES[mixed.slope[w, e]] for e in range(3)])
    copies = (mixed.scale[w] * told.level[w])[:, None] * sharp / sharp.sum(axis=1, keepdims=True)
    found = combine(
        share[w].astype(float), told.level[w], mixed.weights[w],
        scale=mixed.scale[w], slope=mixed.slope[w], norm=told.norm[w],
    )  # fmt: skip
    assert np.allclose(found, mixed.weights[w] @ np.concatenate([plain, copies]), rtol=1e-6)


def test_an_expert_that_forecasts_too_much_is_scaled_and_a_sharp_one_flattened() -> None:
    rng = np.random.default_rng(5)
    truth = rng.dirichlet(np.full(50, 0.5)).clip(1e-4)
    truth /= truth.sum()
    sharp = truth**1.5 / (truth**1.5).sum()
    share = np.broadcast_to(sharp.astype(np.float32), (200, 1, 50))
    count = rng.poisson(5 * truth, (200, 50))
    told = Told(
        np.full((200, 1), 10.0), np.broadcast_to(powers(share[0, 0]), (200, 1, len(SLOPES))),
        (count @ np.log(sharp))[:, None], count.sum(axis=1).astype(float), np.arange(200),
    )  # fmt: skip
    mixed = mix(told)
    assert mixed.scale[-1, 0] == pytest.approx(0.5, abs=0.05)
    assert SLOPES[mixed.slope[-1, 0]] == pytest.approx(0.7, abs=0.11)
    assert mixed.weights[-1, 1] > 0.99

"""A trial between two unarmed responses: the lot, what it could show, what it showed, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.trial import BLOCK, Entered, Protocol, analyse, arm_of, design, fingerprint

SEED = bytes(range(32))
seeds = st.binary(min_size=32, max_size=32)


def protocol(**other) -> Protocol:
    given = {
        "name": "Which visit",
        "arms": ("youth workers", "unarmed foot patrol"),
        "outcome": "serious incidents",
        "horizon_days": 28,
        "eligible": "refused or lapsed cases with an intelligence trigger",
        "agreed_by": ("local_commander", "iag"),
    }
    return Protocol(**{**given, **other})


def run(n, *, rates=(0.3, 0.3), seed=SEED, rng=None) -> list[Entered]:
    rng = rng or np.random.default_rng(1)
    arms = [arm_of(seed, number) for number in range(1, n + 1)]
    return [Entered(number, arm, int(rng.poisson(rates[arm]))) for number, arm in enumerate(arms, 1)]


@given(seed=seeds, block=st.integers(0, 500))
def test_each_block_gives_each_response_twice(seed, block) -> None:
    drawn = [arm_of(seed, block * BLOCK + place) for place in range(1, BLOCK + 1)]
    assert sorted(drawn) == [0, 0, 1, 1]


@given(seed=seeds, number=st.integers(1, 10_000))
def test_anyone_who_has_the_seed_repeats_the_draw(seed, number) -> None:
    assert arm_of(seed, number) == arm_of(bytes(seed), number)


def test_all_six_blocks_are_about_as_likely() -> None:
    drawn = [tuple(arm_of(SEED, 4 * b + i) for i in range(1, 5)) for b in range(3000)]
    counts = np.unique(drawn, axis=0, return_counts=True)[1]
    assert len(counts) == 6
    assert ((counts - 500) ** 2 / 500).sum() < 20.5  # chi-square with 5 degrees of freedom, p = 0.001


def test_another_seed_has_another_fingerprint() -> None:
    assert fingerprint(SEED) != fingerprint(bytes(32))
    assert len(fingerprint(SEED)) == 64


def test_before_it_begins_it_says_what_it_could_show() -> None:
    small = design(protocol(), baseline=0.05, cases_a_year=20)
    assert "could not even see that one response halves" in small.prose[0]
    large = design(protocol(), baseline=1.0, cases_a_year=100)
    assert "could see a difference of 30 % or more" in large.prose[0]


def test_responses_that_do_the_same_are_seldom_told_apart() -> None:
    told = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        key = rng.bytes(32)
        found = analyse(protocol(), run(80, seed=key, rng=rng), key, rng=rng, redraws=199)
        told += found.verdict in ("fell", "rose")
    assert told <= 0.06 * 150 + 2 * math.sqrt(0.06 * 0.94 * 150)


def test_a_third_as_many_are_told_apart() -> None:
    rng = np.random.default_rng(2)
    found = analyse(protocol(), run(400, rates=(0.2, 0.6), rng=rng), SEED, rng=rng)
    assert found.verdict == "fell"
    assert found.prose == ("There were fewer serious incidents under youth workers than under unarmed foot patrol.",)


def test_few_cases_are_not_assessable() -> None:
    assert analyse(protocol(), run(5), SEED, rng=np.random.default_rng(1)).verdict == "not assessable"
    nothing = analyse(protocol(), run(12, rates=(0, 0)), SEED, rng=np.random.default_rng(1))
    assert nothing.verdict == "cannot tell"


@pytest.mark.parametrize("change", ["arm", "missing", "twice", "seed"])
def test_a_trial_that_was_not_run_as_drawn_is_found_out(change) -> None:
    entered, seed = run(20), SEED
    if change == "arm":
        entered[7] = Entered(8, 1 - entered[7].arm, 0)
    elif change == "missing":
        del entered[3]
    elif change == "twice":
        entered[3] = entered[2]
    else:
        seed = bytes(32)
    with pytest.raises(InputError):
        analyse(protocol(), entered, seed, rng=np.random.default_rng(1))


@pytest.mark.parametrize(
    "other",
    [
        {"arms": ("armed patrol", "nothing")},
        {"arms": ("ARV standby", "nothing")},
        {"arms": ("same", "Same ")},
        {"arms": ("", "nothing")},
        {"agreed_by": ()},
        {"eligible": " "},
        {"outcome": ""},
        {"horizon_days": 0},
        {"margin": 1.0},
    ],
)
def test_protocols_that_are_none(other) -> None:
    with pytest.raises(InputError):
        protocol(**other)


@pytest.mark.parametrize(
    "call",
    [
        lambda: arm_of(SEED, 0),
        lambda: arm_of(b"short", 1),
        lambda: fingerprint(b""),
        lambda: design(protocol(), baseline=0, cases_a_year=10),
        lambda: design(protocol(), baseline=0.1, cases_a_year=0),
    ],
)
def test_what_is_refused(call) -> None:
    with pytest.raises(InputError):
        call()

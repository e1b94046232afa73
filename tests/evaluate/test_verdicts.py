"""Verdicts on one deployment and on a programme: what they may say, and cities with a known truth."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.deployment import OneDeployment, one_deployment
from answerable.evaluate.programme import Window
from answerable.evaluate.programme import programme as evaluated

FORBIDDEN = re.compile(r"prevented|proved|proven|saved|worked\b", re.IGNORECASE)
REASONS = ("refused", "expired", "withdrawn")


@given(
    incidents=st.integers(0, 30),
    logged=st.one_of(st.none(), st.floats(0.001, 20)),
    over=st.booleans(),
    complaints=st.integers(0, 5),
)
def test_one_deployment_is_never_a_success_nor_a_percentage(incidents, logged, over, complaints) -> None:
    found = one_deployment(
        OneDeployment("One", incidents, logged, facts={"complaints": complaints}, over=over), harms=("complaints",)
    )
    said = str(found)
    assert found.verdict in ("cannot tell", "not assessable")
    assert not FORBIDDEN.search(said)
    assert "%" not in said
    json.dumps(found.as_json())


def test_none_where_one_in_twenty_was_expected() -> None:
    found = one_deployment(OneDeployment("Night of 30 November", 0, 0.05, asked="a shooting the night before"))
    assert found.prose == (
        "We cannot tell whether this deployment changed violence.",
        "It was asked for because of a shooting the night before.",
        "Without it, 0.05 serious incidents would be expected here in that time, so none is the most likely result "
        "whether or not it helped.",
        "Even if it had halved violence we could not have seen it.",
    )
    assert found.numbers["as_few"] == pytest.approx(0.95, abs=2e-3)


def test_harm_is_said_at_once_and_first() -> None:
    found = one_deployment(
        OneDeployment("One", 0, 0.05, facts={"complaints": 2, "searches": 9, "injuries": 0}),
        harms=("complaints", "injuries"),
    )
    assert found.prose[0] == "What went wrong is known at once: 2 complaints."


def test_many_incidents_are_put_down_to_why_it_was_called() -> None:
    found = one_deployment(OneDeployment("One", 3, 0.05))
    assert "more than chance usually gives" in " ".join(found.prose)
    assert found.verdict == "cannot tell"


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (OneDeployment("One", 0, 0.05, over=False), "not over yet"),
        (OneDeployment("One", 0, None), "No expectation was logged"),
        (OneDeployment("One", 0, 0.0), "No expectation was logged"),
    ],
)
def test_what_is_not_assessable(one, says) -> None:
    found = one_deployment(one)
    assert found.verdict == "not assessable"
    assert says in found.prose[0]


def programme(made, **given):
    return evaluated(made, permutations=99, **given)


def windows(rng, *, n=800, effect=1.0, base=0.05, share=0.4, logged=True) -> list[Window]:
    stratum, sent = rng.integers(0, 6, n), rng.random(n) < share
    rate = base * (1 + stratum / 3)
    incidents = rng.poisson(rate * np.where(sent, effect, 1.0) * rng.gamma(2, 0.5, n))
    reason = rng.integers(0, 3, n)
    return [
        Window(
            bool(sent[i]), int(incidents[i]), f"band {stratum[i]}", "" if sent[i] else REASONS[reason[i]],
            float(rate[i]) if logged else None,
        )
        for i in range(n)
    ]  # fmt: skip


def test_without_an_effect_it_can_hardly_ever_be_told() -> None:
    said = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        said.append(programme(windows(rng, n=300), rng=rng, a_year=4).verdict)
    assert said.count("cannot tell") + said.count("no difference that matters") >= 0.93 * 40 - 2


def test_half_as_many_in_five_thousand_deployments_at_one_in_twenty_fell() -> None:
    said = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        sent = np.arange(10_000) < 5_000
        incidents = rng.poisson(np.where(sent, 0.025, 0.05))
        made = [
            Window(bool(d), int(n), f"band {i % 6}", "" if d else REASONS[i % 3], 0.05)
            for i, (d, n) in enumerate(zip(sent, incidents, strict=True))
        ]
        said.append(programme(made, rng=rng, a_year=4000).verdict)
    assert said.count("fell") == 10


def test_twice_as_many_rose() -> None:
    rng = np.random.default_rng(1)
    assert programme(windows(rng, n=6000, effect=2.0), rng=rng, a_year=4).verdict == "rose"


def test_a_rare_programme_is_told_that_it_is_too_rare() -> None:
    rng = np.random.default_rng(2)
    found = programme(windows(rng, n=30), rng=rng, a_year=4)
    assert found.verdict == "cannot tell"
    assert (
        any("too rare for its effect ever to be shown" in said for said in found.prose)
        or found.numbers["needed"] is None
    )


def test_what_each_reason_for_not_deploying_contributes_is_shown() -> None:
    rng = np.random.default_rng(3)
    labels = [row.label for row in programme(windows(rng, n=400), rng=rng, a_year=4).table]
    assert [f"Without windows that were {reason}" for reason in sorted(REASONS)] == labels[-3:]


def test_designs_that_disagree_cannot_tell() -> None:
    rng = np.random.default_rng(4)
    made = windows(rng, n=8000, effect=0.5)
    # A log that expected next to nothing in deployed windows: by it, violence rose.
    odd = [Window(w.deployed, w.incidents, w.stratum, w.reason, 0.001 if w.deployed else w.logged) for w in made]
    assert programme(made, rng=rng, a_year=4).verdict == "fell"
    assert programme(odd, rng=rng, a_year=4).verdict == "cannot tell"


def test_what_was_not_fixed_beforehand_is_marked() -> None:
    rng = np.random.default_rng(5)
    found = programme(windows(rng, n=100), rng=rng, a_year=4, exploratory=True)
    assert found.sentences()[0].startswith("Exploratory")


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ([Window(True, 0, "a")], "No window was triggered without"),
        ([Window(False, 0, "a", "refused")], "no deployment"),
        ([Window(True, 0, "a"), Window(False, 0, "b", "refused")], "no deployed window has a comparable one"),
    ],
)
def test_programmes_without_comparison_are_not_assessable(made, says) -> None:
    found = programme(made, rng=np.random.default_rng(1), a_year=4)
    assert found.verdict == "not assessable"
    assert says in found.prose[0]


def test_nothing_to_evaluate_is_an_error() -> None:
    with pytest.raises(InputError, match="no triggered window"):
        programme([], rng=np.random.default_rng(1), a_year=4)


@given(seed=st.integers(0, 500), n=st.integers(2, 60))
def test_no_programme_is_said_to_have_prevented_anything(seed, n) -> None:
    rng = np.random.default_rng(seed)
    assert not FORBIDDEN.search(str(programme(windows(rng, n=n, base=0.3), rng=rng, a_year=4)))

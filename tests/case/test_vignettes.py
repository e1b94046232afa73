"""The reference's vignettes that take a machine: those of the rules alone are told beside the pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from answerable.case.machine import Actor, Case, Event, State
from answerable.errors import NotAllowed
from answerable.policy.pack import Pack

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
TO_DECIDE = ("open", "submit", "assess", "advise")


def test_v8_the_second_case_in_an_area_goes_to_a_chief_officer_and_the_third_nowhere(walk: Walk, act: Act) -> None:
    case = walk(*TO_DECIDE)
    second = {"rarity.level": "escalate"}
    assert act(case, "authorise", facts=second)[1].data["rules"] == ["AP18"]
    claimed = {**second, "authoriser.chief_officer": True}
    assert act(case, "authorise", facts=claimed)[1].data["rules"] == ["AP18"], "a claim is no rank"
    assert act(case, "authorise", by="chief", facts=second)[0].state is State.AUTHORISED
    blocked, event = act(case, "authorise", by="chief", facts={"rarity.level": "block"})
    assert event.data["rules"] == ["AP18"]
    assert blocked.state is State.CONSULTED
    assert act(blocked, "refuse")[0].state is State.REFUSED


def test_v9_an_authoriser_who_investigates_the_linked_murder_is_blocked(walk: Walk, act: Act) -> None:
    assert act(walk(*TO_DECIDE), "authorise", facts={"authoriser.investigator": True})[1].data["rules"] == ["AP14"]


def test_v9_whoever_acted_as_investigator_on_the_case_cannot_even_ask(
    walk: Walk, act: Act, pack: Pack, people: Mapping[str, Actor]
) -> None:
    case = walk(*TO_DECIDE)
    case = replace(case, hands=case.hands | {("investigator", people["authoriser"].person)})
    for kind in ("authorise", "refuse"):
        with pytest.raises(NotAllowed, match="acts as investigator"):
            act(case, kind)


def test_v12_under_another_version_of_the_policy_nothing_goes_forward_but_all_can_end(
    walk: Walk, act: Act, now: datetime
) -> None:
    case = replace(walk(*TO_DECIDE), pack="uk.armed_patrol@0")
    with pytest.raises(NotAllowed, match=r"opened under uk\.armed_patrol@0"):
        act(case, "authorise")
    assert act(case, "refuse")[0].state is State.REFUSED
    assert act(case, "withdraw")[0].state is State.WITHDRAWN


def test_a_rule_that_blocks_says_what_would_change_and_what_it_does_not_limit(walk: Walk, act: Act) -> None:
    _, event = act(walk("open", "submit"), "assess", facts={"support.unarmed_unit": False})
    assert event.data["what_would_change"] == [
        "AP09: It would hold if an unarmed unit on the scene is being supported."
    ]
    assert "duty to protect life" in event.data["not_limited"]

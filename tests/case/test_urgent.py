"""The urgent path: shorter forms, the same thresholds, three persons, and an end unless it is ratified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.machine import Actor, Case, Event, State, state_at
from answerable.errors import NotAllowed, UsageError

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def urgent(walk: Walk, act: Act, now: datetime) -> Case:
    """A case authorised at once, 100 minutes after it was opened and 20 before its window, for two hours of it."""
    case, event = act(walk("open"), "urgent", at=now + 100 * MINUTE, ends_at=now + 4 * HOUR)
    assert event.kind == "urgent", event.data
    return case


def test_v5_an_urgent_authority_is_ratified_within_two_hours_or_ends(urgent: Case, act: Act, now: datetime) -> None:
    case, _ = act(urgent, "start", at=now + 2 * HOUR)
    due = now + 100 * MINUTE + 2 * HOUR
    assert case.ratify_by == due
    assert state_at(case, due) is State.ACTIVE
    assert state_at(case, due + SECOND) is State.URGENT_UNRATIFIED
    assert state_at(case, due + 400 * 24 * HOUR) is State.URGENT_UNRATIFIED
    with pytest.raises(NotAllowed, match="URGENT_UNRATIFIED"):
        act(case, "ratify", at=due + SECOND)
    ratified, event = act(case, "ratify", at=due)
    assert event.kind == "ratify"
    assert state_at(ratified, due + SECOND) is State.ACTIVE
    assert state_at(ratified, now + 4 * HOUR) is State.EXPIRED


def test_an_urgent_authority_that_was_never_started_ends_unratified_too(urgent: Case) -> None:
    assert urgent.ratify_by is not None
    assert state_at(urgent, urgent.ratify_by + SECOND) is State.URGENT_UNRATIFIED


def test_whichever_end_comes_first_is_the_one_that_counts(urgent: Case, now: datetime) -> None:
    short = replace(urgent, ends_at=now + 3 * HOUR)
    assert state_at(short, now + 3 * HOUR) is State.EXPIRED
    assert state_at(short, now + 9 * HOUR) is State.EXPIRED
    together = replace(urgent, ends_at=urgent.ratify_by)
    assert urgent.ratify_by is not None
    assert state_at(together, urgent.ratify_by) is State.EXPIRED
    assert state_at(together, urgent.ratify_by + SECOND) is State.EXPIRED


def test_v13_a_forecast_filed_as_urgent_is_blocked_like_any_other(walk: Walk, act: Act, now: datetime) -> None:
    facts = {"intel.usable_origins": 0, "intel.strong_origins": 0, "forecast.sole_basis": True,
             "intel.corroborated_age_h": None, "intel.strong_age_h": None}  # fmt: skip
    case, event = act(walk("open"), "urgent", at=now, ends_at=now + 4 * HOUR, facts=facts)
    assert event.kind == "blocked"
    assert {"AP05", "AP08"} <= set(event.data["rules"])
    assert case.state is State.DRAFT


@pytest.mark.parametrize(
    ("facts", "rule"),
    [({"trigger.type": "other"}, "AP01"), ({"tests.legal.answer": False}, "AP03"),
     ({"tests.extreme.answer": False}, "AP04"), ({"support.armed_share": 0.6}, "AP09"),
     ({"rarity.level": "block"}, "AP18"), ({"routine.recurring": True}, "AP20"),
     ({"authoriser.investigator": True}, "AP14"), ({"rarity.urgent_overlap": 1}, "AP16"),
     ({"cia.form": "none"}, "AP16"), ({"urgent.written_h": 1.1}, "AP16"), ({"overdue.in_area": 1}, "AP28")],
)  # fmt: skip
def test_urgency_shortens_forms_never_thresholds(
    walk: Walk, act: Act, now: datetime, facts: dict[str, Any], rule: str
) -> None:
    _, event = act(walk("open"), "urgent", at=now, ends_at=now + 4 * HOUR, facts=facts)
    assert event.kind == "blocked"
    assert rule in event.data["rules"]


def test_an_urgent_authority_is_short(walk: Walk, act: Act, now: datetime) -> None:
    assert act(walk("open"), "urgent", at=now, ends_at=now + 5 * HOUR)[1].kind == "urgent"
    assert act(walk("open"), "urgent", at=now, ends_at=now + 5 * HOUR + SECOND)[1].data["rules"] == ["AP16"]


def test_an_urgent_decision_may_be_a_tactical_commanders_a_ratification_never(urgent: Case, act: Act) -> None:
    tactical = Actor("another person", "another", frozenset({"authoriser", "tfc until 2018-12-31"}))
    assert act(replace(urgent), "ratify", by=tactical)[1].data["rules"] == ["AP14", "AP36"]


def test_a_tactical_commander_may_authorise_at_once(walk: Walk, act: Act, now: datetime) -> None:
    assert act(walk("open"), "urgent", at=now, ends_at=now + 4 * HOUR)[1].kind == "urgent"
    neither = Actor("another person", "another", frozenset({"urgent_authoriser"}))
    blocked = act(walk("open"), "urgent", at=now, ends_at=now + 4 * HOUR, by=neither)[1]
    assert blocked.data["rules"] == ["AP14", "AP16"]


def test_an_urgent_authority_publishes_what_an_assessment_does(urgent: Case) -> None:
    data = urgent.events[-1].data
    assert {"grades", "judgement", "support", "alternatives", "community_impact", "equality_impact"} <= set(data)
    assert {"starts_at", "ends_at", "start_by", "review_hours", "conditions", "reasons", "ratify_by"} <= set(data)
    assert data["not_consulted"] == ["local_commander", "iag_contact", "pcc_liaison", "tactical_adviser"]


def test_an_oral_authority_is_ratified_from_when_it_was_given(
    walk: Walk, act: Act, sections: dict[str, Any], now: datetime
) -> None:
    oral = {**sections, "authorisation": {**sections["authorisation"], "oral_at": "2018-11-30T17:30:00Z"}}
    case, event = act(walk("open"), "urgent", at=now, ends_at=now + 4 * HOUR, sections=oral)
    assert event.data["oral_at"] == "2018-11-30T17:30:00Z"
    assert case.ratify_by == now + 90 * MINUTE
    with pytest.raises(NotAllowed, match="time to ratify it is over"):
        act(walk("open"), "urgent", at=now + 2 * HOUR, ends_at=now + 4 * HOUR, sections=oral)


def test_applicant_urgent_authoriser_and_ratifier_are_three_persons(
    walk: Walk, act: Act, urgent: Case, people: Mapping[str, Actor], now: datetime
) -> None:
    everything = frozenset({"urgent_authoriser", "authoriser"})
    applicant = Actor(people["applicant"].person, "another account", everything)
    with pytest.raises(NotAllowed, match="applicant"):
        act(walk("open"), "urgent", by=applicant, at=now, ends_at=now + 4 * HOUR)
    with pytest.raises(NotAllowed, match="applicant"):
        act(urgent, "ratify", by=applicant)
    first = Actor(people["urgent_authoriser"].person, "another account", frozenset({"authoriser", "sfc"}))
    with pytest.raises(NotAllowed, match="urgent"):
        act(urgent, "ratify", by=first)


def test_one_who_authorised_at_once_as_an_authoriser_cannot_ratify_either(
    walk: Walk, act: Act, people: Mapping[str, Actor], now: datetime
) -> None:
    case, event = act(walk("open"), "urgent", by="authoriser", at=now, ends_at=now + 4 * HOUR)
    assert event.office == "authoriser"
    same_person = Actor(people["authoriser"].person, "another account", frozenset({"authoriser", "sfc"}))
    for again in (people["authoriser"], same_person):
        with pytest.raises(NotAllowed, match="cannot ratify it"):
            act(case, "ratify", by=again, at=now + HOUR)
    another = Actor("somebody else", "authoriser 2", frozenset({"authoriser", "sfc"}))
    assert act(case, "ratify", by=another, at=now + HOUR)[1].kind == "ratify"


def test_only_an_urgent_authority_is_ratified_and_only_once(walk: Walk, act: Act, urgent: Case) -> None:
    ratified, event = act(urgent, "ratify")
    assert event.data["evaluation_plan"]["horizon_days"] == 28
    assert ratified.plan["horizon_days"] == 28
    with pytest.raises(NotAllowed, match="has been ratified"):
        act(ratified, "ratify")
    with pytest.raises(NotAllowed, match="nothing to ratify"):
        act(walk("open", "submit", "assess", "advise", "authorise"), "ratify")


def test_ratifying_needs_a_plan_a_confirmation_a_text_and_reasons(urgent: Case, act: Act) -> None:
    for fact in ("evaluation.plan", "eia.confirmed", "public.text_words"):
        assert act(urgent, "ratify", facts={fact: None})[1].data["rules"] == ["AP29"]
    with pytest.raises(UsageError, match="ratification needs reasons"):
        act(urgent, "ratify", reasons=" ")


def test_an_urgent_authority_not_started_in_time_lapses(urgent: Case, act: Act) -> None:
    ratified, _ = act(urgent, "ratify")
    lapsing = replace(ratified, start_by=ratified.ratified_at)
    assert ratified.ratified_at is not None
    assert state_at(lapsing, ratified.ratified_at + SECOND) is State.LAPSED


@pytest.mark.parametrize("steps", [("open", "submit"), ("open", "submit", "assess", "advise")])
def test_what_was_submitted_in_the_planned_way_is_not_made_urgent(walk: Walk, act: Act, steps: tuple[str, ...]) -> None:
    with pytest.raises(NotAllowed, match="cannot be asked to take an urgent authority"):
        act(walk(*steps), "urgent")


def test_an_urgent_authority_is_not_extended_before_it_is_ratified(urgent: Case, act: Act, now: datetime) -> None:
    case, _ = act(urgent, "start", at=now + 2 * HOUR)
    with pytest.raises(NotAllowed, match="nobody has ratified"):
        act(case, "extend", at=now + 2 * HOUR, ends_at=now + 6 * HOUR)


def test_what_nobody_ratified_is_still_evaluated_by_a_plan_made_afterwards_and_says_so(
    urgent: Case, act: Act, now: datetime, sections: dict[str, Any]
) -> None:
    unplanned = replace(urgent, plan={})
    case, _ = act(unplanned, "start", at=now + 2 * HOUR)
    case, _ = act(case, "log", at=now + 20 * HOUR)
    case, event = act(case, "debrief", at=now + 24 * HOUR)
    assert event.kind == "debrief", event.data
    late = now + 60 * 24 * HOUR
    without = {key: value for key, value in sections.items() if key != "evaluation_plan"}
    _, event = act(case, "evaluate", at=late, sections=without)
    assert event.data["rules"] == ["AP22"]
    _, event = act(case, "evaluate", at=late)
    assert event.kind == "evaluate"
    assert event.data["planned_afterwards"] == sections["evaluation_plan"]

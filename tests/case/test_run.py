"""Authority in use: how it starts, is reviewed, suspended, extended and ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.machine import Actor, Case, Command, Event, State, decide, possible, state_at
from answerable.errors import NotAllowed, UsageError
from answerable.policy.pack import Pack

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
ACTIVE = ("open", "submit", "assess", "advise", "authorise", "start")


@pytest.mark.parametrize("fact", ["start.unarmed_present", "start.briefed"])
def test_it_starts_only_beside_an_unarmed_unit_and_briefed(walk: Walk, act: Act, fact: str) -> None:
    for value in (False, None):
        case, event = act(walk(*ACTIVE[:-1]), "start", facts={fact: value})
        assert event.data["rules"] == ["AP33"]
        assert case.state is State.AUTHORISED


def test_a_start_is_not_taken_twice_nor_by_another_role(walk: Walk, act: Act) -> None:
    with pytest.raises(NotAllowed, match="ACTIVE cannot be asked to start"):
        act(walk(*ACTIVE), "start")
    with pytest.raises(NotAllowed, match="takes the role operational_commander"):
        act(walk(*ACTIVE[:-1]), "start", by="authoriser")


def test_a_missed_review_suspends_by_the_clock_alone(walk: Walk, now: datetime) -> None:
    case = walk(*ACTIVE)
    due = now + 4 * HOUR
    assert case.review_due == due
    stages = {
        due - SECOND: State.ACTIVE,
        due: State.UNDER_REVIEW,
        due + 15 * MINUTE - SECOND: State.UNDER_REVIEW,
        due + 15 * MINUTE: State.SUSPENDED,
        now + 6 * HOUR - SECOND: State.SUSPENDED,
        now + 6 * HOUR: State.EXPIRED,
    }
    for at, state in stages.items():
        assert state_at(case, at) is state
    assert not State.SUSPENDED.live
    assert State.UNDER_REVIEW.live


@pytest.mark.parametrize("minutes", [60, 120, 134, 135, 200])
def test_a_review_held_early_late_or_very_late_lets_it_continue(
    walk: Walk, act: Act, now: datetime, minutes: int
) -> None:
    at = now + 2 * HOUR + minutes * MINUTE
    case, event = act(walk(*ACTIVE), "review", at=at)
    assert event.data["checks"]["community_feedback"] == "Calm."
    assert state_at(case, at) is State.ACTIVE
    assert case.review_due == min(at + 2 * HOUR, now + 6 * HOUR)
    assert case.ends_at == now + 6 * HOUR


def test_a_review_may_shorten_an_authority_never_lengthen_it(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*ACTIVE)
    shorter, _ = act(case, "review", outcome="vary", ends_at=now + 4 * HOUR)
    assert shorter.ends_at == shorter.review_due == now + 4 * HOUR
    for wrong in (now + 6 * HOUR, now + 7 * HOUR, now + 3 * HOUR):
        with pytest.raises(NotAllowed, match="only shorten"):
            act(case, "review", outcome="vary", ends_at=wrong)
    with pytest.raises(UsageError, match="takes its new end"):
        act(case, "review", outcome="vary")
    with pytest.raises(UsageError, match="changes no times"):
        act(case, "review", outcome="continue", ends_at=now + 4 * HOUR)


def test_a_review_may_end_it_without_answering_anything(walk: Walk, act: Act) -> None:
    case, event = act(walk(*ACTIVE), "review", outcome="end", checks={}, sections={}, reasons="")
    assert (case.state, case.ended_as, case.ended_at) == (State.ENDED, "ENDED", event.at)
    assert case.reasons_owed == "review"


@pytest.mark.parametrize("lacking", ["intel_still_valid", "threat_reassessed", "community_feedback"])
def test_a_review_that_lets_it_continue_answers_everything(walk: Walk, act: Act, lacking: str) -> None:
    checks = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."}
    with pytest.raises(UsageError, match=lacking.replace("_", " ")):
        act(walk(*ACTIVE), "review", checks={**checks, lacking: None})


@pytest.mark.parametrize("fallen", ["intel_still_valid", "threat_reassessed"])
def test_it_cannot_continue_once_its_grounds_have_fallen(walk: Walk, act: Act, fallen: str) -> None:
    checks = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm.", fallen: False}
    with pytest.raises(NotAllowed, match="no longer stand"):
        act(walk(*ACTIVE), "review", checks=checks)


def test_a_review_takes_an_outcome_that_there_is(walk: Walk, act: Act) -> None:
    for outcome in ("", "maybe"):
        with pytest.raises(UsageError, match="takes an outcome"):
            act(walk(*ACTIVE), "review", outcome=outcome)


def test_a_review_may_be_written_in_the_case_file(walk: Walk, act: Act, sections: dict[str, Any]) -> None:
    checks = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Two questions."}
    review = {"outcome": "continue", "checks": checks, "reasons": "As before."}
    _, event = act(walk(*ACTIVE), "review", outcome="", checks={}, reasons="", sections={**sections, "review": review})
    assert (event.data["checks"], event.data["reasons"]) == (checks, "As before.")


def test_who_gave_an_authority_does_not_review_it(
    walk: Walk, act: Act, people: Mapping[str, Actor], pack: Pack
) -> None:
    both = Actor("person authoriser", "another account", frozenset({"reviewer"}))
    with pytest.raises(NotAllowed, match="authoriser"):
        act(walk(*ACTIVE), "review", by=both)
    unseparated = replace(pack, separate=())
    checks = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."}
    with pytest.raises(NotAllowed, match="cannot review it"):
        decide(walk(*ACTIVE), Command("review", outcome="continue", checks=checks), {}, unseparated, both, _later(walk))


def _later(walk: Walk) -> datetime:
    at = walk(*ACTIVE).last_at
    assert at is not None
    return at + MINUTE


@pytest.mark.parametrize("minutes", [-30, 0, 20])
def test_an_extension_is_only_for_an_authority_in_good_standing(
    walk: Walk, act: Act, now: datetime, minutes: int
) -> None:
    case, at = walk(*ACTIVE), now + 4 * HOUR + minutes * MINUTE
    if minutes < 0:
        assert act(case, "extend", at=at)[0].ends_at == now + 8 * HOUR
        return
    with pytest.raises(NotAllowed, match="cannot be asked to extend"):
        act(case, "extend", at=at)


def test_an_extension_gives_more_time_and_its_reviews_go_on(walk: Walk, act: Act, now: datetime) -> None:
    case, event = act(walk(*ACTIVE, "review"), "extend")
    assert event.data["number"] == case.extensions == 1
    assert event.data["ends_at"] == "2018-12-01T02:00:00Z"
    assert case.review_due == now + 5 * HOUR
    assert state_at(case, now + 5 * HOUR) is State.UNDER_REVIEW
    kept, _ = act(case, "review", at=now + 5 * HOUR)
    assert state_at(kept, now + 6.5 * HOUR) is State.ACTIVE
    assert state_at(kept, now + 8 * HOUR) is State.EXPIRED


def test_after_expiry_there_is_no_extension_only_a_new_case(walk: Walk, act: Act, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="EXPIRED cannot be asked to extend"):
        act(walk(*ACTIVE, "review"), "extend", at=now + 6 * HOUR)


@pytest.mark.parametrize(
    ("hours", "facts", "rules"),
    [
        (8, {"extend.fresh_tests": False}, ["AP17"]),
        (8, {"cia.reviewed": False}, ["AP17"]),
        (12, {}, []),
        (12.1, {}, ["AP17"]),
    ],
)
def test_an_extension_is_tested_afresh_and_is_short(
    walk: Walk, act: Act, now: datetime, hours: float, facts: dict[str, Any], rules: list[str]
) -> None:
    case, event = act(walk(*ACTIVE, "review"), "extend", ends_at=now + hours * HOUR, facts=facts)
    assert event.data.get("rules", []) == rules
    assert (case.ends_at == now + 6 * HOUR) is bool(rules)


def test_an_extension_is_a_strategic_commanders(walk: Walk, act: Act, now: datetime) -> None:
    tactical = Actor("another person", "another", frozenset({"authoriser", "tfc"}))
    _, event = act(walk(*ACTIVE, "review"), "extend", ends_at=now + 8 * HOUR, by=tactical)
    assert event.data["rules"] == ["AP17"]


def test_there_is_one_extension(walk: Walk, act: Act, now: datetime) -> None:
    once, _ = act(walk(*ACTIVE, "review"), "extend", ends_at=now + 7 * HOUR)
    assert act(once, "extend")[1].data["rules"] == ["AP17"]


def test_a_community_impact_reviewed_before_the_decision_is_no_review_of_it(
    walk: Walk, act: Act, sections: dict[str, Any]
) -> None:
    early = {**sections["community_impact"], "reviewed": {"at": "2018-11-30T18:30:00Z", "text": "Calm."}}
    _, event = act(walk(*ACTIVE, "review"), "extend", sections={**sections, "community_impact": early})
    assert event.data["rules"] == ["AP17"]


def test_advice_given_meanwhile_is_answered_before_an_extension(walk: Walk, act: Act, now: datetime) -> None:
    case, _ = act(walk("open"), "urgent", at=now + 100 * MINUTE, ends_at=now + 5 * HOUR)
    case, _ = act(case, "start", at=now + 2 * HOUR)
    case, _ = act(case, "ratify", at=now + 2 * HOUR)
    case, _ = act(case, "advise", stance="object", text="Leave.")
    assert act(case, "extend", at=now + 3 * HOUR)[1].data["rules"] == ["AP26"]
    case, _ = act(case, "answer", number=1, text="We leave at eleven.", at=now + 3 * HOUR)
    assert act(case, "extend", at=now + 3 * HOUR)[1].kind == "extend"


def test_an_extension_takes_a_later_end_and_reasons(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*ACTIVE)
    with pytest.raises(NotAllowed, match="ends later"):
        act(case, "extend", ends_at=now + 6 * HOUR)
    with pytest.raises(UsageError, match="takes a new end"):
        act(case, "extend", ends_at=None, sections={})
    with pytest.raises(UsageError, match="needs reasons"):
        act(case, "extend", reasons="")


def test_a_revocation_takes_one_word_and_its_reasons_may_follow(walk: Walk, act: Act, now: datetime) -> None:
    case, event = act(walk(*ACTIVE), "revoke", reasons="")
    assert (case.state, case.reasons_owed) == (State.REVOKED, "revoke")
    after, event = act(case, "reasons", at=now + 20 * HOUR, reasons="The threat was arrested elsewhere.")
    assert event.data == {"of": "revoke", "reasons": "The threat was arrested elsewhere."}
    assert (after.state, after.reasons_owed) == (State.REVOKED, "")
    assert act(case, "reasons", at=now + 40 * HOUR, reasons="It was quiet.")[1].data["late"] is True
    with pytest.raises(NotAllowed, match="No reasons are owed"):
        act(after, "reasons")
    with pytest.raises(UsageError, match="These are no reasons"):
        act(case, "reasons", reasons=" ")
    with pytest.raises(NotAllowed, match="No reasons are owed"):
        act(walk(*ACTIVE, "end"), "reasons")


@pytest.mark.parametrize("at", [2 * HOUR, 4 * HOUR, 5 * HOUR])
def test_ending_is_possible_whatever_the_review_says(walk: Walk, act: Act, now: datetime, at: timedelta) -> None:
    case = walk(*ACTIVE)
    for kind in ("end", "revoke"):
        assert kind in possible(case, now + at)
        assert act(case, kind, at=now + at)[0].state.over


def test_a_late_decision_gives_no_time_in_the_past(walk: Walk, act: Act, now: datetime) -> None:
    case, _ = act(walk(*ACTIVE[:4]), "authorise", at=now + 3 * HOUR)
    assert (case.starts_at, case.ends_at) == (now + 3 * HOUR, now + 6 * HOUR)

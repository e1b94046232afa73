"""Advice: who was asked, who replied, and that an objection is answered before anybody decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.machine import Case, Event, State
from answerable.errors import NotAllowed, UsageError

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
ASSESSED = ("open", "submit", "assess")
UNASKED = dict.fromkeys(
    ("consultation.local_commander_view", "consultation.iag_contacted", "consultation.pcc_notified")
)


def test_a_case_is_consulted_when_everybody_who_must_be_asked_has_been(walk: Walk, act: Act) -> None:
    case = walk(*ASSESSED)
    states = []
    for office in ("iag_contact", "pcc_liaison", "local_commander"):
        case, event = act(case, "advise", by=office, facts=UNASKED)
        assert event.kind == "advise"
        states.append((case.state, event.data["consulted"]))
    assert states == [(State.ASSESSED, False), (State.ASSESSED, False), (State.CONSULTED, True)]
    assert [advice.adviser for advice in case.advice] == ["iag_contact", "pcc_liaison", "local_commander"]


def test_advice_is_never_blocked_but_says_what_is_still_missing(walk: Walk, act: Act) -> None:
    case, event = act(walk(*ASSESSED), "advise", by="iag_contact", facts=UNASKED)
    assert event.data["findings"][0]["rule"] == "AP13"
    assert event.data["findings"][0]["holds"] is None
    assert case.state is State.ASSESSED


def test_advice_may_come_before_the_assessment_and_after_consultation(walk: Walk, act: Act) -> None:
    early, event = act(walk("open", "submit"), "advise")
    assert (early.state, event.data["consulted"]) == (State.SUBMITTED, False)
    late, event = act(walk(*ASSESSED, "advise"), "advise", by="iag_contact")
    assert (late.state, event.data["number"]) == (State.CONSULTED, 2)


def test_no_reply_counts_as_contacted_and_is_published_as_not_consulted(walk: Walk, act: Act) -> None:
    case, _ = act(walk(*ASSESSED), "advise", by="local_commander", facts=UNASKED)
    case, _ = act(case, "advise", by="pcc_liaison", facts=UNASKED)
    case, event = act(case, "advise", by="iag_contact", stance="no_reply", text="", facts=UNASKED)
    assert event.data["says"] == "NOT CONSULTED"
    assert case.state is State.CONSULTED
    _, decided = act(case, "authorise")
    assert decided.data["not_consulted"] == ["iag_contact", "tactical_adviser"]


def test_a_commander_who_does_not_reply_has_given_no_view(walk: Walk, act: Act) -> None:
    facts = {**UNASKED, "consultation.iag_contacted": True, "consultation.pcc_notified": True}
    case, event = act(walk(*ASSESSED), "advise", stance="no_reply", facts=facts)
    assert (case.state, event.data["consulted"]) == (State.ASSESSED, False)


def test_dissent_is_published_to_the_letter_if_the_adviser_wishes(walk: Walk, act: Act) -> None:
    words = "  No. It will frighten the children,\nand it is NOT needed.  "
    _, event = act(walk(*ASSESSED), "advise", by="iag_contact", stance="object", text=words, publish=True)
    assert event.data["text"] == words
    _, event = act(walk(*ASSESSED), "advise", by="iag_contact", stance="object", text=words, publish=False)
    assert "text" not in event.data
    assert event.data["stance"] == "object"
    assert event.private["text"] == words


@pytest.mark.parametrize(
    ("asked", "what"),
    [({"stance": "shrug"}, "takes a stance, not 'shrug'"), ({"stance": ""}, "takes a stance"),
     ({"text": "  "}, "needs words")],
)  # fmt: skip
def test_advice_takes_a_stance_and_words(walk: Walk, act: Act, asked: dict[str, Any], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        act(walk(*ASSESSED), "advise", **asked)


def test_v10_an_objection_blocks_until_it_is_answered_and_then_a_person_may_still_authorise(
    walk: Walk, act: Act
) -> None:
    case, _ = act(walk(*ASSESSED, "advise"), "advise", by="iag_contact", stance="object", text="Do not do this.")
    still, event = act(case, "authorise")
    assert event.data["rules"] == ["AP26"]
    assert still.state is State.CONSULTED
    answered, event = act(case, "answer", number=2, text="It is smaller now.", changed="Half the area.")
    assert event.data == {"number": 2, "text": "It is smaller now.", "changed": "Half the area."}
    assert act(answered, "authorise")[0].state is State.AUTHORISED
    assert act(answered, "refuse")[0].state is State.REFUSED


def test_advice_against_never_blocks_and_support_needs_no_answer_unless_asked_for(walk: Walk, act: Act) -> None:
    case = walk(*ASSESSED, "advise")
    assert case.unanswered == ()
    asked, _ = act(case, "advise", by="iag_contact", stance="support", text="Yes, if...", needs_answer=True)
    assert [advice.number for advice in asked.unanswered] == [2]


@pytest.mark.parametrize(("asked", "what"), [({"number": 3, "text": "x"}, "no advice number 3"),
                                             ({"number": 1, "text": " "}, "needs words")])  # fmt: skip
def test_an_answer_names_its_advice_and_has_words(walk: Walk, act: Act, asked: dict[str, Any], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        act(walk(*ASSESSED, "advise"), "answer", **asked)


def test_advice_is_answered_once_by_the_applicant(walk: Walk, act: Act) -> None:
    case, _ = act(walk(*ASSESSED, "advise"), "answer", number=1, text="Thank you.")
    with pytest.raises(NotAllowed, match="has been answered"):
        act(case, "answer", number=1, text="Again.")
    with pytest.raises(NotAllowed, match="takes the role applicant"):
        act(walk(*ASSESSED, "advise"), "answer", number=1, text="Thank you.", by="analyst")


def test_a_case_that_is_decided_in_the_planned_way_takes_no_more_advice(walk: Walk, act: Act) -> None:
    case = walk(*ASSESSED, "advise", "authorise")
    with pytest.raises(NotAllowed, match="already decided"):
        act(case, "advise", by="iag_contact")


def test_an_urgent_case_may_be_advised_on_after_it_is_authorised(walk: Walk, act: Act, now: datetime) -> None:
    case, _ = act(walk("open"), "urgent", at=now, ends_at=now + timedelta(hours=4))
    case, event = act(case, "advise", stance="object", text="Stop this.")
    assert (event.kind, event.data["consulted"], case.state) == ("advise", False, State.AUTHORISED)
    assert len(case.unanswered) == 1


def test_those_asked_have_the_time_that_the_pack_gives_them(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*ASSESSED, "advise")
    assert act(case, "authorise", at=now + timedelta(minutes=29, seconds=59))[1].data["rules"] == ["AP27"]
    assert act(case, "authorise", at=now + timedelta(minutes=30))[1].kind == "authorise"

"""Messages read as sentences, and what is offered can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from answerable.case.duties import Duty
from answerable.case.machine import TRANSITIONS, Case, Event, possible
from answerable.case.transitions.impact import SIGNED
from answerable.case.words import to_do
from answerable.errors import NotAllowed

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
HOUR = timedelta(hours=1)
AUTHORISED = ("open", "submit", "assess", "advise", "authorise")


def test_every_step_has_its_words() -> None:
    assert all(to_do(kind, "it").split()[0].isalpha() for kind in TRANSITIONS)


def test_a_role_that_is_lacking_is_said_in_a_sentence(walk: Walk, act: Act, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="To authorise a case urgently takes the role urgent_authoriser or authoriser"):
        act(walk("open"), "urgent", by="evaluator", at=now)
    with pytest.raises(NotAllowed, match="To give late reasons for ending a case takes the role"):
        act(walk(*AUTHORISED, "start", "end"), "reasons", by="evaluator")


def test_what_took_place_is_not_offered_to_be_closed_before_it_is_accounted_for(
    walk: Walk, act: Act, now: datetime
) -> None:
    started = walk(*AUTHORISED, "start")
    assert possible(started, now + 30 * HOUR) == (*SIGNED, "log", "referral", "debrief")
    with pytest.raises(NotAllowed) as caught:
        act(started, "start", at=now + 30 * HOUR)
    assert "debrief it." in str(caught.value)
    assert possible(walk(*AUTHORISED), now + 30 * HOUR) == ("log", "referral", "close")


def test_only_what_is_owed_is_offered(walk: Walk, act: Act, now: datetime) -> None:
    authorised = walk(*AUTHORISED)
    assert not {"ratify", "advise", "start"} & set(possible(authorised, now + HOUR))
    assert "start" in possible(authorised, now + 2 * HOUR)
    ended, _ = act(walk(*AUTHORISED, "start"), "end", reasons="")
    assert "reasons" in possible(ended, now + 5 * HOUR)
    assert "reasons" not in possible(act(ended, "reasons")[0], now + 5 * HOUR)
    urgent, _ = act(walk("open"), "urgent", at=now, ends_at=now + 4 * HOUR)
    assert {"ratify", "advise"} <= set(possible(urgent, now + HOUR))


def test_a_duty_is_named_in_plain_words(now: datetime) -> None:
    assert Duty("full_impact", now, overdue=False).words == (
        "the full community impact assessment, in place of the rapid one"
    )
    assert Duty("referral", now, overdue=True, what="organised_crime_drivers").words == (
        "an outcome of the referral: organised crime drivers"
    )

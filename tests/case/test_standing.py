"""How a case stands without its history, and what is still owed on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic_core import from_json

from answerable.case.duties import ACCOUNTING, Duty, duties, overdue
from answerable.case.machine import Case, Event, Standing, State, over_at, state_at
from answerable.case.standing import state_told

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
HOUR, MINUTE, DAY, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1), timedelta(seconds=1)
ACTIVE = ("open", "submit", "assess", "advise", "authorise", "start")
ENDED = (*ACTIVE, "log", "end")


@pytest.mark.parametrize("steps", [("open",), ACTIVE[:3], ACTIVE[:5], ACTIVE, ENDED, (*ENDED, "debrief", "evaluate")])
def test_a_standing_goes_through_json_and_tells_the_same_time(
    walk: Walk, now: datetime, steps: tuple[str, ...]
) -> None:
    case = walk(*steps)
    standing = Standing.from_json(json.loads(json.dumps(case.standing.as_json())))
    assert standing == case.standing
    for hours in (0, 1, 3, 4.1, 5, 7, 30):
        at = now + hours * HOUR
        assert state_at(standing, at) is state_at(case, at)
        assert duties(standing, at) == duties(case, at)


def test_a_standing_holds_nothing_that_is_not_public(walk: Walk) -> None:
    said = json.dumps(walk(*ENDED, "debrief").standing.as_json())
    assert "person" not in said
    assert "account" not in said


def test_ten_thousand_standings_are_read_and_dated_in_a_blink(walk: Walk, now: datetime) -> None:
    """A tenth of a second on an idle machine, in the state that takes longest; benchmarks/cases.py measures."""
    said = json.dumps(walk(*ACTIVE).standing.as_json())
    best = min(_seconds(said, now) for _ in range(5))
    assert best < 1, best


def _seconds(said: str, now: datetime) -> float:
    began = time.process_time()
    for _ in range(10_000):
        state_told(from_json(said), now)
    return time.process_time() - began


def kinds(case: Case, at: datetime) -> list[tuple[str, bool]]:
    """Return what is owed beside referrals and the full impact assessment, which have tests of their own."""
    owed = [duty for duty in duties(case, at) if duty.kind not in ("referral", "full_impact")]
    return [(duty.kind, duty.overdue) for duty in owed]


def test_while_it_lasts_reviews_and_ratification_are_owed(walk: Walk, act: Act, now: datetime) -> None:
    case, _ = act(walk("open"), "urgent", at=now + 100 * MINUTE, ends_at=now + 5 * HOUR)
    assert kinds(case, now + 2 * HOUR) == [("ratify", False)]
    case, _ = act(case, "start", at=now + 2 * HOUR)
    assert kinds(case, now + 2 * HOUR) == [("ratify", False), ("review", False)]
    case, _ = act(case, "ratify", at=now + 3 * HOUR)
    assert kinds(case, now + 4 * HOUR - SECOND) == [("review", False)]
    assert kinds(case, now + 4 * HOUR) == [("review", True)]
    assert duties(walk("open"), now) == ()


def test_after_the_end_debrief_evaluation_and_closing_are_owed_in_turn(walk: Walk, now: datetime) -> None:
    end = now + 4 * HOUR
    ended = walk(*ENDED)
    assert [(duty.kind, duty.due) for duty in duties(ended, end) if duty.kind in ACCOUNTING[:3]] == [
        ("debrief", end + 72 * HOUR), ("evaluate", end + 90 * DAY), ("close", end + 120 * DAY),
    ]  # fmt: skip
    assert kinds(ended, end + 72 * HOUR) == [("debrief", False), ("evaluate", False), ("close", False)]
    assert kinds(ended, end + 72 * HOUR + SECOND)[0] == ("debrief", True)
    assert {duty.kind for duty in overdue(ended, end + 91 * DAY)} == {"debrief", "evaluate", "referral"}
    debriefed = walk(*ENDED, "debrief")
    assert kinds(debriefed, end + DAY) == [("evaluate", False), ("close", False)]
    evaluated = walk(*ENDED, "debrief", "evaluate")
    assert kinds(evaluated, end + 121 * DAY) == [("close", True)]
    assert kinds(walk(*ENDED, "debrief", "evaluate", "close"), end + 999 * DAY) == []


def test_what_the_clock_ended_is_accounted_for_from_that_moment(walk: Walk, now: datetime) -> None:
    case = walk(*ACTIVE, "review")
    assert over_at(case, now + 6 * HOUR) == now + 6 * HOUR
    assert over_at(case, now + 6 * HOUR - SECOND) is None
    assert [d.due for d in duties(case, now + 9 * HOUR) if d.kind == "debrief"] == [now + 6 * HOUR + 72 * HOUR]
    lapsed = walk("open")
    assert over_at(lapsed, now + 25 * HOUR) == now + 24 * HOUR
    assert over_at(lapsed, now) is None
    assert kinds(lapsed, now + 25 * HOUR) == [("close", False)]


def test_a_case_that_never_started_owes_only_its_closing(walk: Walk, act: Act, now: datetime) -> None:
    refused, _ = act(walk("open", "submit"), "refuse")
    assert kinds(refused, now + DAY) == [("close", False)]
    assert kinds(refused, now + 121 * DAY) == [("close", True)]


def test_reasons_that_are_owed_are_due_within_a_day(walk: Walk, act: Act, now: datetime) -> None:
    case, event = act(walk(*ACTIVE), "revoke", reasons="")
    due = event.at + 24 * HOUR
    assert Duty("reasons", due, overdue=False, what="revoke") in duties(case, due)
    assert Duty("reasons", due, overdue=True, what="revoke") in duties(case, due + SECOND)


def test_a_referral_is_owed_until_its_outcome_is_on_record(walk: Walk, act: Act, now: datetime) -> None:
    case = walk("open", "submit", "assess")
    owed = [duty for duty in duties(case, now + 30 * DAY) if duty.kind == "referral"]
    assert [(duty.what, duty.owner, duty.overdue) for duty in owed] == [
        ("child_exploitation_safeguarding", "Safeguarding partnership", True),
        ("schools_or_youth_engagement", "Schools partnership", True),
        ("organised_crime_drivers", "Serious crime command", False),
    ]
    done, _ = act(case, "referral", option="child_exploitation_safeguarding", text="Two children are safer.")
    assert [duty.what for duty in duties(done, now + 30 * DAY) if duty.kind == "referral"] == [
        "schools_or_youth_engagement", "organised_crime_drivers",
    ]  # fmt: skip


def test_a_case_opened_under_a_pack_without_clocks_owes_nothing_by_date(walk: Walk, now: datetime) -> None:
    case = replace(walk(*ENDED), clocks={}, referrals=())
    assert [duty.kind for duty in duties(case, now + 999 * DAY)] == ["full_impact"]
    assert case.review_grace_min == 0


def test_authority_without_a_review_is_never_under_one(walk: Walk, now: datetime) -> None:
    case = replace(walk(*ACTIVE), review_due=None)
    assert state_at(case, now + 6 * HOUR - SECOND) is State.ACTIVE


def test_a_rapid_impact_assessment_is_made_full_within_a_day(
    walk: Walk, act: Act, sections: dict[str, Any], now: datetime
) -> None:
    case, due = walk(*ENDED), now + 24 * HOUR
    assert Duty("full_impact", due, overdue=False) in duties(case, due)
    assert Duty("full_impact", due, overdue=True) in duties(case, due + SECOND)
    full = {**sections, "community_impact": {**sections["community_impact"], "form": "full"}}
    after, event = act(case, "debrief", sections=full)
    assert event.data["community_impact"]["form"] == "full"
    assert "full_impact" not in [duty.kind for duty in duties(after, due)]
    kept, event = act(case, "debrief", sections=sections)
    assert "community_impact" not in event.data
    assert "full_impact" in [duty.kind for duty in duties(kept, due)]
    refused, _ = act(walk("open", "submit", "assess"), "refuse")
    assert "full_impact" not in [duty.kind for duty in duties(refused, due)]

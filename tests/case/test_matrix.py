"""Every transition in every state, by the right person and by every wrong one: one answer for each, from one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from answerable.case.machine import (
    ENDINGS,
    TESTED,
    TRANSITIONS,
    Actor,
    Case,
    Event,
    State,
    possible,
    state_at,
)
from answerable.errors import NotAllowed, UsageError
from answerable.policy.pack import Pack

from .conftest import HOUR, MINUTE, NOW, WHO

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
PLANNED = ("open", "submit", "assess", "advise", "authorise")
USED = (*PLANNED, "start", "log", "end")
# How a case comes into each state, and how long after NOW it is then looked at.
STATES: dict[State, tuple[tuple[str, ...], timedelta]] = {
    State.NEW: ((), 0 * HOUR),
    State.DRAFT: (("open",), 0 * HOUR),
    State.SUBMITTED: (("open", "submit"), 0 * HOUR),
    State.ASSESSED: (("open", "submit", "assess"), 5 * MINUTE),
    State.CONSULTED: (PLANNED[:4], 45 * MINUTE),
    State.AUTHORISED: (PLANNED, 2 * HOUR),
    State.ACTIVE: ((*PLANNED, "start"), 3 * HOUR),
    State.UNDER_REVIEW: ((*PLANNED, "start"), 4 * HOUR),
    State.SUSPENDED: ((*PLANNED, "start"), 4.5 * HOUR),
    State.ENDED: (USED, 5 * HOUR),
    State.REVOKED: ((*PLANNED, "start", "log", "revoke"), 5 * HOUR),
    State.EXPIRED: ((*PLANNED, "start", "log"), 7 * HOUR),
    State.LAPSED: (("open",), 25 * HOUR),
    State.REFUSED: (("open", "submit", "refuse"), 1 * HOUR),
    State.WITHDRAWN: (("open", "withdraw"), 1 * HOUR),
    State.URGENT_UNRATIFIED: (("urgent",), 4 * HOUR),
    State.DEBRIEFED: ((*USED, "debrief"), 40 * 24 * HOUR),
    State.EVALUATED: ((*USED, "debrief", "evaluate"), 40.5 * 24 * HOUR),
    State.CLOSED: ((*USED, "debrief", "evaluate", "close"), 42 * 24 * HOUR),
}
_PREPARING = {"community_impact", "equality_impact", "refuse", "withdraw"}
_RUNNING = {"community_impact", "equality_impact", "review", "end", "revoke", "log", "referral"}
_ENDED = {"community_impact", "equality_impact", "log", "referral", "debrief"}
# What somebody in the right role can bring about in each state: told here by hand, and by nothing in the machine.
ALLOWED: Mapping[State, set[str]] = {
    State.NEW: {"open"},
    State.DRAFT: {"submit", "urgent"} | _PREPARING,
    State.SUBMITTED: {"assess", "advise"} | _PREPARING,
    State.ASSESSED: {"advise", "referral"} | _PREPARING,
    State.CONSULTED: {"advise", "authorise", "referral"} | _PREPARING,
    State.AUTHORISED: {"community_impact", "equality_impact", "start", "revoke", "referral"},
    State.ACTIVE: {"extend"} | _RUNNING,
    State.UNDER_REVIEW: _RUNNING,
    State.SUSPENDED: _RUNNING,
    State.ENDED: _ENDED,
    State.REVOKED: _ENDED,
    State.EXPIRED: _ENDED,
    State.LAPSED: {"log", "close"},
    State.REFUSED: {"log", "close"},
    State.WITHDRAWN: {"log", "close"},
    State.URGENT_UNRATIFIED: _ENDED,
    State.DEBRIEFED: {"community_impact", "equality_impact", "log", "referral", "evaluate"},
    State.EVALUATED: {"community_impact", "equality_impact", "log", "referral", "close"},
    State.CLOSED: {"referral"},
}
# These need something on the case first: advice to answer, an ending without reasons. Each has tests of its own.
_WAITING = {"answer", "reasons", "ratify"}
# What can be done once only, or is over by its own doing: asked again at once, it is refused.
_AGAIN = {"advise", "community_impact", "equality_impact", "log", "review", "referral"}


@pytest.fixture
def stands(walk: Walk, act: Act) -> Callable[[State], Case]:
    """Return a case that stands in the state asked for, at the time in the table."""

    def make(state: State) -> Case:
        steps, _ = STATES[state]
        if steps == ("urgent",):
            case, event = act(walk("open"), "urgent", at=NOW + 100 * MINUTE, ends_at=NOW + 5 * HOUR)
            assert event.kind == "urgent"
            return act(act(case, "start", at=NOW + 2 * HOUR)[0], "log", at=NOW + 3 * HOUR)[0]
        return walk(*steps) if steps else Case("2018-0001")

    return make


def at(state: State) -> Any:
    return NOW + STATES[state][1]


def said(state: State, kind: str) -> dict[str, Any]:
    """Return what a command needs to make sense in a state."""
    if kind == "referral":
        return {"option": "organised_crime_drivers", "text": "A supplier was charged."}
    if kind == "log" and state in (State.LAPSED, State.REFUSED, State.WITHDRAWN):
        from .conftest import PATROL

        return {"entries": (replace(PATROL, kind="outside", at=NOW),)}
    if kind == "urgent":
        return {"ends_at": NOW + 4 * HOUR}
    if kind == "extend":
        return {"ends_at": NOW + 8 * HOUR}
    return {}


def test_the_table_has_every_state_and_each_case_stands_where_it_says(stands: Callable[[State], Case]) -> None:
    assert set(STATES) == set(ALLOWED) == set(State)
    for state in State:
        assert state_at(stands(state), at(state)) is state


@pytest.mark.parametrize("state", State)
def test_the_right_person_can_do_exactly_what_the_table_says(
    stands: Callable[[State], Case], act: Act, state: State
) -> None:
    case = stands(state)
    done = set()
    for kind in TRANSITIONS:
        try:
            after, event = act(case, kind, at=at(state), **said(state, kind))
        except (NotAllowed, UsageError):
            continue
        assert event.kind == kind, (kind, event.data)
        assert after.version == case.version + 1
        done.add(kind)
    assert done - _WAITING == ALLOWED[state]


@pytest.mark.parametrize("state", State)
def test_what_is_offered_covers_what_can_be_done(stands: Callable[[State], Case], state: State) -> None:
    offered = set(possible(stands(state), at(state)))
    assert ALLOWED[state] <= offered
    if state.over:
        assert not offered & {"submit", "assess", "authorise", "urgent", "start", "extend", "review", "ratify"}


@pytest.mark.parametrize("state", State)
def test_whoever_lacks_the_role_can_do_nothing_in(
    stands: Callable[[State], Case], act: Act, pack: Pack, people: Mapping[str, Actor], state: State
) -> None:
    case = stands(state)
    for kind in sorted(ALLOWED[state]):
        allowed = pack.roles["consult" if kind == "advise" else kind]
        for role, actor in people.items():
            if not actor.roles & set(allowed):
                with pytest.raises(NotAllowed, match="takes the role"):
                    act(case, kind, by=actor, at=at(state), **said(state, kind))
                assert role not in allowed


@pytest.mark.parametrize("state", State)
def test_nobody_who_acted_in_a_role_kept_apart_does_it_by_another_account_in(
    stands: Callable[[State], Case], act: Act, pack: Pack, state: State
) -> None:
    case = stands(state)
    for kind in sorted(ALLOWED[state] - ENDINGS - {"open"}):
        role = WHO[kind]
        for other in sorted({one for group in pack.separate if role in group for one in group} - {role}):
            before = replace(case, hands=case.hands | {(other, "one person")})
            both = Actor("one person", "a second account", frozenset({role, "sfc", "tfc", "chief_officer"}))
            with pytest.raises(NotAllowed, match="cannot"):
                act(before, kind, by=both, at=at(state), **said(state, kind))


@pytest.mark.parametrize("state", [state for state in State if ALLOWED[state] & ENDINGS])
def test_ending_is_never_held_up_by_separation_or_by_what_is_not_known_in(
    stands: Callable[[State], Case], act: Act, pack: Pack, state: State
) -> None:
    case = stands(state)
    everywhere = frozenset({role for group in pack.separate for role in group})
    for kind in sorted(ALLOWED[state] & ENDINGS):
        burdened = replace(case, hands=case.hands | {(role, "one person") for role in everywhere})
        who = Actor("one person", "an account", frozenset(pack.roles[kind][:1]))
        _, event = act(burdened, kind, by=who, at=at(state), facts=dict.fromkeys(pack.catalogue.facts), reasons="")
        assert event.kind == kind


@pytest.mark.parametrize("state", State)
def test_what_is_not_known_blocks_every_tested_step_but_advice_in(
    stands: Callable[[State], Case], act: Act, pack: Pack, state: State
) -> None:
    case = stands(state)
    unknown = dict.fromkeys(pack.catalogue.facts)
    for kind in sorted(ALLOWED[state] & TESTED - {"advise"}):
        blocked, event = act(case, kind, at=at(state), facts=unknown, sections={}, **said(state, kind))
        assert event.kind == "blocked", kind
        assert event.data["rules"]
        assert "does not limit armed response" in event.data["not_limited"]
        assert state_at(blocked, at(state)) is state


@pytest.mark.parametrize("state", State)
def test_nothing_that_moves_a_case_can_be_done_twice_in(
    stands: Callable[[State], Case], act: Act, state: State
) -> None:
    case = stands(state)
    for kind in sorted(ALLOWED[state] - _AGAIN - {"extend"}):
        after, _ = act(case, kind, at=at(state), **said(state, kind))
        with pytest.raises((NotAllowed, UsageError)):
            act(after, kind, at=at(state), **said(state, kind))


@pytest.mark.parametrize("state", State)
def test_a_clock_set_back_opens_no_way_that_was_closed_in(
    stands: Callable[[State], Case], act: Act, state: State
) -> None:
    case = stands(state)
    if case.last_at is None:
        return
    now_allowed = set(possible(case, case.last_at))
    for kind in sorted(set(TRANSITIONS) - now_allowed):
        with pytest.raises((NotAllowed, UsageError)):
            act(case, kind, at=NOW - 48 * HOUR, **said(state, kind))


@pytest.mark.parametrize("state", State)
def test_a_command_without_what_it_needs_is_refused_and_changes_nothing_in(
    stands: Callable[[State], Case], act: Act, state: State
) -> None:
    empty: dict[str, dict[str, Any]] = {
        "advise": {"stance": "", "text": ""}, "authorise": {"reasons": " "}, "refuse": {"reasons": ""},
        "urgent": {"reasons": "", "ends_at": NOW + 4 * HOUR}, "review": {"outcome": ""}, "log": {"entries": ()},
        "referral": {"option": "organised_crime_drivers", "text": " "}, "extend": {"ends_at": None, "sections": {}},
        "community_impact": {"sections": {}}, "equality_impact": {"sections": {}},
    }  # fmt: skip
    case = stands(state)
    for kind in sorted(ALLOWED[state] & empty.keys()):
        with pytest.raises((NotAllowed, UsageError)):
            act(case, kind, at=at(state), **empty[kind])

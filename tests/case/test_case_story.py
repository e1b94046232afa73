"""Any story at all: whatever people, clocks and facts do, the promises of a case hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from answerable.case.casefile import CaseFile, template
from answerable.case.facts import facts_of
from answerable.case.machine import TRANSITIONS, Actor, Case, Command, Event, State, decide, state_at
from answerable.errors import NotAllowed, UsageError
from answerable.policy.pack import load_pack

START = datetime(2018, 11, 30, 18, tzinfo=UTC)
PACK = load_pack("uk.armed_patrol")
CASEFILE = CaseFile.read_text(template())
SOUND = facts_of(CASEFILE, START, {"rarity.level": "notice"})
ROLES = sorted({role for roles in PACK.roles.values() for role in roles})
ENDINGS = {
    State.DRAFT: "withdraw", State.SUBMITTED: "withdraw", State.ASSESSED: "withdraw", State.CONSULTED: "withdraw",
    State.AUTHORISED: "revoke", State.ACTIVE: "revoke",
}  # fmt: skip

people = st.integers(0, 3)
roles = st.sets(st.sampled_from(ROLES), min_size=1)
spoilt = st.dictionaries(
    st.sampled_from(["forecast.sole_basis", "eia.done", "intel.usable_origins", "rarity.level"]), st.none(), max_size=1
)


class Story(RuleBasedStateMachine):
    """People of any roles try anything at any time."""

    @initialize(steps=st.integers(0, 6), later=st.integers(0, 300))
    def begin(self, steps: int, later: int) -> None:
        self.case = Case("2018-0001")
        self.now = START
        for step in range(steps):
            self.now = START + timedelta(minutes=120 + later) if step == 5 else self.now
            self.the_right_person_takes_the_next_step({})

    @rule(minutes=st.one_of(st.integers(0, 30), st.integers(-60, 240), st.integers(-600, 1500)))
    def the_clock_moves(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(kind=st.sampled_from(TRANSITIONS), person=people, roles=roles, spoilt=spoilt, human=st.integers(0, 9))
    def somebody_tries_something(self, kind: str, person: int, roles: set[str], spoilt: Any, human: int) -> None:
        self.attempt(kind, Actor(f"p{person}", f"a{person}", frozenset(roles), human=human > 0), spoilt)

    @rule(spoilt=spoilt)
    def the_right_person_takes_the_next_step(self, spoilt: Any) -> None:
        steps = {State.NEW: "open", State.DRAFT: "submit", State.SUBMITTED: "assess", State.ASSESSED: "consult",
                 State.CONSULTED: "authorise", State.AUTHORISED: "start", State.ACTIVE: "end"}  # fmt: skip
        kind = steps.get(state_at(self.case, self.now))
        if kind:
            role = PACK.roles[kind][0]
            self.attempt(kind, Actor(f"the {role}", role, frozenset({role})), spoilt)

    @rule(person=people, wants=st.integers(0, 4))
    def whoever_wants_to_end_it_can(self, person: int, wants: int) -> None:
        kind = ENDINGS.get(state_at(self.case, max(self.now, self.case.last_at or self.now)))
        if kind and not wants:
            role = PACK.roles[kind][0]
            event = self.attempt(kind, Actor(f"p{person}", "any", frozenset({role})), dict.fromkeys(SOUND))
            assert event is not None
            assert event.kind == kind

    def attempt(self, kind: str, actor: Actor, spoilt: dict[str, Any]) -> Event | None:
        before = self.case
        command = Command(kind, proposal=CASEFILE.proposal(), reasons="Because.", what_would_change="Facts.")
        try:
            event = decide(before, command, {**SOUND, **spoilt}, PACK, actor, self.now)
        except (NotAllowed, UsageError):
            return None
        self.case = before.after(event)
        assert actor.human
        assert self.case.version == before.version + 1 == event.version
        assert event.office in actor.roles
        assert event.kind in (kind, "blocked")
        if event.kind == "blocked":
            assert self.case.state is before.state
            assert event.data["rules"]
            assert "does not limit armed response" in event.data["not_limited"]
        return event

    @invariant()
    def nothing_is_active_without_a_living_authority(self) -> None:
        kinds = [event.kind for event in self.case.events]
        if state_at(self.case, self.now) is State.ACTIVE:
            assert "authorise" in kinds
            assert self.case.ends_at is not None
            assert self.now < self.case.ends_at

    @invariant()
    def authority_never_outlives_its_window(self) -> None:
        if self.case.ends_at is not None and self.case.window is not None:
            assert self.case.ends_at <= self.case.window.end
            assert state_at(self.case, self.case.ends_at) not in (State.ACTIVE, State.AUTHORISED)
            acted = [event for event in self.case.events if event.at >= self.case.ends_at]
            assert acted == []

    @invariant()
    def nobody_holds_two_roles_that_exclude_each_other(self) -> None:
        deciding = {"applicant", "analyst", "authoriser"}
        offices: dict[str, set[str]] = {}
        for event in self.case.events:
            if event.kind not in ("end", "revoke", "withdraw"):
                offices.setdefault(event.person, set()).add(event.office)
        assert not any("authoriser" in held and held & deciding != {"authoriser"} for held in offices.values())

    @invariant()
    def the_case_is_exactly_its_events(self) -> None:
        assert Case.fold(self.case.id, self.case.events) == self.case
        assert [event.version for event in self.case.events] == list(range(1, self.case.version + 1))

    @invariant()
    def what_is_over_stays_over(self) -> None:
        state = state_at(self.case, max(self.now, self.case.last_at or self.now))
        if state.over:
            assert state_at(self.case, self.now + timedelta(days=400)) is state


Story.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestStory = Story.TestCase

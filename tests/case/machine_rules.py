"""Any story at all: whatever people, clocks, facts and restarts do, the promises of a case hold.

The rules and promises are here; what keeps the events is a backend, so that the same machine runs on a list, on the
memory store and on SQLite: ``stories(make_backend)`` returns a Hypothesis state machine. A backend keeps one case,
``CASE``, whose acts are by the accounts in ``ACCOUNTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from answerable.case.casefile import CaseFile, template
from answerable.case.facts import FIRST_CASE, facts_of
from answerable.case.machine import (
    ENDINGS,
    TRANSITIONS,
    Actor,
    Case,
    Command,
    Event,
    LogEntry,
    Standing,
    State,
    decide,
    possible,
    state_at,
)
from answerable.case.sections import public_sections
from answerable.case.signed import signed_facts
from answerable.case.transitions.impact import SIGNED
from answerable.errors import NotAllowed, UsageError
from answerable.place import read_stamp
from answerable.policy.pack import load_pack
from answerable.policy.reading import read_yaml

CASE = "2018-0001"
START = datetime(2018, 11, 30, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PACK = load_pack("uk.armed_patrol")
ROLES = sorted({role for roles in PACK.roles.values() for role in roles})
PERSONS = 4
# Everybody here may decide as far as an account goes, so that the other rules are what stops them.
HELD = ("sfc", "tfc", "chief_officer")
ROBOT = Actor("the service", "robot", frozenset(ROLES), human=False)
# (person, account) of everybody who may act: each of four persons has two accounts, each role an account of its own.
ACCOUNTS = tuple(
    [(f"p{n}", f"{letter}{n}") for n in range(PERSONS) for letter in "ab"] + [(f"the {r}", r) for r in ROLES]
)


class Backend(Protocol):
    """What keeps the events of one case."""

    def append(self, event: Event) -> None:
        """Keep ``event``, which follows the last one."""
        ...

    def reload(self) -> Case:
        """Forget everything in memory and return the case as it is kept."""
        ...


class InMemory:
    """The simplest backend: a list."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event) -> None:
        self.events.append(event)

    def reload(self) -> Case:
        return Case.fold(CASE, self.events)


def _casefile() -> CaseFile:
    said = {"says": "As in the comparison areas."}
    document = read_yaml(template(), "template")
    later = {
        "start": {"unarmed_present": True, "briefed": True},
        "extension": {
            "tests": {
                "legal": {"answer": True, "reasons": "Armed men were seen at the north stairwell just now."},
                "extreme": {"answer": True, "harm": "loss_of_life", "reasons": "Shots were heard near the square."},
            }
        },
        "debrief": {
            "flags": dict.fromkeys(("weapon_drawn", "force_used", "injury", "complaint", "iopc_referral"), False),
            "ho": {"operations": 1, "arv": True, "discharges": 0},
            "community_impact_review": "Calm.",
        },
        "evaluation": {"verdict": "cannot_tell", "measures": {}, "limits": "One deployment."},
        "closing": {"redactions": []},
    }
    later["evaluation"]["measures"] = dict.fromkeys(PACK.catalogue.facts["evaluate.measures"].choices, said)
    return CaseFile.read({**document, **later})


CASEFILE = _casefile()
PROPOSAL = CASEFILE.proposal()
SECTIONS = public_sections(CASEFILE)
# A rapid community impact assessment is made full before the case is closed.
FULL = {**SECTIONS, "community_impact": {**SECTIONS["community_impact"], "form": "full"}}
SOUND = {**facts_of(CASEFILE, START, {**FIRST_CASE, "rarity.level": "notice"}), "cia.reviewed": True}
# Assessments as other hands would write them: what their author signed is then not what the case file says.
OTHER_HANDS = {
    **SECTIONS,
    "community_impact": {**SECTIONS["community_impact"], "provocation": "No."},
    "equality_impact": {**SECTIONS["equality_impact"], "summary": "No difference found."},
}
SPOILABLE = (
    "forecast.sole_basis", "eia.done", "intel.usable_origins", "rarity.level", "consultation.iag_contacted",
    "urgent.written_h", "start.briefed", "extend.fresh_tests", "debrief.cia_review", "evaluate.verdict",
    "close.notices_given", "evaluation.plan",
)  # fmt: skip
# What somebody who means well does next, from each state.
NEXT = {
    State.NEW: ("open",), State.DRAFT: ("submit", "community_impact", "urgent"),
    State.SUBMITTED: ("community_impact", "equality_impact", "assess", "advise", "assess"),
    State.ASSESSED: ("advise", "advise", "answer"), State.CONSULTED: ("authorise", "advise", "answer", "authorise"),
    State.AUTHORISED: ("start", "ratify", "start"), State.ACTIVE: ("log", "review", "extend", "ratify", "end"),
    State.UNDER_REVIEW: ("review", "log", "ratify"), State.SUSPENDED: ("review", "log", "revoke"),
    State.ENDED: ("debrief", "log", "reasons"), State.REVOKED: ("debrief", "reasons", "close"),
    State.EXPIRED: ("debrief", "log", "close"), State.URGENT_UNRATIFIED: ("debrief", "log", "close"),
    State.DEBRIEFED: ("evaluate", "log", "referral"), State.EVALUATED: ("close", "log", "referral"),
    State.LAPSED: ("close",), State.REFUSED: ("close", "log"), State.WITHDRAWN: ("close",),
    State.CLOSED: ("referral",),
}  # fmt: skip
UNDECIDED = (State.DRAFT, State.SUBMITTED, State.ASSESSED, State.CONSULTED)
LASTING = (State.AUTHORISED, State.ACTIVE, State.UNDER_REVIEW, State.SUSPENDED)
# What cannot change by these events: nothing said or written about a case gives it more time.
WORDS_ONLY = (
    "advise", "answer", "log", "referral", "reasons", "blocked", "community_impact", "equality_impact",
)  # fmt: skip

# Which signed assessments each of these rests on, in this pack.
NEEDS = {
    "assess": ("community_impact", "equality_impact"), "authorise": ("community_impact", "equality_impact"),
    "urgent": ("community_impact",), "ratify": ("community_impact",), "extend": ("community_impact",),
}  # fmt: skip

AFTERWARDS = {
    "submit": "SUBMITTED", "assess": "ASSESSED", "refuse": "REFUSED", "revoke": "REVOKED", "withdraw": "WITHDRAWN",
    "debrief": "DEBRIEFED", "evaluate": "EVALUATED", "close": "CLOSED",
}  # fmt: skip

# How far a story may have come before anything is tried: steps taken in good order, and when (minutes after START).
PLANNED = (
    ("open", 0), ("submit", 1), ("community_impact", 1), ("equality_impact", 1), ("assess", 2), ("advise", 10),
    ("authorise", 40), ("start", 121), ("log", 150), ("review", 230), ("end", 300), ("debrief", 400),
    ("evaluate", 60 * 24 * 60),
)  # fmt: skip
URGENT = (("open", 100), ("community_impact", 105), ("urgent", 110), ("start", 121), ("ratify", 130))

people = st.integers(0, PERSONS - 1)
some_roles = st.sets(st.sampled_from(ROLES), min_size=1, max_size=4)
spoilt = st.one_of(st.just({}), st.dictionaries(st.sampled_from(SPOILABLE), st.none(), min_size=1, max_size=1))
wish = st.integers(0, 11)


def oracle(events: Iterable[Event], now: datetime) -> str:
    """Return the state a case is in, told again in the plainest way: what happened last, and which clock rang first."""
    state, clocks = "NEW", {}
    for event in events:
        data = event.data
        match event.kind:
            case "open":
                state, clocks["lapse"] = "DRAFT", read_stamp(data["lapses_at"])
                clocks["grace"] = data["clocks"]["review_grace_min"] * MINUTE
            case "submit" | "assess" | "refuse" | "revoke" | "withdraw" | "debrief" | "evaluate" | "close":
                state = AFTERWARDS[event.kind]
            case "advise":
                state = "CONSULTED" if data["consulted"] else state
            case "authorise" | "urgent":
                state, clocks["end"] = "AUTHORISED", read_stamp(data["ends_at"])
                clocks["begin"] = read_stamp(data["start_by"])
                if event.kind == "urgent":
                    clocks["ratify"] = read_stamp(data["ratify_by"])
            case "ratify":
                del clocks["ratify"]
            case "start":
                state, clocks["review"] = "ACTIVE", read_stamp(data["review_due"])
                del clocks["begin"]
            case "review" if data["outcome"] != "end":
                clocks |= {"end": read_stamp(data["ends_at"]), "review": read_stamp(data["review_due"])}
            case "review" | "end":
                state = "ENDED"
            case "extend":
                clocks["end"] = read_stamp(data["ends_at"])
    return _rung(state, clocks, now)


def _rung(state: str, clocks: dict[str, Any], now: datetime) -> str:
    second = timedelta(seconds=1)
    if state == "DRAFT":
        return "LAPSED" if now >= clocks["lapse"] + second else state
    if state not in ("AUTHORISED", "ACTIVE"):
        return state
    # One may still ratify and start at the last second named; an authority has ended at the second that it names.
    rings = [(clocks["end"], 0, "EXPIRED")]
    rings += [(clocks["ratify"] + second, 1, "URGENT_UNRATIFIED")] if "ratify" in clocks else []
    rings += [(clocks["begin"] + second, 2, "LAPSED")] if "begin" in clocks else []
    rung = sorted(ring for ring in rings if now >= ring[0])
    if rung:
        return rung[0][2]
    if state == "ACTIVE" and now >= clocks["review"]:
        return "SUSPENDED" if now >= clocks["review"] + clocks["grace"] else "UNDER_REVIEW"
    return state


def command(kind: str, case: Case, now: datetime, wish: int) -> Command:
    """Return a command of ``kind`` that means something; ``wish`` (0 to 11) varies it."""
    said: dict[str, Any] = {
        "reasons": "" if kind in ENDINGS and wish % 2 else "Because.",
        "what_would_change": "Facts.",
    }
    if kind == "advise":
        stance = ("support", "support", "neutral", "object", "no_reply")[wish % 5]
        said |= {"stance": stance, "text": "Take care.", "publish": wish % 2 == 0, "needs_answer": wish == 6}
    elif kind == "answer":
        waiting = case.unanswered or case.advice
        said |= {"number": waiting[0].number if waiting else 1, "text": "It is done."}
    elif kind == "review":
        outcome = ("continue", "continue", "vary", "end")[wish % 4]
        checks = {"intel_still_valid": wish != 8, "threat_reassessed": True, "community_feedback": "Calm."}
        said |= {"outcome": outcome, "checks": checks}
        if outcome == "vary":
            said["ends_at"] = now + (wish * 10 + 1) * MINUTE
    elif kind == "extend":
        said["ends_at"] = (case.ends_at or now) + (wish * 45 - 60) * MINUTE
    elif kind == "log":
        kinds = ("foot_patrol", "static", "outside", "contact", "start", "comms")
        said["entries"] = (LogEntry(now - wish * 7 * MINUTE, kinds[wish % 6], "c", 4, 20),)
    elif kind == "referral":
        said |= {"option": case.referrals[wish % len(case.referrals)].option if case.referrals else "x", "text": "Ran."}
    elif kind in ("authorise", "urgent") and case.window is not None and (kind == "urgent" or wish > 8):
        said["ends_at"] = min(max(case.window.start, now) + (wish % 4 + 1) * 60 * MINUTE, case.window.end)
    sections = FULL if kind in ("debrief", "evaluate") else SECTIONS
    if wish == 11 or (kind in SIGNED and wish == 10):
        sections = OTHER_HANDS
    return Command(kind, proposal=PROPOSAL, sections=sections, **said)


class Story(RuleBasedStateMachine):
    """People of any roles try anything at any time."""

    make_backend: ClassVar[Callable[[], Backend]] = InMemory

    @initialize(path=st.integers(0, len(PLANNED) + len(URGENT)), later=st.integers(0, 20))
    def begin(self, path: int, later: int) -> None:
        self.backend = type(self).make_backend()
        self.case = Case(CASE)
        self.now = START
        self.moved = False
        steps = PLANNED[:path] if path <= len(PLANNED) else URGENT[: path - len(PLANNED)]
        for kind, minutes in steps:
            self.now = START + (minutes + later) * MINUTE
            self.attempt(kind, self.rightly(kind, later), {}, 0)

    def teardown(self) -> None:
        close = getattr(getattr(self, "backend", None), "close", None)
        if close:
            close()

    @rule(minutes=st.one_of(st.integers(0, 30), st.integers(0, 240), st.integers(-600, 1500), st.just(50 * 24 * 60)))
    def the_clock_moves(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(which=st.integers(0, 7), seconds=st.integers(-1, 1))
    def the_clock_jumps_to_where_something_ends(self, which: int, seconds: int) -> None:
        case = self.case
        grace = case.review_due + case.review_grace_min * MINUTE if case.review_due else None
        horizon = case.ended_at + timedelta(days=28) if case.ended_at else None
        ends = (
            case.ends_at,
            case.review_due,
            grace,
            case.ratify_by,
            case.start_by,
            case.lapses_at,
            case.starts_at,
            horizon,
        )
        at = ends[which]
        if at is not None:
            self.now = at + timedelta(seconds=seconds)

    @rule(minutes=st.integers(-1, 16))
    def a_review_falls_due(self, minutes: int) -> None:
        if self.case.review_due:
            self.now = self.case.review_due + minutes * MINUTE

    @rule(kind=st.sampled_from(TRANSITIONS), person=people, account=st.sampled_from("ab"), roles=some_roles,
          spoilt=spoilt, wish=wish)  # fmt: skip
    def somebody_tries_something(
        self, kind: str, person: int, account: str, roles: set[str], spoilt: Any, wish: int
    ) -> None:
        self.attempt(kind, Actor(f"p{person}", f"{account}{person}", frozenset({*roles, *HELD})), spoilt, wish)

    @rule(person=people, wish=wish)
    def one_of_few_people_does_what_is_possible(self, person: int, wish: int) -> None:
        kinds = possible(self.case, max(self.now, self.case.last_at or self.now))
        if kinds:
            self.attempt(
                kinds[wish % len(kinds)], Actor(f"p{person}", f"a{person}", frozenset({*ROLES, *HELD})), {}, wish
            )

    @rule(spoilt=spoilt, choice=st.integers(0, 4), wish=wish)
    def the_right_person_takes_the_next_step(self, spoilt: Any, choice: int, wish: int) -> None:
        steps = NEXT[state_at(self.case, max(self.now, self.case.last_at or self.now))]
        kind = steps[choice % len(steps)]
        self.attempt(kind, self.rightly(kind, wish), spoilt, wish)

    @rule(earlier=st.integers(0, 20), choice=st.integers(0, 4), wish=wish)
    def somebody_who_has_acted_goes_on(self, earlier: int, choice: int, wish: int) -> None:
        if self.case.events:
            event = self.case.events[earlier % len(self.case.events)]
            steps = NEXT[state_at(self.case, max(self.now, self.case.last_at or self.now))]
            actor = Actor(event.person, event.private["account"], frozenset({event.office, *HELD}))
            self.attempt(steps[choice % len(steps)], actor, {}, wish)

    @rule(choice=st.integers(0, 4))
    def the_next_step_is_taken_in_good_order(self, choice: int) -> None:
        self.the_right_person_takes_the_next_step({}, choice, 0)

    @rule(kind=st.sampled_from(TRANSITIONS), wish=wish)
    def a_program_tries_something(self, kind: str, wish: int) -> None:
        assert self.attempt(kind, ROBOT, {}, wish) is None

    @rule(person=people)
    def whoever_wants_to_end_it_can(self, person: int) -> None:
        state = state_at(self.case, max(self.now, self.case.last_at or self.now))
        kind = "withdraw" if state in UNDECIDED else "revoke" if state in LASTING else None
        if kind and person == 0:
            actor = Actor(f"p{person}", f"a{person}", frozenset({*PACK.roles[kind][:1], *HELD}))
            event = self.attempt(kind, actor, dict.fromkeys(SOUND), 0)
            assert event is not None
            assert event.kind == kind

    @rule()
    def everything_is_read_again(self) -> None:
        assert self.backend.reload() == self.case

    def rightly(self, kind: str, wish: int = 0) -> Actor:
        roles = PACK.roles["consult" if kind == "advise" else kind]
        role = roles[wish % len(roles)]
        return Actor(f"the {role}", role, frozenset({role, *HELD}))

    def attempt(self, kind: str, actor: Actor, spoilt: dict[str, Any], wish: int) -> Event | None:
        before, now = self.case, max(self.now, self.case.last_at or self.now)
        try:
            asked = command(kind, before, now, wish)
            facts = {**SOUND, **signed_facts(before, asked.sections), **spoilt}
            event = decide(before, asked, facts, PACK, actor, self.now)
        except (NotAllowed, UsageError):
            return None
        self.backend.append(event)
        self.case = after = before.after(event)
        self.moved = True
        assert actor.human
        assert event.at == now
        assert event.office in actor.roles
        assert after.version == before.version + 1 == event.version
        assert (after.area, after.window) == (before.area, before.window) or kind == "open"
        if before.ends_at and after.ends_at:
            assert after.ends_at <= before.ends_at or event.kind in ("authorise", "urgent", "extend")
        if event.kind == "blocked":
            assert after.state is before.state
            assert event.data["rules"]
            assert "does not limit armed response" in event.data["not_limited"]
        else:
            assert event.kind == kind
        if event.kind in NEEDS:
            for name in NEEDS[event.kind]:
                self.check_signed(before, name, asked.sections)
        if event.kind in WORDS_ONLY:
            assert authority(after) == authority(before)
        return event

    def check_signed(self, case: Case, name: str, sections: Mapping[str, Any]) -> None:
        """Assert that the last assessment handed in is the one that a decision rested on."""
        signed = [event for event in case.events if event.kind == name]
        assert signed
        assert all(event.office == PACK.roles[name][0] for event in signed)
        assert {**signed[-1].data[name], "reviewed": None} == {**sections[name], "reviewed": None}

    @invariant()
    def the_clock_agrees_with_a_plain_telling(self) -> None:
        for at in (self.now, self.now + 7 * MINUTE, self.now + timedelta(days=3)):
            assert state_at(self.case, at) == oracle(self.case.events, at)

    @invariant()
    def nothing_is_live_without_an_authority(self) -> None:
        case = self.case
        if state_at(case, self.now).live:
            assert case.done_at("authorise", "urgent")
            assert case.started_at
            assert case.ends_at
            assert self.now < case.ends_at
            assert case.ratified_at or not case.urgent or (case.ratify_by and self.now <= case.ratify_by)
            assert case.review_due
            assert self.now < case.review_due + case.review_grace_min * MINUTE

    @invariant()
    def authority_stays_within_what_was_decided(self) -> None:
        case = self.case
        if case.ends_at and case.window and self.moved:
            extended = [event for event in case.events if event.kind == "extend"]
            assert case.ends_at <= (read_stamp(extended[-1].data["ends_at"]) if extended else case.window.end)
            assert not state_at(case, case.ends_at).live
            assert all(event.at < read_stamp(event.data["ends_at"]) for event in extended)

    @invariant()
    def nobody_holds_two_roles_that_exclude_each_other(self) -> None:
        if not self.moved:
            return
        offices: dict[str, set[str]] = {}
        for event in self.case.events:
            if event.kind not in ENDINGS and event.kind != "reasons":
                offices.setdefault(event.person, set()).add(event.office)
        assert not any(len(group & held) > 1 for held in offices.values() for group in PACK.separate)
        applied = self.case.acted("open", "submit")
        assert not applied & self.case.acted("authorise", "urgent", "ratify", "extend")
        assert not self.case.acted("urgent") & self.case.acted("ratify")
        authors = self.case.acted(*SIGNED)
        assert not authors & self.case.acted("authorise", "urgent", "ratify", "extend")
        assert not self.case.acted("review") & self.case.acted("authorise", "urgent", "ratify", "extend")

    @invariant()
    def whatever_lasts_can_be_ended(self) -> None:
        state = state_at(self.case, max(self.now, self.case.last_at or self.now))
        if state in UNDECIDED:
            assert "withdraw" in possible(self.case, max(self.now, self.case.last_at or self.now))
        if state in LASTING:
            assert "revoke" in possible(self.case, max(self.now, self.case.last_at or self.now))

    @invariant()
    def the_case_is_exactly_its_events_and_stands_as_it_does(self) -> None:
        if not self.moved:
            return
        case, self.moved = self.case, False
        assert [event.version for event in case.events] == list(range(1, case.version + 1))
        standing = Standing.from_json(case.standing.as_json())
        assert standing == case.standing
        assert state_at(standing, self.now) is state_at(case, self.now)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        state = state_at(self.case, max(self.now, self.case.last_at or self.now))
        if state.over:
            assert state_at(self.case, self.now + timedelta(days=400)) is state


def authority(case: Case) -> tuple[Any, ...]:
    """Return everything that decides whether and until when officers may be there."""
    return (
        case.starts_at,
        case.ends_at,
        case.start_by,
        case.started_at,
        case.review_due,
        case.ratify_by,
        case.ended_at,
    )


def stories(make_backend: Callable[[], Backend]) -> type[Story]:
    """Return the state machine on the backends that ``make_backend`` makes, one for each example."""
    return type("Story", (Story,), {"make_backend": staticmethod(make_backend)})

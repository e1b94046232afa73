"""The machine: who may do what, when; what is blocked is recorded; authority ends by the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.machine import TESTED, TRANSITIONS, Actor, Case, Command, Event, State, decide, state_at
from answerable.errors import IntegrityError, NotAllowed, UsageError
from answerable.policy.pack import Pack

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
TO_AUTHORISED = ("open", "submit", "assess", "advise", "authorise")
HOUR = timedelta(hours=1)
TO_ENDED = (*TO_AUTHORISED, "start", "log", "end")
# The steps after which each transition may be asked for.
BEFORE = {
    "open": (), "community_impact": ("open",), "equality_impact": ("open",),
    "submit": ("open",), "assess": ("open", "submit"), "advise": TO_AUTHORISED[:3],
    "answer": TO_AUTHORISED[:4], "authorise": TO_AUTHORISED[:4],
    "refuse": ("open", "submit"), "withdraw": ("open",), "urgent": ("open",), "ratify": TO_AUTHORISED,
    "start": TO_AUTHORISED, "review": (*TO_AUTHORISED, "start"), "extend": (*TO_AUTHORISED, "start", "review"),
    "end": (*TO_AUTHORISED, "start"), "revoke": TO_AUTHORISED, "reasons": TO_ENDED, "log": (*TO_AUTHORISED, "start"),
    "referral": TO_AUTHORISED[:3], "debrief": TO_ENDED, "evaluate": (*TO_ENDED, "debrief"),
    "close": (*TO_ENDED, "debrief", "evaluate"),
}  # fmt: skip


def test_a_sound_case_runs_from_draft_to_its_end(walk: Walk) -> None:
    case = walk(*TO_AUTHORISED, "start", "end")
    assert case.state is State.ENDED
    assert [event.kind for event in case.events] == [*TO_AUTHORISED, "start", "end"]
    assert [event.version for event in case.events] == list(range(1, 8))


def test_a_case_is_what_its_events_say(walk: Walk, now: datetime) -> None:
    case = walk(*TO_AUTHORISED)
    assert Case.fold(case.id, case.events) == case
    assert case.pack == "uk.armed_patrol@1"
    assert case.area is not None
    assert (case.area.name, case.area.km2) == ("Example Estate", 0.503)
    assert case.ends_at == now + 6 * HOUR
    assert case.start_by == now + 12.75 * HOUR


def test_events_out_of_order_are_an_integrity_error(walk: Walk) -> None:
    events = walk("open", "submit").events
    for wrong in ([events[1]], [events[0], events[0]], [replace(events[0], case="2018-0002")]):
        with pytest.raises(IntegrityError, match="does not follow"):
            Case.fold("2018-0001", wrong)


def test_public_data_is_what_the_record_promises(walk: Walk) -> None:
    opened, submitted, *_, authorised = walk(*TO_AUTHORISED).events
    assert opened.data == {
        "title": "Armed support beside the cordon",
        "pack": "uk.armed_patrol@1",
        "trigger": "imminent_intel",
        "area": {"name": "Example Estate", "km2": 0.503},
        "window": {"from": "2018-11-30T20:00:00Z", "to": "2018-12-01T00:00:00Z"},
        "lapses_at": "2018-12-01T18:00:00Z",
        "time_zone": "Europe/London",
        "clocks": {
            "review_grace_min": 15, "debrief_h": 72, "evaluate_days": 90, "close_days": 120, "reasons_within_h": 24,
            "late_entry_min": 15,
        },
    }  # fmt: skip
    assert {finding["rule"] for finding in submitted.data["findings"]} == {"AP01", "AP02", "AP20", "AP28", "AP38"}
    assert set(submitted.data["findings"][0]) == {"rule", "holds", "reason", "says"}
    assert authorised.data["starts_at"] == "2018-11-30T20:00:00Z"
    assert authorised.data["ends_at"] == "2018-12-01T00:00:00Z"
    assert authorised.office == "authoriser"


def test_no_person_or_account_is_in_the_public_data(walk: Walk) -> None:
    for event in walk(*TO_AUTHORISED, "start", "end").events:
        assert "person" not in str(event.data).replace("a person", "")
        assert event.private["person"].startswith("person ")
        assert event.private["account"].startswith("account ")


def test_a_rule_that_does_not_hold_blocks_and_leaves_the_state(walk: Walk, act: Act, pack: Pack) -> None:
    before = walk("open", "submit")
    case, event = act(before, "assess", facts={"forecast.sole_basis": True, "intel.usable_origins": 0})
    assert event.kind == "blocked"
    assert event.data["transition"] == "assess"
    assert event.data["rules"] == ["AP05", "AP08"]
    assert event.data["not_limited"] == "This does not limit armed response under APP or the duty to protect life."
    assert any(line.startswith("AP08: It would hold if") for line in event.data["what_would_change"])
    assert (case.state, case.version) == (State.SUBMITTED, 3)
    assert [finding["rule"] for finding in case.findings if finding["holds"] is False] == ["AP05", "AP08"]


def test_what_nobody_knows_blocks_too(walk: Walk, act: Act) -> None:
    _, event = act(walk("open", "submit", "assess", "advise"), "authorise", facts={"rarity.level": None})
    assert event.data["rules"] == ["AP18"]


def test_a_blocked_case_may_be_mended_and_tried_again_or_refused(walk: Walk, act: Act) -> None:
    blocked, _ = act(walk("open", "submit"), "assess", facts={"eia.done": False})
    mended, event = act(blocked, "assess")
    assert (event.kind, mended.state) == ("assess", State.ASSESSED)
    refused, event = act(blocked, "refuse")
    assert refused.state is State.REFUSED
    assert event.data == {
        "reasons": "Because of the reports cited.",
        "what_would_change": "Better intelligence.",
        "not_limited": "This does not limit armed response under APP or the duty to protect life.",
    }


@pytest.mark.parametrize("steps", [("open",), ("open", "submit"), ("open", "submit", "assess"), TO_AUTHORISED[:4]])
def test_a_case_may_be_refused_before_any_decision(walk: Walk, act: Act, steps: tuple[str, ...]) -> None:
    assert act(walk(*steps), "refuse")[0].state is State.REFUSED


@pytest.mark.parametrize("lacking", ["reasons", "what_would_change"])
def test_a_refusal_needs_reasons_and_what_would_change_it(walk: Walk, act: Act, lacking: str) -> None:
    with pytest.raises(UsageError, match="reasons, and what would change it"):
        act(walk("open", "submit"), "refuse", **{lacking: "  "})


def test_an_authorisation_needs_reasons(walk: Walk, act: Act) -> None:
    with pytest.raises(UsageError, match="needs reasons"):
        act(walk(*TO_AUTHORISED[:4]), "authorise", reasons="")


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_a_service_account_can_do_nothing_to_a_case(walk: Walk, act: Act, pack: Pack, now: datetime, kind: str) -> None:
    case = walk(*BEFORE[kind]) if BEFORE[kind] else Case("2018-0001")
    every_role = frozenset(role for roles in pack.roles.values() for role in roles)
    robot = Actor("the service", "robot", every_role, human=False)
    with pytest.raises(NotAllowed, match="only a person can act"):
        act(case, kind, by=robot)


@pytest.mark.parametrize("kind", ["submit", "withdraw", "refuse"])
def test_the_wrong_role_is_told_which_one_it_takes(
    walk: Walk, act: Act, people: Mapping[str, Actor], kind: str
) -> None:
    case = walk("open", "submit") if kind == "refuse" else walk("open")
    with pytest.raises(NotAllowed, match=r"takes the role (applicant|authoriser)"):
        act(case, kind, by=people["analyst"])


@pytest.mark.parametrize(("first", "second"), [("submit", "authorise"), ("assess", "authorise"), ("submit", "refuse")])
def test_one_person_never_holds_both_ends_of_a_decision(
    act: Act, people: Mapping[str, Actor], first: str, second: str
) -> None:
    both = Actor("the same", "one account", frozenset({"applicant", "analyst", "authoriser"}))
    other_account = replace(both, account="another account")
    case = Case("2018-0001")
    for kind in TO_AUTHORISED[:4]:
        by = {"by": both} if kind == first else {}
        case, _ = act(case, kind, **by)
    for actor in (both, other_account):
        with pytest.raises(NotAllowed, match="cannot also act as authoriser"):
            act(case, second, by=actor)
    assert act(case, second)[1].kind == second


def test_a_blocked_attempt_counts_as_having_acted(walk: Walk, act: Act) -> None:
    both = Actor("the same", "one account", frozenset({"analyst", "authoriser"}))
    case, event = act(walk("open", "submit"), "assess", by=both, facts={"eia.done": False})
    assert event.kind == "blocked"
    with pytest.raises(NotAllowed, match="acts as analyst"):
        act(case, "refuse", by=both)


def test_who_holds_a_free_role_beside_a_conflicting_one_acts_in_the_free_one(walk: Walk, act: Act, pack: Pack) -> None:
    roles = {**pack.roles, "consult": ("authoriser", "local_commander")}
    analyst = Actor("person analyst", "another account", frozenset({"authoriser", "local_commander"}))
    case = walk("open", "submit", "assess")
    advice = Command("advise", stance="neutral", text="No view.")
    event = decide(case, advice, {}, replace(pack, roles=roles), analyst, case.events[-1].at)
    assert event.office == "local_commander"


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ((), "submit"),
        (("open",), "open"),
        (("open",), "authorise"),
        (("open", "submit"), "authorise"),
        (("open", "submit"), "start"),
        (TO_AUTHORISED, "end"),
        (TO_AUTHORISED, "withdraw"),
        ((*TO_AUTHORISED, "start"), "refuse"),
        ((*TO_AUTHORISED, "start", "end"), "start"),
    ],
)
def test_no_step_can_be_skipped_or_taken_twice(
    walk: Walk, act: Act, now: datetime, steps: tuple[str, ...], kind: str
) -> None:
    case = walk(*steps) if steps else Case("2018-0001")
    with pytest.raises(NotAllowed, match=f"cannot be asked to {kind}"):
        act(case, kind, at=case.last_at or now)


def test_an_unknown_transition_is_named_with_the_nearest_one(
    walk: Walk, pack: Pack, people: Mapping[str, Actor], now: datetime
) -> None:
    with pytest.raises(UsageError, match="Did you mean 'authorise'"):
        decide(walk("open"), Command("authorize"), {}, pack, people["authoriser"], now)


def test_a_case_keeps_to_the_pack_it_was_opened_under(
    walk: Walk, sound: dict[str, Any], pack: Pack, people: Mapping[str, Actor], now: datetime
) -> None:
    newer = replace(pack, version=2)
    with pytest.raises(NotAllowed, match=r"opened under uk\.armed_patrol@1, not uk\.armed_patrol@2"):
        decide(walk("open"), Command("submit"), sound, newer, people["applicant"], now)
    event = decide(walk("open"), Command("withdraw"), {}, newer, people["applicant"], now)
    assert event.kind == "withdraw"


def test_an_authority_may_be_narrower_than_asked_never_wider(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*TO_AUTHORISED[:4])
    narrower, _ = act(case, "authorise", starts_at=now + 3 * HOUR, ends_at=now + 4 * HOUR)
    assert (narrower.starts_at, narrower.ends_at) == (now + 3 * HOUR, now + 4 * HOUR)
    for wider in ({"starts_at": now}, {"ends_at": now + 7 * HOUR}):
        with pytest.raises(NotAllowed, match="never longer"):
            act(case, "authorise", **wider)


def test_a_window_too_long_for_the_pack_is_blocked_unless_narrowed(
    walk: Walk, act: Act, now: datetime, proposal: Any
) -> None:
    long = replace(proposal, window=replace(proposal.window, end=now + 10 * HOUR))
    case = walk("open", "submit", "assess", "advise")
    case = replace(case, window=long.window)
    assert act(case, "authorise")[1].data["rules"] == ["AP15"]
    assert act(case, "authorise", ends_at=now + 8 * HOUR)[1].kind == "authorise"


def test_a_window_that_is_over_cannot_be_authorised_but_can_be_refused(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*TO_AUTHORISED[:4])
    with pytest.raises(NotAllowed, match="already over"):
        act(case, "authorise", at=now + 6 * HOUR)
    assert act(case, "refuse", at=now + 30 * HOUR)[0].state is State.REFUSED


def test_authority_begins_no_earlier_than_authorised(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*TO_AUTHORISED)
    with pytest.raises(NotAllowed, match="not begun yet"):
        act(case, "start", at=now + HOUR)
    assert act(case, "start", at=now + 2 * HOUR)[0].state is State.ACTIVE


def test_authority_expires_by_the_clock_to_the_second(walk: Walk, act: Act, now: datetime) -> None:
    active = walk(*TO_AUTHORISED, "start", "review")
    active = replace(active, review_due=now + 6 * HOUR)
    assert state_at(active, now + 6 * HOUR - timedelta(seconds=1)) is State.ACTIVE
    assert state_at(active, now + 6 * HOUR) is State.EXPIRED
    assert active.state is State.ACTIVE
    with pytest.raises(NotAllowed, match="A case that is EXPIRED cannot be asked to end"):
        act(active, "end", at=now + 6 * HOUR)


def test_an_authority_nobody_used_expires_too(walk: Walk, now: datetime) -> None:
    assert state_at(walk(*TO_AUTHORISED), now + 6 * HOUR) is State.EXPIRED


def test_an_authority_not_started_in_time_lapses(walk: Walk, act: Act, now: datetime) -> None:
    case = replace(walk(*TO_AUTHORISED), start_by=now + 3 * HOUR)
    assert state_at(case, now + 3 * HOUR) is State.AUTHORISED
    assert state_at(case, now + 3 * HOUR + timedelta(seconds=1)) is State.LAPSED
    assert state_at(case, now + 9 * HOUR) is State.LAPSED
    with pytest.raises(NotAllowed, match="LAPSED"):
        act(case, "start", at=now + 4 * HOUR)


def test_a_draft_nobody_submits_lapses_after_a_day(walk: Walk, act: Act, now: datetime) -> None:
    draft = walk("open")
    assert state_at(draft, now + 24 * HOUR) is State.DRAFT
    assert state_at(draft, now + 25 * HOUR) is State.LAPSED
    with pytest.raises(NotAllowed, match="LAPSED"):
        act(draft, "submit", at=now + 25 * HOUR)


@pytest.mark.parametrize(("steps", "kind"), [(TO_AUTHORISED, "revoke"), ((*TO_AUTHORISED, "start"), "revoke"),
                                             ((*TO_AUTHORISED, "start"), "end"), (("open",), "withdraw"),
                                             (TO_AUTHORISED[:4], "withdraw")])  # fmt: skip
def test_ending_needs_no_facts_no_reasons_and_no_separation(
    walk: Walk, pack: Pack, now: datetime, steps: tuple[str, ...], kind: str
) -> None:
    everyone = Actor("person applicant", "a", frozenset(role for roles in pack.roles.values() for role in roles))
    event = decide(walk(*steps), Command(kind), {}, pack, everyone, now + 3 * HOUR)
    assert event.kind == kind
    assert event.data == {"reasons": ""}


def test_a_clock_set_back_gives_no_authority_again(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*TO_AUTHORISED, "start")
    _, event = act(case, "end", at=now - 5 * HOUR)
    assert event.at == case.last_at


def test_no_rule_stands_in_the_way_of_an_ending_an_answer_or_a_log() -> None:
    never = {"open", "answer", "refuse", "withdraw", "end", "revoke", "reasons", "review", "log", "referral",
             "community_impact", "equality_impact"}  # fmt: skip
    assert set(TRANSITIONS) - never == TESTED


def test_conditions_are_public(walk: Walk, act: Act) -> None:
    _, event = act(walk(*TO_AUTHORISED[:4]), "authorise", conditions=("No patrol past the school.",))
    assert event.data["conditions"] == ["No patrol past the school."]


def test_a_case_cannot_be_opened_without_a_proposal(pack: Pack, people: Mapping[str, Actor], now: datetime) -> None:
    with pytest.raises(UsageError, match="without a proposal"):
        decide(Case("2018-0001"), Command("open"), {}, pack, people["applicant"], now)

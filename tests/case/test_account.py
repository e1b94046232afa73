"""Accounting for a deployment: its log, its referrals, its debrief, its evaluation and its closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.log import KINDS
from answerable.case.machine import Case, Event, LogEntry, State, state_at
from answerable.errors import NotAllowed, UsageError

Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
ACTIVE = ("open", "submit", "assess", "advise", "authorise", "start")
ENDED = (*ACTIVE, "log", "end")


def entry(now: datetime, minutes: float, kind: str = "foot_patrol", **more: Any) -> LogEntry:
    return LogEntry(now + minutes * MINUTE, kind, **{"cell": "c", "officers": 4, "minutes": 30, **more})


def test_a_log_entry_is_published_without_its_note(walk: Walk, act: Act, now: datetime) -> None:
    written = entry(now, 170, note="Spoke with the shopkeeper.")
    case, event = act(walk(*ACTIVE), "log", entries=(written,))
    assert event.data["entries"] == [
        {"at": "2018-11-30T20:50:00Z", "kind": "foot_patrol", "cell": "c", "officers": 4, "minutes": 30, "noted": True}
    ]
    assert event.private["notes"] == {"0": "Spoke with the shopkeeper."}
    assert list(case.log) == event.data["entries"]


def test_an_entry_recorded_more_than_a_quarter_of_an_hour_late_says_so(walk: Walk, act: Act, now: datetime) -> None:
    for minutes, late in ((165, None), (164, True)):
        _, event = act(walk(*ACTIVE), "log", at=now + 180 * MINUTE, entries=(entry(now, minutes),))
        assert event.data["entries"][0].get("late") is late


def test_v11_late_entries_are_accepted_and_flagged_and_extend_nothing(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*ACTIVE, "review")
    assert state_at(case, now + 7 * HOUR) is State.EXPIRED
    after, event = act(case, "log", at=now + 7 * HOUR, entries=(entry(now, 350), entry(now, 365)))
    assert event.kind == "log"
    inside, outside = event.data["entries"]
    assert (inside["late"], inside.get("outside_authority")) == (True, None)
    assert (outside["late"], outside["outside_authority"]) == (True, True)
    assert (after.ends_at, after.review_due) == (case.ends_at, case.review_due)
    assert state_at(after, now + 6 * HOUR) is State.EXPIRED


def test_what_is_not_patrol_needs_no_authority(walk: Walk, act: Act, now: datetime) -> None:
    entries = tuple(entry(now, 250, kind) for kind in ("complaint", "decision", "comms", "leave", "foot_patrol"))
    _, event = act(walk(*ENDED), "log", at=now + 251 * MINUTE, entries=entries)
    assert [one.get("outside_authority", False) for one in event.data["entries"]] == [False] * 4 + [True]


def test_a_log_goes_on_until_the_case_is_closed(walk: Walk, act: Act, now: datetime) -> None:
    late = (entry(now, 200, "complaint"),)
    for more in ((), ("debrief",), ("debrief", "evaluate")):
        assert act(walk(*ENDED, *more), "log", entries=late)[1].kind == "log"
    with pytest.raises(NotAllowed, match="CLOSED cannot be asked to log"):
        act(walk(*ENDED, "debrief", "evaluate", "close"), "log", entries=late)
    with pytest.raises(NotAllowed, match="AUTHORISED cannot be asked to log"):
        act(walk(*ACTIVE[:5]), "log", entries=(entry(now, 0),))


@pytest.mark.parametrize("end", ["refuse", "withdraw", "lapse", "expire"])
def test_what_is_done_outside_the_tactic_is_logged_on_a_case_that_never_started(
    walk: Walk, act: Act, now: datetime, end: str
) -> None:
    if end in ("lapse", "expire"):
        case, at = walk("open") if end == "lapse" else walk(*ACTIVE[:5]), now + 30 * HOUR
    else:
        case, at = act(walk("open", "submit"), end)[0], now + HOUR
    outside = entry(now, 10, "outside")
    assert act(case, "log", at=at, entries=(outside,))[1].data["entries"][0]["kind"] == "outside"
    with pytest.raises(NotAllowed, match="never started"):
        act(case, "log", at=at, entries=(outside, entry(now, 10)))


def test_a_log_does_not_say_what_will_happen_or_what_it_has_no_word_for(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*ACTIVE)
    for wrong, what in (
        ((), "nothing to log"),
        ((entry(now, 181),), "not what will"),
        ((entry(now, 1, "tea"),), "kind 'tea'"),
    ):
        with pytest.raises(UsageError, match=what):
            act(case, "log", at=now + 3 * HOUR, entries=wrong)
    assert len(KINDS) == 19


def test_a_referral_is_done_once_with_its_outcome(walk: Walk, act: Act) -> None:
    case = walk("open", "submit", "assess")
    assert {(one.option, one.owner) for one in case.referrals} == {
        ("schools_or_youth_engagement", "Schools partnership"),
        ("child_exploitation_safeguarding", "Safeguarding partnership"),
        ("organised_crime_drivers", "Serious crime command"),
    }
    done, event = act(case, "referral", option="organised_crime_drivers", text="Operation begun in December.")
    assert event.data == {"option": "organised_crime_drivers", "outcome": "Operation begun in December."}
    assert [one.outcome for one in done.referrals if one.option == "organised_crime_drivers"] == [
        "Operation begun in December."
    ]
    with pytest.raises(NotAllowed, match="on record"):
        act(done, "referral", option="organised_crime_drivers", text="Again.")
    with pytest.raises(UsageError, match="'cctv' was not referred"):
        act(case, "referral", option="cctv", text="x")
    with pytest.raises(UsageError, match="ends with an outcome"):
        act(case, "referral", option="organised_crime_drivers", text="")
    with pytest.raises(NotAllowed, match="SUBMITTED cannot be asked"):
        act(walk("open", "submit"), "referral", option="cctv", text="x")


def test_a_debrief_publishes_dosage_counts_and_flags(walk: Walk, act: Act) -> None:
    case, event = act(walk(*ENDED), "debrief")
    assert case.state is State.DEBRIEFED
    assert event.data["dosage"] == {
        "officer_minutes": 240.0,
        "by_cell_hour": [
            {"cell": "27700:250:2100:780", "hour": "2018-11-30T20:00:00Z", "officer_minutes": 180.0},
            {"cell": "27700:250:2100:780", "hour": "2018-11-30T21:00:00Z", "officer_minutes": 60.0},
        ],
    }
    assert event.data["counts"] == {"foot_patrol": 1}
    assert event.data["ho"] == {"operations": 1, "arv": True, "discharges": 0}
    assert event.data["under_18_contacts"] == 1
    assert event.data["community_impact_review"].startswith("Calm")


def test_the_log_counts_more_contacts_with_children_than_the_debrief_remembers(
    walk: Walk, act: Act, now: datetime
) -> None:
    contacts = tuple(entry(now, 150 + n, "contact_under_18") for n in range(3))
    case, _ = act(walk(*ENDED), "log", at=now + 4 * HOUR, entries=contacts)
    assert act(case, "debrief")[1].data["under_18_contacts"] == 3


def test_without_a_log_there_is_no_debrief(walk: Walk, act: Act) -> None:
    assert act(walk(*ACTIVE, "end"), "debrief")[1].data["rules"] == ["AP21"]


@pytest.mark.parametrize(("kind", "flag"), [("force", "force_used"), ("weapon_drawn", "weapon_drawn"),
                                            ("injury_other", "injury"), ("complaint", "complaint")])  # fmt: skip
def test_a_debrief_cannot_deny_what_the_log_says(
    walk: Walk, act: Act, sections: dict[str, Any], now: datetime, kind: str, flag: str
) -> None:
    case, _ = act(walk(*ENDED), "log", at=now + 4 * HOUR, entries=(entry(now, 150, kind),))
    assert act(case, "debrief")[1].data["rules"] == ["AP21"]
    debrief = {**sections["debrief"], "flags": {**sections["debrief"]["flags"], flag: True}}
    assert act(case, "debrief", sections={**sections, "debrief": debrief})[1].kind == "debrief"


@pytest.mark.parametrize("end", ["end", "revoke", "expire", "unratified"])
def test_a_debrief_follows_however_it_ended(walk: Walk, act: Act, now: datetime, end: str) -> None:
    if end == "unratified":
        case, _ = act(walk("open"), "urgent", at=now + 100 * MINUTE, ends_at=now + 5 * HOUR)
        case, _ = act(case, "start", at=now + 2 * HOUR)
        case, _ = act(case, "log", at=now + 3.25 * HOUR)
    else:
        case = walk(*ACTIVE, "review", "log")
        case = act(case, end)[0] if end != "expire" else case
    over = {"end": now + 4 * HOUR, "revoke": now + 3 * HOUR, "expire": now + 6 * HOUR,
            "unratified": now + 220 * MINUTE}[end]  # fmt: skip
    states = {"end": "ENDED", "revoke": "REVOKED", "expire": "EXPIRED", "unratified": "URGENT_UNRATIFIED"}
    debriefed, event = act(case, "debrief", at=now + 20 * HOUR)
    assert event.kind == "debrief"
    assert (debriefed.ended_at, debriefed.ended_as) == (over, states[end])


def test_there_is_nothing_to_debrief_before_the_end_or_without_a_start(walk: Walk, act: Act, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="ACTIVE cannot be asked to debrief"):
        act(walk(*ACTIVE), "debrief", at=now + 3 * HOUR)
    for case, at in ((walk(*ACTIVE[:5]), now + 7 * HOUR), (act(walk(*ACTIVE[:5]), "revoke")[0], now + 7 * HOUR)):
        with pytest.raises(NotAllowed, match="never started"):
            act(case, "debrief", at=at)
    with pytest.raises(NotAllowed, match="DEBRIEFED cannot be asked to debrief"):
        act(walk(*ENDED, "debrief"), "debrief")


def test_cannot_tell_is_a_verdict_at_the_horizon_and_none_comes_before(walk: Walk, act: Act, now: datetime) -> None:
    case = walk(*ENDED, "debrief")
    horizon = now + 4 * HOUR + 28 * DAY
    assert act(case, "evaluate", at=horizon - timedelta(seconds=1))[1].data["rules"] == ["AP22"]
    evaluated, event = act(case, "evaluate", at=horizon)
    assert evaluated.state is State.EVALUATED
    assert event.data["verdict"] == "cannot_tell"
    assert len(event.data["measures"]) == 10


def test_an_evaluation_reports_every_measure_and_was_planned(walk: Walk, act: Act) -> None:
    case = walk(*ENDED, "debrief")
    assert act(case, "evaluate", facts={"evaluate.measures": ["fear"]})[1].data["rules"] == ["AP22"]
    assert act(replace(case, plan={}), "evaluate")[1].data["rules"] == ["AP22"]
    with pytest.raises(NotAllowed, match="takes the role evaluator"):
        act(case, "evaluate", by="operational_commander")


def test_a_case_closes_with_its_redactions_coded(walk: Walk, act: Act, sections: dict[str, Any]) -> None:
    redaction = {"field": "log.cell", "reason_code": "foi_31", "review_at": "2019-11-30T00:00:00Z"}
    closing = {**sections["closing"], "redactions": [redaction]}
    case, event = act(walk(*ENDED, "debrief", "evaluate"), "close", sections={**sections, "closing": closing})
    assert case.state is State.CLOSED
    assert case.closed_at == event.at
    assert event.data["redactions"] == [redaction]
    assert (case.ended_at, case.ended_as) == (datetime(2018, 11, 30, 22, tzinfo=UTC), "ENDED")
    with pytest.raises(NotAllowed, match="CLOSED cannot be asked to close"):
        act(case, "close")


@pytest.mark.parametrize("fact", ["close.redactions_coded", "close.notices_given"])
def test_nothing_closes_before_everybody_was_told_and_gaps_are_named(walk: Walk, act: Act, fact: str) -> None:
    assert act(walk(*ENDED, "debrief", "evaluate"), "close", facts={fact: False})[1].data["rules"] == ["AP23"]


def test_whether_the_public_record_is_complete_is_worked_out_and_not_believed(
    walk: Walk, act: Act, sections: dict[str, Any]
) -> None:
    rapid = walk(*ENDED)
    for kind in ("debrief", "evaluate"):
        rapid, _ = act(rapid, kind, sections=sections)
    blocked, event = act(rapid, "close", sections=sections, facts={"close.public_record": True})
    assert event.data["rules"] == ["AP23"], "the rapid assessment was never made full"
    assert blocked.state is State.EVALUATED
    made_full, event = act(rapid, "close")
    assert event.data["community_impact"]["form"] == "full"
    assert made_full.state is State.CLOSED
    silent = replace(walk(*ENDED, "debrief", "evaluate"), reasons_owed="end")
    assert act(silent, "close", facts={"close.public_record": True})[1].data["rules"] == ["AP23"]
    whole = walk(*ENDED, "debrief", "evaluate")
    assert act(whole, "close", facts={"close.public_record": False})[1].kind == "close"


def test_what_took_place_is_not_closed_unexamined(walk: Walk, act: Act) -> None:
    for steps in (ENDED, (*ACTIVE, "revoke")):
        with pytest.raises(NotAllowed, match="debriefed and evaluated"):
            act(walk(*steps), "close")
    with pytest.raises(NotAllowed, match="DEBRIEFED cannot be asked to close"):
        act(walk(*ENDED, "debrief"), "close")


@pytest.mark.parametrize("end", ["refuse", "withdraw", "lapse", "expire", "revoke"])
def test_what_never_took_place_is_closed_at_once(walk: Walk, act: Act, now: datetime, end: str) -> None:
    case = walk("open", "submit") if end in ("refuse", "withdraw") else walk(*ACTIVE[:5])
    case = walk("open") if end == "lapse" else case
    case = act(case, end)[0] if end in ("refuse", "withdraw", "revoke") else case
    closed, event = act(case, "close", at=now + 30 * HOUR)
    assert event.kind == "close"
    assert closed.ended_as == {"refuse": "REFUSED", "withdraw": "WITHDRAWN", "lapse": "LAPSED", "expire": "EXPIRED",
                               "revoke": "REVOKED"}[end]  # fmt: skip


def test_the_account_is_given_even_after_the_policy_was_renewed(
    walk: Walk, sound: dict[str, Any], sections: dict[str, Any], pack: Any, people: Any, now: datetime
) -> None:
    from answerable.case.machine import Command, decide

    event = decide(
        walk(*ENDED), Command("debrief", sections=sections), sound, replace(pack, version=2),
        people["operational_commander"], now + 5 * HOUR,
    )  # fmt: skip
    assert event.kind == "debrief"

"""One whole case and one urgent one, from opening to closing; each act is done by who should, and is one entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command, LogEntry
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed
from answerable.intel.held import HeldText
from answerable.service.cases import Answer, act, list_cases, show_case
from answerable.service.logs import log_command
from answerable.service.people import add_person
from answerable.service.public_view import read_public_view
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]
Begin = Callable[[str], Answer]
File = Callable[..., Path]
CHECKS = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."}
CONTINUE = Command("review", outcome="continue", checks=CHECKS)
RATIFY = Command("ratify", reasons="Another commander would have decided the same.")


@pytest.fixture
def asked(workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take) -> str:
    """An assessed case on which the advisory group objected and the others were asked."""
    alone = {name: value for name, value in sound.items() if name != "consultation"}
    case = opened(alone)
    take(case, "assess")
    view = Command("advise", stance="support", text="Short, and beside the cordon.")
    assert act(workspace, case, view, "local-commander").state == "ASSESSED"
    object_ = Command("advise", stance="object", text="It will frighten the estate.", publish=True)
    assert act(workspace, case, object_, "iag-contact").state == "ASSESSED"
    silence = Command("advise", stance="no_reply")
    assert act(workspace, case, silence, "pcc-liaison").state == "CONSULTED"
    return case


def test_advice_against_does_not_block_but_leaving_it_unanswered_does(
    workspace: Workspace, clock: FixedClock, asked: str
) -> None:
    clock.advance(minutes=31)
    authorise = Command("authorise", reasons="Two origins agree, and unarmed officers are there.")
    assert act(workspace, asked, authorise, "authoriser").blocked_by == ("AP26",)
    answer = Command("answer", number=2, text="The patrol walks with the stewards.", changed="Modality and hours.")
    act(workspace, asked, answer, "applicant")
    assert act(workspace, asked, authorise, "authoriser").state == "AUTHORISED"
    shown = show_case(workspace, asked)
    assert shown["advice"][1]["text"] == "It will frighten the estate."
    assert shown["advice"][1]["answer"] == "The patrol walks with the stewards."
    assert shown["advice"][0]["text"] == "Short, and beside the cordon."
    assert "pcc_liaison" in shown["not_consulted"]
    public = b"".join(path.read_bytes() for path in workspace.public.rglob("*") if path.is_file())
    assert b"It will frighten the estate." in public
    assert b"Short, and beside the cordon." not in public


def test_a_case_is_authorised_reviewed_ended_and_accounted_for(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Begin, section_file: File
) -> None:
    case = opened(sound)
    begin(case)
    clock.advance(hours=2)
    assert show_case(workspace, case)["state"] == "UNDER_REVIEW"
    assert act(workspace, case, CONTINUE, "reviewer").state == "ACTIVE"
    written = log_command(workspace, section_file("log"), {})
    act(workspace, case, written, "operational-commander")
    clock.advance(hours=2)
    assert show_case(workspace, case)["state"] == "EXPIRED"
    assert [duty["kind"] for duty in show_case(workspace, case)["duties"]][:2] == ["full_impact", "debrief"]
    act(workspace, case, Command("community_impact"), "community-lead", added=section_file("community_full"))
    debriefed = act(workspace, case, Command("debrief"), "operational-commander", added=section_file("debrief"))
    assert (debriefed.state, debriefed.blocked_by) == ("DEBRIEFED", ())
    assert debriefed.data["dosage"]["officer_minutes"] == 300
    evaluate = section_file("evaluation")
    assert act(workspace, case, Command("evaluate"), "evaluator", added=evaluate).blocked_by == ("AP22",)
    clock.set(clock.now() + timedelta(days=29))
    assert act(workspace, case, Command("evaluate"), "evaluator").state == "EVALUATED"
    assert act(workspace, case, Command("close"), "disclosure", added=section_file("closing")).state == "CLOSED"
    events = show_case(workspace, case)["events"]
    indexes = [event["index"] for event in events]
    # Between them stand entries of no case: the close of each day.
    assert indexes == sorted(set(indexes))
    (public,) = read_public_view(workspace.public, clock.now()).cases
    assert (public.state, len(public.events)) == ("CLOSED", len(events))


@pytest.mark.parametrize(
    ("note", "held"),
    [
        ("Stopped and spoke to John Smith of the third floor.", True),
        ("Rang 07700 900123.", True),
        ("A grey van, AB12 CDE, drove off.", True),
        ("Walked the length of the Example Estate; quiet.", False),
    ],
)
def test_a_note_of_the_log_is_no_place_for_a_person(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, begin: Begin, clock: FixedClock, note: str, held: bool
) -> None:
    case = opened(sound)
    begin(case)
    clock.advance(minutes=20)
    command = Command(
        "log", entries=(LogEntry(clock.now(), "comms", note="Calm."), LogEntry(clock.now(), "comms", note=note))
    )
    before = show_case(workspace, case)
    if not held:
        assert act(workspace, case, command, "operational-commander").kind == "log"
        return
    with pytest.raises(HeldText, match="log, field note 2") as caught:
        act(workspace, case, command, "operational-commander")
    assert not any(word in str(caught.value) for word in ("John", "07700", "AB12"))
    assert show_case(workspace, case) == before


def test_an_authority_is_extended_once_on_tests_answered_afresh(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Begin, section_file: File
) -> None:
    case = opened(sound)
    begin(case)
    clock.advance(hours=1, minutes=50)
    act(workspace, case, CONTINUE, "reviewer")
    clock.advance(hours=1)
    longer = Command("extend", reasons="They were seen.", ends_at=clock.now() + timedelta(hours=3))
    assert "AP17" in act(workspace, case, longer, "authoriser").blocked_by
    answer = act(workspace, case, longer, "authoriser", added=section_file("extension"))
    assert (answer.state, answer.blocked_by) == ("ACTIVE", ())
    act(workspace, case, CONTINUE, "reviewer")
    clock.advance(hours=1, minutes=30)
    assert show_case(workspace, case)["state"] == "ACTIVE"
    clock.advance(hours=1, minutes=30)
    assert show_case(workspace, case)["state"] == "EXPIRED"
    with pytest.raises(NotAllowed, match="EXPIRED"):
        act(workspace, case, longer, "authoriser")


def test_a_missed_review_suspends_and_a_late_one_restores(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Begin
) -> None:
    case = opened(sound)
    begin(case)
    clock.advance(hours=2, minutes=15)
    assert show_case(workspace, case)["state"] == "SUSPENDED"
    assert [line["id"] for line in list_cases(workspace, "suspended")] == [case]
    assert act(workspace, case, CONTINUE, "reviewer").state == "ACTIVE"


def test_one_click_ends_it_and_the_reasons_may_follow(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Begin
) -> None:
    case = opened(sound)
    begin(case)
    assert act(workspace, case, Command("revoke"), "urgent-authoriser").state == "REVOKED"
    assert "reasons" in [duty["kind"] for duty in show_case(workspace, case)["duties"]]
    act(workspace, case, Command("reasons", reasons="The group had left."), "urgent-authoriser")
    assert "reasons" not in [duty["kind"] for duty in show_case(workspace, case)["duties"]]
    with pytest.raises(NotAllowed, match="No reasons are owed"):
        act(workspace, case, Command("reasons", reasons="Again."), "urgent-authoriser")


@pytest.fixture
def urgent(workspace: Workspace, sound: dict[str, Any], opened: Opened, clock: FixedClock) -> str:
    """An urgent authority for two hours from 20:00, two hours after a shooting, with a rapid assessment."""
    clock.set(clock.now().replace(hour=20, minute=0))
    document = {
        **{name: value for name, value in sound.items() if name not in ("reports", "judgement", "consultation")},
        "trigger": {"type": "serious_assault_response", "refs": ["CAD-1234"]},
        "incident": {"ref": "CAD-1234", "verified": True, "class": "shooting", "occurred_at": "2018-11-30T18:00"},
        "authorisation": {**sound["authorisation"], "function": "tfc"},
        "window": {"from": "2018-11-30T20:00", "to": "2018-11-30T23:00"},
    }
    case = opened(document)
    act(workspace, case, Command("community_impact"), "community-lead")
    return case


URGENT = Command("urgent", reasons="A shooting two hours ago; the cordon is unarmed.")


def test_an_urgent_authority_that_nobody_ratifies_ends_by_itself(
    workspace: Workspace, clock: FixedClock, urgent: str, section_file: File
) -> None:
    answer = act(workspace, urgent, URGENT, "urgent-authoriser")
    assert (answer.state, answer.blocked_by) == ("AUTHORISED", ())
    act(workspace, urgent, Command("start"), "operational-commander", added=section_file("start"))
    clock.advance(hours=1, minutes=59)
    assert act(workspace, urgent, CONTINUE, "reviewer").state == "ACTIVE"
    clock.advance(minutes=2)
    assert show_case(workspace, urgent)["state"] == "URGENT_UNRATIFIED"
    with pytest.raises(NotAllowed, match="URGENT_UNRATIFIED"):
        act(workspace, urgent, RATIFY, "authoriser")
    assert [line.action for line in workspace.store.audit(urgent)] == ["ratify"]
    (public,) = read_public_view(workspace.public, clock.now()).cases
    assert public.state == "URGENT_UNRATIFIED"
    assert public.urgent


def test_an_urgent_authority_is_ratified_by_a_third_person(
    workspace: Workspace, clock: FixedClock, urgent: str, sound: dict[str, Any], section_file: File
) -> None:
    add_person(workspace, "both", ("urgent_authoriser", "authoriser"), holds=("sfc:2019-12-31",))
    act(workspace, urgent, URGENT, "both")
    with pytest.raises(NotAllowed):
        act(workspace, urgent, RATIFY, "both")
    again = section_file("again", {"authorisation": sound["authorisation"]})
    assert act(workspace, urgent, RATIFY, "authoriser", added=again).blocked_by == ()
    assert show_case(workspace, urgent)["ratify_by"] is None


def test_a_sealed_judgement_cannot_change_but_its_gap_may_be_explained(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take, section_file: File
) -> None:
    case = opened({**sound, "reports": []})
    assert take(case, "assess").blocked_by
    before = workspace.store.events(case)
    for change in ({"probability": 0.9, "term": "highly_likely"}, {"ancr": "high"}):
        file = section_file("changed", {"judgement": {**sound["judgement"], **change}})
        with pytest.raises(InputError, match="sealed"):
            act(workspace, case, Command("assess"), "analyst", added=file)
    with pytest.raises(InputError, match="sealed"):
        act(workspace, case, Command("assess"), "analyst", added=section_file("gone", {"judgement": None}))
    assert workspace.store.events(case) == before
    explained = section_file("explained", {"judgement": {"gap_reasons": "The picture rests on a forecast alone."}})
    act(workspace, case, Command("assess"), "analyst", added=explained)


def test_a_judgement_far_from_the_computed_picture_is_explained_before_the_case_goes_on(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take, section_file: File
) -> None:
    judgement = {name: value for name, value in sound["judgement"].items() if name != "gap_reasons"}
    case = opened({**sound, "judgement": judgement})
    assert take(case, "assess").blocked_by == ("AP32",)
    explained = section_file("explained", {"judgement": {"gap_reasons": "No outcome of such reports is known yet."}})
    assessed = act(workspace, case, Command("assess"), "analyst", added=explained)
    assert assessed.state == "ASSESSED"
    assert assessed.data["judgement"]["probability"] == 0.6
    assert assessed.data["picture"]["probability"] < 0.1


def test_reasons_copied_from_an_earlier_case_block_until_they_are_explained(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    first, second = opened(sound), opened(sound)
    take(first, "assess")
    assert take(second, "assess").blocked_by == ("AP31",)
    third = opened({**sound, "copied_reasons": "The same two reports still stand."})
    assert take(third, "assess").state == "ASSESSED"
    copied = show_case(workspace, third)["copied_reasons"]
    assert (copied["case"], copied["value"]) == (first, 1.0)
    assert show_case(workspace, first)["copied_reasons"] is None


def test_an_area_outside_the_force_opens_no_case(workspace: Workspace, sound: dict[str, Any], opened: Opened) -> None:
    def square(west: float) -> str:
        ring = [[west, 51.5], [west + 0.2, 51.5], [west + 0.2, 51.7], [west, 51.7], [west, 51.5]]
        return '{"type": "Polygon", "coordinates": %s}' % [ring]

    area = workspace.folder / "force-area.geojson"
    area.write_text(square(-0.5), encoding="utf8")
    with pytest.raises(InputError, match="not inside the force"):
        opened(sound)
    assert list_cases(workspace) == []
    area.write_text(square(-0.2), encoding="utf8")
    opened(sound)


def test_a_case_closes_once_its_notices_were_given_whatever_its_file_says(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], section_file: File
) -> None:
    case = opened(sound)
    act(workspace, case, Command("withdraw", reasons="It rains."), "applicant")
    claimed = section_file("closing", {"closing": {"notices_given": True}})
    with pytest.raises(InputError, match="Unknown field 'notices_given'"):
        act(workspace, case, Command("close"), "disclosure", added=claimed)
    told = workspace.folder / "notices"
    told.rename(workspace.folder / "taken")
    told.write_text("in the way", encoding="utf8")
    closing = section_file("closing")
    assert act(workspace, case, Command("close"), "disclosure", added=closing).blocked_by == ("AP23",)
    told.unlink()
    assert act(workspace, case, Command("close"), "disclosure").state == "CLOSED"

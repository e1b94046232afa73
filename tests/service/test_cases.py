"""A case from its opening to its end, through the calls that the command line makes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.service import casework
from answerable.service.cases import Answer, act, list_cases, open_case, show_case
from answerable.service.people import add_person
from answerable.service.workspace import Workspace
from answerable.store.protocol import Person

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]
Begin = Callable[[str], Answer]
CHECKS = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."}


def test_a_sound_case_is_authorised_by_another_person_and_expires_by_the_clock(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Begin
) -> None:
    case = opened(sound)
    assert begin(case).state == "ACTIVE"
    review = Command("review", outcome="continue", checks=CHECKS)
    clock.advance(hours=1, minutes=55)
    assert act(workspace, case, review, "reviewer").state == "ACTIVE"
    clock.advance(hours=1, minutes=59)
    assert show_case(workspace, case)["state"] == "ACTIVE"
    clock.advance(minutes=1)
    shown = show_case(workspace, case)
    assert shown["state"] == "EXPIRED"
    # Nobody had to do anything: the clock made that state, and it has no event.
    assert [event["kind"] for event in shown["events"]][-1] == "review"


def test_an_authority_that_is_over_cannot_be_started_again_when_the_clock_is_set_back(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Begin
) -> None:
    case = opened(sound)
    begin(case)
    act(workspace, case, Command("end", reasons="Quiet."), "operational-commander")
    clock.advance(hours=-2)
    with pytest.raises(NotAllowed, match="ENDED"):
        act(workspace, case, Command("start"), "operational-commander")


def test_a_forecast_alone_is_blocked_with_reasons_and_the_state_stays(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    case = opened({**sound, "reports": []})
    answer = take(case, "assess")
    assert answer.state == "SUBMITTED"
    assert {"AP05", "AP08"} <= set(answer.blocked_by)
    assert "This does not limit armed response" in answer.text()
    assert "What would change it" in answer.text()


def test_a_refusal_is_a_person_s_act_and_is_kept(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    case = opened({**sound, "reports": []})
    take(case, "assess")
    refuse = Command("refuse", reasons="A forecast is no trigger.", what_would_change="Independent reports.")
    assert act(workspace, case, refuse, "authoriser").state == "REFUSED"
    last = show_case(workspace, case)["events"][-1]
    assert (last["kind"], last["office"]) == ("refuse", "authoriser")
    assert last["data"]["reasons"] == "A forecast is no trigger."


def test_the_applicant_cannot_authorise_even_with_the_role_under_another_account(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    add_person(workspace, "second-account", ("authoriser",), person="pretend applicant")
    case = opened(sound)
    take(case, "consult")
    for account in ("applicant", "second-account"):
        with pytest.raises(NotAllowed):
            act(workspace, case, Command("authorise", reasons="Mine."), account)
    assert show_case(workspace, case)["state"] == "CONSULTED"


def test_an_attempt_by_the_wrong_role_goes_to_the_audit_log_and_never_to_the_tree(
    workspace: Workspace, sound: dict[str, Any], opened: Opened
) -> None:
    case = opened(sound)
    before = workspace.store.head()
    with pytest.raises(NotAllowed):
        act(workspace, case, Command("submit"), "authoriser")
    assert workspace.store.head() == before
    assert [(line.actor, line.action) for line in workspace.store.audit(case)] == [("authoriser", "submit")]


def test_a_service_account_decides_nothing(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    workspace.store.add_person(Person("robot", "robot", ("authoriser", "service")))
    case = opened(sound)
    take(case, "consult")
    with pytest.raises(NotAllowed, match="only a person"):
        act(workspace, case, Command("authorise", reasons="Computed."), "robot")


def test_a_closed_account_and_an_unknown_one_can_do_nothing(
    workspace: Workspace, sound: dict[str, Any], opened: Opened
) -> None:
    case = opened(sound)
    workspace.store.disable_person("applicant", workspace.clock.now())
    with pytest.raises(NotAllowed, match="closed"):
        act(workspace, case, Command("submit"), "applicant")
    with pytest.raises(UsageError, match="no such account"):
        act(workspace, case, Command("submit"), "nobody")


def test_what_the_file_says_of_advisers_is_no_evidence_that_they_were_asked(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    case = opened(sound)
    take(case, "assess")
    support = Command("advise", stance="support", text="All of them agree.")
    answer = act(workspace, case, support, "local-commander")
    assert (answer.state, answer.kind) == ("ASSESSED", "advise")
    with pytest.raises(NotAllowed, match="ASSESSED"):
        act(workspace, case, Command("authorise", reasons="It says so."), "authoriser")
    act(workspace, case, Command("advise", stance="object", text="Not with guns."), "iag-contact")
    assert act(workspace, case, Command("advise", stance="no_reply"), "pcc-liaison").state == "CONSULTED"


def test_what_a_case_was_opened_for_cannot_change_under_it(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, tmp_path: Path
) -> None:
    case = opened(sound)
    wider = tmp_path / "wider.yaml"
    wider.write_text(yaml.safe_dump({"area": {**sound["area"], "radius_m": 900}}), encoding="utf8")
    with pytest.raises(InputError, match="cannot change its area"):
        act(workspace, case, Command("submit"), "applicant", added=wider)


def test_a_third_authorisation_in_one_area_within_four_weeks_is_blocked(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    again = {**sound, "copied_reasons": "The same two reports still stand, and the first authority was not used."}
    assert take(opened(sound), "authorise").state == "AUTHORISED"
    assert take(opened(again), "authorise", "chief-officer").state == "AUTHORISED"
    assert take(opened(again), "authorise", "chief-officer").blocked_by == ("AP18",)


def test_the_second_in_an_area_needs_a_chief_officer(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    take(opened(sound), "authorise")
    again = {
        **sound,
        "authorisation": {**sound["authorisation"], "chief_officer": True},
        "copied_reasons": "The same two reports still stand, and the first authority was not used.",
    }
    case = opened(again)
    assert take(case, "authorise").blocked_by == ("AP18",), "what the file claims is no rank"
    decide = Command("authorise", reasons="Two origins agree.")
    assert act(workspace, case, decide, "chief-officer").state == "AUTHORISED"


def test_withdrawn_and_lapsed_cases_stay_in_the_list(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened
) -> None:
    withdrawn, lapsed = opened(sound), opened(sound)
    act(workspace, withdrawn, Command("withdraw", reasons="One origin only."), "applicant")
    clock.advance(hours=25)
    assert [case["state"] for case in list_cases(workspace)] == ["WITHDRAWN", "LAPSED"]
    assert [case["id"] for case in list_cases(workspace)] == [withdrawn, lapsed]


def test_nothing_can_be_opened_under_a_pack_whose_sunset_has_passed(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened
) -> None:
    clock.set(clock.now() + timedelta(days=366))
    with pytest.raises(NotAllowed, match="sunset") as caught:
        opened(sound | {"window": {"from": "2029-11-30T20:00", "to": "2029-12-01T00:00"}})
    assert "duty to protect life" in str(caught.value)


def test_nothing_is_opened_for_a_time_that_is_over_or_an_incident_still_to_come(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened
) -> None:
    with pytest.raises(InputError, match="in the future"):
        opened(sound | {"incident": {"verified": True, "class": "shooting", "occurred_at": "2027-01-01T00:00"}})
    past = sound | {"window": {"from": "2018-11-30T10:00", "to": "2018-11-30T12:00"}}
    rehearsed, workspace.settings = workspace.settings, replace(workspace.settings, kind="real")
    with pytest.raises(InputError, match="already over"):
        opened(past)
    assert not workspace.store.cases()
    workspace.settings = rehearsed
    assert opened(past), "a rehearsal may ask of a night long past"


def test_a_case_can_still_be_ended_after_the_sunset_of_its_pack(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened
) -> None:
    case = opened(sound)
    act(workspace, case, Command("submit"), "applicant")
    clock.set(clock.now() + timedelta(days=366))
    assert act(workspace, case, Command("withdraw"), "applicant").state == "WITHDRAWN"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a list\n", "mapping of fields"),
        ("title: x\n", "without area and window and trigger"),
        ("title: x\nsuspect: a person\n", "suspect"),
        ("title: [\n", "bad.yaml"),
    ],
)
def test_a_file_that_is_no_case_opens_none(workspace: Workspace, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(InputError, match=says):
        open_case(workspace, path, "applicant")
    assert list_cases(workspace) == []


def test_a_case_file_for_another_pack_is_refused(workspace: Workspace, sound: dict[str, Any], opened: Opened) -> None:
    with pytest.raises(UsageError, match="another pack"):
        opened({**sound, "pack": "uk.section60"})


def test_an_unknown_case_names_the_known_ones(workspace: Workspace, sound: dict[str, Any], opened: Opened) -> None:
    case = opened(sound)
    with pytest.raises(UsageError, match=case):
        show_case(workspace, "2018-9999")


def test_cases_are_numbered_within_their_year(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened
) -> None:
    assert [opened(sound), opened(sound)] == ["2018-0001", "2018-0002"]


def test_an_answer_is_the_json_that_others_rely_on(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    case = opened({**sound, "recurring": True})
    answer = json.loads(json.dumps(take(case, "submit").as_json()))
    assert answer == {"id": case, "state": "DRAFT", "blocked_by": ["AP20"], "event": "blocked"}


def test_two_decisions_at_once_cannot_both_be_the_last_that_rarity_permits(
    workspace: Workspace,
    sound: dict[str, Any],
    opened: Opened,
    take: Take,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = {**sound, "copied_reasons": "The same two reports."}
    first, second = opened(told), opened({**told, "title": "Again"})
    take(first, "consult")
    take(second, "consult")
    counting = casework.facts_for
    reasons = Command("authorise", reasons="Two origins agree.")

    def overtaken(*given: Any, **more: Any) -> dict[str, Any]:
        monkeypatch.setattr(casework, "facts_for", counting)
        facts = counting(*given, **more)
        assert act(workspace, first, reasons, "authoriser").state == "AUTHORISED"
        return facts

    clock.advance(minutes=31)
    monkeypatch.setattr(casework, "facts_for", overtaken)
    with pytest.raises(NotAllowed, match="at the same moment"):
        act(workspace, second, reasons, "authoriser")
    assert show_case(workspace, second)["state"] == "CONSULTED"
    assert act(workspace, second, reasons, "authoriser").blocked_by == ("AP18",)


def test_a_report_about_a_person_that_a_case_file_writes_out_is_held_and_kept_nowhere(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, section_file: Callable[..., Path]
) -> None:
    reports = [{**sound["reports"][0], "gist": "Call 07700 900123 before going."}, sound["reports"][1]]
    with pytest.raises(InputError, match="Held for the evaluator"):
        opened({**sound, "reports": reports})
    case = opened({**sound, "reports": []})
    later = section_file("late", {"reports": reports})
    with pytest.raises(InputError, match="Held for the evaluator"):
        act(workspace, case, Command("submit"), "applicant", added=later)
    assert b"07700" not in b"".join(path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file())


def test_a_name_in_what_would_be_published_is_held_and_never_holds_up_an_ending(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, begin: Begin
) -> None:
    with pytest.raises(InputError, match="field title"):
        opened({**sound, "title": "Near the home of John Smith, AB12 CDE"})
    assert list_cases(workspace) == []
    case = opened(sound)
    with pytest.raises(InputError, match="field reasons"):
        act(workspace, case, Command("refuse", reasons="Call 07700 900123.", what_would_change="More."), "authoriser")
    begin(case)
    ended = act(workspace, case, Command("revoke", reasons="John Smith, 07700 900123, has gone."), "authoriser")
    assert ended.state == "REVOKED"

"""What a case waits for and where each step is taken: no step without a way to it, nobody waited for in vain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from staff_site import ASSAULT, AUTHORISED, COMMUNITY, CONSULTED, FIVE, PLANNED, Visitor, open_case, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.policy.pack import load_pack
from answerable.service.workspace import EXAMPLE_PACK

ROLES = load_pack(EXAMPLE_PACK).roles
FLAGS = dict.fromkeys(("weapon_drawn", "force_used", "injury", "complaint", "iopc_referral"), "no")
DEBRIEF = {**FLAGS, "arv": "yes", "discharges": "0", "under_18_contacts": "2", "community_impact_review": "Calm."}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> ASGIApp:
    return site(rehearsal(tmp_path / "w", consulted=True), clock)


class Case:
    """The consulted case of a rehearsal, brought on step by step."""

    def __init__(self, app: ASGIApp, clock: FixedClock) -> None:
        self.app, self.clock = app, clock

    def authorised(self) -> None:
        self.clock.advance(minutes=40)
        Visitor(self.app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)

    def active(self) -> None:
        self.authorised()
        self.clock.advance(hours=2, minutes=30)
        Visitor(self.app, "operational-commander").act(f"/case-{CONSULTED}/start", unarmed_present="yes", briefed="yes")

    def ended(self) -> None:
        self.active()
        commander = Visitor(self.app, "operational-commander")
        commander.act(f"/case-{CONSULTED}/log", kind="foot_patrol", officers="2", minutes="30", cell="12-7")
        commander.act(f"/case-{CONSULTED}/end", reasons="")

    def debriefed(self) -> None:
        self.ended()
        full = {**COMMUNITY, "form": "full"}
        Visitor(self.app, "community-lead").act(f"/case-{CONSULTED}/community-impact", **full)
        told = Visitor(self.app, "operational-commander").act(f"/case-{CONSULTED}/debrief", **DEBRIEF)
        assert told["state"] == "DEBRIEFED", told


@pytest.fixture
def case(app: ASGIApp, clock: FixedClock) -> Case:
    return Case(app, clock)


def page(app: ASGIApp, account: str) -> Any:
    return Visitor(app, account).get(f"/case-{CONSULTED}.json").json()


@pytest.mark.parametrize("state", ["consulted", "authorised", "active", "ended", "debriefed"])
@pytest.mark.parametrize("account", ["applicant", "authoriser", "operational-commander", "reviewer", "analyst"])
def test_every_step_that_somebody_can_take_is_linked_on_the_case(case: Case, state: str, account: str) -> None:
    getattr(case, state, lambda: None)()
    shown, text = page(case.app, account), Visitor(case.app, account).get(f"/case-{CONSULTED}.html").text
    role = account.replace("-", "_")
    mine = {
        verb for verb in shown["case"]["possible"] if role in ROLES.get("consult" if verb == "advise" else verb, ())
    }
    owed = {one["kind"] for one in shown["case"]["duties"]}
    # What only answers to something is not offered without it.
    mine -= {verb for verb in ("reasons", "referral") if verb not in owed}
    mine -= set() if any(not one["answer"] for one in shown["advice"]) else {"answer"}
    linked = {verb for verb in mine if f'href="case-{CONSULTED}-{verb.replace("_", "-")}.html"' in text}
    assert linked == mine
    assert {one["step"] for one in shown["tasks"] if one["mine"]} == mine


def test_steps_that_few_cases_need_are_told_of_only_where_they_can_be_taken(case: Case) -> None:
    sometimes = {"withdraw", "extend", "revoke", "reasons", "referral"}

    def told(account: str) -> set[str]:
        return {one["step"] for one in page(case.app, account)["tasks"]} & sometimes

    assert told("applicant") == {"withdraw", "referral"}
    case.ended()
    assert told("operational-commander") == {"reasons", "referral"}
    commander = Visitor(case.app, "operational-commander")
    commander.act(f"/case-{CONSULTED}/reasons", reasons="All went home.")
    reasons = next(one for one in page(case.app, "authoriser")["tasks"] if one["step"] == "reasons")
    assert reasons["status"] == "done"


def test_the_alternatives_that_were_handed_on_are_chosen_from_a_list(case: Case) -> None:
    fields = Visitor(case.app, "analyst").get(f"/case-{CONSULTED}-referral.json").json()["fields"]
    assert {value for value, _ in fields[0]["options"]} == {
        "schools_or_youth_engagement", "child_exploitation_safeguarding", "organised_crime_drivers",
    }  # fmt: skip
    option = fields[0]["options"][0][0]
    Visitor(case.app, "analyst").act(f"/case-{CONSULTED}/referral", option=option, text="Two schools take part.")
    left = Visitor(case.app, "analyst").get(f"/case-{CONSULTED}-referral.json").json()["fields"][0]["options"]
    assert len(left) == 2


def test_an_urgent_draft_waits_for_its_assessment_and_the_urgent_authoriser_and_not_for_its_applicant(
    app: ASGIApp,
) -> None:
    urgent = open_case(Visitor(app, "applicant"), ASSAULT)

    def waits() -> list[str]:
        found: list[str] = Visitor(app, "analyst").get(f"/case-{urgent}.json").json()["waiting_for"]
        return found

    assert waits() == ["community lead", "urgent authoriser", "authoriser"]
    desk = Visitor(app, "urgent-authoriser").get("/index.json").json()["mine"]
    assert next(one for one in desk if one["id"] == urgent)["waiting_for"] == waits()
    Visitor(app, "community-lead").act(f"/case-{urgent}/community-impact", **COMMUNITY)
    assert waits() == ["urgent authoriser", "authoriser"]


def test_a_planned_case_waits_for_each_assessment_until_it_is_there(app: ASGIApp) -> None:
    planned = open_case(Visitor(app, "applicant"), PLANNED)
    Visitor(app, "applicant").act(f"/case-{planned}/submit")
    assert Visitor(app, "analyst").get(f"/case-{planned}.json").json()["waiting_for"][:3] == [
        "community lead", "equality lead", "analyst",
    ]  # fmt: skip
    Visitor(app, "community-lead").act(f"/case-{planned}/community-impact", **COMMUNITY)
    assert "community lead" not in Visitor(app, "analyst").get(f"/case-{planned}.json").json()["waiting_for"]


def test_what_is_owed_on_a_case_that_is_over_stands_on_the_desk_of_whoever_owes_it(case: Case) -> None:
    case.ended()

    def steps(account: str) -> list[str]:
        mine = Visitor(case.app, account).get("/index.json").json()["mine"]
        return [step for one in mine if one["id"] == CONSULTED for step in one["steps"]]

    assert set(steps("operational-commander")) == {"give reasons later", "debrief"}
    assert steps("evaluator") == []
    assert "operational commander" in page(case.app, "analyst")["waiting_for"]
    case.clock.advance(hours=1)
    Visitor(case.app, "community-lead").act(f"/case-{CONSULTED}/community-impact", **{**COMMUNITY, "form": "full"})
    told = Visitor(case.app, "operational-commander").act(f"/case-{CONSULTED}/debrief", **DEBRIEF)
    assert told["state"] == "DEBRIEFED", told
    assert steps("evaluator") == ["evaluate it"]
    assert page(case.app, "analyst")["waiting_for"] == ["evaluator"]


def test_a_rapid_assessment_is_not_done_while_the_full_one_is_owed(case: Case) -> None:
    def status() -> str:
        found = next(one for one in page(case.app, "community-lead")["tasks"] if one["step"] == "community_impact")
        return str(found["status"])

    case.ended()
    assert status() == "open"
    Visitor(case.app, "community-lead").act(f"/case-{CONSULTED}/community-impact", **{**COMMUNITY, "form": "full"})
    assert status() == "done"

"""What a tasking meeting looks at: how rare it still is where somebody asks for it, and every account that is late."""

from __future__ import annotations

from pathlib import Path

import pytest
from staff_site import ASSAULT, AUTHORISED, CONSULTED, FIVE, Visitor, open_case, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.service.rarity_report import rarity_report
from answerable.service.workspace import open_workspace

ELSEWHERE = "-0.0305, 51.6512"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rehearsal(tmp_path / "w", consulted=True)


@pytest.fixture
def app(folder: Path, clock: FixedClock) -> ASGIApp:
    """A site on which a deployment has run out and nothing was accounted for, four days later."""
    app = site(folder, clock)
    clock.advance(minutes=40)
    Visitor(app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)
    clock.advance(hours=2, minutes=30)
    Visitor(app, "operational-commander").act(f"/case-{CONSULTED}/start", unarmed_present="yes", briefed="yes")
    clock.advance(hours=24 * 4)
    return app


def asked_for(app: ASGIApp, area: str, place: str = ASSAULT["place"]) -> str:
    later = {"start": "2018-12-04T22:00", "occurred_at": "2018-12-04T19:30"}
    return open_case(Visitor(app, "applicant"), {**ASSAULT, **later, "area": area, "place": place})


def test_each_area_asked_for_has_the_level_that_the_rarity_report_gives_it(
    app: ASGIApp, folder: Path, clock: FixedClock
) -> None:
    case = asked_for(app, "Example Estate")
    told = Visitor(app, "local-commander").get("/index.json").json()["tasking"]
    with open_workspace(folder, clock) as workspace:
        use = {one.name: one for one in rarity_report(workspace).areas}["Example Estate"]
    assert told["proposed"] == [
        {
            "area": "Example Estate",
            "count": 1,
            "case": case,
            "level": str(use.guard.level),
            "sentence": use.guard.sentence,
        }
    ]
    assert "number 2 in this area" in use.guard.sentence
    assert "Only a chief officer may authorise it" in use.guard.sentence


def test_of_the_force_nothing_is_said_that_is_of_one_area(app: ASGIApp) -> None:
    told = Visitor(app, "local-commander").get("/index.json").json()["tasking"]["rarity"]
    assert told.startswith("The whole force: 1 case authorised")
    assert "One more would be number 2 in the force within a year." in told
    assert "this area" not in told
    assert "within the limits" not in told, "an area may be past its own"


def test_ground_under_another_name_counts_and_ground_far_away_does_not(app: ASGIApp) -> None:
    asked_for(app, "The blocks")
    asked_for(app, "Far Side", ELSEWHERE)
    told = {
        one["area"]: one for one in Visitor(app, "local-commander").get("/index.json").json()["tasking"]["proposed"]
    }
    assert told["The blocks"]["level"] == "escalate"
    assert "number 2 in this area" in told["The blocks"]["sentence"]
    assert told["Far Side"]["level"] == "notice"
    assert "number 1 in this area" in told["Far Side"]["sentence"]


def test_what_an_authority_changes_is_seen_at_once(folder: Path, clock: FixedClock) -> None:
    app = site(folder, clock)
    commander = Visitor(app, "local-commander")
    assert "The whole force: 0 cases" in commander.get("/index.json").json()["tasking"]["rarity"]
    clock.advance(minutes=40)
    Visitor(app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)
    assert "The whole force: 1 case" in commander.get("/index.json").json()["tasking"]["rarity"]


def test_every_kind_of_overdue_account_is_listed_as_the_oversight_room_lists_it(
    app: ASGIApp, clock: FixedClock
) -> None:
    owed = Visitor(app, "local-commander").get("/index.json").json()["tasking"]["owed"]
    assert {one["what"] for one in owed} == {
        "the debrief",
        "the full community impact assessment, in place of the rapid one",
    }
    clock.advance(hours=24 * 200)
    commander = Visitor(app, "local-commander")
    later = {(one["case"], one["what"]) for one in commander.get("/index.json").json()["tasking"]["owed"]}
    rooms = Visitor(app, "oversight").get("/oversight.json").json()["sections"]
    late = next(one["table"]["rows"] for one in rooms if one["heading"] == "Boilerplate and timeliness")
    assert later == {(row[0]["text"], row[1]) for row in late}
    assert any(what.startswith("an outcome of the referral") for _, what in later)


def test_the_page_shows_area_level_and_reason_in_one_line(app: ASGIApp) -> None:
    case = asked_for(app, "Example Estate")
    page = Visitor(app, "local-commander").get("/index.html").text
    lines = page.partition("Proposed, by area")[2].partition("</tbody>")[0].split("<tr>")
    line = next(one for one in lines if f"case-{case}.html" in one)
    assert "Escalate" in line
    assert "Only a chief officer may authorise it." in line

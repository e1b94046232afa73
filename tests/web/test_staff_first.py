"""The first block of a desk: what a reader of each office came for stands there, before they look for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from staff_site import ASSAULT, AUTHORISED, CONSULTED, FIVE, PLANNED, Visitor, open_case, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.errors import IntegrityError
from answerable.service.notices import FOLDER
from answerable.service.notices_given import PCC, given_to, notices_about
from answerable.service.workspace import open_workspace
from answerable.web import staff_first


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rehearsal(tmp_path / "w", consulted=True)


@pytest.fixture
def app(folder: Path, clock: FixedClock) -> ASGIApp:
    return site(folder, clock)


def first(app: ASGIApp, account: str) -> dict[str, Any]:
    """The first block on the desk of an account."""
    found: dict[str, Any] = Visitor(app, account).get("/index.json").json()["sections"][0]
    return found


def rows(block: dict[str, Any]) -> list[list[Any]]:
    return list(block["table"]["rows"]) if block["table"] else []


def test_an_inspector_starts_with_what_is_late_what_was_never_tested_and_files_that_nobody_chose(app: ASGIApp) -> None:
    block = first(app, "oversight")
    facts = dict(map(tuple, block["facts"]))
    assert facts["Overdue accounts"] == "0"
    room = {one["heading"]: one for one in Visitor(app, "oversight").get("/oversight.json").json()["sections"]}
    every = room["Rules beside what they found"]["table"]["rows"]
    untested = sum(row[3] == "never tested" for row in every)
    assert facts["Rules never tested"] == f"{untested} of {len(every)}"
    assert rows(block) == [
        [
            {"text": CONSULTED, "href": f"case-{CONSULTED}.html"},
            {"text": "as it was known", "href": f"case-{CONSULTED}-as-known.html"},
            {"text": "frozen file (ZIP)", "href": f"case-{CONSULTED}-file.zip"},
        ]
    ]
    assert [one["href"] for one in block["links"]] == ["oversight.html", "audit.html", "processing.html"]


def test_what_is_late_shows_on_the_inspectors_desk_within_the_hour(app: ASGIApp, clock: FixedClock) -> None:
    clock.advance(minutes=40)
    Visitor(app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)
    clock.advance(hours=2, minutes=30)
    Visitor(app, "operational-commander").act(f"/case-{CONSULTED}/start", unarmed_present="yes", briefed="yes")
    clock.advance(hours=24 * 4)
    assert dict(map(tuple, first(app, "oversight")["facts"]))["Overdue accounts"] == "2"


def test_data_protection_starts_with_what_is_held_and_that_it_was_looked_at(app: ASGIApp, clock: FixedClock) -> None:
    facts = dict(map(tuple, first(app, "data-protection")["facts"]))
    assert facts["Intelligence reports held"] == "2"
    assert facts["Held for proceedings"] == "0 cases"
    assert facts["Erased so far"] == "0 fields and documents"
    assert facts["Consulted"].partition(" ")[0].isdecimal()
    assert facts["Counted at"] == {"at": "2018-11-30T17:00:00Z"}
    Visitor(app, "analyst").get(f"/case-{CONSULTED}.html")
    before = int(facts["Consulted"].split()[0])
    clock.advance(hours=1)
    again = dict(map(tuple, first(app, "data-protection")["facts"]))
    assert int(again["Consulted"].split()[0]) > before
    lines = Visitor(app, "data-protection").get("/processing.json").json()["lines"]
    assert sum((one["kind"], one["subject"]) == ("processing log", "counts") for one in lines) == 2


def test_what_cannot_be_read_is_said_and_the_desk_still_stands(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: Path) -> tuple[()]:
        raise IntegrityError("The list of what was erased is damaged.", fix="Put it back from its own copy.")

    monkeypatch.setattr(staff_first, "remembered", unreadable)
    answer = Visitor(app, "data-protection").get("/index.json")
    assert answer.status_code == 200
    block = answer.json()["sections"][0]
    assert (block["facts"], block["heading"]) == ([], "What is held, and how often it was looked at")
    assert block["note"] == "The list of what was erased is damaged. Put it back from its own copy."


def test_disclosure_starts_with_the_cases_as_known_and_to_take_away(app: ASGIApp) -> None:
    newest = open_case(Visitor(app, "applicant"), ASSAULT)
    disclosure = Visitor(app, "disclosure")
    block = disclosure.get("/index.json").json()["sections"][0]
    assert [row[0]["text"] for row in rows(block)] == [newest, CONSULTED], "the newest first"
    for row in rows(block):
        for cell in row[-2:]:
            assert disclosure.get(f"/{cell['href']}").status_code == 200, cell


def test_the_commissioners_office_starts_with_its_notices_and_the_state_of_its_replies(app: ASGIApp) -> None:
    applicant = Visitor(app, "applicant")
    newest = open_case(applicant, PLANNED)
    assert newest in str(first(app, "pcc-liaison"))
    assert "not asked for yet" in [row[4] for row in rows(first(app, "pcc-liaison"))]
    applicant.act(f"/case-{newest}/submit")
    told = [row for row in rows(first(app, "pcc-liaison")) if row[3] != "of the rules"]
    assert [(row[3]["text"], row[0]["at"]) for row in told] == [
        (newest, "2018-11-30T17:00:00Z"),
        (CONSULTED, "2018-11-30T17:00:00Z"),
    ]
    assert told[0][1].startswith("Proposed: ")
    assert told[0][4] == {"text": "Reply", "href": f"case-{newest}-advise.html"}
    assert told[1][4] == "Your office supports it. It asked for no answer."
    rules = [row for row in rows(first(app, "pcc-liaison")) if row[3] == "of the rules"]
    assert rules[0][1].startswith("Rules adopted: ")


def test_a_reply_that_must_be_answered_is_shown_waiting_and_then_with_its_answer(app: ASGIApp) -> None:
    liaison, applicant = Visitor(app, "pcc-liaison"), Visitor(app, "applicant")
    spoken = {"stance": "object", "text": "Tell the ward first.", "publish": "yes", "needs_answer": "yes"}
    liaison.act(f"/case-{CONSULTED}/advise", **spoken)
    replies = {row[4] for row in rows(first(app, "pcc-liaison")) if row[3] != "of the rules"}
    assert replies == {"Your office advises against it. It must be answered, and is not yet."}
    number = str(liaison.get(f"/case-{CONSULTED}.json").json()["advice"][-1]["number"])
    applicant.act(f"/case-{CONSULTED}/answer", number=number, text="The ward is told at six.", changed="")
    replies = {row[4] for row in rows(first(app, "pcc-liaison")) if row[3] != "of the rules"}
    assert replies == {"Your office advises against it. Answered: The ward is told at six."}


def test_only_notices_that_were_written_are_listed_with_when_a_server_took_them(
    folder: Path, clock: FixedClock
) -> None:
    with open_workspace(folder, clock) as workspace:
        due = notices_about(workspace, [CONSULTED])
        assert {one.kind for one in due} == {"open", "adopt"}
        opened = next(one for one in due if one.kind == "open")
        outbox = folder / FOLDER / "outbox"
        outbox.mkdir()
        message = outbox / f"{opened.id}.{PCC}.eml"
        message.write_text("To: somebody\n")
        assert [(one.sent_at, one.waits) for one in given_to(workspace, PCC, [opened])] == [(None, True)]
        message.with_suffix(".sent").write_text("2018-11-30T17:05:00Z\n")
        given = next(given_to(workspace, PCC, [opened]))
        assert given.sent_at is not None
        assert (given.sent_at - FIVE).total_seconds() == 300
        (folder / FOLDER / f"{opened.id}.txt").unlink()
        assert list(given_to(workspace, PCC, [opened])) == []


def test_an_advisory_group_starts_with_its_own_advice_and_what_came_of_it(app: ASGIApp) -> None:
    newest = open_case(Visitor(app, "applicant"), PLANNED)
    Visitor(app, "applicant").act(f"/case-{newest}/submit")
    contact = Visitor(app, "iag-contact")
    contact.act(f"/case-{newest}/advise", stance="neutral", text="Mind the school.", publish="no", needs_answer="yes")
    case = {"text": CONSULTED, "href": f"case-{CONSULTED}.html"}
    assert rows(first(app, "iag-contact")) == [
        [
            {"text": newest, "href": f"case-{newest}.html"},
            "is neither for nor against it",
            "Mind the school.",
            "It must be answered, and is not yet.",
            "-",
        ],
        [
            case,
            "advises against it",
            "It will frighten the young.",
            "Answered: Stewards walk with them.",
            "It ends earlier.",
        ],
    ]
    assert all("Short." not in str(row) for row in rows(first(app, "iag-contact"))), "what others said is not theirs"


def test_whoever_came_for_the_cases_that_wait_has_no_block_before_them(app: ASGIApp) -> None:
    assert Visitor(app, "analyst").get("/index.json").json()["sections"] == []

"""The staff's page of a case: clocks with the time left, advice that waits, what is owed, and what can come next."""

from __future__ import annotations

from typing import Any

import pytest

from answerable.case.machine import TRANSITIONS
from answerable.service.public_view import PublicView
from answerable.web.pages.case_words import ACTS
from answerable.web.pages.staff_case import case_page, cases_page
from answerable.web.render import Frame, html

CASE: dict[str, Any] = {
    "id": "2018-0001",
    "state": "UNDER_REVIEW",
    "title": "Reprisal feared",
    "area": "Market Cross",
    "window": "2018-11-30 20:00 to 2018-12-01 02:00 Europe/London",
    "trigger": "imminent_intel",
    "urgent": True,
    "conditions": ["Beside unarmed colleagues."],
    "countdown": [{"what": "suspended", "at": "2018-11-30T22:15:00Z", "minutes": 12}],
    "what_would_change": [],
    "not_limited": "",
    "findings": [],
    "advice": [
        {"number": 1, "adviser": "iag_contact", "stance": "object", "text": "Do not.\nPlease.", "published": False,
         "answer": "", "changed": "", "waits_for_answer": True},
        {"number": 2, "adviser": "local_commander", "stance": "support", "text": "Yes.", "published": True,
         "answer": "Thank you.", "changed": "The hours.", "waits_for_answer": False},
    ],
    "not_consulted": ["pcc_liaison"],
    "duties": [{"kind": "review", "what": "", "owner": "", "due": "2018-11-30T22:00:00Z", "overdue": True}],
    "copied_reasons": {"event": "assess", "value": 0.93, "case": "2018-0000"},
    "possible": ["review", "end", "revoke"],
    "events": [
        {"kind": "open", "at": "2018-11-30T18:00:00Z", "office": "applicant", "index": 3,
         "data": {"findings": [{"rule": "AP05", "holds": None, "says": "Two origins.", "reason": "Not known."}]}},
        {"kind": "log", "at": "2018-11-30T20:00:00Z", "office": "operational_commander", "index": None,
         "data": {"entries": [{"at": "2018-11-30T19:00:00Z", "kind": "force", "late": True}]}},
    ],
}  # fmt: skip


@pytest.fixture
def shown(view: PublicView) -> str:
    attempt = {"at": "2018-11-30T19:00:00Z", "account": "applicant", "action": "authorise", "reason": "Not theirs."}
    return html(case_page(CASE, [attempt]), Frame.of(view), (("cases.html", "Cases"),)).decode()


@pytest.mark.parametrize(
    "words",
    [
        "Review due",
        "12 min",
        "Intelligence that serious violence is imminent, urgently",
        "NOT CONSULTED: the police and crime commissioner.",
        "Review it while it runs; end it; revoke it",
        "1. The independent advisory group advises against it",
        "Do not.\nPlease.",
        "Not published: the adviser did not ask for it.",
        "Waits for an answer. Until it has one, nobody can authorise.",
        "Thank you. Changed because of it: The hours.",
        "nearly the same as those of case 2018-0000",
        "Overdue",
        "Not known",
        "Force used",
        "entered late",
        "not published yet",
        "entry 3 of the log",
        "applicant: authorise. Not theirs.",
    ],
)
def test_those_who_work_on_a_case_are_told(shown: str, words: str) -> None:
    assert words in shown


def test_no_link_leads_to_a_page_that_the_staff_site_does_not_have(shown: str) -> None:
    assert "rules.html" not in shown


@pytest.mark.parametrize("found", [None, "odd"])
def test_reasons_that_were_not_copied_are_not_said_to_be(view: PublicView, found: Any) -> None:
    page = case_page({**CASE, "copied_reasons": found}, [])
    assert "nearly the same" not in html(page, Frame.of(view)).decode()


def test_a_quiet_case_shows_none_of_the_headings_that_it_does_not_need(view: PublicView) -> None:
    empty = {"countdown": [], "advice": [], "not_consulted": [], "duties": [], "copied_reasons": None, "findings": []}
    text = html(case_page({**CASE, **empty, "possible": [], "conditions": []}, []), Frame.of(view)).decode()
    for heading in ("Advice, and its answers", "Still owed", "Rules last tested", "Attempts", "What can come next"):
        assert heading not in text


def test_the_list_says_each_state_in_words(view: PublicView) -> None:
    text = html(cases_page([CASE, {**CASE, "id": "2018-0002", "state": "URGENT_UNRATIFIED"}]), Frame.of(view)).decode()
    assert "Review due" in text
    assert "Not ratified in time" in text
    assert "no case yet" in html(cases_page([]), Frame.of(view)).decode()


def test_every_step_that_can_be_asked_for_has_its_words() -> None:
    assert set(TRANSITIONS) <= set(ACTS)

"""Whoever decides has had before their eyes what they decide on: grounds, reports, judgement, impact and plan."""

from __future__ import annotations

import re

import pytest
from staff_site import COMMUNITY, CONSULTED, EQUALITY, PLANNED, REPORTS, Visitor, rehearsal, site
from starlette.types import ASGIApp

from answerable.web.pages.staff_filed import newest_findings

FILED = (
    PLANNED["legal_reasons"],
    PLANNED["extreme_reasons"],
    PLANNED["outcome"],
    PLANNED["comparators"],
    PLANNED["margin"],
    PLANNED["modality_reasons"],
    COMMUNITY["escalation"],
    EQUALITY["summary"],
    "60 in 100",
    "Specific operation",
    "Loss of life",
    "R-101",
    "1A: source reliable",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    return site(rehearsal(tmp_path_factory.mktemp("filed") / "w", consulted=True))


def words_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize("verb", ["authorise", "refuse"])
def test_whoever_decides_reads_why_it_is_asked_for_on_the_page_where_it_is_decided(app: ASGIApp, verb: str) -> None:
    shown = words_of(Visitor(app, "authoriser"), f"/case-{CONSULTED}-{verb}.html")
    for words in (*FILED, *(one["gist"] for one in REPORTS)):
        assert words in shown, words
    # Alternatives come first, and once.
    assert shown.index("What else could be done") < shown.index("As it was filed")
    assert shown.count("Goes on beside it, and cannot act within these hours") == 2


def test_the_rules_are_those_of_every_step_and_not_of_the_last_alone(app: ASGIApp) -> None:
    shown = words_of(Visitor(app, "authoriser"), f"/case-{CONSULTED}-authorise.html")
    tested = Visitor(app, "authoriser").get(f"/case-{CONSULTED}-authorise.json").json()["findings"]
    assert len(tested) > 10
    assert {"Submit", "Assess"} <= {one["step"] for one in tested}
    assert all(one["rule"] in shown for one in tested)


def test_a_later_finding_stands_for_an_earlier_one_of_the_same_rule() -> None:
    def tested(kind: str, holds: bool | None, **more: str) -> dict[str, object]:
        return {"kind": kind, "data": {"findings": [{"rule": "AP05", "holds": holds, "reason": "So."}], **more}}

    found = newest_findings([tested("submit", None), tested("blocked", True, transition="assess")])
    assert [(one["answer"], one["step"]) for one in found] == [("Held", "Assess")]


def test_the_file_is_read_by_those_who_work_on_it_and_what_reports_say_by_those_who_judge(app: ASGIApp) -> None:
    path = f"/case-{CONSULTED}-filed.html"
    gist = REPORTS[0]["gist"]
    for account, reads in (("authoriser", True), ("analyst", True), ("applicant", False), ("oversight", False)):
        shown = words_of(Visitor(app, account), path)
        assert PLANNED["legal_reasons"] in shown
        assert (gist in shown) is reads, account
    for account in ("iag-contact", "pcc-liaison"):
        assert Visitor(app, account).get(path).status_code == 403
        assert 'href="case-2018-0001-filed.html"' not in Visitor(app, account).get(f"/case-{CONSULTED}.html").text


def test_who_read_the_file_where_it_is_decided_is_noted(app: ASGIApp) -> None:
    def noted() -> int:
        return Visitor(app, "oversight").get("/processing.html").text.count(CONSULTED)

    before = noted()
    Visitor(app, "authoriser").get(f"/case-{CONSULTED}-authorise.html")
    assert noted() == before + 1


def test_the_public_statements_of_a_case_can_be_printed(app: ASGIApp) -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf is not installed")
    answer = Visitor(app, "iag-contact").get(f"/case-{CONSULTED}.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{CONSULTED}.pdf"'
    assert Visitor(app, "iag-contact").get("/case-2018-9999.pdf").status_code == 404


def test_what_is_shown_once_in_answer_to_a_form_names_no_twin(app: ASGIApp) -> None:
    sent = {"reasons": "The suspect was arrested.", "change": "Another assault."}
    shown = Visitor(app, "authoriser").post(f"/case-{CONSULTED}/refuse", **sent).text
    assert "Sign: " in shown
    assert "-sign.json" not in shown
    assert f"case-{CONSULTED}.json" in Visitor(app, "authoriser").get(f"/case-{CONSULTED}.html").text

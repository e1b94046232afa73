"""A form that is sent twice, by a second press of a button or at the same moment, is one act; nothing sent is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from staff_site import ADDRESS, AUTHORISED, CONSULTED, FIVE, Visitor, hidden, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock

ADVICE = {"stance": "neutral", "text": "Mind the school.", "publish": "yes", "needs_answer": "no"}
ENTRY = {"kind": "contact_under_18", "officers": "2", "minutes": "5", "cell": "12-7"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> ASGIApp:
    return site(rehearsal(tmp_path / "w", consulted=True), clock)


@pytest.fixture
def commander(app: ASGIApp, clock: FixedClock) -> Visitor:
    """The commander of a deployment that is under way."""
    clock.advance(minutes=40)
    Visitor(app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)
    clock.advance(hours=2, minutes=30)
    found = Visitor(app, "operational-commander")
    found.act(f"/case-{CONSULTED}/start", unarmed_present="yes", briefed="yes")
    return found


def kinds(visitor: Visitor) -> list[str]:
    return [one["kind"] for one in visitor.get(f"/case-{CONSULTED}.json").json()["case"]["events"]]


def test_advice_sent_twice_is_on_the_record_once(app: ASGIApp) -> None:
    adviser = Visitor(app, "local-commander")
    before = kinds(adviser).count("advise")
    once = hidden(adviser.get(f"/case-{CONSULTED}-advise.html").text, "once")
    led = [adviser.post(f"/case-{CONSULTED}/advise", once=once, **ADVICE) for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in led] == [(303, f"/case-{CONSULTED}.html")] * 2
    assert kinds(adviser).count("advise") == before + 1
    again = hidden(adviser.get(f"/case-{CONSULTED}-advise.html").text, "once")
    adviser.post(f"/case-{CONSULTED}/advise", once=again, **ADVICE)
    assert kinds(adviser).count("advise") == before + 2, "a new form is a new act"


def test_a_line_of_the_log_sent_twice_at_the_same_moment_counts_once(commander: Visitor) -> None:
    once = hidden(commander.get(f"/case-{CONSULTED}-log.html").text, "once")
    with ThreadPoolExecutor(4) as pool:
        send = lambda _: commander.post(f"/case-{CONSULTED}/log", once=once, **ENTRY).status_code  # noqa: E731
        assert list(pool.map(send, range(4))) == [303] * 4
    assert kinds(commander).count("log") == 1


def test_what_did_not_fit_can_be_sent_again_with_the_same_form(commander: Visitor) -> None:
    once = hidden(commander.get(f"/case-{CONSULTED}-log.html").text, "once")
    wrong = commander.post(f"/case-{CONSULTED}/log", once=once, **{**ENTRY, "officers": "many"})
    assert wrong.status_code == 400
    assert hidden(wrong.text, "once") not in ("", once)
    assert commander.post(f"/case-{CONSULTED}/log", once=once, **ENTRY).status_code == 303
    assert kinds(commander).count("log") == 1


def test_what_was_refused_can_be_sent_again_with_the_same_form(app: ASGIApp, clock: FixedClock) -> None:
    commander = Visitor(app, "operational-commander")
    once = commander.get(f"/case-{CONSULTED}-start.json").json()["once"]
    ready = {"once": once, "unarmed_present": "yes", "briefed": "yes"}
    assert commander.post(f"/case-{CONSULTED}/start", **ready).status_code == 409, "nobody has decided yet"
    clock.advance(minutes=40)
    Visitor(app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)
    clock.advance(hours=2, minutes=30)
    assert commander.post(f"/case-{CONSULTED}/start", **ready).status_code == 303
    assert "start" in kinds(commander)


def test_whoever_presses_the_end_twice_sees_that_it_is_over(commander: Visitor) -> None:
    led = [commander.post(f"/case-{CONSULTED}/end", reasons="") for _ in range(2)]
    assert [one.status_code for one in led] == [303, 303]
    assert kinds(commander).count("end") == 1
    assert commander.post(f"/case-{CONSULTED}/revoke", reasons="").status_code == 303
    assert "revoke" not in kinds(commander)


def test_a_form_does_not_give_back_what_another_kind_of_token_has_taken(app: ASGIApp) -> None:
    link = Visitor(app, "applicant").act(f"/case-{CONSULTED}/link", account="iag-contact")["link"]
    path = link.removeprefix(ADDRESS).removesuffix(".html")
    adviser = Visitor(app)
    assert adviser.post(path).status_code == 303
    wrong = adviser.post(f"/case-{CONSULTED}/advise", once=path.removeprefix("/link-"), stance="")
    assert wrong.status_code in (303, 400)
    applicant = Visitor(app, "applicant")
    applicant.post(f"/case-{CONSULTED}/refuse", once=path.removeprefix("/link-"))
    Visitor(app, "authoriser").post(f"/case-{CONSULTED}/refuse", once=path.removeprefix("/link-"), reasons="")
    assert Visitor(app).get(f"{path}.html").status_code == 410, "a link that was used stays used"

"""Signing in: as a pretend person, by passkey, through a provider, by a one-time link; and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from authenticator import Authenticator
from staff_site import (
    ADDRESS,
    AUTHORISED,
    COMMUNITY,
    CONSULTED,
    FIVE,
    PLANNED,
    Visitor,
    hidden,
    open_case,
    rehearsal,
    site,
)
from typer.testing import CliRunner

from answerable.cli.app import app as cli
from answerable.clock import FixedClock, SystemClock
from answerable.errors import NotAllowed
from answerable.service.people import add_person
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web.decisions import SCHEME, check_evidence
from answerable.web.sessions import FILE, Sessions
from answerable.web.sign_in_invited import make_invitation
from answerable.web.sign_in_oidc import _provider
from answerable.web.staff_settings import StaffSettings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rehearsal(tmp_path / "w")


def sent(visitor: Visitor, path: str, body: Any) -> httpx.Response:
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    return visitor.ask("POST", path, json=body, headers=headers)


def with_key(visitor: Visitor, key: Authenticator) -> httpx.Response:
    asked = sent(visitor, "/passkey/register/options", {"label": "Desk"}).json()
    body = {"ticket": asked["ticket"], "credential": key.make(asked["options"])}
    return sent(visitor, "/passkey/register", body)


def test_the_demonstration_says_that_nobody_is_checked(folder: Path) -> None:
    visitor = Visitor(site(folder))
    page = visitor.get("/sign-in.html").text
    assert "nobody is checked" in page
    assert "Be the authoriser" in page
    visitor.post("/sign-in/demo", account="authoriser")
    assert "demonstration: nobody was checked" in visitor.get("/index.html").text


def test_a_real_workspace_has_no_pretend_people_and_cannot_be_given_any(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    init_workspace(folder, kind="real", time_zone="Europe/London", clock=FixedClock(FIVE))
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        add_person(workspace, "a-one", ("authoriser",))
    visitor = Visitor(site(folder))
    assert "pretend" not in visitor.get("/sign-in.html").text
    assert visitor.get("/sign-in.json").json()["people"] == []
    assert visitor.post("/sign-in/demo", account="a-one").status_code == 403
    assert visitor.cookies == {}
    assert not replace(StaffSettings("real"), origin="").demo
    assert not StaffSettings("rehearsal", "https://staff.example.org").demo


@pytest.mark.parametrize("account", ["nobody", "", "../x"])
def test_an_account_that_is_not_there_signs_nobody_in(folder: Path, account: str) -> None:
    visitor = Visitor(site(folder))
    assert visitor.post("/sign-in/demo", account=account).status_code == 404
    assert visitor.cookies == {}


def test_a_program_does_not_sign_in_and_a_closed_account_is_out_at_once(folder: Path) -> None:
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        add_person(workspace, "robot", ("service",))
    app = site(folder)
    assert Visitor(app).post("/sign-in/demo", account="robot").status_code == 409
    analyst = Visitor(app, "analyst")
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        workspace.store.disable_person("analyst", FIVE)
    assert analyst.get("/cases.json").status_code == 401


def test_a_forged_session_is_nobody_and_a_replayed_one_is_over(folder: Path) -> None:
    app = site(folder)
    forged = Visitor(app)
    forged.cookies = {"answerable": "A" * 43}
    assert forged.get("/cases.json").status_code == 401
    visitor = Visitor(app, "analyst")
    stolen = dict(visitor.cookies)
    visitor.post("/sign-out")
    thief = Visitor(app)
    thief.cookies = stolen
    assert thief.get("/cases.json").status_code == 401


def test_signing_in_anew_takes_a_new_token_and_ends_the_old(folder: Path) -> None:
    app = site(folder)
    visitor = Visitor(app, "analyst")
    planted = dict(visitor.cookies)
    visitor.post("/sign-in/demo", account="authoriser")
    assert visitor.cookies != planted
    other = Visitor(app)
    other.cookies = planted
    assert other.get("/cases.json").status_code == 401


def test_ones_sessions_are_listed_and_ended_one_by_one_or_at_once(folder: Path) -> None:
    app = site(folder)
    here, there = Visitor(app, "analyst"), Visitor(app, "analyst")
    listed = here.get("/settings.json").json()["sessions"]
    assert [one["here"] for one in listed].count(True) == 1
    away = next(one["id"] for one in listed if not one["here"])
    here.post("/sessions/end", session=away)
    assert there.get("/cases.json").status_code == 401
    assert here.get("/cases.json").status_code == 200
    here.post("/sessions/end")
    assert here.get("/cases.json").status_code == 401


def test_a_passkey_signs_in_and_one_that_verified_nobody_is_never_kept(folder: Path) -> None:
    app = site(folder)
    visitor = Visitor(app, "analyst")
    assert with_key(visitor, Authenticator(ADDRESS, verifies=False)).status_code == 409
    assert with_key(visitor, Authenticator("https://elsewhere.example")).status_code == 409
    key = Authenticator(ADDRESS)
    assert with_key(visitor, key).status_code == 200
    fresh = Visitor(app)
    asked = sent(fresh, "/passkey/sign-in/options", {}).json()
    answer = {"ticket": asked["ticket"], "credential": key.sign(asked["options"])}
    assert sent(fresh, "/passkey/sign-in", answer).json()["account"] == "analyst"
    assert fresh.get("/cases.json").status_code == 200
    assert sent(Visitor(app), "/passkey/sign-in", answer).status_code == 409, "an answer is taken once"


@pytest.mark.parametrize("lie", ["unverified", "another challenge", "a copy", "unknown"])
def test_a_passkey_that_lies_signs_nobody_in(folder: Path, lie: str) -> None:
    app, key = site(folder), Authenticator(ADDRESS)
    with_key(Visitor(app, "analyst"), key)
    for _ in range(2):
        fresh = Visitor(app)
        asked = sent(fresh, "/passkey/sign-in/options", {}).json()
        told = sent(fresh, "/passkey/sign-in", {"ticket": asked["ticket"], "credential": key.sign(asked["options"])})
    assert told.status_code == 200
    fresh = Visitor(app)
    asked = sent(fresh, "/passkey/sign-in/options", {}).json()
    key.verifies = lie != "unverified"
    key.count = 0 if lie == "a copy" else key.count
    key = Authenticator(ADDRESS) if lie == "unknown" else key
    credential = key.sign(asked["options"], challenge="AAAA" if lie == "another challenge" else "")
    told = sent(fresh, "/passkey/sign-in", {"ticket": asked["ticket"], "credential": credential})
    assert told.status_code == 409
    assert fresh.get("/cases.json").status_code == 401


def test_a_key_is_added_only_just_after_signing_in(folder: Path) -> None:
    watch = FixedClock(FIVE)
    visitor = Visitor(site(folder, watch=watch), "analyst")
    watch.advance(minutes=6)
    assert sent(visitor, "/passkey/register/options", {}).status_code == 403


def test_a_decision_is_signed_over_its_own_bytes_and_kept_as_evidence(tmp_path: Path) -> None:
    clock, folder = FixedClock(FIVE), rehearsal(tmp_path / "w", consulted=True)
    app, key = site(folder, clock), Authenticator(ADDRESS)
    case = CONSULTED
    clock.advance(minutes=40)
    authoriser = Visitor(app, "authoriser")
    with_key(authoriser, key)
    first, second = (authoriser.act(f"/case-{case}/authorise", **AUTHORISED)["ticket"] for _ in range(2))
    asked = sent(authoriser, "/decision/options", {"ticket": first}).json()
    for_first = key.sign(asked["options"])
    assert sent(authoriser, "/decision/sign", {"ticket": second, "credential": for_first}).status_code == 409
    told = sent(authoriser, "/decision/sign", {"ticket": first, "credential": key.sign(asked["options"])})
    assert (told.status_code, told.json()["state"]) == (200, "AUTHORISED")
    with open_workspace(folder, clock) as workspace:
        event = workspace.store.events(case, kinds={"authorise"})[-1]
    evidence = next(f for f in map(vars, event.fields) if f["name"] == "private/signature")
    from answerable.record.disclose import parse_disclosure

    kept: Any = parse_disclosure(event.fields[[f.name for f in event.fields].index(evidence["name"])].text).value
    assert kept["scheme"] == SCHEME
    assert check_evidence(kept, ADDRESS)["command"]["reasons"] == AUTHORISED["reasons"]
    from answerable.errors import NotAllowed

    altered = {**kept, "statement": kept["statement"].replace("Two independent", "Three independent")}
    with pytest.raises(NotAllowed):
        check_evidence(altered, ADDRESS)


def test_a_stolen_session_decides_nothing_where_a_signature_is_needed(folder: Path) -> None:
    app = site(folder)
    visitor = Visitor(app, "authoriser")
    case = open_case(Visitor(app, "applicant"), PLANNED)
    ticket = visitor.act(f"/case-{case}/refuse", reasons="No grounds.", change="Two origins.")["ticket"]
    other = Visitor(app, "urgent-authoriser")
    assert other.post("/decision/pretend", ticket=ticket).status_code == 409
    assert sent(visitor, "/decision/sign", {"ticket": ticket, "credential": {}}).status_code == 409
    assert visitor.get(f"/case-{case}.json").json()["case"]["state"] == "DRAFT"


def test_by_a_link_an_adviser_reads_what_it_is_about_and_sees_that_their_words_were_kept(folder: Path) -> None:
    app = site(folder)
    applicant = Visitor(app, "applicant")
    case = open_case(applicant, PLANNED)
    applicant.act(f"/case-{case}/submit")
    Visitor(app, "community-lead").act(f"/case-{case}/community-impact", **COMMUNITY)
    Visitor(app, "local-commander").act(f"/case-{case}/advise", stance="support", text="Kept back.", publish="no")
    link = applicant.act(f"/case-{case}/link", account="iag-contact")["link"].removeprefix(ADDRESS)
    adviser = Visitor(app)
    adviser.post(link.removesuffix(".html"))
    form = adviser.get(f"/case-{case}-advise.html").text
    assert COMMUNITY["children"] in form
    assert "How to complain" in form
    assert f'href="case-{case}.html"' not in form, "where the link does not lead"
    assert "Kept back." not in form + adviser.get(f"/case-{case}-advise.json").text
    assert "Your advice was kept" not in form
    once = hidden(form, "once")
    for _ in range(2):
        sent = adviser.post(f"/case-{case}/advise", once=once, stance="object", text="It frightens.", publish="yes")
        assert sent.headers["location"] == f"/case-{case}-advise.html"
    after = adviser.get(f"/case-{case}-advise.html").text
    assert after.count("Your advice was kept") == 1
    assert "It frightens." in after
    assert "Say something more" in after
    told = adviser.get(f"/case-{case}.html").text
    assert "opens one case" in told
    assert "nobody holds" not in told


def test_an_adviser_answers_by_a_link_once_and_sees_that_case_alone(folder: Path) -> None:
    app = site(folder)
    applicant = Visitor(app, "applicant")
    case, other = open_case(applicant, PLANNED), open_case(applicant, PLANNED)
    link = applicant.act(f"/case-{case}/link", account="iag-contact")["link"].removeprefix(ADDRESS)
    adviser = Visitor(app)
    assert adviser.get(link).status_code == 200
    assert adviser.get(link).status_code == 200, "looking at a link does not use it up"
    assert adviser.post(link.removesuffix(".html")).headers["location"] == f"/case-{case}-advise.html"
    assert adviser.get(f"/case-{case}-advise.html").status_code == 200
    for path in (f"/case-{other}-advise.html", f"/case-{case}.html", "/cases.html", "/intelligence.html"):
        assert adviser.get(path).status_code == 403, path
    again = Visitor(app)
    assert again.get(link).status_code == 410
    assert again.post(link.removesuffix(".html")).status_code == 410
    assert applicant.post(f"/case-{case}/link", account="authoriser").status_code == 400


@pytest.fixture
def provider(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A force's provider on this machine, which knows this site."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock

    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        back = f"{ADDRESS}/sign-in-back.html"
        client = httpx.post(f"{issuer}/oauth2/clients", json={"redirect_uris": [back]}).json()
        (folder / "keys" / "oidc").write_text(client["client_secret"])
        (folder / "staff.toml").write_text(
            f'[oidc]\nissuer = "{issuer}"\nclient_id = "{client["client_id"]}"\n'
            'secret_file = "keys/oidc"\naccount_claim = "sub"\n'
        )
        _provider.cache_clear()
        yield issuer


def away(visitor: Visitor, who: str) -> str:
    """Go to the provider, say who one is there, and return where it sends one back to."""
    url = visitor.act("/sign-in/oidc")["url"]
    answer = httpx.post(url, data={"sub": who})
    assert answer.status_code in (302, 303), answer.text
    return str(answer.headers["location"]).removeprefix(ADDRESS)


@pytest.mark.filterwarnings("ignore")
def test_a_force_vouches_for_its_own_and_an_answer_is_taken_once(folder: Path, provider: str) -> None:
    app = site(folder)
    visitor = Visitor(app)
    back = away(visitor, "analyst").replace(".html", ".json")
    known = visitor.get(back).json()
    assert known["account"] == "analyst"
    assert visitor.get(back).status_code == 409
    assert visitor.post("/sign-in/finish", ticket=known["ticket"]).status_code == 303
    assert visitor.get("/settings.json").json()["sessions"][0]["how"] == "oidc"
    stranger = Visitor(app)
    assert stranger.get(away(stranger, "somebody-else")).status_code == 409
    assert stranger.get("/sign-in-back.html?code=made-up&state=made-up").status_code == 409
    assert stranger.get("/cases.json").status_code == 401


def invited(folder: Path, account: str, watch: FixedClock | None = None) -> str:
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        sessions = Sessions(folder / FILE, watch or SystemClock())
        return f"/invite-{make_invitation(workspace, sessions, account)}"


def accept(visitor: Visitor, address: str, key: Authenticator) -> httpx.Response:
    asked = sent(visitor, f"{address}/options", {})
    if asked.status_code != 200:
        return asked
    told = asked.json()
    return sent(visitor, address, {"ticket": told["ticket"], "credential": key.make(told["options"])})


def test_the_first_person_of_a_real_workspace_signs_in_by_an_invitation_that_works_once(tmp_path: Path) -> None:
    init_workspace(tmp_path / "real", kind="real", time_zone="Europe/London", clock=FixedClock(FIVE))
    with open_workspace(tmp_path / "real", FixedClock(FIVE)) as workspace:
        add_person(workspace, "jo", ("policy_owner",))
    address, app = invited(tmp_path / "real", "jo"), site(tmp_path / "real")
    visitor, key = Visitor(app), Authenticator(ADDRESS)
    assert "sign in as jo" in visitor.get(f"{address}.html").text
    assert accept(visitor, address, key).json()["account"] == "jo"
    assert visitor.get("/settings.json").json()["account"] == "jo"
    assert accept(Visitor(app), address, Authenticator(ADDRESS)).status_code == 410, "an invitation is used once"
    with pytest.raises(NotAllowed, match="has a passkey"):
        invited(tmp_path / "real", "jo")


def test_of_two_invitations_only_the_first_makes_a_key(folder: Path) -> None:
    app = site(folder)
    one, other = invited(folder, "analyst"), invited(folder, "analyst")
    assert accept(Visitor(app), one, Authenticator(ADDRESS)).status_code == 200
    told = accept(Visitor(app), other, Authenticator(ADDRESS))
    assert told.status_code == 409
    assert "has a passkey" in told.text


def test_an_invitation_is_over_after_a_day_and_never_for_a_program(folder: Path) -> None:
    watch = FixedClock(FIVE)
    address, app = invited(folder, "analyst", watch), site(folder, watch=watch)
    watch.advance(hours=25)
    assert Visitor(app).get(f"{address}.html").status_code == 410
    assert accept(Visitor(app), address, Authenticator(ADDRESS)).status_code == 410
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        add_person(workspace, "robot", ("service",))
    with pytest.raises(NotAllowed, match="program"):
        invited(folder, "robot")


def test_an_invitation_is_not_accepted_with_what_another_was_asked(folder: Path) -> None:
    app = site(folder)
    mine, theirs = invited(folder, "analyst"), invited(folder, "authoriser")
    key = Authenticator(ADDRESS)
    told = sent(Visitor(app), f"{mine}/options", {}).json()
    body = {"ticket": told["ticket"], "credential": key.make(told["options"])}
    assert sent(Visitor(app), theirs, body).status_code == 409


def test_the_command_prints_the_link(folder: Path) -> None:
    done = CliRunner().invoke(cli, ["people", "invite", "analyst", "--workspace", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    link = json.loads(done.stdout)["link"]
    assert link.startswith("http://localhost:8001/invite-")
    assert Visitor(site(folder)).get(link.removeprefix("http://localhost:8001")).status_code == 200


def test_a_link_that_is_over_says_so_and_whom_to_ask(tmp_path: Path) -> None:
    watch = FixedClock(FIVE)
    app = site(rehearsal(tmp_path / "asked", consulted=True), watch=watch)
    made = Visitor(app, "applicant").act(f"/case-{CONSULTED}/link", account="iag-contact")["link"]
    watch.advance(hours=49)
    for told in (Visitor(app).get(made.removeprefix(ADDRESS)), Visitor(app).post(made.removeprefix(ADDRESS)[:-5])):
        assert told.status_code == 410
        assert "This link is over" in told.text
        assert "Ask whoever sent it" in told.text

"""Who may reach what: every route of the document of the API, tried by every kind of account, cell by cell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from staff_site import ADDRESS, ASSAULT, FIVE, Visitor, hidden, open_case, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.policy.pack import load_pack
from answerable.service.people import add_person, pretend_people
from answerable.service.workspace import EXAMPLE_PACK, open_workspace
from answerable.web.desk import ANYONE, LINK, NOBODY_NEEDED

# Said here once more, by hand: what must never widen without somebody changing this table as well.
NARROW = {
    "/case-{case_id}/authorise": {"authoriser"},
    "/case-{case_id}/ratify": {"authoriser"},
    "/case-{case_id}/extend": {"authoriser"},
    "/case-{case_id}/urgent": {"urgent_authoriser", "authoriser"},
    "/case-{case_id}/refuse": {"authoriser", "urgent_authoriser"},
    "/case-{case_id}/start": {"operational_commander"},
    "/case-{case_id}/review": {"reviewer"},
    "/open-case": {"applicant"},
    "/import/take": {"analyst"},
    "/import/columns": {"analyst"},
    "/import-taking.html": {"analyst"},
    "/report": {"intel_evaluator"},
    "/intelligence.html": {"analyst", "intel_evaluator"},
    "/import/undo": {"analyst"},
    "/oversight.html": {"oversight"},
    "/data-protection.html": {"data_protection"},
    "/case-{case_id}-file.zip": {"oversight", "disclosure", "chief_officer"},
    "/case-{case_id}/chair/pass": {"iag_contact"},
    "/processing.html": {"data_protection", "oversight"},
    "/people/end": {"data_protection", "chief_officer"},
}
OPEN = {
    "/sign-in.html", "/sign-in.json", "/sign-in/demo", "/sign-in/oidc", "/sign-in/finish", "/sign-in-back.html",
    "/sign-in-back.json", "/passkey/sign-in", "/passkey/sign-in/options", "/link-{token}", "/link-{token}.html",
    "/link-{token}.json", "/invite-{token}", "/invite-{token}.html", "/invite-{token}.json", "/invite-{token}/options",
    "/box-{token}", "/box-{token}.html", "/box-{token}.json",
}  # fmt: skip
LEAVES = {"/sign-out", "/sessions/end"}


# What may be reached and still has nothing to show for this case, or needs more to be asked for.
NOT_FOUND = {"/lab-result.json", "/import-taking.html", "/import-taking.json"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    return site(rehearsal(tmp_path_factory.mktemp("access") / "w"))


@pytest.fixture(scope="module")
def case(app: ASGIApp) -> str:
    return open_case(Visitor(app, "applicant"), ASSAULT)


Route = tuple[str, str, frozenset[str]]


@pytest.fixture(scope="module")
def routes(app: ASGIApp) -> list[Route]:
    document = Visitor(app).get("/openapi.json").json()
    return list(operations(document))


def operations(document: dict[str, Any]) -> Iterator[Route]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, frozenset(operation["x-roles"])


def accounts() -> list[str]:
    """Every pretend person of the example policy: one for each role that there is."""
    return [one.account for one in pretend_people(load_pack(EXAMPLE_PACK))]


def roles_of(visitor: Visitor) -> frozenset[str]:
    return frozenset(role.replace(" ", "_") for role in visitor.get("/settings.json").json()["roles"])


def statuses(visitor: Visitor, cells: list[tuple[str, str]], case: str) -> list[int]:
    """Ask for every cell as a page of the site does, with an empty form, and return the statuses that came back."""
    return asyncio.run(_ask_all(visitor, [(method, _address(path, case)) for method, path in cells]))


def _address(path: str, case: str) -> str:
    return path.replace("{case_id}", case).replace("{token}", "x" * 43)


async def _ask_all(visitor: Visitor, cells: list[tuple[str, str]]) -> list[int]:
    # The application is called itself, without a client in between: there are thousands of cells.
    return [await _status(visitor, method, path) for method, path in cells]


async def _status(visitor: Visitor, method: str, path: str) -> int:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    headers = {
        "host": "localhost:8001",
        "accept": "application/json",
        "sec-fetch-site": "same-origin",
        "cookie": cookie,
    }
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("localhost", 8001), "headers": [(name.encode(), said.encode()) for name, said in headers.items()],
    }  # fmt: skip
    told: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    await visitor.app(scope, receive, send)
    return told[0]


def test_every_route_says_who_may_reach_it_and_none_that_decides_is_open(routes: list[Route]) -> None:
    assert len(routes) > 100
    assert all(roles for _, _, roles in routes)
    assert {path for _, path, roles in routes if NOBODY_NEEDED in roles} == OPEN
    told = {path: set(roles) for _, path, roles in routes}
    for path, roles in NARROW.items():
        assert told[path] == roles, path
    assert {path for path, roles in told.items() if LINK in roles} == {
        "/sign-out", "/case-{case_id}/advise", "/case-{case_id}-advise.html", "/case-{case_id}-advise.json",
    }  # fmt: skip


def test_nobody_who_is_not_signed_in_reaches_anything_else(app: ASGIApp, case: str, routes: list[Route]) -> None:
    cells = [(method, path) for method, path, roles in routes if NOBODY_NEEDED not in roles]
    for cell, status in zip(cells, statuses(Visitor(app), cells, case), strict=True):
        # Who asks for a page is led to sign in; whatever else is asked for is refused.
        assert status == (303 if cell[1].endswith(".html") and cell[0] == "GET" else 401), cell


@pytest.mark.parametrize("account", accounts())
def test_an_account_reaches_what_its_roles_allow_and_nothing_else(
    app: ASGIApp, case: str, routes: list[Route], account: str
) -> None:
    visitor = Visitor(app, account)
    held = roles_of(visitor)
    # A page and its twin are one route in two forms: whoever reaches the one reaches the other.
    tried = [
        (method, path, ANYONE in roles or bool(held & roles))
        for method, path, roles in routes
        if NOBODY_NEEDED not in roles and path not in LEAVES and not path.endswith(".html")
    ]
    told = statuses(visitor, [(method, path) for method, path, _ in tried], case)
    for (method, path, allowed), status in zip(tried, told, strict=True):
        assert (status not in (401, 403)) is allowed, (method, path, status)
        assert status < 500, (method, path)
        if allowed and method == "GET":
            assert status == 200 or path in NOT_FOUND, (path, status)


def test_a_page_and_its_twin_are_for_the_same(routes: list[Route]) -> None:
    told = {path: roles for method, path, roles in routes if method == "GET"}
    pages = [path for path in told if path.endswith(".html")]
    assert len(pages) > 40
    for path in pages:
        assert told[path] == told[path.removesuffix(".html") + ".json"], path


def test_a_link_reaches_its_own_case_and_nothing_else(app: ASGIApp, case: str, routes: list[Route]) -> None:
    adviser = by_link(app, case)
    cells = [
        (method, path, roles) for method, path, roles in routes if NOBODY_NEEDED not in roles and path not in LEAVES
    ]
    for (method, path, roles), status in zip(
        cells, statuses(adviser, [(method, path) for method, path, _ in cells], case), strict=True
    ):
        assert (status != 403) is (LINK in roles), (method, path, status)


def by_link(app: ASGIApp, case: str) -> Visitor:
    made = Visitor(app, "applicant").act(f"/case-{case}/link", account="iag-contact")["link"]
    adviser = Visitor(app)
    adviser.post(made.removeprefix(ADDRESS).removesuffix(".html"))
    return adviser


def test_a_link_to_one_case_does_not_reach_another(app: ASGIApp, case: str) -> None:
    other = open_case(Visitor(app, "applicant"), ASSAULT)
    adviser = by_link(app, case)
    assert adviser.get(f"/case-{case}-advise.json").status_code == 200
    assert adviser.get(f"/case-{other}-advise.json").status_code == 403
    assert adviser.post(f"/case-{other}/advise", stance="object", text="No.").status_code == 403


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Visitor, Visitor]:
    """Two analysts who also propose and refuse: whatever one may do the other may, with what is their own."""
    folder = rehearsal(tmp_path_factory.mktemp("pair") / "w")
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        for name in ("first", "second"):
            add_person(workspace, name, ("analyst", "applicant", "authoriser"))
    app = site(folder)
    return Visitor(app, "first"), Visitor(app, "second")


def test_what_one_sent_nobody_else_takes_in_or_throws_away(pair: tuple[Visitor, Visitor]) -> None:
    first, second = pair
    headers = {"Sec-Fetch-Site": "same-origin"}
    sent = {"file": ("shots.csv", b"id,date,lat,lon,type\n1,2018-11-01 21:00,51.6,-0.07,shooting\n")}
    page = first.ask("POST", "/import", files=sent, data={"tz": "Europe/London"}, headers=headers).text
    ticket = hidden(page, "ticket")
    for path in ("/import/take", "/import/look", "/import/columns", "/import/drop"):
        assert second.post(path, ticket=ticket, tz="Europe/London").status_code == 410, path
    assert first.post("/import/drop", ticket=ticket).status_code == 303


def test_what_one_began_nobody_else_opens_or_signs(pair: tuple[Visitor, Visitor]) -> None:
    first, second = pair
    once = hidden(first.get(f"/open-form.html?trigger={ASSAULT['trigger']}&path=urgent").text, "once")
    assert second.post("/open-case", once=once, **ASSAULT).status_code == 400
    assert second.get("/cases.json").json()["cases"] == []
    case = first.act("/open-case", once=once, **ASSAULT)["id"]
    ticket = second.act(f"/case-{case}/refuse", reasons="Not extreme.", change="Another assault.")["ticket"]
    assert first.post("/decision/pretend", ticket=ticket).status_code == 409
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    for path in ("/decision/options", "/decision/sign"):
        assert first.ask("POST", path, json={"ticket": ticket}, headers=headers).status_code == 409, path
    assert first.get(f"/case-{case}.json").json()["case"]["state"] == "DRAFT"


def test_ones_sessions_and_keys_are_nobody_elses_to_end(pair: tuple[Visitor, Visitor]) -> None:
    first, second = pair
    own = first.get("/settings.json").json()["sessions"][0]["id"]
    assert second.post("/sessions/end", session=own).status_code == 303
    assert first.get("/settings.json").status_code == 200, "that session is another's, so nothing was ended"
    assert second.post("/passkey/remove", credential="not-mine").status_code == 404

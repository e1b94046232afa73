"""Who may reach what: every route of the document of the API, tried by every kind of account, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from staff_site import ADDRESS, ASSAULT, Visitor, open_case, rehearsal, site
from starlette.types import ASGIApp

from answerable.web.desk import ANYONE, LINK, NOBODY_NEEDED

ACCOUNTS = (
    "analyst", "applicant", "authoriser", "chief-officer", "community-lead", "disclosure", "equality-lead",
    "evaluator", "iag-contact", "intel-evaluator", "intel-originator", "investigator", "local-commander",
    "operational-commander", "pcc-liaison", "policy-owner", "reviewer", "tactical-adviser", "urgent-authoriser",
)  # fmt: skip
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
    "/report": {"intel_evaluator"},
    "/intelligence.html": {"analyst", "intel_evaluator"},
    "/processing.html": {"data_protection", "oversight"},
    "/people/end": {"data_protection", "chief_officer"},
}
OPEN = {
    "/sign-in.html", "/sign-in.json", "/sign-in/demo", "/sign-in/oidc", "/sign-in/finish", "/sign-in-back.html",
    "/sign-in-back.json", "/passkey/sign-in", "/passkey/sign-in/options", "/link-{token}", "/link-{token}.html",
    "/link-{token}.json",
}  # fmt: skip
LEAVES = {"/sign-out", "/sessions/end"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    return site(rehearsal(tmp_path_factory.mktemp("access") / "w"))


@pytest.fixture(scope="module")
def case(app: ASGIApp) -> str:
    return open_case(Visitor(app, "applicant"), ASSAULT)


@pytest.fixture(scope="module")
def routes(app: ASGIApp) -> list[tuple[str, str, frozenset[str]]]:
    document = Visitor(app).get("/openapi.json").json()
    return list(operations(document))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, frozenset[str]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, frozenset(operation["x-roles"])


def roles_of(visitor: Visitor) -> frozenset[str]:
    return frozenset(role.replace(" ", "_") for role in visitor.get("/settings.json").json()["roles"])


def tried(visitor: Visitor, method: str, path: str, case: str) -> int:
    address = re.sub(r"\{token\}", "x" * 43, path.replace("{case_id}", case))
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    return visitor.ask(method, address, headers=headers).status_code


def test_every_route_says_who_may_reach_it_and_none_that_decides_is_open(
    routes: list[tuple[str, str, frozenset[str]]],
) -> None:
    assert len(routes) > 100
    assert all(roles for _, _, roles in routes)
    assert {path for _, path, roles in routes if NOBODY_NEEDED in roles} == OPEN
    told = {path: set(roles) for _, path, roles in routes}
    for path, roles in NARROW.items():
        assert told[path] == roles, path
    assert {path for path, roles in told.items() if LINK in roles} == {
        "/sign-out", "/case-{case_id}/advise", "/case-{case_id}-advise.html", "/case-{case_id}-advise.json",
    }  # fmt: skip


def test_nobody_who_is_not_signed_in_reaches_anything_else(
    app: ASGIApp, case: str, routes: list[tuple[str, str, frozenset[str]]]
) -> None:
    stranger = Visitor(app)
    for method, path, roles in routes:
        if NOBODY_NEEDED not in roles:
            assert tried(stranger, method, path, case) in (303, 401), path


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_reaches_what_its_roles_allow_and_nothing_else(
    app: ASGIApp, case: str, routes: list[tuple[str, str, frozenset[str]]], account: str
) -> None:
    visitor = Visitor(app, account)
    held = roles_of(visitor)
    for method, path, roles in routes:
        if NOBODY_NEEDED in roles or path in LEAVES or path.endswith(".html"):
            continue
        allowed = ANYONE in roles or bool(held & roles)
        if allowed and method == "POST":
            continue
        status = tried(visitor, method, path, case)
        assert (status != 403) is allowed, (method, path, status)
        assert status < 500, (method, path)


def test_a_link_reaches_its_own_case_and_nothing_else(
    app: ASGIApp, case: str, routes: list[tuple[str, str, frozenset[str]]]
) -> None:
    made = Visitor(app, "applicant").act(f"/case-{case}/link", account="iag-contact")["link"]
    adviser = Visitor(app)
    adviser.post(made.removeprefix(ADDRESS).removesuffix(".html"))
    for method, path, roles in routes:
        if NOBODY_NEEDED in roles or path in LEAVES:
            continue
        status = tried(adviser, method, path, case)
        assert (status != 403) is (LINK in roles), (method, path, status)

"""What guards the staff site: origins, hosts, sizes, rates, and the same headers on every answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from limits import parse
from staff_site import ADDRESS, FIVE, MANY, Visitor, rehearsal, site
from starlette.datastructures import Headers

from answerable.clock import FixedClock
from answerable.web.security import SMALL, from_here
from answerable.web.staff import staff_app

HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=()",
    "cache-control": "no-store",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rehearsal(tmp_path_factory.mktemp("guarded") / "w")


def asked(folder: Path, method: str, path: str, address: str = ADDRESS, **more: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=site(folder), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("sent", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": ADDRESS}, False),
        ({"origin": ADDRESS}, True),
        ({"origin": "http://localhost:8002"}, False),
        ({"origin": "https://elsewhere.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://["}, False),
        ({}, False),
    ],
)
def test_only_a_page_of_this_site_can_send_anything(folder: Path, sent: dict[str, str], allowed: bool) -> None:
    assert from_here(Headers({**sent, "host": "localhost:8001"})) is allowed
    answer = asked(folder, "POST", "/sign-in/demo", headers=sent, data={"account": "analyst"})
    assert answer.status_code == (303 if allowed else 403)
    assert ("set-cookie" in answer.headers) is allowed


def test_it_answers_to_its_own_names_only(folder: Path) -> None:
    assert asked(folder, "GET", "/sign-in.html", "http://127.0.0.1:8001").status_code == 200
    assert asked(folder, "GET", "/sign-in.html", "http://staff.attacker.example").status_code == 421


@pytest.mark.parametrize("host", ["[", "]", "[::1", "[x]:8001", ""])
def test_a_host_that_is_no_name_is_refused(folder: Path, host: str) -> None:
    answer = asked(folder, "GET", "/sign-in.html", headers={"Host": host})
    assert (answer.status_code, "does not answer to that name" in answer.text) == (421, True)


@pytest.mark.parametrize(
    ("method", "path", "status", "sent"),
    [
        ("GET", "/sign-in.html", 421, {"Host": "["}),
        ("POST", "/sign-in/demo", 421, {"Host": "["}),
        ("POST", "/sign-in/demo", 403, {"Origin": "http://["}),
        *(
            (*one, {})
            for one in (
                ("GET", "/sign-in.html", 200),
                ("GET", "/index.html", 303),
                ("GET", "/index.json", 401),
                ("GET", "/nothing.html", 404),
                ("GET", "/../../etc/passwd", 404),
                ("DELETE", "/index.html", 403),
                ("POST", "/index.html", 403),
                ("GET", "/link-nothing.html", 410),
                ("GET", "/openapi.json", 200),
                ("GET", "/case-2018-0001.json", 401),
            )
        ),
    ],
)
def test_every_answer_has_the_headers_refusals_too(
    folder: Path, method: str, path: str, status: int, sent: dict[str, str]
) -> None:
    answer = asked(folder, method, path, headers=sent)
    assert answer.status_code == status
    for name, begins in HEADERS.items():
        assert answer.headers[name].startswith(begins), name
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("said", [True, False], ids=["said", "unsaid"])
def test_a_form_that_is_too_large_is_told_so_and_not_kept(folder: Path, said: bool) -> None:
    body = b"account=" + b"x" * SMALL

    async def in_pieces() -> Any:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    content = body if said else in_pieces()
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    answer = asked(folder, "POST", "/sign-in/demo", headers=headers, content=content)
    assert answer.status_code == 413
    assert "Too large" in answer.text


def test_whoever_tries_too_often_to_sign_in_waits(folder: Path) -> None:
    app = staff_app(folder, FixedClock(FIVE), rates=(parse("3/minute"), MANY[1]))
    visitor = Visitor(app)
    told = [visitor.post("/sign-in/demo", account="nobody").status_code for _ in range(5)]
    assert told == [404, 404, 404, 429, 429]
    assert visitor.post("/sign-in/demo", account="analyst").headers["retry-after"] == "60"
    assert visitor.get("/sign-in.html").status_code == 200

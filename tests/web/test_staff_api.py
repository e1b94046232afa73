"""The document of the API is kept: whatever is sent, nothing breaks and every answer is one that it names."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from staff_site import CONSULTED, PLANNED, Visitor, hidden, rehearsal, site
from starlette.types import ASGIApp

# So many calls of each operation with ``--slow``, as ``make nightly`` has it.
BY_NIGHT = 50
ROLES = ("analyst", "applicant", "authoriser")
# What would end the session under test is tried elsewhere.
LEFT_OUT = ("/sign-out", "/sessions/end", "/people/end", "/sign-in/demo")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    return site(rehearsal(tmp_path_factory.mktemp("api") / "w"))


@pytest.fixture(scope="module")
def consulted(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    return site(rehearsal(tmp_path_factory.mktemp("consulted") / "w", consulted=True))


@pytest.mark.parametrize("account", ROLES)
def test_whatever_is_sent_is_answered_as_the_document_says(
    app: ASGIApp, account: str, pytestconfig: pytest.Config
) -> None:
    many = BY_NIGHT if pytestconfig.getoption("--slow") else 2
    visitor = Visitor(app, account)
    document = visitor.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    named = document["paths"]
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in LEFT_OUT or operation.path.endswith(".html"):
            continue
        tried += 1
        _try(visitor, operation, named[operation.path][operation.method.lower()], many)
    assert tried > 50


def _try(visitor: Visitor, operation: Any, described: dict[str, Any], many: int) -> None:
    @hypothesis.given(case=operation.as_strategy())
    @settings(max_examples=many, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck])
    def sent(case: Any) -> None:
        path = case.formatted_path
        fields = case.body if isinstance(case.body, dict) else {}
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
        answer = visitor.ask(
            case.method,
            path,
            params=case.query or None,
            data={str(name): str(value) for name, value in fields.items()} or None,
            headers=headers,
        )
        assert answer.status_code < 500, (case.method, path, answer.text[:300])
        assert str(answer.status_code) in described["responses"], (case.method, path, answer.status_code)
        if answer.headers["content-type"].startswith("application/json"):
            assert isinstance(json.loads(answer.text), dict)

    sent()


UNREADABLE = {
    "begun": b"{",
    "not-utf-8": b'{"account": "\xff\xfe"}',
    "too-deep": b"[" * 100_000,
    "too-many-figures": b"1" * 10_000,
    "nothing": b"",
    "half-a-letter": b'{"ticket": "\\ud800"}',
}
NO_OBJECT = {"a-list": b"[1]", "a-word": b'"analyst"', "a-number": b"7", "null": b"null"}


@pytest.mark.parametrize("body", [*UNREADABLE.values(), *NO_OBJECT.values()], ids=[*UNREADABLE, *NO_OBJECT])
@pytest.mark.parametrize("path", ["/sign-in/demo", "/passkey/sign-in", "/open-case", "/case-2018-0001/submit"])
def test_json_that_cannot_be_read_is_refused_in_words(app: ASGIApp, path: str, body: bytes) -> None:
    visitor = Visitor(app, "applicant")
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    page = visitor.ask("POST", path, content=body, headers=headers)
    assert page.status_code == 400
    assert "JSON" in page.text
    told = visitor.ask("POST", path, content=body, headers={**headers, "Accept": "application/json"})
    assert told.status_code == 400
    assert "object" in told.json()["says"]


def test_a_page_is_shown_whatever_kind_of_body_was_announced(app: ASGIApp) -> None:
    assert Visitor(app, "applicant").get("/index.html", **{"Content-Type": "application/json"}).status_code == 200


REFUSED = {"start": ("9999-12-31T23:59", "0001-01-01T00:00", "1999-12-31T23:59"), "hours": ("900000000",)}


@pytest.mark.parametrize(("name", "value"), [(name, one) for name, values in REFUSED.items() for one in values])
def test_a_time_out_of_reach_comes_back_with_all_that_was_typed(app: ASGIApp, name: str, value: str) -> None:
    visitor = Visitor(app, "applicant")
    asked = visitor.get("/open-form.html?trigger=imminent_intel&path=planned").text
    page = visitor.post("/open-case", **{**PLANNED, name: value, "once": hidden(asked, "once")})
    assert page.status_code == 400
    assert f'href="#{name}"' in page.text
    assert PLANNED["legal_reasons"] in page.text
    if name == "start":
        assert value in page.text
        assert "2000" in page.text


BAD_TEXT = {"text": ("It \u202eis\u202c armed.", "A\x00B", "x" * 20_001)}


@pytest.mark.parametrize("text", BAD_TEXT["text"], ids=["turned", "nul", "long"])
def test_advice_that_cannot_be_read_as_it_was_meant_is_not_taken(consulted: ASGIApp, text: str) -> None:
    asked = {"stance": "object", "text": text, "publish": "yes", "needs_answer": "yes"}
    visitor = Visitor(consulted, "iag-contact")
    page = visitor.post(f"/case-{CONSULTED}/advise", **asked)
    assert page.status_code == 400
    assert 'href="#text"' in page.text
    assert len(visitor.get(f"/case-{CONSULTED}.json").json()["advice"]) == 4


@pytest.mark.parametrize("text", BAD_TEXT["text"], ids=["turned", "nul", "long"])
def test_nor_is_it_by_a_link_or_without_a_name(consulted: ASGIApp, text: str) -> None:
    chair = Visitor(consulted, "iag-contact")
    asked = {"stance": "object", "text": text, "publish": "yes"}
    box = chair.act(f"/case-{CONSULTED}/chair/link")["link"]
    member = Visitor(consulted).post(f"/{box.rpartition('/')[2].removesuffix('.html')}", **asked)
    assert member.status_code == 400
    assert 'href="#text"' in member.text

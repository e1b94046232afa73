"""The document of the API is kept: whatever is sent, nothing breaks and every answer is one that it names."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from staff_site import Visitor, rehearsal, site
from starlette.types import ASGIApp

ROLES = ("analyst", "applicant", "authoriser")
# What would end the session under test is tried elsewhere.
LEFT_OUT = ("/sign-out", "/sessions/end", "/people/end", "/sign-in/demo")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    return site(rehearsal(tmp_path_factory.mktemp("api") / "w"))


@pytest.mark.parametrize("account", ROLES)
def test_whatever_is_sent_is_answered_as_the_document_says(app: ASGIApp, account: str) -> None:
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
        _try(visitor, operation, named[operation.path][operation.method.lower()])
    assert tried > 50


def _try(visitor: Visitor, operation: Any, described: dict[str, Any]) -> None:
    @hypothesis.given(case=operation.as_strategy())
    @settings(max_examples=2, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
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

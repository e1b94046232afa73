"""The document of the public site's API is kept: whatever is asked, nothing breaks and every answer is one it names."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from starlette.types import ASGIApp

from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.app import public_app

# So many calls of each operation with ``--slow``, as ``make nightly`` has it.
BY_NIGHT = 50


def ask(app: ASGIApp, method: str, path: str, **more: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://public.test") as client:
            return await client.request(method, path, **more)

    return asyncio.run(asked())


def test_whatever_is_asked_is_answered_as_the_document_says(
    consulting: PublicView, contents: site.Contents, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    many = BY_NIGHT if pytestconfig.getoption("--slow") else 3
    app = public_app(lambda: consulting, tmp_path, lambda _: contents, inbox=tmp_path / "responses")
    document = ask(app, "GET", "/openapi.json").json()
    tried = 0
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        tried += 1
        _try(app, operation, document["paths"][operation.path][operation.method.lower()]["responses"], many)
    assert tried >= 19


def _try(app: ASGIApp, operation: Any, described: dict[str, Any], many: int) -> None:
    @hypothesis.given(case=operation.as_strategy())
    @settings(max_examples=many, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck])
    def asked(case: Any) -> None:
        sent = case.body if isinstance(case.body, dict) else {}
        fields = {str(name): str(value) for name, value in sent.items()} or None
        answer = ask(app, case.method, case.formatted_path, params=case.query or None, data=fields)
        named = described.get(str(answer.status_code))
        assert named is not None, (case.method, case.formatted_path, answer.status_code)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        assert answer.status_code < 500
        assert answer.status_code == 307 or kind in named["content"], (case.formatted_path, kind)
        if kind == "application/json":
            json.loads(answer.content)

    asked()

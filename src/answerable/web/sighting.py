"""Where a sighting is asked about: by POST, so that what somebody saw stands in no address, and so in nobody's log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from answerable.service.public_view import PublicView
from answerable.service.sighting import count_sighting, sightings
from answerable.web.described import answers, sent
from answerable.web.pages import sighting
from answerable.web.render import Page


class Shown(Protocol):
    """Makes the response of a page over a view of the record."""

    def __call__(self, page: Page, view: PublicView, *, as_json: bool, status: int = 200) -> Response:
        """Return the response."""
        ...


def add_sighting(app: FastAPI, read_view: Callable[[], PublicView], public: Path, shown: Shown) -> None:
    """Put the form, its counts and its answers on the public site."""

    def form_page(form: str) -> Response:
        _known(form)
        view = read_view()
        return shown(sighting.page(view, sightings(public)), view, as_json=form == "json")

    async def asked(request: Request, form: str) -> Response:
        _known(form)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > sighting.MOST_BYTES:
                raise HTTPException(413)
        return await run_in_threadpool(answered, body, as_json=form == "json")

    def answered(body: bytes, *, as_json: bool) -> Response:
        view = read_view()
        found = sighting.asked(view, body)
        if isinstance(found, str):
            page = sighting.page(view, sightings(public), problem=found)
            return shown(page, view, as_json=as_json, status=400)
        counted = count_sighting(public, found.answer, view.as_of)
        return shown(sighting.page(view, sightings(public), found, counted=counted), view, as_json=as_json)

    path = "/sighting.{form}"
    app.head(path, include_in_schema=False)(form_page)
    says = "Did you see a patrol? The form and the counts"
    app.get(path, summary=says, response_class=Response, responses=answers())(form_page)
    says, more = "What the record says of a sighting", sent(["place", "at"])
    told = answers(400, 405, 413)
    app.post(path, summary=says, response_class=Response, responses=told, openapi_extra=more)(asked)


def _known(form: str) -> None:
    if form not in ("html", "json"):
        raise HTTPException(404)

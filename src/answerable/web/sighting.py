"""Where a sighting is asked about: by POST, so that what somebody saw stands in no address, and so in nobody's log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import Response
from limits import RateLimitItem, parse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from answerable.service.public_view import PublicView
from answerable.service.sighting import count_sighting, sightings
from answerable.web.described import answers, sent
from answerable.web.pages import sighting
from answerable.web.pages.staff_refusals import FOREIGN, TOO_OFTEN, Refusal
from answerable.web.render import Page
from answerable.web.security import Limiter, from_here

ASK_RATE = parse("30/minute")
"""The most questions from one address: each of them is counted in public."""


class Shown(Protocol):
    """Makes the response of a page over a view of the record."""

    def __call__(self, page: Page, view: PublicView, *, as_json: bool, status: int = 200) -> Response:
        """Return the response."""
        ...


def add_sighting(
    app: FastAPI, read_view: Callable[[], PublicView], public: Path, shown: Shown, rate: RateLimitItem = ASK_RATE
) -> None:
    """Put the form, its counts and its answers on the public site; ``rate`` is the most questions from one address."""
    limiter = Limiter()

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
        if is_foreign(request.headers):
            return await run_in_threadpool(refused, FOREIGN, as_json=form == "json")
        if not limiter.allows(request.scope, rate, sighting.PATH):
            return await run_in_threadpool(refused, TOO_OFTEN, as_json=form == "json")
        return await run_in_threadpool(answered, body, as_json=form == "json")

    def refused(refusal: Refusal, *, as_json: bool) -> Response:
        view = read_view()
        page = sighting.page(view, sightings(public), problem=f"{refusal.says} {refusal.fix}")
        answer = shown(page, view, as_json=as_json, status=refusal.status)
        if refusal is TOO_OFTEN:
            answer.headers["Retry-After"] = str(rate.get_expiry())
        return answer

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
    told |= {one.status: {**told[400], "description": one.says} for one in (FOREIGN, TOO_OFTEN)}
    app.post(path, summary=says, response_class=Response, responses=told, openapi_extra=more)(asked)


def is_foreign(headers: Headers) -> bool:
    """Say whether a browser tells us that another site made it send this.

    Unlike on the staff site, who says nothing may ask: without TLS no browser says where it comes from, and since this
    site asks for no referrer, the origin of its own form is "null" there. What is left to others is held by the rate.
    """
    silent = "sec-fetch-site" not in headers and headers.get("origin", "null") == "null"
    return not silent and not from_here(headers)


def _known(form: str) -> None:
    if form not in ("html", "json"):
        raise HTTPException(404)

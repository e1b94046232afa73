"""Forms of the public site that are sent by POST: sizes, origins and rates are checked before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import Response
from limits import RateLimitItem
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from answerable.service.public_view import PublicView
from answerable.web.described import answers, sent
from answerable.web.pages.staff_refusals import FOREIGN, TOO_OFTEN, Refusal
from answerable.web.render import Page
from answerable.web.security import Limiter, from_here


class Shown(Protocol):
    """Makes the response of a page over a view of the record."""

    def __call__(self, request: Request, page: Page, view: PublicView, *, as_json: bool, status: int = 200) -> Response:
        """Return the response."""
        ...


@dataclass(frozen=True)
class PostedForm:
    """One form: its ``name`` in the address, the ``fields`` it takes, and what the API's document says of it.

    ``blank`` gives the page with the form, and where there is a problem what is wrong and what was sent, which it shows
    again; ``answered`` the page that answers what was sent, with its status (200, 400 or one of ``also``). From one
    address come at most ``rate``, of ``most_bytes`` each.
    """

    name: str
    fields: Sequence[str]
    shows: str
    does: str
    blank: Callable[[PublicView, str, bytes], Page]
    answered: Callable[[PublicView, bytes], tuple[Page, int]]
    rate: RateLimitItem
    most_bytes: int
    also: Sequence[int] = ()


def add_form(app: FastAPI, read_view: Callable[[], PublicView], shown: Shown, posted: PostedForm) -> None:
    """Put a form and its answers on the public site."""
    limiter = Limiter()

    def form_page(request: Request, form: str) -> Response:
        _known(form)
        view = read_view()
        return shown(request, posted.blank(view, "", b""), view, as_json=form == "json")

    async def asked(request: Request, form: str) -> Response:
        _known(form)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > posted.most_bytes:
                raise HTTPException(413)
        if is_foreign(request.headers):
            return await run_in_threadpool(refused, request, FOREIGN, body, as_json=form == "json")
        if not limiter.allows(request.scope, posted.rate, posted.name):
            return await run_in_threadpool(refused, request, TOO_OFTEN, body, as_json=form == "json")
        return await run_in_threadpool(answered, request, body, as_json=form == "json")

    def refused(request: Request, refusal: Refusal, body: bytes, *, as_json: bool) -> Response:
        view = read_view()
        page = posted.blank(view, f"{refusal.says} {refusal.fix}", body)
        answer = shown(request, page, view, as_json=as_json, status=refusal.status)
        if refusal is TOO_OFTEN:
            answer.headers["Retry-After"] = str(posted.rate.get_expiry())
        return answer

    def answered(request: Request, body: bytes, *, as_json: bool) -> Response:
        view = read_view()
        page, status = posted.answered(view, body)
        return shown(request, page, view, as_json=as_json, status=status)

    path = f"/{posted.name}.{{form}}"
    app.head(path, include_in_schema=False)(form_page)
    app.get(path, summary=posted.shows, response_class=Response, responses=answers())(form_page)
    told = answers(400, 405, 413, *posted.also)
    told |= {one.status: {**told[400], "description": one.says} for one in (FOREIGN, TOO_OFTEN)}
    more = sent(posted.fields)
    app.post(path, summary=posted.does, response_class=Response, responses=told, openapi_extra=more)(asked)


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

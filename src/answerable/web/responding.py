"""Where a response to a consultation is sent: it is kept for the policy owner, and nothing about who sent it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from limits import RateLimitItem, parse

from answerable.errors import InputError
from answerable.service.public_view import PublicView
from answerable.service.responses_inbox import keep_response
from answerable.web.pages import respond
from answerable.web.posted import PostedForm, Shown, add_form
from answerable.web.render import Page

RATE = parse("30/hour")
"""The most responses from one address, which a library or a school may share."""


def add_responding(
    app: FastAPI, read_view: Callable[[], PublicView], inbox: Path, shown: Shown, rate: RateLimitItem = RATE
) -> None:
    """Put the form and its answers on the public site; what is sent is kept in ``inbox``."""

    def blank(view: PublicView, problem: str, body: bytes) -> Page:
        return respond.page(view, given=respond.fields_of(body), problem=problem)

    def answered(view: PublicView, body: bytes) -> tuple[Page, int]:
        given = respond.fields_of(body)
        try:
            adoption, response = respond.read(view, given)
            keep_response(inbox, adoption, response)
        except respond.Problem as problem:
            return respond.page(view, given=given, problem=str(problem), field=problem.field), 400
        except InputError as error:
            # What was typed is in the page still, for another of the ways to respond.
            return respond.page(view, given=given, problem=f"{error.what} {error.fix}"), 503
        return respond.page(view, kept=response.id), 200

    posted = PostedForm(
        name="consultation",
        fields=respond.FIELDS,
        shows="Consultation: what is open, how to respond, and the answers",
        does="Respond to an open consultation",
        blank=blank,
        answered=answered,
        rate=rate,
        most_bytes=respond.MOST_BYTES,
        also=(503,),
    )
    add_form(app, read_view, shown, posted)

"""Where a sighting is asked about: by POST, so that what somebody saw stands in no address, and so in nobody's log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from limits import RateLimitItem, parse

from answerable.service.public_view import PublicView
from answerable.service.sighting import count_sighting, sightings
from answerable.web.pages import sighting
from answerable.web.posted import PostedForm, Shown, add_form
from answerable.web.render import Page

ASK_RATE = parse("30/minute")
"""The most questions from one address: each of them is counted in public."""


def add_sighting(
    app: FastAPI, read_view: Callable[[], PublicView], public: Path, shown: Shown, rate: RateLimitItem = ASK_RATE
) -> None:
    """Put the form, its counts and its answers on the public site; ``rate`` is the most questions from one address."""

    def blank(view: PublicView, problem: str, _body: bytes = b"") -> Page:
        return sighting.page(view, sightings(public), problem=problem)

    def answered(view: PublicView, body: bytes) -> tuple[Page, int]:
        found = sighting.asked(view, body)
        if isinstance(found, str):
            return blank(view, found), 400
        counted = count_sighting(public, found.answer, view.as_of)
        return sighting.page(view, sightings(public), found, counted=counted), 200

    posted = PostedForm(
        name="sighting",
        fields=("place", "at"),
        shows="Did you see a patrol? The form and the counts",
        does="What the record says of a sighting",
        blank=blank,
        answered=answered,
        rate=rate,
        most_bytes=sighting.MOST_BYTES,
    )
    add_form(app, read_view, shown, posted)

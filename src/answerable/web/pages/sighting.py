"""Did you see an armed patrol? What the record says of it, and how often it had nothing to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from answerable.place import zone
from answerable.service.public_view import PublicView
from answerable.service.sighting import Sighting, check_sighting
from answerable.web.catalogue import say
from answerable.web.fields import in_reach
from answerable.web.pages.case_path import case_path
from answerable.web.render import Page

PATH = "sighting.html"
MOST_BYTES = 2_000
_MOST_PLACE = 120


def page(
    view: PublicView,
    counts: Mapping[str, tuple[int, int]] | None = None,
    found: Sighting | None = None,
    *,
    problem: str = "",
    counted: bool = False,
) -> Page:
    """Return the page; without ``counts`` it is for a folder, where nobody can be asked.

    ``found`` is the answer to a question that was just asked; what was asked is not in the page.
    """
    data: dict[str, Any] = {
        "served": counts is not None,
        "areas": sorted({case.area_name for case in view.cases}),
        "months": [
            {"month": month, "asked": asked, "nothing_logged": unmatched}
            for month, (asked, unmatched) in sorted((counts or {}).items(), reverse=True)
        ],
        "problem": problem,
        "answer": found and {
            "code": found.answer,
            "sentence": found.sentence,
            "cases": [{"id": one, "href": case_path(one)} for one in found.cases],
            "elsewhere": [{"id": one, "href": case_path(one)} for one in found.elsewhere],
            "unused": [{"id": one, "href": case_path(one)} for one in found.unused],
            "counted": counted,
        },
        "tz": view.tz,
    }  # fmt: skip
    return Page(PATH, say("told.sighting.did_you_see_a"), "sighting.html", data)


def asked(view: PublicView, body: bytes) -> Sighting | str:
    """Return what the record says of the sighting in a posted form, or in words what is wrong with the form."""
    try:
        given = {name: values[0].strip() for name, values in parse_qs(body.decode("utf-8"), max_num_fields=5).items()}
    except (UnicodeDecodeError, ValueError):
        return say("told.sighting.this_form_cannot_be")
    place = given.get("place", "")
    if not 2 <= len(place) <= _MOST_PLACE:
        return say("told.sighting.name_the_ward_or")
    try:
        at = datetime.fromisoformat(given.get("at", ""))
    except ValueError:
        return say("told.sighting.give_the_day_and")
    if not in_reach(at):
        return say("told.sighting.give_the_day_and")
    at = at if at.tzinfo else at.replace(tzinfo=zone(view.tz))
    if at > view.as_of:
        return say("told.sighting.this_time_has_not")
    return check_sighting(view, place, at)

"""What studies found: the evidence library, the tactic itself first."""

from __future__ import annotations

from answerable.evaluate.evidence import library
from answerable.web.catalogue import say
from answerable.web.pages.sections import page, section, table
from answerable.web.render import Page

PATH = "evidence.html"
_HEAD = ("Approach", "What was found", "Where and how", "Source, and how it was read", "Applies here?")


def evidence() -> Page:
    """Return every row of the library, with how its source was read and whether it speaks of armed patrol."""
    rows = [
        (
            one.approach,
            f"{one.effect}. Interval: {one.interval}. Outcome: {one.outcome}.",
            f"{one.setting}; {one.design}. Rating: {one.rating}.",
            f"{one.source} ({one.as_json()['standing']}; checked {one.checked})",
            f"{one.applies}: {one.why}",
        )
        for one in library()
    ]
    found = table("The library, dated row by row", _HEAD, rows, note=say("evidence.note"))
    return page(PATH, "evidence", [section("", table=found)], rows=[one.as_json() for one in library()])

"""What studies found: the evidence library, the tactic itself first."""

from __future__ import annotations

from answerable.evaluate.evidence import library
from answerable.web.catalogue import say
from answerable.web.pages.sections import page, section, table
from answerable.web.render import Page

PATH = "evidence.html"
_HEAD = (
    say("told.evidence.approach"),
    say("told.evidence.what_was_found"),
    say("told.evidence.where_and_how"),
    say("told.evidence.source_and_how_it"),
    say("told.evidence.applies_here"),
)


def evidence() -> Page:
    """Return every row of the library, with how its source was read and whether it speaks of armed patrol."""
    rows = [
        (
            one.approach,
            say("told.evidence.interval_outcome", effect=one.effect, interval=one.interval, outcome=one.outcome),
            say("told.evidence.rating", setting=one.setting, design=one.design, rating=one.rating),
            say("told.evidence.checked", source=one.source, as_json=one.as_json()["standing"], checked=one.checked),
            f"{one.applies}: {one.why}",
        )
        for one in library()
    ]
    found = table(say("told.evidence.the_library_dated_row"), _HEAD, rows, note=say("evidence.note"))
    return page(PATH, "evidence", [section("", table=found)], rows=[one.as_json() for one in library()])

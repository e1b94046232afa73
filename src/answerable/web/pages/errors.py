"""Pages for when there is nothing to show: not found, and a record that does not agree with itself."""

from __future__ import annotations

from answerable.web.catalogue import say
from answerable.web.render import Page


def not_found(asked: str) -> Page:
    """Return the page for an address that is not here."""
    says = say("told.errors.there_is_no_page")
    return _page(say("told.errors.page_not_found"), says, {"asked": asked[:200]})


def not_allowed() -> Page:
    """Return the page for a request that is not a reading one."""
    return _page(say("told.errors.this_site_can_only"), say("told.errors.nothing_can_be_sent"), {})


def integrity(says: str) -> Page:
    """Return the page for a record that does not verify: an alarm, shown instead of every other page."""
    words = say("told.errors.the_public_record_does")
    return _page(say("told.errors.the_record_does_not"), words, {"detail": says})


def broken() -> Page:
    """Return the page for a fault of ours."""
    return _page(say("told.errors.something_went_wrong_here"), say("told.errors.the_fault_is_in"), {})


def _page(title: str, says: str, more: dict[str, str]) -> Page:
    return Page("error.html", title, "error.html", {"says": says, "asked": "", "detail": "", **more})

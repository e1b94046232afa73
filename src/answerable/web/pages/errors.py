"""Pages for when there is nothing to show: not found, and a record that does not agree with itself."""

from __future__ import annotations

from answerable.web.render import Page


def not_found(asked: str) -> Page:
    """Return the page for an address that is not here."""
    says = "There is no page at this address. If you typed it, check it; if a link brought you here, the link is wrong."
    return _page("Page not found", says, {"asked": asked[:200]})


def not_allowed() -> Page:
    """Return the page for a request that is not a reading one."""
    return _page("This site can only be read", "Nothing can be sent to it or changed through it.", {})


def integrity(says: str) -> Page:
    """Return the page for a record that does not verify: an alarm, shown instead of every other page."""
    words = "The public record does not agree with itself or with its signature, so nothing of it is shown."
    return _page("The record does not verify", words, {"detail": says})


def broken() -> Page:
    """Return the page for a fault of ours."""
    return _page("Something went wrong here", "The fault is in this site, not in what you did. Nothing was lost.", {})


def _page(title: str, says: str, more: dict[str, str]) -> Page:
    return Page("error.html", title, "error.html", {"says": says, "asked": "", "detail": "", **more})

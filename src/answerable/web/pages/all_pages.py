"""All pages, by the reader who asks for them first."""

from __future__ import annotations

from typing import Any

from answerable.web.catalogue import catalogue
from answerable.web.pages.sections import page, section
from answerable.web.render import Page

PATH = "pages.html"


def all_pages() -> Page:
    """Return the page that leads each kind of reader to the page that answers them, and then names every page."""
    known = catalogue("en")["contents"]
    by_reader = [section(one["who"], links=[_to(known, name) for name in one["pages"]]) for one in known["readers"]]
    every = section("Every page", links=[_to(known, name) for name in known["names"]])
    return page(PATH, "contents", [*by_reader, every])


def _to(known: Any, name: str) -> dict[str, str]:
    title, says = known["names"][name]
    return {"text": title, "href": f"{name}.html", "says": says}

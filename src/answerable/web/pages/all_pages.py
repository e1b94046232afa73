"""All pages, by the reader who asks for them first."""

from __future__ import annotations

from answerable.web.catalogue import catalogue, say
from answerable.web.pages.reader_list import reader_link, readers, to
from answerable.web.pages.sections import page, section
from answerable.web.render import Page

PATH = "pages.html"


def all_pages() -> Page:
    """Return the page that leads each kind of reader to the page that answers them, and then names every page."""
    known = catalogue("en")["contents"]
    by_reader = section(
        say("contents.by_reader"), links=[{**reader_link(one), "says": one["comes_for"]} for one in readers()]
    )
    every = section(say("contents.every"), links=[to(known, name) for name in known["names"]])
    return page(PATH, "contents", [by_reader, every])

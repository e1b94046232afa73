"""A first screen for each kind of reader: the figures they came for, as they stand now, and where to read on."""

from __future__ import annotations

from answerable.policy.pack import Pack
from answerable.service.public_view import PublicView
from answerable.web.catalogue import catalogue, say
from answerable.web.pages.reader_facts import FACTS
from answerable.web.pages.reader_list import reader_link, reader_path, readers, to
from answerable.web.pages.sections import section
from answerable.web.render import Page

PATHS = {reader_path(str(one["name"])): str(one["name"]) for one in readers()}


def reader(view: PublicView, pack: Pack | None, name: str) -> Page:
    """Return the first screen of one kind of reader, made of what the record says now."""
    known = catalogue("en")["contents"]
    one = next(one for one in readers() if one["name"] == name)
    facts = [[say(f"readers.{fact}"), FACTS[fact](view, pack)] for fact in one["facts"]]
    links = [to(known, page) for page in one["pages"]]
    sections = [
        section("", facts=facts),
        section(say("readers.on"), links=links, note=say("readers.note")),
        section(say("readers.others"), links=[reader_link(other) for other in readers() if other["name"] != name]),
    ]
    data = {"lede": str(one["comes_for"]), "sections": sections, "reader": name}
    return Page(reader_path(name), str(one["who"]), "sections.html", data)

"""Public notices as an Atom feed (RFC 4287): stable ids, the times things happened, nothing fetched from anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree

from answerable.place import stamp
from answerable.present.marks import watermark
from answerable.present.notices import Notice, notice_body

NAMESPACE = "http://www.w3.org/2005/Atom"


def atom_feed(notices: Sequence[Notice], *, workspace: str, name: str, origin: str, began: datetime) -> bytes:
    """Return the feed of ``notices``, newest first.

    ``workspace`` is the kind, whose mark every title carries; ``origin`` the log's, from which the ids are made;
    ``began`` stands as the time of a feed without entries. Links are relative: the feed lies in the public folder.
    """
    newest_first = sorted(notices, key=lambda notice: notice.order, reverse=True)
    feed = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en-GB"})
    _add(feed, "id", _urn(origin, ""))
    _add(feed, "title", f"Notices of {name}")
    _add(feed, "subtitle", watermark(workspace))
    _add(feed, "updated", stamp(newest_first[0].at if newest_first else began))
    ElementTree.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": "notices.atom"})
    _add(ElementTree.SubElement(feed, "author"), "name", name)
    _add(feed, "generator", "Answerable")
    for notice in newest_first:
        _entry(feed, notice, workspace, origin)
    ElementTree.indent(feed, " ")
    made: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _entry(feed: ElementTree.Element, notice: Notice, workspace: str, origin: str) -> None:
    entry = ElementTree.SubElement(feed, "entry")
    mark = "" if workspace == "real" else f"[{workspace.upper()}] "
    _add(entry, "id", _urn(origin, notice.id))
    _add(entry, "title", _clean(f"{mark}{notice.subject}"))
    _add(entry, "updated", stamp(notice.at))
    _add(entry, "published", stamp(notice.at))
    ElementTree.SubElement(entry, "category", {"term": notice.kind})
    if notice.entry is not None:
        proof = {"rel": "related", "type": "text/plain", "title": "proof", "href": f"proofs/{notice.entry}.tlog-proof"}
        ElementTree.SubElement(entry, "link", proof)
    _add(entry, "content", _clean(notice_body(notice))).set("type", "text")


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = text
    return element


def _urn(origin: str, name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{origin}#notice-{name}").urn


def _clean(text: str) -> str:
    """Leave out the characters that XML cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )

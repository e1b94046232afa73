"""A document as a value: headings, sentences, tables. Written once, then shown as HTML, JSON or PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from answerable.record.encode import canonical


@dataclass(frozen=True)
class Words:
    """A paragraph; ``tone`` is plain, strong (must be seen) or quiet (small print)."""

    text: str
    tone: str = "plain"

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data."""
        return {"block": "words", "text": self.text, "tone": self.tone}


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and what is known of it."""

    rows: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data."""
        return {"block": "facts", "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True)
class Grid:
    """A table under a caption; the first column names the row. ``widths`` are percents, where they matter."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data."""
        return {
            "block": "table",
            "caption": self.caption,
            "head": list(self.head),
            "rows": [list(row) for row in self.rows],
        }


@dataclass(frozen=True)
class Items:
    """A list of sentences under an introducing line."""

    intro: str
    items: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data."""
        return {"block": "list", "intro": self.intro, "items": list(self.items)}


@dataclass(frozen=True)
class Quote:
    """Somebody's words as they were given; ``by`` names the office that gave them and when."""

    text: str
    by: str

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data."""
        return {"block": "quote", "text": self.text, "by": self.by}


@dataclass(frozen=True)
class Picture:
    """A picture drawn by ourselves as SVG; ``text`` says the same in words, and ``data`` holds the values in it."""

    caption: str
    svg: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data: what it shows, not how it is drawn."""
        return {"block": "picture", "caption": self.caption, "says": self.text, "data": dict(self.data)}


Block = Words | Facts | Grid | Items | Quote | Picture


@dataclass(frozen=True)
class Part:
    """What stands under a third-level heading."""

    heading: str
    blocks: tuple[Block, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the part as plain data."""
        return {"heading": self.heading, "blocks": [block.as_json() for block in self.blocks]}


@dataclass(frozen=True)
class Section:
    """What stands under a second-level heading; ``key`` is its name in links, ``asks`` the question it answers."""

    key: str
    heading: str
    asks: str
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the section as plain data."""
        return {
            "key": self.key,
            "heading": self.heading,
            "asks": self.asks,
            "parts": [part.as_json() for part in self.parts],
        }


@dataclass(frozen=True)
class Document:
    """A whole document.

    ``mark`` is the watermark of the workspace it comes from, ``faint`` its one word across the page (empty in a real
    workspace), ``running`` the short name at the head of every page, ``summary`` what stands before the first section,
    ``about`` plain values for programs (ids, times in UTC).
    """

    title: str
    kicker: str
    mark: str
    faint: str
    running: str
    summary: tuple[Block, ...]
    sections: tuple[Section, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the document as plain data."""
        return {
            "about": dict(self.about),
            "watermark": self.mark,
            "kicker": self.kicker,
            "title": self.title,
            "summary": [block.as_json() for block in self.summary],
            "sections": [section.as_json() for section in self.sections],
        }

    def json(self) -> bytes:
        """Return the document as canonical JSON (RFC 8785): the same content has the same bytes."""
        return canonical(self.as_json())

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of :meth:`json`, printed on paper so that a sheet can be told to be this document."""
        return hashlib.sha256(self.json()).hexdigest()

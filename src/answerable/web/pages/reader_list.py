"""The kinds of reader that the catalogue names, and lines that lead to their first screens and to pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answerable.web.catalogue import catalogue


def readers() -> Sequence[Mapping[str, Any]]:
    """Return every kind of reader: ``name``, ``who``, the ``facts`` they are shown, the ``pages`` they read on in."""
    found: Sequence[Mapping[str, Any]] = catalogue("en")["contents"]["readers"]
    return found


def reader_path(name: str) -> str:
    """Return the path of a reader's first screen."""
    return f"for-{name}.html"


def reader_link(one: Mapping[str, Any]) -> dict[str, str]:
    """Return a line that leads to a reader's first screen."""
    return {"text": str(one["who"]), "href": reader_path(str(one["name"]))}


def to(known: Any, name: str) -> dict[str, str]:
    """Return a line that leads to a page by its name in the catalogue."""
    title, says = known["names"][name]
    return {"text": title, "href": f"{name}.html", "says": says}

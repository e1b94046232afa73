"""Sections: how the pages that are words, tables and charts are put together, as plain values for page and twin alike.

A section has a ``heading`` and any of ``paragraphs``, ``items``, ``facts`` (pairs), ``table``, ``links``, ``note`` and
``picture`` (the name of a chart whose numbers stand in the same section). A cell of a table is text or a number, or
``{"at": instant}``, which a page shows in local time, or ``{"text": , "href": }``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from answerable.service.public_view import PublicCase
from answerable.web.catalogue import say, told
from answerable.web.pages.case_path import case_path
from answerable.web.render import Page

Section = dict[str, Any]
MOST_ROWS = 100
_EMPTY: Mapping[str, Any] = {
    "paragraphs": [], "items": [], "facts": [], "table": None, "links": [], "note": "", "picture": "",
}  # fmt: skip


def section(heading: str, **parts: Any) -> Section:
    """Return one section; parts that are not given are empty."""
    unknown = set(parts) - set(_EMPTY)
    if unknown:
        raise TypeError(f"a section has no {', '.join(sorted(unknown))}")
    return {"heading": heading, **_EMPTY, **{name: _plain(part) for name, part in parts.items()}}


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    note: str = "",
    figures: int = 0,
    of: int | None = None,
) -> Any:
    """Return a table; the last ``figures`` columns hold numbers. Without rows there is no table.

    Of more than :data:`MOST_ROWS` rows the first are shown, and how many there are is said: ``of`` where it is known,
    so that ``rows`` can be made one by one and only those that are shown need be.
    """
    made = iter(rows)
    kept = [list(row) for row in islice(made, MOST_ROWS)]
    every = len(kept) + sum(1 for _ in made) if of is None else of
    if every > len(kept):
        note = f"{note} {say('sections.most', shown=len(kept), rows=f'{every:,}')}".strip()
    first = len(head) - figures
    columns = [{"text": text, "figure": number >= first} for number, text in enumerate(head)]
    return {"caption": caption, "note": note, "head": columns, "rows": kept} if kept else None


def link(text: str, href: str) -> dict[str, str]:
    """Return a cell or a line that leads somewhere."""
    return {"text": text, "href": href}


def case_link(case: PublicCase) -> dict[str, str]:
    """Return the id of a case, leading to its page."""
    return link(case.id, case_path(case.id))


def words(key: str) -> list[Section]:
    """Return the sections that the catalogue has below ``key``."""
    return [section(**one) for one in told(f"{key}.sections")]


def page(path: str, key: str, sections: Sequence[Section], **more: Any) -> Page:
    """Return a page of sections, with its title and opening words from the catalogue below ``key``."""
    pictures = more.pop("pictures", {})
    template = more.pop("template", "sections.html")
    data = {"lede": more.pop("lede", None) or say(f"{key}.lede"), "sections": list(sections), **more}
    return Page(path, say(f"{key}.title"), template, data, pictures)


def _plain(part: Any) -> Any:
    return list(part) if isinstance(part, tuple) else part

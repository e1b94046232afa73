"""What ends, closes and is due, as a calendar (RFC 5545): stable ids, times in UTC, lines folded at 75 octets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from answerable.place import read_stamp
from answerable.service.adoption_said import public_adoption
from answerable.service.public_view import PublicView
from answerable.web.pages.case_path import case_path

_FOLD = 75


@dataclass(frozen=True)
class Entry:
    """One thing in the calendar; ``end`` is None for an instant."""

    id: str
    start: datetime
    end: datetime | None
    summary: str
    page: str


def calendar(view: PublicView) -> bytes:
    """Return the calendar of a view of the record."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Answerable//public record//EN", "CALSCALE:GREGORIAN"]
    for one in (*_cases(view), *_rules(view)):
        lines += _event(one, view)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line)).encode()


def _cases(view: PublicView) -> Iterator[Entry]:
    for case in view.cases:
        if case.authorised_at is not None:
            says = f"Authority of case {case.id}, {case.area_name}"
            yield Entry(f"{case.id}-window", case.starts_at, case.ends_at, says, case_path(case.id))
        for duty in case.duties:
            says = f"Due on case {case.id}: {duty.words}"
            yield Entry(f"{case.id}-{duty.kind}-{duty.what}", duty.due, None, says, case_path(case.id))


def _rules(view: PublicView) -> Iterator[Entry]:
    for name, events in view.adoptions.items():
        told = public_adoption(name, events, view.as_of)
        closes, sunset = told["consultation"].get("closes_at"), told.get("sunset_at")
        if closes:
            yield Entry(
                f"{name}-closes", read_stamp(closes), None, f"Consultation closes: {told['title']}", "consultation.html"
            )
        if sunset:
            yield Entry(
                f"{name}-sunset", read_stamp(sunset), None, f"Rules end by themselves: {told['title']}", "policy.html"
            )
    for event in view.policies:
        if event.data.get("sunset_at") and not view.adoptions:
            says = f"Rules end by themselves: {event.data.get('title') or event.data.get('pack')}"
            yield Entry(f"{event.index}-sunset", read_stamp(event.data["sunset_at"]), None, says, "rules.html")


def _event(one: Entry, view: PublicView) -> list[str]:
    mark = "" if view.kind == "real" else f"[{view.kind.upper()}] "
    uid = hashlib.sha256(f"{view.origin}#{one.id}".encode()).hexdigest()[:32]
    ends = [f"DTEND:{_utc(one.end)}"] if one.end and one.end > one.start else []
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@answerable.invalid",
        f"DTSTAMP:{_utc(view.as_of)}",
        f"DTSTART:{_utc(one.start)}",
        *ends,
        f"SUMMARY:{_escaped(mark + one.summary)}",
        f"DESCRIPTION:{_escaped(f'See {one.page} of the public record.')}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def fold(line: str) -> Iterator[str]:
    """Break a line so that none is longer than 75 octets and no character is broken.

    >>> [len(part) for part in fold("x" * 100)]
    [75, 26]
    """
    kept, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _FOLD:
            yield kept
            kept, size = " ", 1
        kept, size = kept + letter, size + octets
    yield kept


def _escaped(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, f"\\{mark}")
    return "".join(c for c in text.replace("\n", "\\n") if c >= " ")


def _utc(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"

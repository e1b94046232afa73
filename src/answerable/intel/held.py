"""Texts of a report that look as if they identified a person are held: handed back, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from answerable.errors import InputError
from answerable.intel.identifying import identifying
from answerable.intel.place import Place
from answerable.intel.report import Report

# Beside these stands the report's place, so that its name is no finding in them.
_PLACED = ("gist", "public_text")
_ABOUT_A_NAME = ("name", "years")


class HeldText(InputError):
    """Text that looks as if it identified a person: handed back to the evaluator, kept nowhere (exit 3)."""


def hold(
    texts: Iterable[tuple[str, str]],
    *,
    place: Place | None,
    at: datetime,
    where: str,
    cleared: bool = False,
    place_name: str = "",
) -> None:
    """Raise HeldText for the first of ``texts`` (field, text) that looks like a person; it is never repeated.

    ``place`` and ``at`` are where the report is about and when it was received. ``cleared`` says that an evaluator has
    read it and that what looks like a *name* is none; numbers, plates, dates of birth and addresses are held all the
    same. ``place_name``, of a place of which only the name is known, is no finding either.
    """
    for field, text in texts:
        found = identifying(text, place=place if field in _PLACED else None, at=at, place_name=place_name)
        held = [one for one in found if not (cleared and one.kind in _ABOUT_A_NAME)]
        if held:
            raise HeldText(
                f"Held for the evaluator: {held[0].says}.",
                where=f"{where}, field {field}",
                fix="Take it out, and hand the report in again. Nothing of it was kept.",
            )


def hold_report(report: Report, where: str = "") -> None:
    """Raise HeldText where a text of ``report`` looks like a person.

    For reports that reach a case without having been taken in one by one: those written out in a case file.
    """
    hold(_texts(report), place=report.place, at=report.received_at, where=where or "report")


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    """Yield every text of a report that a person could be written into, with its field."""
    for field in ("gist", "public_text", "ref", "origin_key", "originator", "evaluator"):
        yield field, getattr(report, field)
    if report.place is not None:
        yield "place", report.place.name
    yield from (("conditions", text) for text in report.conditions)
    yield from (("derived_from", text) for text in report.derived_from)
    for one in report.hypotheses:
        yield from (("hypotheses", text) for text in (one.tag, one.provenance))
    yield from (("regrades", text) for change in report.regrades for text in (change.evaluator, change.reason))

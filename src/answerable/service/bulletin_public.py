"""The bulletin of a quarter from the public folder alone: how an outsider adds up what a force says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.deployment import Case
from answerable.case.event import Event
from answerable.place import Window, read_stamp, zone
from answerable.present.bulletin import Bulletin
from answerable.record.readback import PublicLog
from answerable.service.bulletin import counted, reconcile
from answerable.service.bulletin_counts import REPORTS, count, quarter_of, quarter_window
from answerable.service.openings import shown

_NOT_PUBLIC = frozenset(key for key, _ in REPORTS)
RARITY = "told on the force's own page; it is not added up here"


def public_quarterly(log: PublicLog, now: datetime, quarter: str = "", tz: str = "") -> Bulletin:
    """Return the bulletin of a quarter ("2026Q4", default the present one) from nothing but a public folder.

    ``log`` is that folder as :func:`answerable.record.readback.read_public` read and re-hashed it. Every total is the
    one that the force's own bulletin gives at the instant ``now``; what became of its intelligence reports is not in
    the folder, and is left out. ``tz`` is the zone in which quarters begin (default: that of the cases). UsageError for
    another spelling of a quarter or of a zone; IntegrityError where totals and log differ.
    """
    cases = public_cases(log)
    tz = tz or next((case.time_zone for case in reversed(cases) if case.time_zone != "UTC"), "UTC")
    zone(tz)
    quarter = quarter or quarter_of(now, tz)
    window = quarter_window(quarter, tz)
    as_of = max(window.start, min(now, window.end))
    counts, checked = count(cases, window, as_of), counted(log, window, as_of)
    reconcile(counts.lines, counts.kinds, checked)
    rules = _rules(log)
    return Bulletin(
        quarter=quarter,
        window=window,
        as_of=as_of,
        tz=tz,
        workspace=log.kind,
        name=log.origin,
        pack=f"{rules['pack']}@{rules['version']}" if rules else "none",
        status=str(rules.get("status", "none in force")),
        not_limited=str(rules.get("not_limited", "")),
        lines=counts.lines,
        outcomes=tuple(line for line in counts.outcomes if line.key not in _NOT_PUBLIC),
        cases=counts.cases,
        hours_active=counts.hours_active,
        hours=Window(window.start, as_of).hours if as_of > window.start else 0.0,
        rarity=RARITY,
        checked=checked,
    )


def public_cases(log: PublicLog) -> list[Case]:
    """Return every deployment case as the opened entries of a public log tell it, in the order they were opened.

    A case is told as far as its entries follow one another: what comes after one that is not opened yet waits for it.
    """
    told: dict[str, list[Event]] = {}
    for _, body in sorted(log, key=lambda one: (one[1].get("version", 0), one[0])):
        case_id = str(body["case"])
        if not case_id or is_adoption(case_id):
            continue
        events = told.setdefault(case_id, [])
        if body["version"] == len(events) + 1:
            data = shown(body["data"])
            at, office = read_stamp(body["at"]), body["office"]
            events.append(Event(case_id, body["version"], body["kind"], at, office, data, private={}))
    return [Case.fold(case_id, events) for case_id, events in told.items() if events]


def _rules(log: PublicLog) -> Mapping[str, Any]:
    """Return what the last adoption in the log says of the rules."""
    adopted = [body["data"] for _, body in log if body["kind"] == "adopt"]
    return adopted[-1] if adopted else {}

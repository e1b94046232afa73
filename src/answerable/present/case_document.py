"""The case file of one deployment as a document, in the order of the National Decision Model.

It is made of public statements only: no person, no report, no private note can be in it, because none comes in.
"""

from __future__ import annotations

from answerable.place import stamp
from answerable.present.casefile.action import action
from answerable.present.casefile.ethics import ethics
from answerable.present.casefile.information import TRIGGERS, information
from answerable.present.casefile.options import options
from answerable.present.casefile.powers import powers
from answerable.present.casefile.record import record
from answerable.present.casefile.source import CaseEntry, CaseSource, Due
from answerable.present.casefile.threat import threat
from answerable.present.document import Block, Document, Facts, Items, Words
from answerable.present.marks import faint_mark, watermark

__all__ = ["CaseEntry", "CaseSource", "Due", "case_document"]

NOT_LIMITED = "This does not limit armed response under APP or the duty to protect life."
STANDINGS = {
    "DRAFT": "Proposed, not yet handed in.",
    "SUBMITTED": "Handed in, not yet assessed.",
    "ASSESSED": "Assessed. Nobody has decided.",
    "CONSULTED": "Assessed and consulted on. Nobody has decided.",
    "AUTHORISED": "Authorised, not started. It ends by itself.",
    "ACTIVE": "Under way. It ends by itself.",
    "UNDER_REVIEW": "Under way, and its review is due.",
    "SUSPENDED": "Suspended: its review was missed, and nothing may be done under it.",
    "ENDED": "Ended by those who led it.",
    "REVOKED": "The authority was taken back.",
    "EXPIRED": "Its time ran out and the authority ended by itself.",
    "LAPSED": "It was never started in time; the authority, or the draft, ended by itself.",
    "URGENT_UNRATIFIED": "The urgent authority was not ratified in time and ended by itself.",
    "WITHDRAWN": "Taken back by those who proposed it. Nobody was deployed.",
    "REFUSED": "Refused by a person. Nobody was deployed under it.",
    "DEBRIEFED": "Ended and debriefed; not yet evaluated.",
    "EVALUATED": "Ended, debriefed and evaluated.",
    "CLOSED": "Closed: the public record is complete.",
}


def case_document(case: CaseSource) -> Document:
    """Return the case file: a summary, the five stages, what stands around them, and how to check it."""
    title = str(case.opened.get("title") or f"Case {case.id}")
    return Document(
        title=title,
        kicker=f"Case file {case.id}, in the order of the National Decision Model",
        mark=watermark(case.workspace),
        faint=faint_mark(case.workspace),
        running=f"Case file {case.id}",
        summary=_summary(case),
        sections=(
            information(case), threat(case), powers(case), options(case), action(case), ethics(case), record(case),
        ),
        about={
            "case": case.id,
            "state": case.state,
            "as_of": stamp(case.as_of),
            "workspace": case.workspace,
            "origin": case.origin,
            "time_zone": case.tz,
            "pack": str(case.opened.get("pack", "")),
            "status": str(case.pack.get("status", "")),
            "entries": [entry.index for entry in case.entries],
        },
    )  # fmt: skip


def _summary(case: CaseSource) -> tuple[Block, ...]:
    opened = case.opened
    area = opened.get("area", {})
    stood = case.last("authorise", "urgent", "extend", "review")
    window = opened.get("window", {})
    authorised = case.first("authorise", "urgent")
    starts = authorised.get("starts_at") or window.get("from")
    ends = next((e.data["ends_at"] for e in reversed(case.entries) if e.data.get("ends_at")), window.get("to"))
    rows = (
        ("Where it stands", f"{case.state.replace('_', ' ').capitalize()}. {STANDINGS.get(case.state, '')}".strip()),
        ("Area", f"{case.say(area.get('name'))}, {case.say(area.get('km2'))} km\u00b2"),
        ("Authority" if stood else "Asked for", f"{case.say(starts)} to {case.say(ends)}"),
        ("Set off by", TRIGGERS.get(str(opened.get("trigger")), case.say(opened.get("trigger")))),
        ("Rules", f"{opened.get('pack', '')} (status: {case.pack.get('status') or 'not known'})"),
        ("Read at", case.when(case.as_of)),
    )
    return (Facts(rows), *_answer(case))


def _answer(case: CaseSource) -> tuple[Block, ...]:
    """Say what would change the answer, and what a no does not limit; nothing where nobody has said no."""
    said_no = case.last("blocked", "refuse")
    if said_no is None or (said_no.kind == "blocked" and said_no is not case.entries[-1]):
        return (Words(case.not_limited or NOT_LIMITED, "quiet"),)
    change = said_no.data.get("what_would_change") or ()
    lines = (change,) if isinstance(change, str) else tuple(map(str, change))
    no = (
        "Refused."
        if said_no.kind == "refuse"
        else f"Blocked by {', '.join(map(str, said_no.data.get('rules') or ()))}."
    )
    limit = str(said_no.data.get("not_limited") or case.not_limited or NOT_LIMITED)
    return (Words(f"{no} {limit}", "strong"), *((Items("What would change the answer:", lines),) if lines else ()))

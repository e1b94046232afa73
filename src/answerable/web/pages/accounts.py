"""What the entries say that account for a deployment: its log, referrals, debrief, evaluation and closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from answerable.web.pages import blocks
from answerable.web.pages.blocks import Block
from answerable.web.pages.case_words import LOGGED, VERDICTS, plain

Data = Mapping[str, Any]


def logged(data: Data) -> Iterable[Block]:
    """Say what happened on the ground, and mark what was entered late or outside the authority."""
    entries = data.get("entries")
    rows = [
        {**entry, "kind": LOGGED.get(str(entry.get("kind")), plain(entry.get("kind", ""))), "flags": _flags(entry)}
        for entry in (entries if isinstance(entries, list | tuple) else ())
        if isinstance(entry, Mapping)
    ]
    columns = {
        "at": "When",
        "kind": "What",
        "officers": "Officers",
        "minutes": "Minutes",
        "cell": "Square",
        "flags": "Marked",
    }
    yield blocks.table("Entries", rows, columns)


def _flags(entry: Mapping[str, Any]) -> str | None:
    marks = {"late": "entered late", "outside_authority": "OUTSIDE THE AUTHORITY"}
    return ", ".join(words for mark, words in marks.items() if entry.get(mark)) or None


def referred(data: Data) -> Iterable[Block]:
    """Say what came of a long-term alternative."""
    yield blocks.quote(f"What came of it: {plain(data.get('option', '')).lower()}", data.get("outcome"))


def debriefed(data: Data) -> Iterable[Block]:
    """Say how much of it there was, what was used, and what it did to the community."""
    dosage = data.get("dosage")
    counted = {"officer_minutes": "Officer-minutes on the ground"}
    yield blocks.rows("How much of it there was", dosage, counted)
    if isinstance(dosage, Mapping):
        columns = {"cell": "Square", "hour": "Hour from", "officer_minutes": "Officer-minutes"}
        yield blocks.table("Where and when", dosage.get("by_cell_hour"), columns)
    counts = data.get("counts")
    if isinstance(counts, Mapping) and counts:
        rows = [[LOGGED.get(str(kind), plain(kind)), blocks.say(number)] for kind, number in counts.items()]
        yield {"heading": "What was logged, counted", "rows": rows}
    flags = {
        "weapon_drawn": "Weapon drawn",
        "force_used": "Force used",
        "injury": "Anybody hurt",
        "complaint": "Complaint made",
        "iopc_referral": "Referred to the complaints office",
    }
    yield blocks.rows("What must be answered", data.get("flags"), flags)
    national = {"operations": "Operations", "arv": "Armed response vehicle", "discharges": "Shots fired at persons"}
    yield blocks.rows("As the national return counts it", data.get("ho"), national)
    yield blocks.rows("Children", data, {"under_18_contacts": "Contacts with under-18s"})
    yield blocks.quote("Impact on the community, looked at again", data.get("community_impact_review"))


def evaluated(data: Data) -> Iterable[Block]:
    """Say the verdict, what was measured, and what that cannot show."""
    verdict = str(data.get("verdict", ""))
    yield blocks.items("Verdict", VERDICTS.get(verdict, plain(verdict)))
    measures = data.get("measures")
    if isinstance(measures, Mapping) and measures:
        rows = [_measure(name, told) for name, told in measures.items()]
        yield blocks.table("What was measured", rows, {"name": "Measure", "says": "Result", "interval": "Interval"})
    yield blocks.quote("What this cannot show", data.get("limits"))


def _measure(name: Any, told: Any) -> dict[str, Any]:
    if not isinstance(told, Mapping):
        return {"name": plain(name), "says": blocks.say(told)}
    numbers = [told.get(key) for key in ("low", "high")]
    interval = (
        f"{blocks.say(numbers[0])} to {blocks.say(numbers[1])} {told.get('unit', '')}".strip()
        if None not in numbers
        else None
    )
    estimate = (
        f" ({blocks.say(told['estimate'])} {told.get('unit', '')})".replace(" )", ")")
        if told.get("estimate") is not None
        else ""
    )
    return {"name": plain(name), "says": f"{told.get('says', '')}{estimate}", "interval": interval}


def closed(data: Data) -> Iterable[Block]:
    """Say what the public record leaves out, and why."""
    redactions = data.get("redactions")
    columns = {"field": "What is left out", "reason_code": "Why", "review_at": "Looked at again"}
    yield blocks.table("Left out of the public record", redactions, columns) or blocks.items(
        "Left out of the public record", ["Nothing."]
    )

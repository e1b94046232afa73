"""Notices to those who hold a force to account: one short text for each thing they must be told of, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.place import local, read_stamp, stamp
from answerable.present.casefile.source import spaced
from answerable.present.marks import watermark

GROUPS = {
    "pcc": "the police and crime commissioner or mayor's office",
    "iag": "the independent advisory group",
}
# What happened, in a word for the subject and in a sentence for the text.
TOLD = {
    "open": ("Proposed", "A deployment was proposed. Nobody has decided."),
    "authorise": ("Authorised", "A person authorised it, within limits and to a fixed end."),
    "urgent": (
        "Authorised urgently",
        "It was authorised on the urgent path; unless another person ratifies it, it ends.",
    ),
    "ratify": ("Ratified", "The urgent authority was ratified."),
    "refuse": ("Refused", "A person refused it. Nobody is deployed under it."),
    "withdraw": ("Withdrawn", "Those who proposed it took it back. Nobody is deployed under it."),
    "extend": ("Extended", "The authority was extended, on tests made afresh."),
    "end": ("Ended", "Those who led it ended it."),
    "revoke": ("Revoked", "The authority was taken back."),
    "rarity": (
        "Blocked as no longer rare",
        "A rule on how often this may happen stopped it. Nobody is deployed under it.",
    ),
    "expired": ("Expired", "Its time ran out and the authority ended by itself."),
    "lapsed": ("Lapsed", "It was not handed in or started in time and ended by itself."),
    "unratified": ("Urgent authority not ratified", "Nobody ratified it in time, and the authority ended by itself."),
    "suspended": ("Suspended", "A review was missed. Nothing may be done under the authority until one is held."),
    "adopt": ("Rules adopted", "A set of rules came into force."),
    "repeal": ("Rules repealed", "The rules were repealed: nothing can be decided under them."),
    "reverted": ("Time-critical change over", "The change ended by itself, and the rules before it count again."),
    "sunset": ("Rules at their sunset", "The rules reached their sunset: nothing can be decided under them."),
}


@dataclass(frozen=True)
class Notice:
    """One notice.

    ``id`` stays the same however often it is derived. ``at`` is when what it tells of happened; ``entry`` the place in
    the log of the entry that it rests on (None: not published yet). ``case`` is empty for a notice about rules.
    """

    id: str
    kind: str
    case: str
    at: datetime
    title: str
    entry: int | None
    lines: tuple[str, ...]

    @property
    def order(self) -> tuple[datetime, int, str]:
        """By what notices are sorted: when it happened, then where in the log."""
        return (self.at, 2**62 if self.entry is None else self.entry, self.id)

    @property
    def subject(self) -> str:
        """The notice in one line."""
        return f"{TOLD[self.kind][0]}: {self.title}" + (f" ({self.case})" if self.case else "")

    def as_json(self) -> dict[str, Any]:
        """Return the notice as plain data."""
        return {**vars(self), "at": stamp(self.at), "lines": list(self.lines)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Notice:
        """Return the notice that :meth:`as_json` wrote."""
        return cls(**{**document, "at": read_stamp(document["at"]), "lines": tuple(document["lines"])})


def notice_body(notice: Notice) -> str:
    """Return what the notice says, without to whom."""
    entry = "not published yet" if notice.entry is None else str(notice.entry)
    check = (
        []
        if notice.entry is None
        else [f"answerable record verify proofs/{notice.entry}.tlog-proof --policy log-policy"]
    )
    rests = f"It rests on entry {entry} of the log." if notice.entry is not None else "Its entry is not published yet."
    return "\n".join([TOLD[notice.kind][1], *notice.lines, "", rests, *check])


def notice_text(notice: Notice, *, workspace: str, name: str, origin: str) -> str:
    """Return the notice as a file: the mark of its workspace first, then to whom, what, and how to check it."""
    head = [
        watermark(workspace),
        "",
        f"To: {' and '.join(GROUPS.values())}",
        f"From: {name} (log {origin})",
        f"Notice: {notice.id}",
        f"Of: {stamp(notice.at)}",
        "",
        notice.subject,
        "",
    ]
    return "\n".join([*head, notice_body(notice), ""])


def case_lines(
    opened: Mapping[str, Any], data: Mapping[str, Any], tz: str, *, not_limited: str = ""
) -> tuple[str, ...]:
    """Return what a notice says of a case: its area, its times, the reasons given and what they do not limit."""
    area, window = opened.get("area", {}), opened.get("window", {})
    lines = [f"Area: {area.get('name', '')}, {area.get('km2', '')} km\u00b2."]
    if data.get("ends_at"):
        start = f"from {_when(data['starts_at'], tz)} " if data.get("starts_at") else ""
        lines.append(f"Authority {start}to {_when(data['ends_at'], tz)}; it ends by itself.")
    elif window:
        lines.append(f"Asked for: {_when(window['from'], tz)} to {_when(window['to'], tz)}.")
    if data.get("ratify_by"):
        lines.append(f"To be ratified by {_when(data['ratify_by'], tz)}.")
    lines += [f"{label}: {data[key]}" for key, label in _TEXTS.items() if data.get(key)]
    lines += [f"Condition: {condition}" for condition in data.get("conditions") or ()]
    lines += [f"NOT CONSULTED: {spaced(str(who))}" for who in data.get("not_consulted") or ()]
    change = data.get("what_would_change") or ()
    lines += [f"What would change it: {c}" for c in ((change,) if isinstance(change, str) else change)]
    limit = data.get("not_limited") or not_limited
    return (*lines, *([str(limit)] if limit else []))


_TEXTS = {"reasons": "Reasons", "public_text": "Public text"}


def _when(text: Any, tz: str) -> str:
    at = local(read_stamp(str(text)), tz)
    return f"{at:%a} {at.day} {at:%b %Y %H:%M} {at.tzname()}"

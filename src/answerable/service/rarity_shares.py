"""What became of requests: how many were approved, urgent, extended, copied, right, and how soon they were decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from answerable.case.event import Event
from answerable.case.rarity import Limit, Measure
from answerable.case.rarity.counted import YEAR
from answerable.policy.pack import Pack
from answerable.service.history import History
from answerable.service.rarity_entries import Entries
from answerable.service.workspace import Workspace


@dataclass(frozen=True)
class Share:
    """A part of a whole, both counted; ``value`` is None where there is no whole."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Part over whole."""
        return self.part / self.whole if self.whole else None

    def as_json(self) -> dict[str, Any]:
        """Return the share with what it was counted from."""
        return {"value": self.value, "part": self.part, "whole": self.whole}

    def __str__(self) -> str:
        return f"{self.part} of {self.whole}"


@dataclass(frozen=True)
class Decided:
    """Requests that a person decided in a year.

    ``approved`` of all decided; ``urgent`` and ``extended`` of the authorised; ``copied``: whose reasons were as like
    earlier ones as the pack calls copied, of those compared; ``materialised``: whose reported event was seen, of those
    of which that is known. ``hours`` is how long each decision took from the opening of its case.
    """

    approved: Share
    urgent: Share
    extended: Share
    copied: Share
    materialised: Share
    hours: tuple[float, ...]

    @property
    def median_hours(self) -> float | None:
        """Median hours from opening to decision; None where none was decided."""
        return median(self.hours) if self.hours else None

    def as_json(self) -> dict[str, Any]:
        """Return the shares with their counts."""
        shares = {name: share.as_json() for name, share in vars(self).items() if isinstance(share, Share)}
        return {**shares, "median_hours": self.median_hours}

    def lines(self) -> list[str]:
        """Return the shares as lines to read."""
        hours = "none decided yet" if self.median_hours is None else f"{self.median_hours:.1f} hours"
        return [
            f"Decided within a year: {self.approved} approved; median time to decide: {hours}.",
            f"Of those authorised: {self.urgent} urgent, {self.extended} extended, {self.copied} on copied reasons, "
            f"{self.materialised} whose reported event is known to have come about.",
        ]


def decided(entries: Entries, authorised: Iterable[History], pack: Pack, now: datetime) -> Decided:
    """Return what persons decided under ``pack`` in the year up to ``now``; ``authorised`` are the cases they let pass.

    A case that rules blocked was not decided by anyone and is not counted here.
    """
    passed = [one for one in authorised if one.case.authorised_at and now - YEAR < one.case.authorised_at <= now]
    hours = [_hours(one.case.events[0].at, one.case.authorised_at) for one in passed if one.case.authorised_at]
    refusals = [_hours(opened, at) for opened, at in entries.refused(pack.name, now - YEAR, now)]
    decisions = [event for one in passed for event in one.case.events if event.kind in ("authorise", "urgent")]
    return Decided(
        approved=Share(len(passed), len(passed) + len(refusals)),
        urgent=Share(sum(one.case.urgent for one in passed), len(passed)),
        extended=Share(sum(one.case.extensions > 0 for one in passed), len(passed)),
        copied=_copied(decisions, pack),
        materialised=_materialised(entries.workspace, passed),
        hours=(*hours, *refusals),
    )


def share_measures(found: Decided, limits: Mapping[str, Any]) -> tuple[Measure, ...]:
    """Return the approval rate and the urgent share as measures, with the pack's notice levels if it has any."""
    approved, urgent = found.approved, found.urgent
    return (
        Measure.of(
            "approval_rate",
            approved.value,
            Limit(notice=limits.get("approval_rate_notice")),
            f"{approved} requests that were decided within a year were approved",
        ),
        Measure.of(
            "urgent_share",
            urgent.value,
            Limit(notice=limits.get("urgent_share_notice")),
            f"{urgent} cases authorised within a year were urgent",
        ),
    )


def _copied(decisions: Iterable[Event], pack: Pack) -> Share:
    likenesses = [event.private["likeness"]["value"] for event in decisions if event.private.get("likeness")]
    if "copied_from" not in pack.limits:
        return Share(0, 0)
    return Share(sum(value >= pack.limit("copied_from") for value in likenesses), len(likenesses))


def _materialised(workspace: Workspace, passed: Iterable[History]) -> Share:
    """Return in how many cases a report that was the trigger came true, of those where one is known to have or not.

    A case in whose window officers were out leaves its reports ``treated`` unless the event was seen: cannot tell.
    """
    outcomes = {kept.id: _seen(json.loads(kept.value)) for kept in workspace.store.kept("report")}
    known = []
    for one in passed:
        refs = (one.document.get("trigger") or {}).get("refs") or ()
        told = [seen for ref in refs if (seen := outcomes.get(str(ref))) is not None]
        if told:
            known.append(any(told))
    return Share(sum(known), len(known))


def _seen(report: Mapping[str, Any]) -> bool | None:
    resolution = report.get("resolution") or {}
    return {"materialised": True, "refuted": False, "nothing_found": False}.get(str(resolution.get("outcome")))


def _hours(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(hours=1)

"""What closed days said that they had, held against what was opened of them since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def days_that_disagree(statements: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the closed days of which more is opened than their own statement counted: it was entered afterwards.

    ``statements`` are parsed bodies, in any order. Fewer is no contradiction: what was counted may not be opened yet.
    """
    closed: dict[str, tuple[Counter[str], tzinfo]] = {}
    others = []
    for said in statements:
        if said.get("kind") != "close-day":
            others.append((str(said.get("kind")), str(said.get("at"))))
        elif isinstance(data := said.get("data"), dict) and isinstance(data.get("counts"), dict):
            counts = Counter({kind: many for kind, many in data["counts"].items() if isinstance(many, int)})
            closed[str(data.get("day"))] = counts, zone_of(str(data.get("time_zone", "UTC")))
    dated: dict[str, Counter[str]] = {}
    for zone in {zone for _, zone in closed.values()}:
        for kind, at in others:
            day = _day(at, zone)
            if day in closed and closed[day][1] == zone:
                dated.setdefault(day, Counter())[kind] += 1
    return sorted(day for day, counts in dated.items() if counts - closed[day][0])


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _day(at: str, zone: tzinfo) -> str:
    try:
        moment = datetime.fromisoformat(at)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError):
        return ""

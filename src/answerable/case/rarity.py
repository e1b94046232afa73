"""The rarity guard: an exception that is counted stays one. Fixed limits by area and by force, from the pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

Level = Literal["none", "notice", "escalate", "block"]
_ORDER: tuple[Level, ...] = ("none", "notice", "escalate", "block")
_YEAR_DAYS = 365


@dataclass(frozen=True)
class Authorised:
    """An earlier case that was authorised, and when."""

    case: str
    at: datetime


@dataclass(frozen=True)
class Rarity:
    """What the guard says about one more authorisation.

    ``in_force``, ``in_area`` and ``overlapping`` count the cases that there would be with this one: in the force and in
    overlapping areas within a year, and in overlapping areas within the pack's number of days.
    """

    level: Level
    in_force: int
    in_area: int
    overlapping: int
    sentence: str


def rarity(
    earlier: Iterable[Authorised], overlaps: Callable[[str], bool], now: datetime, limits: Mapping[str, Any]
) -> Rarity:
    """Return the level that one more authorisation at ``now`` would reach.

    ``overlaps`` says of an earlier case's id whether its area shares ground with the one proposed. ``limits`` is the
    pack's setting ``rarity``: for ``force_year``, ``area_year`` and ``overlap`` the count from which there is notice
    and escalation, and the ``most`` that is ever permitted (``overlap`` also has its ``days``).
    """
    overlap = limits["overlap"]
    year = [case for case in earlier if now - timedelta(days=_YEAR_DAYS) < case.at <= now]
    near = [case for case in year if overlaps(case.case)]
    recent = [case for case in near if now - timedelta(days=overlap["days"]) < case.at]
    counts = (len(year) + 1, len(near) + 1, len(recent) + 1)
    measures = (limits["force_year"], limits["area_year"], overlap)
    levels = [_level(count, measure) for count, measure in zip(counts, measures, strict=True)]
    level = max(levels, key=_ORDER.index)
    return Rarity(level, *counts, _sentence(level, counts, overlap["days"]))


def _level(count: int, limits: Mapping[str, int]) -> Level:
    if count > limits["most"]:
        return "block"
    if count >= limits.get("escalate", limits["most"] + 1):
        return "escalate"
    return "notice" if count >= limits.get("notice", limits["most"] + 1) else "none"


_MEANS: Mapping[Level, str] = {
    "none": "No limit is near.",
    "notice": "This is within the limits, and notice of it is given.",
    "escalate": "Only a chief officer may authorise it.",
    "block": "That is more than the policy permits: it takes a new consultation on the policy to allow it.",
}


def _sentence(level: Level, counts: tuple[int, int, int], days: int) -> str:
    force, area, overlap = counts
    return (
        f"It would be number {force} in the force and number {area} in this area within a year, "
        f"and number {overlap} in this area within {days} days. {_MEANS[level]}"
    )

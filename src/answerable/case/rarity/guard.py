"""The rarity guard: an exception that is counted stays one. Fixed limits by area and by force, from the pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.case.rarity.counted import QUARTER, YEAR, Authorised, most_at_once, most_days, most_hours
from answerable.case.rarity.level import MEANS, Level, Limit, highest
from answerable.place import Window, local

Overlaps = Callable[[str, str], bool]
Groups = list[tuple[list[Authorised], list[datetime]]]
_HOURS_SPAN = timedelta(days=28)
_DAYS_SPAN = timedelta(days=90)


@dataclass(frozen=True)
class Measure:
    """One thing the guard looks at: what it came to, with its limit, the level it reaches, and a clause that says so.

    ``value`` is None where it is not known, and then the level is none.
    """

    name: str
    value: float | None
    limit: Limit
    level: Level
    clause: str

    @classmethod
    def of(cls, name: str, value: float | None, limit: Limit, clause: str) -> Measure:
        """Return the measure with the level that its value reaches."""
        return cls(name, value, limit, "none" if value is None else limit.level(value), clause)

    def as_json(self) -> dict[str, Any]:
        """Return the measure as plain data."""
        return {"value": self.value, "limit": vars(self.limit), "level": self.level, "clause": self.clause}


@dataclass(frozen=True)
class Rarity:
    """What the guard says about one more authorisation.

    ``in_force``, ``in_area`` and ``overlapping`` count the cases that there would be with this one: in the force and in
    overlapping areas in a year, and in overlapping areas within the pack's number of days. ``measures`` holds these
    and whatever else the pack sets a limit on, each with its level; ``level`` is the gravest of them.
    """

    level: Level
    in_force: int
    in_area: int
    overlapping: int
    sentence: str
    measures: tuple[Measure, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what the public record says of it: level, reason, and every measure."""
        measures = {measure.name: measure.as_json() for measure in self.measures}
        return {"level": self.level, "sentence": self.sentence, "measures": measures}


def rarity(
    earlier: Iterable[Authorised],
    overlap: Overlaps,
    new: Authorised,
    limits: Mapping[str, Any],
    *,
    tz: str = "UTC",
    others: Iterable[Measure] = (),
) -> Rarity:
    """Return the level that the authorisation of ``new`` would reach.

    ``overlap(a, b)`` says whether the areas of two cases (by id) share ground. ``limits`` is the pack's setting
    ``rarity``: for ``force_year``, ``area_year`` and ``overlap`` (which also has its ``days``), and where the pack
    wants them ``force_quarter``, ``area_hours_28`` and ``area_days_90``, the value from which there is notice and
    escalation, and the ``most`` that is ever permitted. ``tz`` decides what a day is. ``others`` are measures made
    elsewhere (the trend, shares of decisions).

    An area is the ground of any case: what overlaps it counts for it. The limits hold for the ground of the new case
    and for that of every earlier case it overlaps, in every window that takes both in, whichever way clocks went.
    InputError where a limit is no number.
    """
    known = list(earlier)
    groups = _groups(known, overlap, new)
    days = int(limits.get("overlap", {}).get("days", _HOURS_SPAN.days))
    in_force = most_at_once((one.at for one in known), [new.at], YEAR)
    in_area = _most(groups, YEAR)
    near = _most(groups, timedelta(days=days))
    measures = [
        _measure("force_year", in_force, limits, f"number {in_force} in the force within a year"),
        _measure("area_year", in_area, limits, f"number {in_area} in this area within a year"),
        _measure("overlap", near, limits, f"number {near} in this area within {days} days"),
        *_optional(known, groups, new, limits, tz),
        *others,
    ]
    level = highest(measure.level for measure in measures)
    sentence = _sentence(level, measures, (in_force, in_area, near), days)
    return Rarity(level, in_force, in_area, near, sentence, tuple(measures))


def _measure(name: str, value: float, limits: Mapping[str, Any], clause: str) -> Measure:
    return Measure.of(name, value, Limit.read(name, limits.get(name, {})), clause)


def _groups(known: list[Authorised], overlap: Overlaps, new: Authorised) -> Groups:
    """Return for each area that the new case adds to the cases that share its ground, and which must be in a window."""
    touched = [one for one in known if overlap(new.case, one.case)]
    groups: Groups = [(touched, [new.at])]
    for centre in touched:
        around = [one for one in known if one is not centre and overlap(centre.case, one.case)]
        groups.append((around, [centre.at, new.at]))
    return groups


def _most(groups: Groups, span: timedelta) -> int:
    return max(most_at_once((one.at for one in around), held, span) for around, held in groups)


def _optional(
    known: list[Authorised], groups: Groups, new: Authorised, limits: Mapping[str, Any], tz: str
) -> Iterable[Measure]:
    if "force_quarter" in limits:
        count = most_at_once((one.at for one in known), [new.at], QUARTER)
        yield _measure("force_quarter", count, limits, f"number {count} in the force within a quarter")
    if new.out is None:
        return
    # The ground of the new case itself, then that of each case it overlaps.
    grounds = [[one.out for one in around if one.out] for around, _ in groups]
    if "area_hours_28" in limits:
        hours = max(most_hours(ground, new.out, _HOURS_SPAN) for ground in grounds)
        yield _measure("area_hours_28", hours, limits, f"{hours:g} hours in this area within 28 days")
    if "area_days_90" in limits:
        today = _dates(new.out, tz)
        dates = [[day for out in ground for day in _dates(out, tz)] for ground in grounds]
        count = max(most_days(ground, today, _DAYS_SPAN) for ground in dates)
        yield _measure("area_days_90", count, limits, f"day {count} in this area within 90 days")


def _dates(out: Window, tz: str) -> list[Any]:
    first, last = local(out.start, tz).date(), local(out.end - timedelta(microseconds=1), tz).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _sentence(level: Level, measures: list[Measure], counts: tuple[int, int, int], days: int) -> str:
    force, area, near = counts
    further = "".join(f" {_capital(m.clause)}." for m in measures[3:] if m.level != "none")
    return (
        f"It would be number {force} in the force and number {area} in this area within a year, "
        f"and number {near} in this area within {days} days.{further} {MEANS[level]}"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

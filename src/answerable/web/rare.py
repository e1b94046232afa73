"""How rare the tactic still is, from the public record alone: the guard's own measures on what anybody can read.

The guard counts cases whose areas share ground. Outlines are not published, so here an area is a published name, and
the two can differ: shared ground may go by two names, and one name may cover ground that is not shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.case.rarity import Authorised, Level, Limit, Measure, Rarity, Trend, rarity, trend
from answerable.case.rarity.counted import YEAR
from answerable.place import Window
from answerable.policy.pack import Pack
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.once import once

_NEXT = "the next case"


@dataclass(frozen=True)
class Use:
    """The use in one area, or in the whole force (``name`` empty).

    ``cases`` were authorised within a year, of at most ``limit``. ``hours`` of ``period`` had officers out, overlaps
    counted once. ``level`` is what the guard would say of one more case, and ``because`` the measures that say so.
    """

    name: str
    cases: tuple[PublicCase, ...]
    hours: float
    period: Window
    limit: Limit
    level: Level
    because: tuple[str, ...]

    @property
    def share(self) -> float:
        """Hours with officers out over the hours of the period."""
        return self.hours / self.period.hours if self.period.hours else 0.0


@dataclass(frozen=True)
class Rare:
    """What the public record shows of the use of one pack: by force, by area, and whether the rate has crept up.

    ``shares`` are what the pack also gives notice of: nearly everything approved, many urgent.
    """

    force: Use
    areas: tuple[Use, ...]
    trend: Trend | None
    shares: tuple[Measure, ...]


@once
def rare(view: PublicView, pack: Pack) -> Rare | None:
    """Return how rare use under ``pack`` still is at ``view.as_of``; None where the pack sets no rarity limits."""
    limits = pack.settings.get("rarity")
    if limits is None:
        return None
    now, cases = view.as_of, under(view, pack, "authorise", "urgent")
    instants = [case.authorised_at for case in cases if case.authorised_at is not None]
    adopted = [e.at for e in view.policies if e.data.get("pack") == pack.name and "reverts_at" not in e.data]
    period = _period([*adopted, *instants], now)
    names = {case.id: case.area_name for case in cases}
    shares = _shares(view, pack, [case for case in cases if within(case.authorised_at, now)])
    # One more case would itself be part of the rate that is tested.
    tested = _trend(limits, adopted, [*instants, now], now)
    others = (*shares, *([tested.measure()] if tested else []))
    known, new = {case.id: counted(case, now) for case in cases}, Authorised(_NEXT, now)

    def use(name: str, here: Sequence[PublicCase]) -> Use:
        def overlap(one: str, other: str) -> bool:
            return one == other or (bool(name) and names.get(one, name) == names.get(other, name))

        said = rarity(known.values(), overlap, new, limits, tz=view.tz, others=others)
        out = hours([known[case.id].out for case in here], period)
        return _use(name, here, out, period, said, view)

    places: dict[str, list[PublicCase]] = {}
    for case in cases:
        places.setdefault(case.area_name, []).append(case)
    areas = tuple(use(name, places[name]) for name in sorted(places))
    return Rare(use("", cases), areas, _trend(limits, adopted, instants, now), shares)


def _trend(
    limits: Mapping[str, Any], adopted: Sequence[datetime], cases: Sequence[datetime], now: datetime
) -> Trend | None:
    permitted = limits.get("permitted_per_year", limits.get("force_year", {}).get("most"))
    return None if permitted is None else trend(adopted, cases, now, permitted)


def _period(starts: Sequence[datetime], now: datetime) -> Window:
    """Return the year up to ``now``, or the part of it since the first of ``starts``."""
    since = min((at for at in starts if at < now), default=now - YEAR)
    return Window(max(since, now - YEAR), now)


def _use(  # noqa: PLR0917 -- what was counted, and of what
    name: str, here: Sequence[PublicCase], out: float, period: Window, said: Rarity, view: PublicView
) -> Use:
    year = next(one for one in said.measures if one.name == ("area_year" if name else "force_year"))
    return Use(
        name=name,
        cases=tuple(case for case in here if within(case.authorised_at, view.as_of)),
        hours=out,
        period=period,
        limit=year.limit,
        level=said.level,
        because=tuple(one.clause for one in said.measures if one.level == said.level != "none"),
    )


@once
def under(view: PublicView, pack: Pack, *kinds: str) -> list[PublicCase]:
    """Return the cases that were opened under any version of ``pack``; with ``kinds`` those with such an event."""
    cases = view.having(*kinds) if kinds else view.cases
    return [case for case in cases if case.pack_name == pack.name]


def within(at: datetime | None, now: datetime) -> bool:
    """Say whether an instant lies in the year up to ``now``."""
    return at is not None and now - YEAR < at <= now


def counted(case: PublicCase, now: datetime) -> Authorised:
    """Return an authorised case as the guard counts it."""
    granted = Window(case.starts_at, case.ends_at) if case.starts_at < case.ends_at else None
    return Authorised(case.id, case.authorised_at or now, case.urgent, granted, _out(case, granted))


def _out(case: PublicCase, granted: Window | None) -> Window | None:
    if granted is None or case.started_at is None:
        return granted if case.ended_at is None else None
    ends = min(case.ended_at or granted.end, granted.end)
    return Window(case.started_at, ends) if case.started_at < ends else None


def hours(windows: Iterable[Window | None], period: Window) -> float:
    """Return the hours of ``period`` that lie in at least one of ``windows``."""
    total, reached = timedelta(0), period.start
    for one in sorted((one for one in windows if one), key=lambda one: one.start):
        total += max(timedelta(0), min(one.end, period.end) - max(one.start, reached))
        reached = max(reached, min(one.end, period.end))
    return total / timedelta(hours=1)


def _shares(view: PublicView, pack: Pack, authorised: Sequence[PublicCase]) -> tuple[Measure, ...]:
    """Return the approval rate and the urgent share of a year, where the pack sets a level for them."""
    limits = pack.settings["rarity"]
    refused = sum(within(case.at("refuse"), view.as_of) for case in under(view, pack, "refuse"))
    found, asked = len(authorised), len(authorised) + refused
    urgent = sum(case.urgent for case in authorised)
    shares = (
        ("approval_rate", found, asked, "requests that a person decided within a year were approved"),
        ("urgent_share", urgent, found, "cases authorised within a year were urgent"),
    )
    return tuple(
        Measure.of(
            name, part / whole if whole else None, Limit(notice=limits[f"{name}_notice"]), f"{part} of {whole} {says}"
        )
        for name, part, whole, says in shares
        if f"{name}_notice" in limits
    )

"""The rarity report: how often, where, for how long and with what result, by force and by area, each with its share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.case.rarity import Authorised, Rarity, Trend, rarity
from answerable.case.rarity.counted import YEAR
from answerable.errors import UsageError
from answerable.place import Window, local, stamp
from answerable.policy.pack import Pack
from answerable.service.adopt import adopted_pack
from answerable.service.history import History
from answerable.service.rarity import Ground, counted, trend_of
from answerable.service.rarity_entries import Entries
from answerable.service.rarity_referrals import OverdueReferral, overdue_referrals
from answerable.service.rarity_shares import Decided, decided, share_measures
from answerable.service.workspace import Workspace

_NEXT = "the next case"


@dataclass(frozen=True)
class Use:
    """How much a tactic was used in one place, or in the whole force, in the ``period`` (at most a year) up to now.

    ``hours`` is the time in which officers were out, overlaps counted once; ``share`` is that over the hours of the
    period. ``guard`` is what it would say of one more case here.
    """

    name: str
    cases: int
    cases_28_days: int
    hours: float
    hours_28_days: float
    days_90: int
    period: Window
    guard: Rarity

    @property
    def share(self) -> float:
        """Hours active over hours in the period."""
        return self.hours / self.period.hours

    @property
    def sentence(self) -> str:
        """The use in one line, with its denominator."""
        cases = "1 case" if self.cases == 1 else f"{self.cases} cases"
        return (
            f"{self.name}: {cases} authorised; officers out in {self.hours:.1f} of {self.period.hours:,.0f} hours "
            f"({100 * self.share:.2g} %). One more: {self.guard.level}. {self.guard.sentence}"
        )

    def as_json(self) -> dict[str, Any]:
        """Return the use as plain data."""
        return {
            "name": self.name,
            "cases": self.cases,
            "cases_28_days": self.cases_28_days,
            "hours_active": self.hours,
            "hours_active_28_days": self.hours_28_days,
            "days_90": self.days_90,
            "hours_in_period": self.period.hours,
            "share": self.share,
            "next": self.guard.as_json(),
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class RarityReport:
    """What ``answerable rarity`` shows."""

    pack: str
    at: datetime
    force: Use
    areas: tuple[Use, ...]
    decided: Decided
    trend: Trend | None
    overdue_referrals: tuple[OverdueReferral, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        trend = self.trend.as_json() if self.trend else None
        if trend:
            trend = {name: stamp(value) if isinstance(value, datetime) else value for name, value in trend.items()}
        return {
            "pack": self.pack,
            "at": stamp(self.at),
            "period": {"from": stamp(self.force.period.start), "to": stamp(self.force.period.end)},
            "force": self.force.as_json(),
            "areas": [area.as_json() for area in self.areas],
            "decisions": self.decided.as_json(),
            "trend": trend,
            "overdue_referrals": [one.as_json() for one in self.overdue_referrals],
            "sentence": self.force.sentence,
        }

    def text(self) -> str:
        """Return the report as lines to read."""
        areas = [f"  {area.sentence}" for area in self.areas] or ["  none yet"]
        lines = [f"{self.pack}, as of {stamp(self.at)}", self.force.sentence, "Areas:", *areas, *self.decided.lines()]
        if self.trend:
            lines += [f"Trend: {self.trend.sentence}.", f"  {self.trend.figures}"]
        lines += ["Overdue referrals of long-term alternatives:"]
        lines += [f"  {one.sentence}" for one in self.overdue_referrals] or ["  none"]
        return "\n".join(lines)


def rarity_report(workspace: Workspace, now: datetime | None = None) -> RarityReport:
    """Return how rare the use of the pack in force still is at ``now`` (default: the workspace's clock).

    UsageError where the pack counts nothing; NotAllowed where no pack is in force.
    """
    at = now or workspace.clock.now()
    pack = adopted_pack(workspace)
    if "rarity" not in pack.settings:
        raise UsageError("This pack sets no rarity limits.", where=pack.name, fix="Choose a pack that does.")
    entries = Entries.read(workspace)
    known = [one for one in entries.authorised(pack.name) if one.case.authorised_at and one.case.authorised_at <= at]
    found = decided(entries, known, pack, at)
    period = _period(entries, pack, known, at)
    view = _View(entries, pack, at, period, found)
    force = view.use("The whole force", known, known, lambda one, other: one == other)
    return RarityReport(
        pack=f"{pack.name}@{pack.version}",
        at=at,
        force=force,
        areas=tuple(view.areas(known)),
        decided=found,
        trend=trend_of(entries, pack, [counted(one.case, at).at for one in known], at),
        overdue_referrals=overdue_referrals(workspace, at),
    )


def _period(entries: Entries, pack: Pack, known: list[History], at: datetime) -> Window:
    starts = [*entries.adopted(pack.name)]
    starts += [one.case.authorised_at for one in known if one.case.authorised_at]
    since = min([start for start in starts if start < at], default=at - YEAR)
    return Window(max(since, at - YEAR), at)


@dataclass(frozen=True)
class _View:
    entries: Entries
    pack: Pack
    at: datetime
    period: Window
    decided: Decided

    @property
    def _tz(self) -> str:
        return self.entries.workspace.settings.time_zone or "UTC"

    def areas(self, known: list[History]) -> Iterable[Use]:
        """Yield the use of each area by its name: all that overlaps the newest case there counts for it."""
        ground = Ground(self.entries.workspace, known)
        newest = {one.case.area.name: one for one in known if one.case.area}
        for name, centre in sorted(newest.items()):

            def overlap(one: str, other: str, here: str = centre.case.id) -> bool:
                return ground.overlap(here if one == _NEXT else one, here if other == _NEXT else other)

            yield self.use(name, [one for one in known if overlap(_NEXT, one.case.id)], known, overlap)

    def use(self, name: str, here: list[History], known: list[History], overlap: Any) -> Use:
        """Return the use by the cases ``here``, with what the guard would say of one more beside all ``known``."""
        cases = [counted(one.case, self.at) for one in here]
        used = [one.out for one in cases if one.out]
        month = Window(max(self.at - timedelta(days=28), self.period.start), self.period.end)
        recent = Window(self.at - timedelta(days=90), self.at)
        return Use(
            name=name,
            cases=sum(self.at - YEAR < one.at <= self.at for one in cases),
            cases_28_days=sum(self.at - timedelta(days=28) < one.at <= self.at for one in cases),
            hours=_hours(used, self.period),
            hours_28_days=_hours(used, month),
            days_90=len({day for one in used for day in _days(one, recent, self._tz)}),
            period=self.period,
            guard=self._guard(known, overlap),
        )

    def _guard(self, known: list[History], overlap: Any) -> Rarity:
        limits = self.pack.settings["rarity"]
        earlier = [counted(one.case, self.at) for one in known]
        tested = trend_of(self.entries, self.pack, [*(one.at for one in earlier), self.at], self.at)
        others = [*([tested.measure()] if tested else []), *share_measures(self.decided, limits)]
        return rarity(earlier, overlap, Authorised(_NEXT, self.at), limits, tz=self._tz, others=others)


def _within(one: Window, period: Window) -> tuple[datetime, datetime]:
    return max(one.start, period.start), min(one.end, period.end)


def _hours(windows: list[Window], period: Window) -> float:
    """Return the hours of ``period`` that lie in at least one of ``windows``."""
    total, reached = timedelta(0), period.start
    for start, end in sorted(_within(one, period) for one in windows):
        total += max(timedelta(0), end - max(start, reached))
        reached = max(reached, end)
    return total / timedelta(hours=1)


def _days(one: Window, period: Window, tz: str) -> Iterable[Any]:
    start, end = _within(one, period)
    if start < end:
        first, last = local(start, tz).date(), local(end - timedelta(microseconds=1), tz).date()
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))

"""How rare another authorisation would still be: the facts for the rules, from the cases that were authorised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.duties import overdue
from answerable.case.event import Event
from answerable.case.machine import Case
from answerable.case.rarity import Authorised, Measure, Rarity, Trend, rarity, trend, weekly_pattern
from answerable.case.rarity.counted import YEAR
from answerable.case.rarity.ground import one_area
from answerable.case.rarity.pattern import could_match
from answerable.case.standing import over_at
from answerable.place import Area, Projection, Window
from answerable.policy.pack import Pack
from answerable.service.history import History
from answerable.service.rarity_entries import Entries
from answerable.service.rarity_shares import decided, share_measures
from answerable.service.workspace import Workspace

# A year as the guard counts it, and more than any authority lasts from its decision on.
_REACH = YEAR + timedelta(days=60)


def rarity_facts(workspace: Workspace, case: Case, casefile: CaseFile, pack: Pack, now: datetime) -> dict[str, Any]:
    """Return the facts that only the other cases can give, for ``case`` at the instant ``now``.

    ``rarity.level``, ``rarity.urgent_overlap``, ``routine.pattern`` and ``overdue.in_area``; nothing where the case
    file has no area. Only authorised cases are read: none of the others counts for any of these.
    """
    around = surroundings(workspace, case, casefile, pack, now)
    return facts_around(around) if around else {}


def facts_around(around: Surroundings) -> dict[str, Any]:
    """Return the facts of :func:`rarity_facts` from a case among the others."""
    found: dict[str, Any] = {"overdue.in_area": around.overdue()}
    if "rarity" not in around.pack.settings:
        return found
    return found | {
        "rarity.level": around.rarity.level,
        "rarity.urgent_overlap": around.urgent_overlap(),
        "routine.pattern": around.pattern() is not None,
    }


def said_of_rarity(around: Surroundings | None, event: Event) -> dict[str, Any]:
    """Return what a decision publishes of the guard, under ``rarity``: level, sentence, measures and limits.

    All of it is counts of what is itself published. Also where the decision was blocked; nothing for other events.
    """
    kind = event.data.get("transition") if event.kind == "blocked" else event.kind
    if around is None or kind not in ("authorise", "urgent") or "rarity" not in around.pack.settings:
        return {}
    return {"rarity": around.rarity.as_json()}


def surroundings(
    workspace: Workspace, case: Case, casefile: CaseFile, pack: Pack, now: datetime
) -> Surroundings | None:
    """Return the case among the other authorised cases under the same policy; None where its file has no area."""
    here = casefile.outline()
    if here is None:
        return None
    at = max(now, case.last_at or now)
    granted = _granted(case) or casefile.asked_window
    new = Authorised(case.id, case.authorised_at or at, granted=granted, out=granted)
    entries = Entries.read(workspace)
    others = tuple(one for one in entries.authorised(pack.name) if one.case.id != case.id)
    return Surroundings(entries, pack, at, new, Ground(workspace, others, here, case.id), others)


def counted(case: Case, now: datetime) -> Authorised:
    """Return an authorised case as the guard counts it."""
    granted = _granted(case)
    return Authorised(case.id, case.authorised_at or now, case.urgent, granted, _out(case, granted, now))


def _granted(case: Case) -> Window | None:
    starts, ends = case.starts_at, case.ends_at
    return Window(starts, ends) if starts and ends and starts < ends else None


def _out(case: Case, granted: Window | None, now: datetime) -> Window | None:
    over = over_at(case, now)
    if granted is None or case.started_at is None:
        return granted if over is None else None
    ends = min(over or granted.end, granted.end)
    return Window(case.started_at, ends) if case.started_at < ends else None


class Ground:
    """Which cases are in one area. Each outline is read once; one that has been erased counts as near all."""

    def __init__(
        self, workspace: Workspace, histories: Iterable[History], here: Area | None = None, own: str = ""
    ) -> None:
        self._tz = workspace.settings.time_zone
        self._documents = {one.case.id: one.document for one in histories}
        self._projection: Projection | None = here.projection if here else None
        self._outlines: dict[str, Area | None] = {own: here} if here else {}
        self._known: dict[tuple[str, str], bool] = {}

    def overlap(self, one: str, other: str) -> bool:
        """Say whether the areas of two cases count as one: they share ground, or lie side by side."""
        pair = (min(one, other), max(one, other))
        if pair not in self._known:
            here, there = self._outline(one), self._outline(other)
            self._known[pair] = here is None or there is None or one_area(here, there)
        return self._known[pair]

    def _outline(self, case: str) -> Area | None:
        if case not in self._outlines:
            document = self._documents.get(case)
            outline = CaseFile.read(document, tz=self._tz).outline(self._projection) if document else None
            self._projection = self._projection or (outline.projection if outline else None)
            self._outlines[case] = outline
        return self._outlines[case]


@dataclass(frozen=True)
class Surroundings:
    """One case, ``new``, at the instant ``at``, among the ``others`` that were authorised under the same policy."""

    entries: Entries
    pack: Pack
    at: datetime
    new: Authorised
    ground: Ground
    others: tuple[History, ...]

    @property
    def _tz(self) -> str:
        return self.entries.workspace.settings.time_zone or "UTC"

    def earlier(self) -> list[Authorised]:
        """Return the others as the guard counts them."""
        return [counted(one.case, self.at) for one in self.others]

    @cached_property
    def rarity(self) -> Rarity:
        """What the guard says of one more authorisation: level, reason and measures, all fit to be published."""
        limits, earlier = self.pack.settings["rarity"], self.earlier()
        # No window of a year or less holds both the new case and one further away: those need no outline.
        near = [one for one in earlier if abs(one.at - self.new.at) < _REACH]
        tested = trend_of(self.entries, self.pack, [*(one.at for one in earlier), self.new.at], self.at)
        shares = share_measures(decided(self.entries, self.others, self.pack, self.at), limits)
        others: list[Measure] = [*([tested.measure()] if tested else []), *shares]
        return rarity(near, self.ground.overlap, self.new, limits, tz=self._tz, others=others)

    def _touches(self, one: History) -> bool:
        """Say whether the area of another case counts as one with this one: that takes its outline, so ask last."""
        return self.ground.overlap(self.new.case, one.case.id)

    def urgent_overlap(self) -> int:
        """Return how many urgent cases lie within the pack's days of this one, before or after, in the same area."""
        days = timedelta(days=self.pack.settings["rarity"].get("overlap", {}).get("days", 28))
        urgent = [one for one in self.others if one.case.urgent and one.case.authorised_at]
        return sum(
            abs(at - self.new.at) < days and self._touches(one) for one in urgent if (at := one.case.authorised_at)
        )

    def pattern(self) -> int | None:
        """Return the step in weeks of the pattern that this case makes with those on the same ground; None for none."""
        new, setting = self.new.granted, self.pack.settings["rarity"].get("pattern")
        if new is None:
            return None
        windows = [(window, one) for one in self.others if (window := _granted(one.case))]
        alike = [
            window for window, one in windows if could_match(window, new, self._tz, setting) and self._touches(one)
        ]
        return weekly_pattern(alike, new, self._tz, setting)

    def overdue(self) -> int:
        """Return how many duties of earlier cases on the same ground are overdue: debriefs, evaluations, closings."""
        owed = ((one, len(overdue(one.case, self.at))) for one in self.others)
        return sum(count for one, count in owed if count and self._touches(one))


def trend_of(entries: Entries, pack: Pack, cases: Iterable[datetime], now: datetime) -> Trend | None:
    """Return the test that authorisations under ``pack`` have crept above the rate it permits; None without a rate."""
    limits = pack.settings["rarity"]
    permitted = limits.get("permitted_per_year", limits.get("force_year", {}).get("most"))
    if permitted is None:
        return None
    return trend(entries.adopted(pack.name), cases, now, permitted)

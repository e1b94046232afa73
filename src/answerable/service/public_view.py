"""What the public can see: read from the ``public/`` folder alone, and only from entries proved to be in its log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from operator import is_
from pathlib import Path
from typing import Any, TypeVar

from answerable.case.adoption import is_adoption
from answerable.case.deployment import Advice
from answerable.case.duties import Duty, duties
from answerable.case.event import Event
from answerable.case.machine import Case, over_at, state_at
from answerable.case.standing import clocked
from answerable.place.window import read_stamp
from answerable.record.chain import chain_problems
from answerable.record.publish import proof_path
from answerable.record.readback import OpenedEntry, PublicLog, read_public
from answerable.service.openings import shown

Made = TypeVar("Made")
_CLOCK_STATES = {"EXPIRED": "expired", "LAPSED": "lapsed", "URGENT_UNRATIFIED": "unratified"}


@dataclass(frozen=True)
class PublicEvent:
    """One opened and proved entry of the log.

    ``data`` is what the statement says beside its frame, ``office`` who acted (never a person), ``proof`` the path of
    the entry's proof file below ``public/``.
    """

    index: int
    kind: str
    at: datetime
    office: str
    data: Mapping[str, Any]
    proof: str


@dataclass(frozen=True)
class PublicCase:
    """One deployment case as its opened entries tell it; ``state`` is derived for the instant asked about.

    ``starts_at`` and ``ends_at`` are those of the authority, or what was asked for where there is none. ``ended_at`` is
    when it came to its end, by an act or by the clock. ``advice`` is without the words that an adviser keeps private;
    ``not_consulted`` are the offices that the decision names as not reached. ``duties`` are what is still owed on it
    then, overdue or not. ``folded`` is what its entries add up to, kept so that the clock can move it on.
    """

    id: str
    title: str
    state: str
    area_name: str
    area_km2: float
    starts_at: datetime
    ends_at: datetime
    trigger: str
    events: tuple[PublicEvent, ...]
    duties: tuple[Duty, ...] = ()
    time_zone: str = "UTC"
    urgent: bool = False
    authorised_at: datetime | None = None
    ratify_by: datetime | None = None
    ratified_at: datetime | None = None
    started_at: datetime | None = None
    review_due: datetime | None = None
    ended_at: datetime | None = None
    advice: tuple[Advice, ...] = ()
    not_consulted: tuple[str, ...] = ()
    folded: Case | None = field(default=None, compare=False, repr=False)

    def last(self, *kinds: str) -> PublicEvent | None:
        """Return the newest event of one of ``kinds``, or None."""
        newest = self._newest
        place = max(newest.get(kind, -1) for kind in kinds) if len(kinds) > 1 else newest.get(kinds[0], -1)
        return self.events[place] if place >= 0 else None

    def at(self, *kinds: str) -> datetime | None:
        """Return when the newest event of one of ``kinds`` was, or None."""
        event = self.last(*kinds)
        return event.at if event is not None else None

    @cached_property
    def pack_name(self) -> str:
        """Name of the pack that it was opened under, whatever its version."""
        return str(self.events[0].data.get("pack", "")).rpartition("@")[0]

    @cached_property
    def ended_by_clock(self) -> str:
        """How the clock alone ended it: ``expired``, ``lapsed``, ``unratified``; empty where it did not.

        It can be read from the record long after: what follows (a debrief, the closing) does not hide it.
        """
        state = _CLOCK_STATES.get(self.state, "")
        if state or self.ended_at is None or self.last("end", "revoke", "withdraw", "refuse"):
            return state
        if self.authorised_at is None:
            return "lapsed"
        if self.urgent and self.ratified_at is None and self.ended_at == self.ratify_by:
            return "unratified"
        decided = self.last("authorise", "urgent")
        start_by = decided.data.get("start_by") if decided else None
        return "lapsed" if self.started_at is None and start_by and read_stamp(start_by) == self.ended_at else "expired"

    @cached_property
    def findings(self) -> Counter[bool | None]:
        """How many findings its entries publish, by whether they held (None: not known)."""
        listed = (event.data.get("findings") for event in self.events)
        found = (one for some in listed if isinstance(some, list | tuple) for one in some if isinstance(one, dict))
        return Counter(holds if (holds := one.get("holds")) in (True, False) else None for one in found)

    @cached_property
    def _newest(self) -> Mapping[str, int]:
        """Where the newest event of each kind stands: pages that count ask this of every case, many times."""
        return {event.kind: place for place, event in enumerate(self.events)}


@dataclass(frozen=True)
class PublicView:
    """Everything the public pages are made of.

    ``kind`` is the workspace's (simulated, rehearsal, real); ``pictures`` are published planning pictures (entries of
    kind ``picture``), newest last; ``unopened`` counts entries whose opening is not in the folder. ``policies`` are the
    entries by which a pack was adopted or renewed; ``adoptions`` are all entries of each adoption case, by its id.
    ``told`` is what every event was made of, by its place in the log, so that the next view need not make it again.
    """

    kind: str
    origin: str
    size: int
    root: str
    signed_by: str
    tz: str
    as_of: datetime
    policies: tuple[PublicEvent, ...]
    cases: tuple[PublicCase, ...]
    pictures: tuple[PublicEvent, ...]
    unopened: int
    adoptions: Mapping[str, tuple[PublicEvent, ...]] = field(default_factory=dict)
    next_due: str = ""
    problems: tuple[str, ...] = ()
    told: Mapping[int, tuple[OpenedEntry, PublicEvent]] = field(default_factory=dict, compare=False, repr=False)

    def of_entries(self, key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        """Return what ``make`` made for ``key`` from the entries alone: it holds as long as only the clock moves."""
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def having(self, *kinds: str) -> list[PublicCase]:
        """Return the cases with an event of one of ``kinds``, in their order."""
        places = self.of_entries(
            ("having", *kinds), lambda: sorted({place for kind in kinds for place in self._places.get(kind, ())})
        )
        return [self.cases[place] for place in places]

    def events(self, *kinds: str) -> list[tuple[PublicCase, PublicEvent]]:
        """Return every event of one of ``kinds`` with its case, in the order of the cases."""
        return [(case, event) for case in self.having(*kinds) for event in case.events if event.kind in kinds]

    @cached_property
    def overdue(self) -> tuple[tuple[PublicCase, Duty], ...]:
        """Everything that is owed late, with its case, in the order of the cases."""
        return tuple((case, duty) for case in self.cases for duty in case.duties if duty.overdue)

    @cached_property
    def _made(self) -> dict[tuple[Any, ...], Any]:
        return {}

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """Where the cases stand that have an event of each kind: most pages count those of a few kinds alone."""
        found: dict[str, list[int]] = {}
        for place, case in enumerate(self.cases):
            for kind in {event.kind for event in case.events}:
                found.setdefault(kind, []).append(place)
        return found


def read_public_view(folder: Path, now: datetime) -> PublicView:
    """Return what the folder shows at the instant ``now``, after re-hashing all of it.

    Raises ``record.errors.Altered`` where any file does not lead to the signed head.
    """
    return view_of(read_public(folder), now, next_due=next_due(folder))


def view_at(view: PublicView, now: datetime, *, next_due: str = "") -> PublicView:
    """Return the same entries at the instant ``now``, not before ``view.as_of``, with what is said to be due next.

    Only the cases that the clock can still change are told anew: those that it can end, and those with a duty that has
    fallen due since. What only an act can change, and owes nothing new, stays as it is.
    """
    cases = tuple(_moved(one, now) for one in view.cases)
    moved = replace(view, as_of=now, cases=cases, next_due=next_due)
    # The same events in the same places: what is known of them holds on.
    vars(moved).update(_places=view._places, _made=view._made)
    return moved


def _moved(case: PublicCase, now: datetime) -> PublicCase:
    """Return the case as the clock has moved it on since: the same value where it has not."""
    if not _moves(case, now):
        return case
    if case.folded is None:
        return _case(case.id, list(case.events), now)
    told = (str(state_at(case.folded, now)), duties(case.folded, now), over_at(case.folded, now))
    if told == (case.state, case.duties, case.ended_at):
        return case
    return replace(case, state=told[0], duties=told[1], ended_at=told[2])


def _moves(case: PublicCase, now: datetime) -> bool:
    ends = case.ended_at is None and (case.folded is None or clocked(case.folded.state))
    return ends or any(not duty.overdue and duty.due <= now for duty in case.duties)


def next_due(folder: Path) -> str:
    """Return when the next entry of a known date has to be public, as the force says; empty where nothing is said."""
    try:
        return str(json.loads((folder / "due.json").read_text(encoding="utf8"))["next_due"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def view_of(log: PublicLog, now: datetime, before: PublicView | None = None, *, next_due: str = "") -> PublicView:
    """Return what a log that was read and re-hashed shows at the instant ``now``, with what is said to be due next.

    What ``before``, an earlier view, made of the very same entries is taken over from it.
    """
    policies: list[PublicEvent] = []
    pictures: list[PublicEvent] = []
    cases: dict[str, list[PublicEvent]] = {}
    adoptions: dict[str, list[PublicEvent]] = {}
    told: dict[int, tuple[OpenedEntry, PublicEvent]] = {}
    for entry in sorted(log.entries, key=_place):
        body, kept = entry.body, before.told.get(entry.index) if before else None
        event = kept[1] if kept and kept[0] is entry else _event(entry)
        told[entry.index] = entry, event
        if event.kind == "adopt":
            policies.append(event)
        if body["case"]:
            series = adoptions if is_adoption(body["case"]) else cases
            series.setdefault(body["case"], []).append(event)
        elif event.kind == "picture":
            pictures.append(event)
    earlier = {case.id: case for case in before.cases} if before and before.as_of <= now else {}
    found = tuple(_told(case_id, events, now, earlier.get(case_id)) for case_id, events in cases.items())
    zones = [case.time_zone for case in found] + [picture.data["time_zone"] for picture in pictures]
    return PublicView(
        kind=log.kind,
        origin=log.origin,
        size=log.size,
        root=log.root.hex(),
        signed_by=log.signed_by,
        tz=next((zone for zone in reversed(zones) if zone != "UTC"), "UTC"),
        as_of=now,
        policies=tuple(policies),
        cases=found,
        pictures=tuple(pictures),
        unopened=log.unopened,
        adoptions={name: tuple(events) for name, events in adoptions.items()},
        problems=chain_problems(
            (entry.raw for entry in log.entries),
            hidden=log.unopened > 0,
            parsed=(entry.body for entry in log.entries),
        ),
        told=told,
        next_due=next_due,
    )


def _place(entry: OpenedEntry) -> tuple[str, int, int]:
    """Return where an entry stands among those shown: by the time it tells, and in a case by its place there."""
    body = entry.body
    return (str(body["case"]), int(body.get("version", 0)), entry.index) if body["case"] else ("", 0, entry.index)


def _event(entry: OpenedEntry) -> PublicEvent:
    return PublicEvent(
        index=entry.index,
        kind=entry.body["kind"],
        at=read_stamp(entry.body["at"]),
        office=entry.body["office"],
        data=shown(entry.body["data"]),
        proof=proof_path(entry.index),
    )


def _told(case_id: str, events: list[PublicEvent], now: datetime, earlier: PublicCase | None) -> PublicCase:
    """Return one case, from what was ``earlier`` made of the very same events if it was."""
    if earlier and len(earlier.events) == len(events) and all(map(is_, earlier.events, events)):
        return _moved(earlier, now)
    return _case(case_id, events, now)


def _case(case_id: str, events: list[PublicEvent], now: datetime) -> PublicCase:
    folded = Case.fold(
        case_id,
        (
            Event(case_id, version, event.kind, event.at, event.office, event.data, private={})
            for version, event in enumerate(events, 1)
        ),
    )
    opened = events[0].data
    decided = next((e.data for e in reversed(events) if e.kind in ("authorise", "urgent")), {})
    starts = folded.starts_at or read_stamp(opened["window"]["from"])
    ends = folded.ends_at or read_stamp(opened["window"]["to"])
    return PublicCase(
        id=case_id,
        title=folded.title,
        state=str(state_at(folded, now)),
        area_name=opened["area"]["name"],
        area_km2=opened["area"]["km2"],
        starts_at=starts,
        ends_at=ends,
        trigger=folded.trigger,
        events=tuple(events),
        duties=duties(folded, now),
        time_zone=folded.time_zone,
        urgent=folded.urgent,
        authorised_at=folded.authorised_at,
        ratify_by=folded.ratify_by,
        ratified_at=folded.ratified_at,
        started_at=folded.started_at,
        review_due=folded.review_due,
        ended_at=over_at(folded, now),
        advice=folded.advice,
        not_consulted=tuple(decided.get("not_consulted", ())),
        folded=folded,
    )

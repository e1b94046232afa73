"""A deployment case as the fold of its events, and the states that only the clock makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from answerable.case.event import Event
from answerable.errors import IntegrityError
from answerable.place import Window, read_stamp


class State(StrEnum):
    """Where a case stands. EXPIRED and LAPSED are never stored: :func:`state_at` derives them from the clock."""

    NEW = "NEW"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    ASSESSED = "ASSESSED"
    CONSULTED = "CONSULTED"
    AUTHORISED = "AUTHORISED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    REVOKED = "REVOKED"
    WITHDRAWN = "WITHDRAWN"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    LAPSED = "LAPSED"

    @property
    def over(self) -> bool:
        """Whether nothing more can be done under this case."""
        return self in _OVER


_OVER = frozenset((State.ENDED, State.REVOKED, State.WITHDRAWN, State.REFUSED, State.EXPIRED, State.LAPSED))
LEADS_TO: Mapping[str, State] = {
    "open": State.DRAFT,
    "submit": State.SUBMITTED,
    "assess": State.ASSESSED,
    "consult": State.CONSULTED,
    "authorise": State.AUTHORISED,
    "refuse": State.REFUSED,
    "start": State.ACTIVE,
    "end": State.ENDED,
    "revoke": State.REVOKED,
    "withdraw": State.WITHDRAWN,
}


@dataclass(frozen=True)
class CaseArea:
    """The area of a case as the public record names it."""

    name: str
    km2: float


@dataclass(frozen=True)
class Case:
    """One deployment case.

    ``state`` is the last state that an event led to; ask :func:`state_at` for the state at an instant. ``pack`` is
    ``name@version``. ``window`` is what was asked for, ``starts_at`` and ``ends_at`` what was authorised. A draft
    lapses after ``lapses_at``, an authority not started after ``start_by``. ``findings`` are those of the last tested
    transition. ``hands`` are the (role, person) pairs of everyone who has acted on it.
    """

    id: str
    state: State = State.NEW
    version: int = 0
    pack: str = ""
    title: str = ""
    trigger: str = ""
    area: CaseArea | None = None
    window: Window | None = None
    lapses_at: datetime | None = None
    authorised_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    start_by: datetime | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    hands: frozenset[tuple[str, str]] = frozenset()
    events: tuple[Event, ...] = ()

    @classmethod
    def fold(cls, case_id: str, events: Iterable[Event]) -> Case:
        """Return the case that ``events`` (in order) tell; IntegrityError where one is missing or foreign."""
        case = cls(case_id)
        for event in events:
            case = case.after(event)
        return case

    def after(self, event: Event) -> Case:
        """Return the case as it stands once ``event`` has happened."""
        if event.case != self.id or event.version != self.version + 1:
            raise IntegrityError(
                f"Event {event.version} of case {event.case} does not follow event {self.version} of case {self.id}.",
                where=f"case {self.id}",
                fix="Read the events again, in order.",
            )
        case = replace(
            self,
            version=event.version,
            findings=tuple(event.data.get("findings", self.findings)),
            hands=self.hands | {(event.office, event.person)},
            events=(*self.events, event),
        )
        if event.kind == "open":
            case = _opened(case, event.data)
        elif event.kind == "authorise":
            case = _authorised(case, event)
        return replace(case, state=LEADS_TO.get(event.kind, self.state))

    @property
    def last_at(self) -> datetime | None:
        """When the last event happened."""
        return self.events[-1].at if self.events else None


def state_at(case: Case, now: datetime) -> State:
    """Return the state of ``case`` at the instant ``now``: authority ends by the clock, with no job and no event.

    EXPIRED from ``ends_at`` on; LAPSED where an authority was not started by ``start_by``, or a draft not submitted by
    ``lapses_at``. Whichever comes first is the one that counts.
    """
    if case.state is State.DRAFT and case.lapses_at is not None and now > case.lapses_at:
        return State.LAPSED
    if case.state not in (State.AUTHORISED, State.ACTIVE) or case.ends_at is None:
        return case.state
    if case.state is State.AUTHORISED and case.start_by is not None and now > case.start_by < case.ends_at:
        return State.LAPSED
    return State.EXPIRED if now >= case.ends_at else case.state


def _opened(case: Case, data: Mapping[str, Any]) -> Case:
    return replace(
        case,
        pack=data["pack"],
        title=data["title"],
        trigger=data["trigger"],
        area=CaseArea(data["area"]["name"], data["area"]["km2"]),
        window=Window(read_stamp(data["window"]["from"]), read_stamp(data["window"]["to"])),
        lapses_at=read_stamp(data["lapses_at"]),
    )


def _authorised(case: Case, event: Event) -> Case:
    return replace(
        case,
        authorised_at=event.at,
        starts_at=read_stamp(event.data["starts_at"]),
        ends_at=read_stamp(event.data["ends_at"]),
        start_by=read_stamp(event.data["start_by"]),
    )

"""How a case stands, without its history: all that a list, a clock and a duty need, and nothing that is not public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from answerable.case.state import ENDS, State
from answerable.place import Window, stamp


@dataclass(frozen=True)
class CaseArea:
    """The area of a case as the public record names it."""

    name: str
    km2: float


@dataclass(frozen=True)
class Referral:
    """A long-term alternative that was set aside now and handed to an office, to be done by ``due``."""

    option: str
    owner: str
    due: datetime | None
    outcome: str = ""


@dataclass(frozen=True)
class Standing:
    """One deployment case as it stands after its last event.

    ``state`` is the last state that an event led to; ask :func:`state_at` for the state at an instant. ``pack`` is
    ``name@version``. ``window`` is what was asked for, ``starts_at`` and ``ends_at`` what was authorised. A draft
    lapses after ``lapses_at``, an authority not started after ``start_by``, an urgent one not ratified after
    ``ratify_by``. ``review_due`` is the next review; past it by ``review_grace_min`` minutes authority is suspended.
    ``ended_at`` and ``ended_as`` are when and in which state the case came to its end (where the clock ended it, only
    once an event has followed: see :func:`over_at`). ``reasons_owed`` names an ending whose reasons are still to come.
    ``clocks`` are the pack's times as they were when the case was opened.
    """

    id: str
    state: State = State.NEW
    version: int = 0
    pack: str = ""
    title: str = ""
    trigger: str = ""
    area: CaseArea | None = None
    window: Window | None = None
    time_zone: str = "UTC"
    lapses_at: datetime | None = None
    assessed_at: datetime | None = None
    full_impact_due: datetime | None = None
    authorised_at: datetime | None = None
    urgent: bool = False
    ratify_by: datetime | None = None
    ratified_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    start_by: datetime | None = None
    started_at: datetime | None = None
    review_hours: float | None = None
    review_due: datetime | None = None
    extensions: int = 0
    ended_at: datetime | None = None
    ended_as: str = ""
    reasons_owed: str = ""
    closed_at: datetime | None = None
    referrals: tuple[Referral, ...] = ()
    clocks: Mapping[str, float] = field(default_factory=dict)
    last_at: datetime | None = None

    @property
    def review_grace_min(self) -> float:
        """Minutes after which a review that was not held suspends the authority."""
        return self.clocks.get("review_grace_min", 0.0)

    def as_json(self) -> dict[str, Any]:
        """Return the standing as plain data; what is empty is left out."""
        found: dict[str, Any] = {}
        for name in _FIELDS:
            value = getattr(self, name)
            if value != _DEFAULTS.get(name):
                found[name] = stamp(value) if name in _INSTANTS else _plain(value)
        return found

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> Standing:
        """Return the standing that :meth:`as_json` wrote."""
        # Ten thousand of these make one list: filled in one go, not through a frozen value's field-by-field set-up.
        # What is not written stands in the class already, except for the clocks, which every value has its own of.
        found = object.__new__(Standing)
        values = vars(found)
        values["clocks"] = {}
        values.update(document)
        for name in _READ.keys() & document.keys():
            values[name] = _READ[name](document[name])
        return found


_FIELDS = tuple(one.name for one in fields(Standing))
_DEFAULTS = {name: getattr(Standing(""), name) for name in _FIELDS if name != "id"}
_STATES = {str(state): state for state in State}
_INSTANTS = frozenset(one.name for one in fields(Standing) if one.type == "datetime | None")


def _plain(value: Any) -> Any:
    if isinstance(value, CaseArea):
        return [value.name, value.km2]
    if isinstance(value, Window):
        return [stamp(value.start), stamp(value.end)]
    if isinstance(value, tuple):
        return [[one.option, one.owner, stamp(one.due) if one.due else "", one.outcome] for one in value]
    if isinstance(value, State):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def _read_area(value: list[Any]) -> CaseArea:
    return CaseArea(*value)


def _read_window(value: list[str]) -> Window:
    return _window(*value)


@lru_cache(maxsize=8192)
def _window(start: str, end: str) -> Window:
    # Windows begin and end on the hour or the half, so that of thousands of cases many have one alike.
    return Window(datetime.fromisoformat(start), datetime.fromisoformat(end))


def _read_referrals(value: list[list[str]]) -> tuple[Referral, ...]:
    return tuple(
        Referral(option, owner, datetime.fromisoformat(due) if due else None, outcome)
        for option, owner, due, outcome in value
    )


_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_INSTANTS, datetime.fromisoformat),
    "state": _STATES.__getitem__,
    "area": _read_area,
    "window": _read_window,
    "referrals": _read_referrals,
}


def state_at(case: Standing, now: datetime) -> State:
    """Return the state of ``case`` at the instant ``now``: authority ends by the clock, with no job and no event.

    EXPIRED from ``ends_at`` on; LAPSED where an authority was not started by ``start_by``, or a draft not submitted by
    ``lapses_at``; URGENT_UNRATIFIED where an urgent one was not ratified by ``ratify_by``. Whichever comes first is
    the one that counts, and it is final. An authority in use is UNDER_REVIEW from ``review_due`` on, and SUSPENDED
    once the pack's grace has passed too.
    """
    if case.state is State.DRAFT:
        return _draft_at(case.lapses_at, now)
    if case.state not in (State.AUTHORISED, State.ACTIVE):
        return case.state
    ended = _ended_by_clock(case, now)
    if ended is not None:
        return ended[1]
    if case.state is State.AUTHORISED or case.review_due is None or now < case.review_due:
        return case.state
    grace = timedelta(minutes=case.review_grace_min)
    return State.SUSPENDED if now >= case.review_due + grace else State.UNDER_REVIEW


def _draft_at(lapses_at: datetime | None, now: datetime) -> State:
    return State.LAPSED if lapses_at is not None and now > lapses_at else State.DRAFT


def state_told(document: Mapping[str, Any], now: datetime) -> State:
    """Return :func:`state_at` of the standing that ``document`` tells (as :meth:`Standing.as_json` wrote it).

    No more of it is read than its state needs, which for most states is nothing: a list is made of thousands of them.
    """
    state = _STATES[document.get("state", State.NEW)]
    if state not in _CLOCKED:
        return state
    if state is State.DRAFT:
        lapses_at = document.get("lapses_at")
        return _draft_at(datetime.fromisoformat(lapses_at) if lapses_at else None, now)
    return state_at(Standing.from_json({name: document[name] for name in _AUTHORITY & document.keys()}), now)


def clocked(state: str) -> bool:
    """Return whether the clock alone can change a case of which ``state`` is what its last event led to."""
    return state in _CLOCKED


_CLOCKED = frozenset((State.DRAFT, State.AUTHORISED, State.ACTIVE))
# What the state at an instant is derived from once there is an authority for the clock to end.
_AUTHORITY = frozenset(("state", "ends_at", "urgent", "ratify_by", "ratified_at", "start_by", "review_due", "clocks"))


def _ended_by_clock(case: Standing, now: datetime) -> tuple[datetime, State] | None:
    """Return when and how the clock ended this authority; of two that fall together the first named here counts."""
    over: list[tuple[datetime, State]] = []
    if case.ends_at is not None and now >= case.ends_at:
        over.append((case.ends_at, State.EXPIRED))
    if case.urgent and case.ratified_at is None and case.ratify_by is not None and now > case.ratify_by:
        over.append((case.ratify_by, State.URGENT_UNRATIFIED))
    if case.state is State.AUTHORISED and case.start_by is not None and now > case.start_by:
        over.append((case.start_by, State.LAPSED))
    return min(over, key=lambda one: one[0]) if over else None


def over_at(case: Standing, now: datetime) -> datetime | None:
    """Return when ``case`` came to its end, by an event or by the clock; None where it has not."""
    if case.ended_at is not None:
        return case.ended_at
    if case.state is State.DRAFT:
        return case.lapses_at if state_at(case, now) is State.LAPSED else None
    if case.state in (State.AUTHORISED, State.ACTIVE):
        ended = _ended_by_clock(case, now)
        return ended[0] if ended else None
    return None


def was_used(case: Standing) -> bool:
    """Return whether the deployment was ever started: only then is there something to debrief and to evaluate."""
    return case.started_at is not None


def to_account_for(case: Standing, now: datetime) -> bool:
    """Return whether an authority that was used has ended and is yet to be debriefed."""
    return was_used(case) and state_at(case, now) in ENDS

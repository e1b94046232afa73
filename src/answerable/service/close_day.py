"""The daily statement: what each past day had, also when it had nothing, so that silence is evidence too."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.machine import Case, state_at
from answerable.case.standing import clocked, state_told
from answerable.case.state import DERIVED, FOR_GOOD, State
from answerable.place import zone
from answerable.record.encode import parse_body
from answerable.service.history import event_of
from answerable.service.statement import statement
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

KIND = "close-day"
MOST_DAYS = 400


def close_past_days(workspace: Workspace, now: datetime) -> int:
    """Append the statement of every past local day that has none yet; return how many there were.

    The first day is that of the first entry. A clock that jumped far ahead closes no more than 400 days at once.
    """
    tz = workspace.settings.time_zone or "UTC"
    today = now.astimezone(zone(tz)).date()
    closed = workspace.store.events("", kinds=(KIND,))
    if closed:
        day = date.fromisoformat(closed[-1].data["day"]) + timedelta(days=1)
    else:
        first = next(iter(workspace.store.events("")), None)
        if first is None:
            return 0
        day = first.at.astimezone(zone(tz)).date()
    days = [day + timedelta(days=n) for n in range(min((today - day).days, MOST_DAYS))]
    said = days_said(workspace, days, tz)
    workspace.store.append([statement(workspace, KIND, one, office="system", at=now) for one in said])
    return len(days)


def days_said(workspace: Workspace, days: Sequence[date], tz: str) -> Iterator[dict[str, Any]]:
    """Yield what the statement of each of ``days`` (in order) says: entries by kind, cases by number, and the states
    that the midnight after it found. ``by_clock`` counts those that the clock made and that have no entry of their own.

    The record is read once, however many days there are.
    """
    if not days:
        return
    entries = [one for one in workspace.store.events() if one.kind != KIND]
    had = defaultdict(list)
    for one in entries:
        had[one.at.astimezone(zone(tz)).date()].append(one)
    midnights = _Midnights(workspace, entries, _midnight(days[0], tz))
    for day in days:
        opened = [one for one in had[day] if one.kind == "open"]
        numbers = [int(parse_body(one.body).get("number", 0)) for one in opened]
        states = midnights.states(_midnight(day, tz))
        yield {
            "day": day.isoformat(),
            "time_zone": tz,
            "counts": dict(sorted(Counter(one.kind for one in had[day]).items())),
            "first": min(numbers, default=0),
            "last": max(numbers, default=0),
            "active": sum(states[state] for state in State if state.live),
            "by_clock": {str(state): states[state] for state in sorted(DERIVED) if states[state]},
        }


def _midnight(day: date, tz: str) -> datetime:
    """Return the instant at which ``day`` is over."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone(tz))


class _Midnights:
    """The states of all cases at one midnight after another, in order.

    A case whose state nothing can change any more, no later entry and no clock, is counted and not looked at again.
    """

    def __init__(self, workspace: Workspace, entries: Sequence[StoredEvent], first: datetime) -> None:
        self._settled: Counter[State] = Counter()
        self._told: list[dict[str, Any]] = []
        later = set()
        for line in workspace.store.cases():
            if is_adoption(line.id):
                continue
            if line.last_at < first and line.standing:
                self._told.append(json.loads(line.standing))
            else:
                later.add(line.id)
        self._folded = {name: Case(name) for name in sorted(later)}
        self._to_come: dict[str, deque[StoredEvent]] = {name: deque() for name in self._folded}
        for one in entries:
            if one.case_id in later:
                self._to_come[one.case_id].append(one)

    def states(self, at: datetime) -> Counter[State]:
        """Return how many cases were in each state at ``at``, which is never before the last one asked for."""
        found: Counter[State] = Counter()
        for name in list(self._folded):
            case = self._folded[name] = self._until(self._folded[name], at)
            if not self._to_come[name]:
                self._told.append(self._folded.pop(name).standing.as_json())
            elif case.version:
                found[state_at(case, at)] += 1
        still = []
        for told in self._told:
            state = state_told(told, at)
            if clocked(told.get("state", "")) and state not in FOR_GOOD:
                found[state] += 1
                still.append(told)
            else:
                self._settled[state] += 1
        self._told = still
        return found + self._settled

    def _until(self, case: Case, at: datetime) -> Case:
        to_come = self._to_come[case.id]
        while to_come and to_come[0].at < at:
            case = case.after(event_of(to_come.popleft()))
        return case

"""The daily statement: what each past day had, also when it had nothing, so that silence is evidence too."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.machine import Case, state_at
from answerable.case.standing import Standing
from answerable.case.state import DERIVED, State
from answerable.place import zone
from answerable.record.encode import parse_body
from answerable.service.history import event_of
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

KIND = "close-day"
MOST_DAYS = 400


def close_past_days(workspace: Workspace, now: datetime) -> int:
    """Append the statement of every past local day that has none yet; return how many there were.

    The first day is that of the first entry. A clock that jumped far ahead closes no more than 400 days at once.
    """
    tz = zone(workspace.settings.time_zone or "UTC")
    today = now.astimezone(tz).date()
    closed = workspace.store.events("", kinds=(KIND,))
    if closed:
        day = date.fromisoformat(closed[-1].data["day"]) + timedelta(days=1)
    else:
        first = next(iter(workspace.store.events("")), None)
        if first is None:
            return 0
        day = first.at.astimezone(tz).date()
    many = 0
    while day < today and many < MOST_DAYS:
        workspace.store.append([statement(workspace, KIND, day_said(workspace, day, str(tz)), office="system", at=now)])
        day += timedelta(days=1)
        many += 1
    return many


def day_said(workspace: Workspace, day: date, tz: str) -> dict[str, Any]:
    """Return what the statement of ``day`` says: entries by kind, cases by number, states as midnight found them.

    ``by_clock`` counts the states that the clock made of cases and that have no entry of their own.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=zone(tz))
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone(tz))
    kinds: Counter[str] = Counter()
    numbers = []
    for event in workspace.store.events():
        if start <= event.at < end and event.kind != KIND:
            kinds[event.kind] += 1
            if event.kind == "open":
                numbers.append(int(parse_body(event.body).get("number", 0)))
    states = _states(workspace, end)
    return {
        "day": day.isoformat(),
        "time_zone": tz,
        "counts": dict(sorted(kinds.items())),
        "first": min(numbers, default=0),
        "last": max(numbers, default=0),
        "active": sum(states[state] for state in State if state.live),
        "by_clock": {str(state): states[state] for state in sorted(DERIVED) if states[state]},
    }


def _states(workspace: Workspace, at: datetime) -> Counter[State]:
    found: Counter[State] = Counter()
    for line in workspace.store.cases():
        if is_adoption(line.id) or line.first_at >= at:
            continue
        if line.last_at < at and line.standing:
            found[state_at(Standing.from_json(json.loads(line.standing)), at)] += 1
        else:
            events = [event_of(one) for one in workspace.store.events(line.id) if one.at < at]
            if events:
                found[state_at(Case.fold(line.id, events), at)] += 1
    return found

"""The daily statements: many days closed at once say what each says by itself, and the record is read once for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.case.machine import Case, state_at
from answerable.case.state import DERIVED, State
from answerable.clock import FixedClock
from answerable.place import zone
from answerable.service.cases import act
from answerable.service.close_day import KIND, MOST_DAYS, close_past_days, days_said
from answerable.service.history import event_of
from answerable.service.workspace import Workspace

TZ = "Europe/London"
FIRST = date(2018, 11, 30)
Opened = Callable[[dict[str, Any]], str]


def by_itself(workspace: Workspace, day: date) -> dict[str, Any]:
    """What a day had, worked out from every event of every case up to its midnight."""
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone(TZ)).astimezone(UTC)
    start = datetime.combine(day, datetime.min.time(), zone(TZ)).astimezone(UTC)
    entries = [one for one in workspace.store.events() if one.kind != KIND]
    states: Counter[State] = Counter()
    for line in workspace.store.cases():
        until = [event_of(one) for one in entries if one.case_id == line.id and one.at < end]
        if until:
            states[state_at(Case.fold(line.id, until), end)] += 1
    within = [one for one in entries if start <= one.at < end]
    numbers = [int(one.case_id[-4:]) for one in within if one.kind == "open"]
    return {
        "day": day.isoformat(),
        "time_zone": TZ,
        "counts": dict(sorted(Counter(one.kind for one in within).items())),
        "first": min(numbers, default=0),
        "last": max(numbers, default=0),
        "active": sum(many for state, many in states.items() if state.live),
        "by_clock": {str(state): states[state] for state in sorted(DERIVED) if states[state]},
    }


@pytest.fixture
def busy(
    workspace: Workspace,
    clock: FixedClock,
    opened: Opened,
    sound: dict[str, Any],
    take: Callable[..., Any],
    section_file: Callable[..., Path],
) -> Workspace:
    """Six days: a draft that lapses, one taken back, and an authority under review, suspended and run out."""
    case = opened(sound)
    opened(sound)
    take(case, "authorise")
    clock.advance(hours=3)
    act(workspace, case, Command("start"), "operational-commander", added=section_file("start"))
    clock.advance(hours=24 * 2)
    third = opened(sound)
    clock.advance(hours=20)
    act(workspace, third, Command("withdraw"), "applicant")
    clock.advance(hours=24 * 3)
    return workspace


def test_many_days_at_once_say_what_each_says_by_itself(busy: Workspace) -> None:
    for many in (1, 3, 8):
        days = [FIRST + timedelta(days=n) for n in range(many)]
        assert list(days_said(busy, days, TZ)) == [by_itself(busy, day) for day in days]
    last = [FIRST + timedelta(days=n) for n in range(3, 8)]
    said = list(days_said(busy, last, TZ))
    assert said == [by_itself(busy, day) for day in last]
    assert any(one["by_clock"] for one in said)


def test_a_record_that_slept_for_a_year_is_read_once_to_close_its_days(
    busy: Workspace, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    ours = type(busy.store).events

    def counted(store: Any, *args: Any, **named: Any) -> Any:
        read.append((args, named))
        return ours(store, *args, **named)

    monkeypatch.setattr(type(busy.store), "events", counted)
    clock.advance(hours=24 * 500)
    assert close_past_days(busy, clock.now()) == MOST_DAYS
    assert len(read) < 10
    assert close_past_days(busy, clock.now()) > 0
    assert close_past_days(busy, clock.now()) == 0

"""Counting for the bulletin: cases in, totals of a quarter out; no file, no clock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from answerable.case.deployment import Case
from answerable.case.duties import duties
from answerable.case.event import Event
from answerable.case.standing import over_at, state_at
from answerable.errors import UsageError
from answerable.place import Window, local, zone
from answerable.present.bulletin import CaseLine, Line
from answerable.service.notices_due import case_notices

_QUARTER = re.compile(r"(\d{4})Q([1-4])")
# Totals that are counted from entries of these kinds, in the order they are read out.
ENTRIES = (
    ("proposed", "Proposed", ("open",)),
    ("blocked", "Times a rule stopped a step", ("blocked",)),
    ("refused", "Refused by a person", ("refuse",)),
    ("withdrawn", "Taken back by those who proposed it", ("withdraw",)),
    ("authorised", "Authorised", ("authorise", "urgent")),
    ("urgent", "of these on the urgent path", ("urgent",)),
    ("ratified", "Urgent authorities ratified", ("ratify",)),
    ("started", "Started", ("start",)),
    ("extended", "Extended", ("extend",)),
    ("ended", "Ended by those who led them", ("end",)),
    ("revoked", "Revoked", ("revoke",)),
    ("debriefed", "Debriefed", ("debrief",)),
    ("evaluated", "Evaluated", ("evaluate",)),
    ("closed", "Closed", ("close",)),
)
BY_CLOCK = (
    ("expired", "Ran to their end and expired"),
    ("lapsed", "Lapsed: not handed in, or not started, in time"),
    ("unratified", "Urgent authorities that nobody ratified"),
    ("suspended", "Suspended because a review was missed"),
)
VERDICTS = (
    ("cannot_tell", "Evaluations that cannot tell"),
    ("fell", "Evaluations that found less violence"),
    ("no_difference", "Evaluations that found no difference"),
    ("rose", "Evaluations that found more violence"),
)
COUNTED = (
    ("weapon_drawn", "Times a weapon was drawn"),
    ("force", "Uses of force"),
    ("injury_officer", "Injuries to officers"),
    ("injury_other", "Injuries to others"),
    ("search", "Searches"),
    ("arrest", "Arrests"),
    ("complaint", "Complaints"),
    ("contact_under_18", "Contacts with under-18s"),
    ("outside", "Deployments logged outside the tactic"),
)
REPORTS = (
    ("materialised", "Expected violence that came"),
    ("refuted", "Reports that were shown to be false"),
    ("nothing_found", "Nothing found: the window passed and nothing is known to have happened"),
    ("treated", "Cannot be told, because a deployment took place"),
    ("unknown", "Not known"),
)


@dataclass(frozen=True)
class Counts:
    """What was counted: totals, outcomes, one line for each case, hours with an authority in use, entries by kind."""

    lines: tuple[Line, ...]
    outcomes: tuple[Line, ...]
    cases: tuple[CaseLine, ...]
    hours_active: float
    kinds: Mapping[str, int]


def quarter_of(at: datetime, tz: str) -> str:
    """Return the quarter of an instant in local time.

    >>> quarter_of(datetime(2018, 11, 30, tzinfo=UTC), "Europe/London")
    '2018Q4'
    """
    there = local(at, tz)
    return f"{there.year}Q{(there.month + 2) // 3}"


def quarter_window(quarter: str, tz: str) -> Window:
    """Return a quarter ("2026Q4") from local midnight to local midnight; UsageError for another spelling."""
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise UsageError("This is not a quarter.", where=quarter, fix="Write it as 2026Q4.")
    year, number = int(found[1]), int(found[2])

    def midnight(years: int, month: int) -> datetime:
        return datetime(years, month, 1, tzinfo=zone(tz)).astimezone(UTC)

    end = midnight(year + 1, 1) if number == 4 else midnight(year, 3 * number + 1)
    return Window(midnight(year, 3 * number - 2), end)


def count(cases: Sequence[Case], window: Window, as_of: datetime, resolved: Iterable[str] = ()) -> Counts:
    """Count what happened to ``cases`` in ``window``, as it was known at ``as_of`` (no later than its end).

    ``resolved`` are the outcomes of the reports resolved in the window.
    """
    known = [until(case, as_of) for case in cases]
    known = [case for case in known if case.events]
    inside = [event for case in known for event in case.events if window.contains(event.at)]
    kinds = Counter(event.kind for event in inside)
    clock = Counter(kind for case in known for kind in _by_clock(case, window, as_of))
    hours = {case.id: hours_in_use(case, window, as_of) for case in known}
    stopped = len({event.case for event in inside if event.kind == "blocked"})
    lines = [Line(key, words, sum(kinds[k] for k in of), _entries(of)) for key, words, of in ENTRIES]
    lines.insert(2, Line("cases_blocked", "Cases that a rule stopped at least once", stopped, _entries(("blocked",))))
    lines += [Line(key, words, clock[key], "the clock") for key, words in BY_CLOCK]
    lines += _owed(known, as_of)
    return Counts(
        lines=tuple(lines),
        outcomes=_outcomes(inside, Counter(resolved)),
        cases=tuple(_line(case, as_of, hours[case.id]) for case in known if _belongs(case, window, hours[case.id])),
        hours_active=sum(hours.values()),
        kinds=dict(kinds),
    )


def until(case: Case, as_of: datetime) -> Case:
    """Return a case as it was known at ``as_of``: folded from the events up to then."""
    if not case.events or case.events[-1].at <= as_of:
        return case
    return Case.fold(case.id, (event for event in case.events if event.at <= as_of))


def hours_in_use(case: Case, window: Window, as_of: datetime) -> float:
    """Return the hours of ``window`` in which the authority of ``case`` was in use."""
    if case.started_at is None:
        return 0.0
    ended = over_at(case, as_of) or as_of
    start, end = max(case.started_at, window.start), min(ended, window.end)
    return max(timedelta(0), end - start) / timedelta(hours=1)


def _by_clock(case: Case, window: Window, as_of: datetime) -> list[str]:
    told = case_notices(case.id, [(event, None) for event in case.events], as_of, tz="UTC")
    found = {notice.id: notice for notice in told}
    of_clock = dict(BY_CLOCK)
    return [n.kind for n in found.values() if n.kind in of_clock and window.contains(n.at)]


def _owed(cases: Sequence[Case], as_of: datetime) -> list[Line]:
    owed = [duty for case in cases for duty in duties(case, as_of) if duty.overdue]
    referrals = sum(duty.kind == "referral" for duty in owed)
    rest = sum(duty.kind in ("debrief", "evaluate", "close") for duty in owed)
    return [
        Line("referrals_overdue", "Referrals of long-term options that are overdue", referrals, "the clock"),
        Line("accounts_overdue", "Debriefs, evaluations and closings that are overdue", rest, "the clock"),
    ]


def _outcomes(events: Sequence[Event], resolved: Counter[str]) -> tuple[Line, ...]:
    verdicts = Counter(str(event.data.get("verdict")) for event in events if event.kind == "evaluate")
    logged: Counter[str] = Counter()
    for event in events:
        if event.kind == "log":
            logged.update(str(entry.get("kind")) for entry in event.data.get("entries") or ())
    return (
        *(Line(key, words, resolved[key], "outcomes of reports") for key, words in REPORTS),
        *(Line(key, words, verdicts[key], _entries(("evaluate",))) for key, words in VERDICTS),
        *(Line(key, words, logged[key], _entries(("log",))) for key, words in COUNTED),
    )


def _entries(kinds: Iterable[str]) -> str:
    return "entries " + " and ".join(f"'{kind}'" for kind in kinds)


def _belongs(case: Case, window: Window, hours: float) -> bool:
    return hours > 0 or any(window.contains(event.at) for event in case.events)


def _line(case: Case, as_of: datetime, hours: float) -> CaseLine:
    state = str(state_at(case, as_of)).replace("_", " ").lower()
    stopped = case.events[-1].kind == "blocked"
    area: Any = case.area
    return CaseLine(case.id, case.title, area.name if area else "", f"{state}, blocked" if stopped else state, hours)

"""What is counted, and the most of it in any rolling window.

A window is half-open and may lie anywhere: before, around or after the instant asked about. Looking only backwards
from a decision would let more through whenever a clock is set back, so every window that would hold the new case is
looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from answerable.place import Window

# A year has 366 days and a quarter 92, so that no calendar year or quarter, the longest included, holds more either.
YEAR = timedelta(days=366)
QUARTER = timedelta(days=92)


@dataclass(frozen=True)
class Authorised:
    """A case that was authorised, at ``at``; it counts whatever became of it afterwards.

    ``urgent`` cases count from their urgent authority, ratified or not. ``granted`` is the window of the authority (of
    a case not yet authorised: the one asked for), ``out`` the part of it in which officers were out, or still may be;
    None where they never were.
    """

    case: str
    at: datetime
    urgent: bool = False
    granted: Window | None = None
    out: Window | None = None


def most_at_once(instants: Iterable[datetime], with_these: Sequence[datetime], span: timedelta) -> int:
    """Return the most of ``instants`` and ``with_these`` in any window of length ``span`` that holds all the latter.

    0 where no window holds them all.

    >>> from datetime import UTC
    >>> day = [datetime(2018, 12, n, tzinfo=UTC) for n in range(1, 20)]
    >>> most_at_once([day[0], day[6], day[12]], [day[7]], timedelta(days=7))
    3
    """
    first, last = min(with_these), max(with_these)
    near = sorted([*(at for at in instants if last - span < at < first + span), *with_these])
    best = start = 0
    for end, at in enumerate(near):
        while at - near[start] >= span:
            start += 1
        if near[start] <= first and last <= at:
            best = max(best, end - start + 1)
    return best


def most_hours(windows: Iterable[Window], new: Window, span: timedelta) -> float:
    """Return the most hours of ``windows`` and ``new`` inside any window of length ``span`` that meets ``new``."""
    near = [one for one in windows if new.start - span < one.end and one.start < new.end + span]
    near.append(new)
    # The hours inside change their slope only where an end of the long window passes an end of a short one.
    edges = {one.start for one in near} | {one.end - span for one in near}
    held = [start for start in edges if start < new.end and new.start < start + span]
    return max(sum(_shared(one, start, start + span) for one in near) for start in held)


def _shared(one: Window, start: datetime, end: datetime) -> float:
    return max(timedelta(0), min(one.end, end) - max(one.start, start)) / timedelta(hours=1)


def most_days(days: Iterable[date], new: Iterable[date], span: timedelta) -> int:
    """Return the most distinct days among ``days`` and ``new`` in any run of ``span`` that holds one of ``new``."""
    fresh = set(new)
    every = sorted(set(days) | fresh)
    best = start = 0
    for end, day in enumerate(every):
        while day - every[start] >= span:
            start += 1
        held = every[start : end + 1]
        if fresh.intersection(held):
            best = max(best, len(held))
    return best

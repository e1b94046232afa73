"""Weekly patterns: what happens on the same weekday at the same hours, at even steps, is a routine and no exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.place import Window, local

# [D], for consultation: a case and two earlier ones, each one to four weeks apart, make a pattern.
REPEATS = 2
UP_TO_WEEKS = 4


def weekly_pattern(
    windows: Iterable[Window], new: Window, tz: str, setting: Mapping[str, Any] | None = None
) -> int | None:
    """Return the step in weeks of the pattern that ``new`` makes with earlier ``windows``; None where it makes none.

    There is a pattern of step k where ``windows`` of k, 2k, ... (``repeats``, 2) weeks before, or after, or on both
    sides of ``new`` share hours with it on the wall clock of the zone ``tz``; k goes up to ``up_to_weeks`` (4).
    ``setting`` is the pack's ``rarity.pattern``, which may name both numbers.
    """
    asked = setting or {}
    repeats, most = int(asked.get("repeats", REPEATS)), int(asked.get("up_to_weeks", UP_TO_WEEKS))
    start, end = _wall(new, tz)
    others = [_wall(window, tz) for window in windows]
    reach = range(-repeats * most, repeats * most + 1)
    weeks = {n for n in reach if n and any(_meets(other, start, end, timedelta(weeks=n)) for other in others)}
    for step in range(1, most + 1):
        run = [n == 0 or n * step in weeks for n in range(-repeats, repeats + 1)]
        # A run of ``repeats`` + 1 even steps that takes in the new one, which stands in the middle.
        if any(all(run[first : first + repeats + 1]) for first in range(repeats + 1)):
            return step
    return None


def could_match(window: Window, new: Window, tz: str, setting: Mapping[str, Any] | None = None) -> bool:
    """Say whether ``window`` shares hours with ``new`` some whole weeks on, near enough to be part of a pattern."""
    asked = setting or {}
    most = int(asked.get("repeats", REPEATS)) * int(asked.get("up_to_weeks", UP_TO_WEEKS))
    (start, end), other = _wall(new, tz), _wall(window, tz)
    return any(n and _meets(other, start, end, timedelta(weeks=n)) for n in range(-most, most + 1))


def _wall(window: Window, tz: str) -> tuple[datetime, datetime]:
    # Without their zone, so that the hour is the one on the wall when the clocks change in between.
    return local(window.start, tz).replace(tzinfo=None), local(window.end, tz).replace(tzinfo=None)


def _meets(other: tuple[datetime, datetime], start: datetime, end: datetime, by: timedelta) -> bool:
    return other[0] < end + by and start + by < other[1]

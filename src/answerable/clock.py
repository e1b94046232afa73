"""The only reader of time. Everything else is handed a clock or an instant.

>>> clock = FixedClock(datetime(2018, 11, 30, 20, tzinfo=UTC))
>>> clock.advance(hours=2)
>>> clock.now().isoformat()
'2018-11-30T22:00:00+00:00'
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

NOW_VARIABLE = "ANSWERABLE_NOW"


class Clock(Protocol):
    """Anything that tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's instant in UTC, whole seconds, as it is written in the record."""
        return datetime.now(UTC).replace(microsecond=0)


class FixedClock:
    """A clock that stands still until told to move: for tests, rehearsals and the simulated city."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move the clock to ``at``, forwards or backwards."""
        self._at = at.astimezone(UTC)

    def advance(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Move the clock on by the given time."""
        self._at += timedelta(hours=hours, minutes=minutes)


class NeverBack:
    """A clock that is never earlier than ``floor()``: what the record says has happened, has happened."""

    def __init__(self, clock: Clock, floor: Callable[[], datetime | None]) -> None:
        self._clock = clock
        self._floor = floor

    def now(self) -> datetime:
        """Return the clock's instant, or the floor where that is later."""
        at, floor = self._clock.now(), self._floor()
        return at if floor is None else max(at, floor)


def told(environment: Mapping[str, str] | None = None) -> FixedClock | None:
    """Return a clock that stands at what ``ANSWERABLE_NOW`` says, None where it says nothing.

    Only simulations listen to it, so that a story can be told in which weeks pass. ValueError where it is not an
    ISO 8601 time with its offset.
    """
    text = (os.environ if environment is None else environment).get(NOW_VARIABLE, "").strip()
    return FixedClock(datetime.fromisoformat(text).replace(microsecond=0)) if text else None

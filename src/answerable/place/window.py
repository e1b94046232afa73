"""Half-open windows of time in UTC, and the only place where local time is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from answerable.errors import InputError, UsageError


@dataclass(frozen=True, order=True)
class Window:
    """A half-open interval ``[start, end)`` of aware UTC instants.

    >>> night = Window.of_hours(datetime(2018, 11, 30, 20, tzinfo=UTC), 4)
    >>> night.hours, night.end.isoformat()
    (4.0, '2018-12-01T00:00:00+00:00')
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs aware instants")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise InputError(
                "A window must end after it starts.",
                where=f"{self.start.isoformat()} to {self.end.isoformat()}",
                fix="Check the order of the two times and their dates.",
            )

    @classmethod
    def of_hours(cls, start: datetime, hours: float) -> Window:
        """Return the window that starts at ``start`` and lasts ``hours``."""
        return cls(start, start + timedelta(hours=hours))

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.end - self.start) / timedelta(hours=1)

    def contains(self, at: datetime) -> bool:
        """Say whether ``at`` lies in the window; its end does not."""
        return self.start <= at < self.end

    def overlaps(self, other: Window) -> bool:
        """Say whether the two windows share any time."""
        return self.start < other.end and other.start < self.end


@cache
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone ``name``; UsageError where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            "This is not a known time zone.", where=name, fix="Use an IANA name such as Europe/London."
        ) from error


def parse_instant(text: str, tz: str) -> datetime:
    """Read an ISO 8601 time; one without an offset is local time in the zone ``tz``.

    A local time that occurs twice, or never, in that zone is refused rather than guessed (InputError).

    >>> parse_instant("2016-12-31T20:00", "America/New_York").isoformat()
    '2017-01-01T01:00:00+00:00'
    """
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            "This is not a time.", where=text, fix="Write it as 2018-11-30T20:00, with an offset if it is not local."
        ) from error
    if read.tzinfo is not None:
        return read.astimezone(UTC)
    first, second = (read.replace(tzinfo=zone(tz), fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        kind = "occurs twice" if first < second else "does not occur"
        raise InputError(
            f"This local time {kind} in {tz}, where the clocks change.",
            where=text,
            fix=f"Add the offset, for example {first.astimezone(zone(tz)).isoformat()}.",
        )
    return first


def local(at: datetime, tz: str) -> datetime:
    """Return the instant ``at`` as local time in the zone ``tz``, for showing."""
    return at.astimezone(zone(tz))


def stamp(at: datetime) -> str:
    """Write an instant as it stands in every file we write: UTC, whole seconds, with a Z.

    >>> stamp(datetime(2018, 11, 30, 20, tzinfo=UTC))
    '2018-11-30T20:00:00Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_stamp(text: str) -> datetime:
    """Read an instant that :func:`stamp` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)

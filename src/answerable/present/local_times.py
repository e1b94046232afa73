"""Times for readers: instants that stand in a sentence as UTC stamps, said in a zone's own time with its name."""

from __future__ import annotations

import re
from datetime import datetime

from answerable.place import local

_STAMP = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def local_time(at: datetime, tz: str) -> str:
    """Return an instant as local time in the zone ``tz`` (an IANA name), to the minute.

    >>> from datetime import UTC
    >>> local_time(datetime(2018, 7, 1, 20, tzinfo=UTC), "Europe/London")
    '2018-07-01 21:00 Europe/London'
    """
    return f"{local(at, tz):%Y-%m-%d %H:%M} {tz}"


def in_local_times(text: str, tz: str) -> str:
    """Return ``text`` with every UTC stamp in it (``2018-07-01T20:00:00Z``) as local time in the zone ``tz``.

    >>> in_local_times("It ends 2018-07-01T20:00:00Z.", "Europe/London")
    'It ends 2018-07-01 21:00 Europe/London.'
    """
    return _STAMP.sub(lambda found: _said(found[0], tz), text)


def _said(stamp: str, tz: str) -> str:
    try:
        return local_time(datetime.fromisoformat(stamp), tz)
    except (ValueError, OverflowError):
        return stamp

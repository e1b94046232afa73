"""Dosage: officer-minutes by cell and hour of a deployment, without which no evaluation is possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.case.log import PRESENCE
from answerable.place import read_stamp, stamp

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Dosage:
    """Officer-minutes in all and by (cell, start of the hour in UTC).

    ``complete`` is whether officers' presence is logged at all, and every such entry says where, how many and how long.
    """

    officer_minutes: float
    by_cell_hour: tuple[tuple[str, datetime, float], ...]
    complete: bool

    def as_json(self) -> dict[str, Any]:
        """Return the dosage as plain data, for the public record."""
        return {
            "officer_minutes": self.officer_minutes,
            "by_cell_hour": [
                {"cell": cell, "hour": stamp(hour), "officer_minutes": minutes}
                for cell, hour, minutes in self.by_cell_hour
            ],
        }


def dosage(entries: Iterable[Mapping[str, Any]]) -> Dosage:
    """Return the dosage that log entries (as an event publishes them) add up to.

    An entry of ``officers`` officers for ``minutes`` minutes from ``at`` on counts officers x minutes, shared out over
    the hours it spans. Entries that lack one of cell, officers and minutes count for nothing and leave it incomplete.

    >>> found = dosage([{"kind": "static", "at": "2018-11-30T20:45:00Z", "cell": "c", "officers": 4, "minutes": 30}])
    >>> found.officer_minutes, [minutes for _, _, minutes in found.by_cell_hour], found.complete
    (120.0, [60.0, 60.0], True)
    """
    present = [entry for entry in entries if entry["kind"] in PRESENCE]
    full = [entry for entry in present if all(entry.get(name) for name in ("cell", "officers", "minutes"))]
    spent: dict[tuple[str, datetime], float] = defaultdict(float)
    for entry in full:
        for hour, minutes in _by_hour(read_stamp(entry["at"]), float(entry["minutes"])):
            spent[entry["cell"], hour] += minutes * entry["officers"]
    by_cell_hour = tuple((cell, hour, round(minutes, 6)) for (cell, hour), minutes in sorted(spent.items()))
    total = sum(float(entry["minutes"]) * entry["officers"] for entry in full)
    return Dosage(total, by_cell_hour, bool(present) and len(full) == len(present))


def _by_hour(start: datetime, minutes: float) -> Iterator[tuple[datetime, float]]:
    end = start + minutes * _MINUTE
    while start < end:
        hour = start.replace(minute=0, second=0, microsecond=0)
        until = min(end, hour + timedelta(hours=1))
        yield hour, (until - start) / _MINUTE
        start = until

"""Hold the record against a count that others keep, day by day, and publish what stays unexplained.

A log proves what is in it, never what is missing. A force's own count of armed deployments, from its control room or
its armoury, is kept by other people for other reasons: where it is higher, something was not logged, or late.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from answerable.case.standing import was_used
from answerable.errors import InputError, NotAllowed
from answerable.place import local
from answerable.service.bulletin import open_cases
from answerable.service.people import actor
from answerable.service.public_text import check_public_text
from answerable.service.publish import publish
from answerable.service.statement import record, statement
from answerable.service.workspace import Workspace

KIND = "reconcile"
HEAD = ("day", "armed_deployments")
MAY = frozenset(("evaluator", "disclosure", "inspector", "scrutiny"))
_MOST_DAYS = 3700
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Reconciliation:
    """What the comparison of ``days`` from ``first`` to ``last`` found.

    ``outside`` and ``record`` are sums; ``unexplained`` how many the outside count has more, summed over days on which
    it is higher; ``only_here`` how many the record has more, likewise. A day too many does not make good a day too
    few. ``differing`` lists those days; ``sha256`` is of the file.
    """

    source: str
    first: str
    last: str
    days: int
    outside: int
    record: int
    unexplained: int
    only_here: int
    differing: tuple[dict[str, Any], ...]
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """Return it as it is published."""
        return {**asdict(self), "differing": [dict(one) for one in self.differing]}

    def text(self) -> str:
        """Return it as lines to read."""
        lines = [f"{one['day']}: {one['outside']} outside, {one['record']} in the record" for one in self.differing]
        return "\n".join(
            [
                f"{self.first} to {self.last}: {self.outside} by {self.source}; {self.record} in the record.",
                f"Unexplained: {self.unexplained}. Only in the record: {self.only_here}.",
                *lines,
                "This is published, whatever it says.",
            ]
        )


def publish_reconciliation(workspace: Workspace, file: Path, source: str, account: str) -> Reconciliation:
    """Compare the counts in ``file`` with the record, and publish the result as an entry that is opened at once.

    InputError for a file that is not such a count; NotAllowed for an account without the office to do this.
    """
    who = actor(workspace, account)
    office = next(iter(sorted(who.roles & MAY)), "")
    if not office or not who.human:
        raise NotAllowed(
            "This office does not hold the record against outside counts.",
            where=f"--as {account}",
            fix=f"Act as one of: {', '.join(sorted(MAY))}.",
        )
    check_public_text({"source": source})
    raw = _bytes(file)
    found = compare(read_counts(raw, file.name), used_by_day(workspace), source, hashlib.sha256(raw).hexdigest())
    record(workspace, lambda: [statement(workspace, KIND, found.as_json(), office=office, account=account)])
    publish(workspace)
    return found


def used_by_day(workspace: Workspace) -> Counter[date]:
    """Return how many deployments the opened record has, by the local day on which each began."""
    tz = workspace.settings.time_zone or "UTC"
    cases = open_cases(workspace)
    return Counter(local(one.started_at, tz).date() for one in cases if was_used(one) and one.started_at is not None)


def compare(outside: dict[date, int], inside: Counter[date], source: str, sha256: str) -> Reconciliation:
    """Return what differs on the days that the outside count covers; days it leaves out are not compared."""
    more = {day: count - inside[day] for day, count in sorted(outside.items()) if count != inside[day]}
    differing = [
        {"day": day.isoformat(), "outside": outside[day], "record": inside[day], "unexplained": max(0, by)}
        for day, by in more.items()
    ]
    return Reconciliation(
        source=source,
        first=min(outside).isoformat(),
        last=max(outside).isoformat(),
        days=len(outside),
        outside=sum(outside.values()),
        record=sum(inside[day] for day in outside),
        unexplained=sum(max(0, by) for by in more.values()),
        only_here=sum(max(0, -by) for by in more.values()),
        differing=tuple(differing),
        sha256=sha256,
    )


def read_counts(raw: bytes, where: str) -> dict[date, int]:
    """Read the CSV: columns ``day`` (2018-11-30) and ``armed_deployments``, a row for every day, also those with none.

    A day that is missing in between is an error: a gap in the outside count would hide one in the record.
    """
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong("This file is not CSV.", f"{where}: {error}") from error
    if not rows or tuple(rows[0]) != HEAD:
        raise _wrong("This file has other columns.", f"{where}, row 1")
    found: dict[date, int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not row:
            continue
        try:
            day, count = row
            at, many = date.fromisoformat(day), int(count)
        except ValueError as error:
            raise _wrong("A row is not a day and a whole number.", f"{where}, row {number}") from error
        if many < 0 or at in found or not count.strip().isascii():
            raise _wrong("A day is there twice, or its count is below nothing.", f"{where}, row {number}")
        found[at] = many
    if not found:
        raise _wrong("This file has no day in it.", where)
    if len(found) > _MOST_DAYS:
        raise _wrong(f"This file has more than {_MOST_DAYS} days.", where)
    gap = next((day for day in sorted(found) if day != max(found) and day + timedelta(days=1) not in found), None)
    if gap is not None:
        raise _wrong("A day is missing.", f"{where}, the day after {gap}", "Write a row with 0 where there was none.")
    return found


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _wrong("This file is too long.", str(file))
        return file.read_bytes()
    except OSError as error:
        raise _wrong("This file cannot be read.", f"{file}: {error.strerror}") from error


def _wrong(what: str, where: str, fix: str = "Give the columns day,armed_deployments, one row a day.") -> InputError:
    return InputError(what, where=where, fix=fix)

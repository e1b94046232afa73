"""The sighting check: somebody saw an armed patrol; does the public record know of it? Read from ``public/`` alone.

Nothing about who asks, where or when they saw it, is kept. What is kept is two counts a month: how many asked, and how
many saw something that is in no opened case although it should be by now.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from answerable.place import stamp
from answerable.record.publish import write_file
from answerable.service.public_view import PublicCase, PublicView

FILE = "sightings.json"
COVERED, NOT_OPENED, NOTHING = "covered", "not-opened-yet", "nothing-logged"
# A clock on a street corner is not a clock in a control room.
_NEAR = timedelta(minutes=30)
# An authority, with its extensions, lasts no longer than two days under the example pack; its facts follow in one more.
_FACTS_BY = timedelta(days=3)
_LOCK_SECONDS = 5


@dataclass(frozen=True)
class Sighting:
    """What the record says of a sighting: an ``answer`` (one of the three), the ``cases`` that cover it, ``due_by``.

    ``elsewhere`` are cases that were out at that time under another place's name: the reader may know better.
    ``unused`` are cases that asked for that place and time and by which, as the record tells it, nobody was sent.
    """

    answer: str
    cases: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    due_by: str = ""
    unused: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The answer for a reader."""
        return {
            COVERED: "Covered by an opened case.",
            NOT_OPENED: f"Not opened yet: if it was logged, it is due to be public by {self.due_by}.",
            NOTHING: "Nothing logged: no opened case tells of anybody out there then, and by now one should.",
        }[self.answer]


def check_sighting(view: PublicView, place: str, at: datetime) -> Sighting:
    """Return what the record says of a patrol seen at ``at`` in ``place`` (the name of a ward or an area).

    The record names areas and does not draw them, so that places are compared by name. An entry that is not opened yet
    could be anything: as long as there is one and its date has not come, nobody can say that nothing was logged.
    """
    out = [case for case in view.cases if _was_out(case, at, view.as_of)]
    here = tuple(case.id for case in out if _same_place(case.area_name, place))
    elsewhere = tuple(case.id for case in out if case.id not in here)
    if here:
        return Sighting(COVERED, here, elsewhere)
    unused = tuple(case.id for case in view.cases if _was_asked(case, at) and _same_place(case.area_name, place))
    due = at + _FACTS_BY
    if view.unopened and view.as_of <= due:
        return Sighting(NOT_OPENED, (), elsewhere, stamp(due), unused)
    return Sighting(NOTHING, (), elsewhere, unused=unused)


def count_sighting(public: Path, answer: str, now: datetime) -> bool:
    """Add one to the counts of this month; False where the folder cannot be written, and then nothing is counted."""
    month = stamp(now)[:7]
    try:
        lock = sqlite3.connect(public / ".sightings.lock", timeout=_LOCK_SECONDS, isolation_level=None)
        with closing(lock):
            lock.execute("BEGIN EXCLUSIVE")
            counts = sightings(public)
            asked, unmatched = counts.get(month, (0, 0))
            counts[month] = (asked + 1, unmatched + (answer == NOTHING))
            said = {one: {"asked": both[0], "nothing_logged": both[1]} for one, both in sorted(counts.items())}
            write_file(public / FILE, json.dumps(said).encode() + b"\n")
    except (OSError, sqlite3.Error):
        return False
    return True


def sightings(public: Path) -> dict[str, tuple[int, int]]:
    """Return, by month, how many asked and how many sightings matched nothing; empty where nobody has asked."""
    try:
        said = json.loads((public / FILE).read_bytes())
        return {str(month): (int(one["asked"]), int(one["nothing_logged"])) for month, one in said.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _was_out(case: PublicCase, at: datetime, now: datetime) -> bool:
    """Return whether officers were out under the case about then; who never started was not out."""
    if case.started_at is None:
        return False
    ended = min(case.ended_at or now, now)
    return case.started_at - _NEAR <= at <= ended + _NEAR


def _was_asked(case: PublicCase, at: datetime) -> bool:
    """Return whether a case that nobody was sent out under asked for about then."""
    return case.started_at is None and case.starts_at - _NEAR <= at <= case.ends_at + _NEAR


def _same_place(name: str, asked: str) -> bool:
    one, other = _plain(name), _plain(asked)
    return bool(other) and (one == other or f" {other} " in f" {one} " or f" {one} " in f" {other} ")


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.findall(r"[a-z0-9]+", letters))

"""The public record as the pages see it: read and re-hashed whole, and again as soon as any of its files has changed.

What was read is kept for as long as every file that it came from is the same in name, place on disk, size and times:
the checkpoint, the policy, the tiles and the openings. Writing a file in any way changes its times, so an altered file
is found at the next request; in a record so large that looking at all its files takes long, within ten times as long
as that takes. A new head is always seen at once. Because a disk could be changed behind the system's back, and clocks
are coarse, all of it is also re-hashed every ten minutes, whatever the files look like.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from answerable.clock import Clock, NeverBack
from answerable.place import read_stamp
from answerable.record.publish import CHECKPOINT, POLICY
from answerable.record.readback import PublicLog, read_public
from answerable.service.public_view import PublicView, next_due, view_at, view_of

AGAIN_AFTER = timedelta(minutes=10)
# For so long one view answers everybody: states that the clock makes are at most this old. To tell the states and
# count them for every page takes a good 50 microseconds a case, so that this is a twentieth of the time at most.
REUSED = timedelta(seconds=1)
REUSED_A_CASE = timedelta(milliseconds=1)
# Looking at the files may take this share of the time, at most.
_LOOKING = 10
_FOLDERS = ("tile", "openings", "disclosures", "covers")
Looks = frozenset[tuple[str, int, int, int, int]]


class PublicReader:
    """Gives the record as it stands at the moment of asking; safe to call from several threads."""

    def __init__(self, folder: Path, clock: Clock, watch: Clock | None = None) -> None:
        """Read ``folder`` at the times of ``clock``; ``watch`` (default: the same) times the re-hashing.

        They differ in a simulation that is told the time: its clock stands still, and the disk grows older.
        """
        self._folder = folder
        self._clock = clock
        self._watch = watch or clock
        self._lock = Lock()
        self._kept: tuple[PublicLog, Looks, datetime] | None = None
        self._looked: tuple[datetime, timedelta, Looks] | None = None
        self._view: tuple[PublicLog, PublicView, datetime | None] | None = None

    def __call__(self) -> PublicView:
        """Return the record now; ``record.errors.Altered`` where a file does not lead to the signed head."""
        with self._lock:
            log = self._log(self._watch.now())
            return self._seen(log)

    def _seen(self, log: PublicLog) -> PublicView:
        kept = self._view if self._view is not None and self._view[0] is log else None
        newest = kept[2] if kept else _newest(log)
        now = NeverBack(self._clock, lambda: newest).now()
        reused = max(REUSED, len(kept[1].cases) * REUSED_A_CASE) if kept else REUSED
        if kept is not None and timedelta(0) <= now - kept[1].as_of < reused:
            return kept[1]
        view = view_at(kept[1], now) if kept is not None and kept[1].as_of <= now else view_of(log, now)
        view = replace(view, next_due=next_due(self._folder))
        self._view = (log, view, newest)
        return view

    def _log(self, now: datetime) -> PublicLog:
        looks = self._looks(now)
        if self._kept is not None:
            log, looked, read_at = self._kept
            if looked is looks and timedelta(0) <= now - read_at < AGAIN_AFTER:
                return log
        # What cannot be read is never answered from memory.
        self._kept = None
        self._looked = None
        looks = _looks(self._folder)
        log = read_public(self._folder)
        if _looks(self._folder) == looks:
            self._kept = (log, looks, now)
        return log

    def _looks(self, now: datetime) -> Looks:
        """Return what the files look like; of a large record, what they looked like a moment ago under this head.

        It is the very set that goes with what was read, where the files are the same: to compare two of twenty thousand
        files takes longer than to answer.
        """
        if self._looked is not None:
            at, took, looks = self._looked
            if timedelta(0) <= now - at < _LOOKING * took and _heads(self._folder) <= looks:
                return looks
        looks = _looks(self._folder)
        if self._kept is not None and self._kept[1] == looks:
            looks = self._kept[1]
        after = self._watch.now()
        self._looked = (after, max(after - now, timedelta(0)), looks)
        return looks


def _newest(log: PublicLog) -> datetime | None:
    """Return when the newest entry was made, as the commands ask of the store: a clock set back revives nothing."""
    return max((read_stamp(body["at"]) for _, body in log), default=None)


def _looks(folder: Path) -> Looks:
    """Return name, file number, size and times of every file that the record is read from."""
    return frozenset(
        (entry_path, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        for entry_path, seen in _files(folder)
    )


def _heads(folder: Path) -> Looks:
    return frozenset(
        (name, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns) for name, seen in _head_files(folder)
    )


def _head_files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    for name in (CHECKPOINT, POLICY):
        path = folder / name
        if path.is_file():
            yield name, path.stat()


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    yield from _head_files(folder)
    waiting = [str(folder / name) for name in _FOLDERS if (folder / name).is_dir()]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    yield entry.path, entry.stat()

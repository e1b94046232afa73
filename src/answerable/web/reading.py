"""The public record as the pages see it: read and re-hashed whole, and again as soon as any of its files has changed.

What was read is kept for as long as every file that it came from is the same in name, place on disk, size and times:
the checkpoint, the policy, the tiles and the openings. Writing a file in any way changes its times, so an altered file
is found at the next request. Because a disk could be changed behind the system's back, and clocks are coarse, all of it
is also re-hashed every ten minutes, whatever the files look like.
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
from answerable.service.public_view import PublicView, next_due, view_of

AGAIN_AFTER = timedelta(minutes=10)
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

    def __call__(self) -> PublicView:
        """Return the record now; ``record.errors.Altered`` where a file does not lead to the signed head."""
        with self._lock:
            log = self._log(self._watch.now())
            view = view_of(log, NeverBack(self._clock, lambda: _newest(log)).now())
            return replace(view, next_due=next_due(self._folder))

    def _log(self, now: datetime) -> PublicLog:
        looks = _looks(self._folder)
        if self._kept is not None:
            log, looked, read_at = self._kept
            if looked == looks and timedelta(0) <= now - read_at < AGAIN_AFTER:
                return log
        # What cannot be read is never answered from memory.
        self._kept = None
        log = read_public(self._folder)
        if _looks(self._folder) == looks:
            self._kept = (log, looks, now)
        return log


def _newest(log: PublicLog) -> datetime | None:
    """Return when the newest entry was made, as the commands ask of the store: a clock set back revives nothing."""
    return max((read_stamp(body["at"]) for _, body in log), default=None)


def _looks(folder: Path) -> Looks:
    """Return name, file number, size and times of every file that the record is read from."""
    return frozenset(
        (entry_path, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        for entry_path, seen in _files(folder)
    )


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    for name in (CHECKPOINT, POLICY):
        path = folder / name
        if path.is_file():
            yield name, path.stat()
    waiting = [str(folder / name) for name in _FOLDERS if (folder / name).is_dir()]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    yield entry.path, entry.stat()

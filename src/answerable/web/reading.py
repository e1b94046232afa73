"""The public record as the pages see it: read and re-hashed whole, and again as soon as any of its files has changed.

What was read is kept for as long as every file that it came from is the same in name, place on disk, size and times:
the checkpoint, the policy, the tiles and the openings. Writing a file in any way changes its times, so an altered file
is found at the next request; in a record so large that looking at all its files takes long, within ten seconds (or
twenty times as long as that takes), and the look is then taken beside the visitors. A new head is always seen at once:
the log is re-hashed then, and those openings read whose files are new. Because a disk could be changed behind the
system's back, and clocks are coarse, all of it is also re-hashed every ten minutes, whatever the files look like; where
that takes long, in a process of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Thread

from answerable.clock import Clock, NeverBack
from answerable.errors import AnswerableError
from answerable.place import read_stamp
from answerable.record.errors import RecordError
from answerable.record.publish import CHECKPOINT, POLICY
from answerable.record.readback import PublicLog, read_public
from answerable.service.public_view import PublicView, next_due, view_at, view_of
from answerable.web.rehashing import Rehashing

AGAIN_AFTER = timedelta(minutes=10)
# For so long one view answers everybody: states that the clock makes are at most this old. To tell the states and
# count them for every page takes a good 50 microseconds a case, so that this is a twentieth of the time at most.
REUSED = timedelta(seconds=1)
REUSED_A_CASE = timedelta(milliseconds=1)
# Looking at the files may take this share of the time, at most.
_LOOKING = 10
# So long, or twice as long as it should, a view of a long record still answers while a new one is made beside.
_MEANWHILE = timedelta(seconds=10)
_FOLDERS = ("tile", "openings", "disclosures", "covers")
# A reading that takes longer than this is repeated where nobody waits for it.
_WAITED = timedelta(milliseconds=40)
# What a file looks like: its number, size and times, by its path.
Looks = Mapping[str, tuple[int, int, int, int]]


# A log, what it shows at some instant, and when its newest entry was made.
_Told = tuple[PublicLog, PublicView, datetime | None]


@dataclass(frozen=True)
class _Reading:
    """What was read, what the files looked like, when all of them were last hashed and how long that took."""

    log: PublicLog
    looks: Looks
    hashed_at: datetime
    took: timedelta

    def fresh(self, now: datetime) -> bool:
        return timedelta(0) <= now - self.hashed_at < AGAIN_AFTER


class PublicReader:
    """Gives the record as it stands at the moment of asking; safe to call from several threads."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        watch: Clock | None = None,
        *,
        prepare: Callable[[PublicView], None] | None = None,
    ) -> None:
        """Read ``folder`` at the times of ``clock``; ``watch`` (default: the same) times the re-hashing.

        They differ in a simulation that is told the time: its clock stands still, and the disk grows older. A view that
        is made beside the visitors, because time has passed, is shown to them once ``prepare`` has done with it; one of
        a new head is shown at once.
        """
        self._folder = folder
        self._clock = clock
        self._watch = watch or clock
        self._prepare = prepare
        self._lock = Lock()
        self._kept: _Reading | None = None
        self._rehashing = Rehashing(folder)
        self._looked: tuple[datetime, timedelta, Looks] | None = None
        self._view: _Told | None = None
        # Held while a thread makes the next view: one is enough.
        self._beside = Lock()

    def __call__(self) -> PublicView:
        """Return the record now; ``record.errors.Altered`` where a file does not lead to the signed head."""
        return self._meanwhile() or self._now()

    def _now(self) -> PublicView:
        with self._lock:
            self._view = self._seen(self._log(self._watch.now()))
            return self._view[1]

    def _meanwhile(self) -> PublicView | None:
        """Return the view told last, where it is a little old and a new one takes long: it is then made beside."""
        kept, looked, view = self._kept, self._looked, self._view and self._view[1]
        if kept is None or looked is None or view is None or looked[1] <= _WAITED:
            return None
        ages = (
            (self._watch.now() - looked[0], _LOOKING * looked[1]),
            (self._clock.now() - view.as_of, _reused(view)),
        )
        if any(not timedelta(0) <= age < max(_MEANWHILE, 2 * due) for age, due in ages):
            return None
        if not _heads(self._folder).items() <= kept.looks.items():
            return None
        if any(age >= due for age, due in ages) and self._beside.acquire(blocking=False):
            Thread(target=self._made_beside, daemon=True).start()
        return view

    def _made_beside(self) -> None:
        # What is wrong with the record is told to the next visitor, who finds nothing kept and reads it again.
        try:
            with suppress(RecordError, AnswerableError, OSError):
                self._prepared()
        finally:
            self._beside.release()

    def _prepared(self) -> None:
        """Make the next view and prepare it, and show it where nobody made another one in the meantime."""
        with self._lock:
            before, made = self._view, self._seen(self._log(self._watch.now()))
        if self._prepare is not None and made is not before:
            # Not under the lock: who finds a new head must not wait for pages of the view before it.
            self._prepare(made[1])
        with self._lock:
            if self._view is before:
                self._view = made

    def _seen(self, log: PublicLog) -> _Told:
        earlier = self._view[1] if self._view is not None else None
        kept = self._view if self._view is not None and self._view[0] is log else None
        newest = kept[2] if kept else _newest(log)
        now = NeverBack(self._clock, lambda: newest).now()
        if kept is not None and timedelta(0) <= now - kept[1].as_of < _reused(kept[1]):
            return kept
        due = next_due(self._folder)
        if kept is not None and kept[1].as_of <= now:
            view = view_at(kept[1], now, next_due=due)
        else:
            view = view_of(log, now, earlier, next_due=due)
        return log, view, newest

    def _log(self, now: datetime) -> PublicLog:
        looks = self._looks(now)
        if self._kept is not None and self._kept.looks is looks and self._still_holds(self._kept, now):
            return self._kept.log
        # What cannot be read is never answered from memory.
        kept, self._kept, self._looked = self._kept, None, None
        if kept is not None and kept.looks != looks and kept.fresh(now):
            read = replace(kept, log=self._continued(kept, looks), looks=looks)
        else:
            began = _stopwatch()
            log = read_public(self._folder)
            read = _Reading(log, looks, now, _stopwatch() - began)
        again = self._looks(self._watch.now())
        if again == looks:
            self._kept = replace(read, looks=again)
        return read.log

    def _still_holds(self, kept: _Reading, now: datetime) -> bool:
        """Return whether what was read from the very same files still answers: while a check of them runs, it does."""
        if kept.fresh(now):
            return True
        if kept.took < _WAITED or now < kept.hashed_at:
            return False
        ended = self._rehashing.ended()
        if ended is not None and not ended[1]:
            return False
        if ended is not None:
            self._kept = kept = replace(kept, hashed_at=ended[0])
        if not kept.fresh(now):
            self._rehashing.begin(now)
        return True

    def _continued(self, kept: _Reading, looks: Looks) -> PublicLog:
        """Return the log as it is now, of the openings only those read whose files look different."""

        def untouched(path: str) -> bool:
            whole = f"{self._folder}{os.sep}{path}"
            return kept.looks.get(whole) == looks.get(whole)

        return read_public(self._folder, before=kept.log, untouched=untouched)

    def _looks(self, now: datetime) -> Looks:
        """Return what the files look like; of a large record, what they looked like a moment ago under this head.

        It is the very set that goes with what was read, where the files are the same: to compare two of twenty thousand
        files takes longer than to answer.
        """
        if self._looked is not None:
            at, took, looks = self._looked
            recent = took > _WAITED and timedelta(0) <= now - at < _LOOKING * took
            if recent and _heads(self._folder).items() <= looks.items():
                return looks
        began = _stopwatch()
        looks = _looks(self._folder)
        if self._kept is not None and self._kept.looks == looks:
            looks = self._kept.looks
        self._looked = (self._watch.now(), _stopwatch() - began, looks)
        return looks


def _stopwatch() -> timedelta:
    """Return a time that only its differences mean anything of, in one thread: how long that thread has worked.

    Clocks tell whole seconds, and a machine that is busy with other things does not make a record long.
    """
    return timedelta(seconds=time.thread_time())


def _reused(view: PublicView) -> timedelta:
    return max(REUSED, len(view.cases) * REUSED_A_CASE)


def _newest(log: PublicLog) -> datetime | None:
    """Return when the newest entry was made, as the commands ask of the store: a clock set back revives nothing."""
    return max((read_stamp(body["at"]) for _, body in log), default=None)


def _looks(folder: Path) -> Looks:
    """Return number, size and times of every file that the record is read from, by its path."""
    return {path: _look(seen) for path, seen in _files(folder)}


def _heads(folder: Path) -> Looks:
    return {path: _look(seen) for path, seen in _head_files(folder)}


def _look(seen: os.stat_result) -> tuple[int, int, int, int]:
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


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

"""Rounds of one fault each against the real writer, and what was lost: the parts of ``tools/faults.py`` and of a test.

Each takes a fresh folder, how many rounds and a seed, and returns a ``Result``. An event counts as lost if its writer
said that it was stored and it is not there; a head, if it was signed and the store has none of that size.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import power_cut
from answerable.errors import AnswerableError, IntegrityError
from answerable.record.errors import RecordError
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people, an_event
from answerable.store.sql import SqlStore
from answerable.store.sqlite_copy import copy_out
from answerable.store.sqlite_files import create_store
from fault_writer import opened
from postgres_server import Server

WRITER = Path(__file__).with_name("fault_writer.py")
UNREADABLE = (AnswerableError, RecordError, sqlite3.DatabaseError, ValueError, LookupError, TypeError)
"""What reading back something damaged can raise."""
SITES = ("openat", "pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "write")
ERRORS = ("ENOSPC", "EIO")


@dataclass
class Result:
    """What came of the rounds of one fault."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list)
    stopped: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or damaged."""
        return self.rounds > 0 and not (self.lost or self.doubled or self.problems)

    def look(self, store: SqlStore, events: set[int], head: int) -> None:
        """Count a round: what was acknowledged, and what the store has of it; it must go on where it stopped."""
        self.rounds += 1
        self.acknowledged += len(events)
        there = Counter(event.seq for event in store.events())
        self.lost += len(events - there.keys())
        self.doubled += sum(many - 1 for many in there.values())
        if sorted(there) != list(range(1, len(there) + 1)):
            self.problems.append("the events are not numbered without a gap")
        self.lost += store.publish(SIGNER, NOON).size < head
        self.problems += store.fsck(POLICY).problems


@dataclass(frozen=True)
class Place:
    """Where a store is, its head file, and the folder that both lie in."""

    where: str
    head: Path
    folder: Path


def begun(folder: Path) -> Place:
    """Make a SQLite store with some accounts in a new folder."""
    folder.mkdir(parents=True)
    place = Place(str(folder / "record.sqlite"), folder / "head", folder)
    with create_store(Path(place.where), head_file=place.head, workspace=WORKSPACE) as store:
        add_people(store)
    return place


def kill_writers(place: Place, rounds: int, seed: int) -> Result:
    """Kill the writer at a random moment, again and again, on one store."""
    chance, result = random.Random(seed), Result()  # noqa: S311 -- moments, not secrets
    for number in range(rounds):
        writer = start(place, f"kill-{number}", 0)
        first = writer.stdout.readline() if writer.stdout else b""
        time.sleep(chance.uniform(0, 0.06))
        writer.send_signal(signal.SIGKILL)
        events, head = said(first + writer.communicate()[0])
        with opened(place.where, place.head) as store:
            result.look(store, events, head)
    return result


def cut_power(folder: Path, rounds: int, seed: int, *more: str) -> Result:
    """Replay one recorded run up to random moments, losing what was not synced."""
    place = begun(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    before = {str(path): path.read_bytes() for path in files}
    calls = power_cut.record(folder, place.where, place.head, 30, *more)
    result = Result()
    for cut in power_cut.cuts(before, folder, calls, rounds, seed):
        shutil.rmtree(folder)
        for path, data in cut.files.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(data)
        _look_at(result, place, set(cut.events), cut.head)
    return result


def inject(folder: Path, sites: tuple[str, ...], most: int, seed: int) -> Result:
    """Let the i-th call of each kind fail, or kill the writer there; ``most`` places of each kind, drawn at random."""
    chance, result = random.Random(seed), Result()  # noqa: S311 -- places, not secrets
    fresh = begun(folder / "fresh")
    counts = _calls(_copied(fresh, folder / "count"), sites)
    for site in sites:
        places = sorted(chance.sample(range(1, counts[site] + 1), min(most, counts[site])))
        for place in places:
            for fault in (f"error={chance.choice(ERRORS)}", "signal=KILL"):
                _inject_once(_copied(fresh, folder / f"{site}-{place}-{fault[:5]}"), site, place, fault, result)
    return result


def _copied(fresh: Place, folder: Path) -> Place:
    shutil.copytree(fresh.folder, folder)
    return Place(str(folder / Path(fresh.where).name), folder / fresh.head.name, folder)


def _inject_once(place: Place, site: str, number: int, fault: str, result: Result) -> None:
    done = subprocess.run(
        [*_traced(place, Path(os.devnull), site), "-e", f"inject={site}:{fault}:when={number}", *_writer(place)],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    result.stopped += done.returncode != 0
    events, head = said(done.stdout)
    _look_at(result, place, events, head)
    shutil.rmtree(place.folder)


def _calls(place: Place, sites: tuple[str, ...]) -> Counter[str]:
    trace = place.folder / "trace"
    subprocess.run(
        [*_traced(place, trace, ",".join(sites)), *_writer(place)], check=True, capture_output=True, timeout=120
    )
    counts = Counter(re.findall(r"^(\w+)\(", trace.read_text(errors="replace"), flags=re.MULTILINE))
    shutil.rmtree(place.folder)
    return counts


def _traced(place: Place, trace: Path, sites: str) -> list[str]:
    """Begin a command that takes down ``sites``, of calls that concern the store: not the program that reads itself in.

    A file that takes another's place is known to strace by the name that it is written under.
    """
    files = (place.folder, place.where, f"{place.where}-journal", place.head, place.head.with_name(".head.new"))
    return [
        "strace",
        "-qq",
        "-o",
        str(trace),
        *(word for one in files for word in ("-P", str(one))),
        "-e",
        f"trace={sites}",
    ]


def _writer(place: Place) -> list[str]:
    return [sys.executable, str(WRITER), place.where, str(place.head), "inject", "4"]


def fill_disk(folder: Path, sizes_kib: range) -> Result:
    """Write until a small file system in memory is full; it must be root who runs this."""
    result = Result()
    for size in sizes_kib:
        mounted = folder / f"full-{size}"
        mounted.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(mounted)], check=True)
        try:
            place = begun(mounted / "w")
            writer = start(place, "full", 0)
            events, head = said(writer.communicate(timeout=120)[0])
            result.stopped += writer.returncode != 0
            subprocess.run(["mount", "-o", f"remount,size={4 * size}k", str(mounted)], check=True)
            _look_at(result, place, events, head)
        finally:
            subprocess.run(["umount", str(mounted)], check=True)
    return result


def tear_tail(folder: Path, step: int) -> Result:
    """Cut the write-ahead log at every ``step`` bytes of its last eight frames, after its writer was killed."""
    result = Result()
    place = begun(folder / "torn")
    writer = start(place, "torn", 0, "--wal")
    for _ in range(25):
        if writer.stdout:
            writer.stdout.readline()
    writer.kill()
    writer.communicate()
    log = Path(place.where + "-wal")
    whole = log.read_bytes()
    copy = begun(folder / "cut")
    for size in range(len(whole) - 8 * (4096 + 24), len(whole) + 1, step):
        shutil.rmtree(copy.folder)
        shutil.copytree(place.folder, copy.folder)
        Path(copy.where + "-wal").write_bytes(whole[:size])
        Path(copy.where + "-shm").unlink(missing_ok=True)
        # What was cut off was synced, so it may be gone; what is left must be whole, and older heads never signed anew.
        with opened(copy.where, copy.head) as store, suppress(AnswerableError):
            numbers = [event.seq for event in store.events()]
            result.rounds += 1
            if numbers != list(range(1, len(numbers) + 1)):
                result.problems.append("the events are not numbered without a gap")
            found = store.fsck(POLICY).problems
            result.problems += [one for one in found if not one.startswith("The head file")]
    return result


def write_at_once(place: Place, writers: int, count: int) -> Result:
    """Let ``writers`` processes append ``count`` events each to one store at the same time."""
    result = Result()
    running = [start(place, f"w{number}", count) for number in range(writers)]
    events: list[int] = []
    head = 0
    for writer in running:
        got, signed = said(writer.communicate(timeout=3600)[0])
        events += got
        head = max(head, signed)
        if writer.returncode:
            result.problems.append("a writer was refused")
    result.doubled += len(events) - len(set(events))
    with opened(place.where, place.head) as store:
        result.look(store, set(events), head)
    result.rounds = len(events)
    if len(events) != writers * count:
        result.problems.append(f"{len(events)} of {writers * count} were acknowledged")
    return result


def jump_clock(place: Place, rounds: int) -> Result:
    """Let the clock of each writer jump by more than a year, forth and back from one event to the next."""
    result = Result()
    for number in range(rounds):
        writer = start(place, f"jump-{number}", 12, "--jumps")
        events, head = said(writer.communicate(timeout=120)[0])
        with opened(place.where, place.head) as store:
            result.look(store, events, head)
            if len(events) != 12:
                result.problems.append("a writer stopped")
    return result


def restore_old(folder: Path, rounds: int) -> Result:
    """Put an older copy of the database back beside the newest head file: it may sign nothing, whatever is added."""
    result = Result()
    place = begun(folder)
    for number in range(rounds):
        events, head = said(start(place, f"kept-{number}", 6).communicate(timeout=120)[0])
        copy = Path(f"{place.where}.old-{number}")
        copy_out(Path(place.where), copy)
        more, head = said(start(place, f"more-{number}", 6).communicate(timeout=120)[0])
        with opened(str(copy), place.head) as old:
            for extra in range(number % 3 * 4):
                old.append([an_event(case_id=f"extra-{extra}")])
            with suppress(IntegrityError):
                old.publish(SIGNER, NOON)
                result.problems.append("an old copy signed")
        with opened(place.where, place.head) as store:
            result.look(store, events | more, head)
    return result


def kill_server(server: Server, place: Place, rounds: int, seed: int) -> Result:
    """Kill PostgreSQL with all its processes while a writer goes on, then start it again."""
    chance, result = random.Random(seed), Result()  # noqa: S311 -- moments, not secrets
    for number in range(rounds):
        writer = start(place, f"server-{number}", 0)
        first = writer.stdout.readline() if writer.stdout else b""
        time.sleep(chance.uniform(0, 0.3))
        server.kill()
        events, head = said(first + writer.communicate(timeout=60)[0])
        result.stopped += writer.returncode != 0
        server.start()
        with opened(place.where, place.head) as store:
            result.look(store, events, head)
    return result


def start(place: Place, name: str, count: int, *more: str) -> subprocess.Popen[bytes]:
    """Start the writer."""
    command = [sys.executable, str(WRITER), place.where, str(place.head), name, str(count), *more]
    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=quiet)


def said(text: bytes) -> tuple[set[int], int]:
    """Return the events and the largest head that a writer acknowledged; half a line is no word."""
    lines = [line.split() for line in text.decode().splitlines(keepends=True) if line.endswith("\n")]
    heads = [int(number) for kind, number in lines if kind == "h"]
    return {int(number) for kind, number in lines if kind == "e"}, max(heads, default=0)


def _look_at(result: Result, place: Place, events: set[int], head: int) -> None:
    try:
        with opened(place.where, place.head) as store:
            result.look(store, events, head)
    except UNREADABLE as error:
        # What cannot be read back is damage, and whatever was acknowledged in it may be lost.
        result.rounds += 1
        result.problems.append(f"{type(error).__name__}: {error}")

#!/usr/bin/env python3
"""Power cuts: record what the real writer asks of the system, replay it up to any moment, lose what was not synced.

The writes, syncs, truncations, renames and removals of one run are taken down by strace. For each cut the files are
what was synced, plus a random part of the 512-byte sectors written since; changes of a folder that were not synced have
happened up to a random point. That is harder than most disks, and no harder than what POSIX allows.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
KEEP_ALL = 1.1
WRITER = Path(__file__).with_name("fault_writer.py")
CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2,mkdir,lseek,close"
CALL = re.compile(r"^(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class Contents:
    """One file: what was synced, and what was written since as (offset, data), or (size, None) for a truncation."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, chance: random.Random, keep: float) -> bytes:
        """Return the contents after a cut that kept each sector with probability ``keep``."""
        found = bytearray(self.synced)
        for offset, data in self.since:
            if data is None:
                if chance.random() < keep:
                    _resize(found, offset)
                continue
            for start in range(0, len(data), SECTOR):
                if chance.random() < keep:
                    part = data[start : start + SECTOR]
                    if len(found) < offset + start:
                        _resize(found, offset + start)
                    found[offset + start : offset + start + len(part)] = part
        return bytes(found)

    def sync(self) -> None:
        """Make durable what was written."""
        self.synced, self.since = bytearray(self.after(random.Random(0), KEEP_ALL)), []  # noqa: S311 -- nothing is drawn


@dataclass
class Disk:
    """Names and contents, as they are now (``names``) and as they were last synced; folders change in order."""

    names: dict[str, Contents] = field(default_factory=dict)
    synced: dict[str, Contents] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, what: str, path: str, to: str = "") -> None:
        """Change a folder: ``make``, ``remove`` or ``rename``."""
        _apply(self.names, what, path, to)
        if what == "make":
            self.changes.append((what, path, ""))
            self._made[path] = self.names[path]
        else:
            self.changes.append((what, path, to))

    def __post_init__(self) -> None:
        self._made: dict[str, Contents] = {}

    def sync_folder(self, folder: str) -> None:
        """Make durable what was changed in ``folder``."""
        kept = []
        for what, path, to in self.changes:
            if str(Path(path).parent) == folder:
                self._settle(self.synced, what, path, to)
            else:
                kept.append((what, path, to))
        self.changes = kept

    def after(self, chance: random.Random, keep: float) -> dict[str, bytes]:
        """Return every file after a cut."""
        names = dict(self.synced)
        for change in self.changes[: chance.randint(0, len(self.changes))]:
            self._settle(names, *change)
        return {path: contents.after(chance, keep) for path, contents in names.items()}

    def _settle(self, names: dict[str, Contents], what: str, path: str, to: str) -> None:
        if what == "make":
            names[path] = self._made[path]
        else:
            _apply(names, what, path, to)


def _apply(names: dict[str, Contents], what: str, path: str, to: str) -> None:
    if what == "make":
        names[path] = Contents()
    elif what == "remove":
        names.pop(path, None)
    elif path in names:
        names[to] = names.pop(path)


@dataclass
class Cut:
    """What lies on the disk after a cut, and what had been acknowledged before it: events and the size of a head."""

    files: dict[str, bytes]
    events: frozenset[int]
    head: int


@dataclass(frozen=True)
class Call:
    """One call to the system: its paths, the data it wrote, and its numbers."""

    name: str
    paths: tuple[str, ...]
    data: bytes
    numbers: tuple[int, ...]
    result: int
    line: str


def record(folder: Path, where: str, head: Path, count: int, *more: str) -> list[Call]:
    """Run the writer in ``folder`` under strace; return the calls that concern the folder, and its acknowledgements."""
    trace = folder.parent / "trace"
    command = ["strace", "-qq", "-xx", "-y", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    command += [sys.executable, str(WRITER), where, str(head), "power", str(count), *more]
    subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300)
    with trace.open(encoding="ascii", errors="replace") as lines:
        return [call for line in lines if (call := parsed(line)) is not None]


def parsed(line: str) -> Call | None:
    """Return the call that a line of strace tells, None where it failed or is none."""
    found = CALL.match(line)
    if found is None or int(found["result"]) < 0:
        return None
    said = found["arguments"]
    # An open file is written `5</path>`; text in hexadecimal; a folder of reference as AT_FDCWD</path>.
    opened = [_plain(text) for text in re.findall(r"(?:^|, )\d+<(.*?)>(?=,|$|\))", said)]
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in TEXT.findall(said)]
    rest = TEXT.sub('""', re.sub(r"<.*?>", "", said))
    numbers = tuple(int(one) for one in re.findall(r"(?<![\w\"])\d+(?![\w\"])", rest))
    if found["name"] in {"pwrite64", "write"}:
        return Call(found["name"], tuple(opened), texts[0] if texts else b"", numbers, int(found["result"]), line)
    paths = (*opened, *(text.decode() for text in texts))
    return Call(found["name"], paths, b"", numbers, int(found["result"]), line)


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


def cuts(before: dict[str, bytes], folder: Path, calls: list[Call], rounds: int, seed: int) -> Iterator[Cut]:
    """Yield ``rounds`` cuts at random moments of ``calls``, begun on the files ``before``."""
    chance = random.Random(seed)  # noqa: S311 -- a replay, not a secret
    moments = sorted(chance.randint(0, len(calls)) for _ in range(rounds))
    disk = Disk({path: Contents(bytearray(data)) for path, data in before.items()})
    disk.synced = dict(disk.names)
    events: set[int] = set()
    head = 0
    done = 0
    positions: dict[int, int] = {}
    for moment in moments:
        for call in calls[done:moment]:
            replay(disk, call, str(folder), positions)
            if call.name == "write" and call.numbers[:1] == (1,):
                for said in call.data.decode().split("\n"):
                    kind, _, number = said.partition(" ")
                    if kind == "e":
                        events.add(int(number))
                    elif kind == "h":
                        head = int(number)
        done = moment
        keep = chance.choice((0.0, 0.5, 0.9, KEEP_ALL))
        yield Cut(deepcopy(disk).after(chance, keep), frozenset(events), head)


def replay(disk: Disk, call: Call, folder: str, positions: dict[int, int]) -> None:
    """Do to the disk what a call did, where it was below ``folder``."""
    paths = [path for path in call.paths if path == folder or path.startswith(folder + "/")]
    if not paths:
        return
    path = paths[-1] if call.name == "openat" else paths[0]
    if call.name == "openat":
        positions[call.result] = 0
        if "O_CREAT" in call.line and path not in disk.names:
            disk.change("make", path)
        elif "O_TRUNC" in call.line and path in disk.names:
            disk.names[path].since.append((0, None))
    elif call.name in {"pwrite64", "write"} and path in disk.names:
        number = call.numbers[0]
        at = call.numbers[-1] if call.name == "pwrite64" else positions.get(number, 0)
        if call.name == "write":
            positions[number] = at + call.result
        disk.names[path].since.append((at, call.data[: call.result]))
    elif call.name == "ftruncate" and path in disk.names:
        disk.names[path].since.append((call.numbers[-1], None))
    elif call.name in {"fsync", "fdatasync"}:
        if path in disk.names:
            disk.names[path].sync()
        else:
            disk.sync_folder(path)
    elif call.name in {"unlink", "unlinkat"}:
        disk.change("remove", path)
    elif call.name.startswith("rename"):
        disk.change("rename", paths[0], paths[1])


def _resize(data: bytearray, size: int) -> None:
    if len(data) > size:
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))

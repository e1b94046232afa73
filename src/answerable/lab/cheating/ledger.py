"""The record of a simulated force: real statements, commitments, heads and tiles, held in memory and dated."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from answerable.place import stamp
from answerable.record.checkpoint import Checkpoint
from answerable.record.encode import canonical, commit
from answerable.record.merkle import grow, leaf_hash, root
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.policy import policy_for
from answerable.record.proof import Opening
from answerable.record.publish import opening_path
from answerable.record.tiles import render, tiles_of

ORIGIN = "lab.example/record/simulated"
NEVER = 2**60


@dataclass(frozen=True)
class Entry:
    """A statement as it was logged: its canonical ``body``, when it came ``at`` and when it ``opens`` (POSIX seconds).

    ``shown`` is what is opened in its place, where that is something else.
    """

    body: bytes
    blind: bytes
    at: int
    opens: int
    shown: bytes = b""


@dataclass
class Numbers:
    """The running numbers and hashes that tie statements to one another, as the record's own statements have them."""

    number: int = 0
    opened: str = ""
    cases: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def of(self, case: str) -> tuple[int, int, str]:
        """Return number, version and previous hash for the next statement of ``case``."""
        if not case:
            return 0, 0, ""
        if case not in self.cases:
            return self.number + 1, 1, self.opened
        number, version, last = self.cases[case]
        return number, version + 1, last

    def made(self, case: str, number: int, version: int, body: bytes) -> None:
        """Take note of a statement that was made."""
        digest = hashlib.sha256(body).hexdigest()
        if case:
            self.cases[case] = (number, version, digest)
        if case and version == 1:
            self.number, self.opened = number, digest


def statement(numbers: Numbers, kind: str, case: str, at: int, data: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of the next statement of ``case`` (none: of the force)."""
    number, version, previous = numbers.of(case)
    body = canonical({
        "v": 2, "kind": kind, "workspace": "simulated", "case": case, "number": number, "version": version,
        "previous": previous, "at": stamp(datetime.fromtimestamp(at, UTC)), "office": "system", "data": data, "sd": [],
    })  # fmt: skip
    numbers.made(case, number, version, body)
    return body


Read = Callable[[str], bytes | None]
"""The public side at one instant: returns a file by its path, None where there is none."""


class Ledger:
    """Entries in the order in which they were logged, the tree over them, and the key that signs its heads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=lambda one: one.at)
        self.signer = Ed25519Signer.from_seed(ORIGIN, hashlib.sha256(ORIGIN.encode()).digest())
        self._commits = [commit(one.body, one.blind) for one in self.entries]
        self._nodes: dict[tuple[int, int], bytes] = {}
        for node in grow(0, map(leaf_hash, self._commits), self.node):
            self._nodes[node.level, node.position] = node.hash

    @property
    def policy(self) -> str:
        """What a reader trusts: this log's key."""
        return policy_for(self.signer.vkey)

    def entry(self, index: int) -> bytes:
        """Return entry ``index``, as a tile is rendered from."""
        return self._commits[index]

    def node(self, level: int, position: int) -> bytes:
        """Return one complete node of the tree."""
        return self._nodes[level, position]

    def size(self, now: int) -> int:
        """Return how many entries there are at ``now``."""
        return bisect_right(self.entries, now, key=lambda one: one.at)

    def shown(self, now: int, *, size: int | None = None) -> Read:
        """Return the public side at ``now``; with ``size``, an older head and nothing that came after it."""
        many = self.size(now) if size is None else size
        head = Checkpoint(ORIGIN, many, root(many, self.node))
        tiles = {tile.path: tile for tile in tiles_of(many)}
        opened = {opening_path(k): k for k, one in enumerate(self.entries[:many]) if one.opens <= now}

        def read(path: str) -> bytes | None:
            if path == "checkpoint":
                return sign_note(str(head), self.signer).encode()
            if path in tiles:
                return render(tiles[path], self)
            if path in opened:
                one = self.entries[opened[path]]
                return Opening(opened[path], one.shown or one.body, one.blind).json()
            return None

        return read

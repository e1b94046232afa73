"""The hand-written append path of the SQLite store. Each function runs inside a transaction that its caller holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from answerable.errors import IntegrityError
from answerable.record.encode import commit
from answerable.record.merkle import grow, leaf_hash
from answerable.store.faults import broken
from answerable.store.protocol import AuditLine, NewEvent, StoredEvent, Unless
from answerable.store.rows import instant_text
from answerable.store.sqlite_tree import node, tree_size


def check_not_overtaken(db: sqlite3.Connection, unless: Unless) -> None:
    """Raise ``NotAllowed`` where an event of one of the kinds was stored after the one that was seen."""
    kinds = sorted(unless.kinds)
    marks = ", ".join("?" for _ in kinds)
    newer = f"SELECT 1 FROM events WHERE seq > ? AND kind IN ({marks}) LIMIT 1"  # noqa: S608 -- question marks only
    if db.execute(newer, (unless.seq, *kinds)).fetchone():
        raise broken("overtaken")


def insert_events(db: sqlite3.Connection, events: Sequence[NewEvent]) -> tuple[StoredEvent, ...]:
    """Insert events with their private parts and pending leaves, numbered on from the last."""
    first = 1 + int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])
    return tuple(_insert(db, event, seq) for seq, event in enumerate(events, start=first))


def insert_audit(db: sqlite3.Connection, lines: Sequence[AuditLine]) -> None:
    """Insert audit lines, numbered on from the last."""
    first = 1 + int(db.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0])
    db.executemany(
        "INSERT INTO audit (seq, at, actor, action, case_id, reason) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (seq, instant_text(line.at), line.actor, line.action, line.case_id, line.reason)
            for seq, line in enumerate(lines, start=first)
        ],
    )


def integrate(db: sqlite3.Connection) -> None:
    """Give every pending leaf its place, in the order of events, and store the nodes that become complete.

    Raises ``IntegrityError`` if a pending event was changed since it was appended.
    """
    size = tree_size(db)
    pending = db.execute(
        "SELECT event_seq, commitment, body, blind FROM leaves JOIN events ON seq = event_seq"
        " WHERE event_seq NOT IN (SELECT event_seq FROM published) ORDER BY event_seq"
    ).fetchall()
    for seq, commitment, body, blind in pending:
        # A leaf that can never be opened must not reach the public log.
        if commit(body, blind) != commitment:
            raise IntegrityError(f"Event {seq} is not what its leaf commits to.", fix="Run fsck. Nothing was signed.")
    db.executemany(
        "INSERT INTO published (leaf_index, event_seq) VALUES (?, ?)",
        [(index, seq) for index, (seq, *_) in enumerate(pending, start=size)],
    )
    leaves = (leaf_hash(commitment) for _, commitment, *_ in pending)
    new = list(grow(size, leaves, lambda level, position: node(db, level, position)))
    db.executemany("INSERT INTO nodes (level, pos, hash) VALUES (?, ?, ?)", new)


def _insert(db: sqlite3.Connection, event: NewEvent, seq: int) -> StoredEvent:
    known = db.execute("SELECT person FROM people WHERE account = ?", (event.actor,)).fetchone()
    person = known[0] if known else ""
    row = (seq, event.case_id, event.case_version, event.kind, instant_text(event.at), event.actor, person)
    db.execute(
        "INSERT INTO events (seq, case_id, case_version, kind, at, actor, person, office, body, blind)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, event.office, event.body, event.blind),
    )
    if event.salt:
        private = (seq, event.private, event.salt)
        db.execute("INSERT INTO private_parts (event_seq, value, salt) VALUES (?, ?, ?)", private)
    if event.standing:
        db.execute("INSERT INTO standings (event_seq, value) VALUES (?, ?)", (seq, event.standing))
    leaf = (seq, commit(event.body, event.blind))
    db.execute("INSERT INTO leaves (event_seq, commitment) VALUES (?, ?)", leaf)
    return StoredEvent(
        seq=seq,
        case_id=event.case_id,
        case_version=event.case_version,
        kind=event.kind,
        at=event.at,
        actor=event.actor,
        person=person,
        office=event.office,
        body=event.body,
        blind=event.blind,
        private=event.private,
        salt=event.salt,
        leaf_index=None,
    )

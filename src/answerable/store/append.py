"""The hand-written append path. Each function runs inside a transaction whose caller holds the write lock.

The statements are the same on every database, and so are the roots. Rows of one table go in together, so that a server
is asked a fixed number of times whatever the number of events.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from answerable.errors import IntegrityError
from answerable.record.encode import commit
from answerable.record.merkle import grow, leaf_hash
from answerable.store.database import Database
from answerable.store.faults import broken
from answerable.store.fields import insert_fields
from answerable.store.numbers import check_links
from answerable.store.protocol import COVER, AuditLine, NewEvent, StoredEvent, Unless
from answerable.store.rows import instant_text
from answerable.store.tree import node, tree_size
from answerable.store.vault import Vault

EVENT_COLUMNS = ("seq", "case_id", "case_version", "kind", "at", "actor", "person", "office", "body", "blind")


def check_not_overtaken(db: Database, unless: Unless) -> None:
    """Raise ``NotAllowed`` where an event of one of the kinds was stored after the one that was seen."""
    kinds = sorted(unless.kinds)
    newer = f"SELECT 1 FROM events WHERE seq > ? AND kind IN ({_marks(kinds)}) LIMIT 1"  # noqa: S608 -- marks only
    if kinds and db.execute(newer, (unless.seq, *kinds)).fetchone():
        raise broken("overtaken")


def insert_events(db: Database, events: Sequence[NewEvent], vault: Vault) -> tuple[StoredEvent, ...]:
    """Insert events with their private parts and pending leaves, numbered on from the last."""
    opened = check_links(db, events)
    first = 1 + int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])
    people = _people(db, events)
    stored = [_stored(event, seq, people.get(event.actor, "")) for seq, event in enumerate(events, start=first)]
    insert(db, "events", EVENT_COLUMNS, [_row(event) for event in stored])
    private = [(event.seq, event.whole, event.salt) for event in stored if event.salt]
    insert(db, "private_parts", ("event_seq", "value", "salt"), private)
    insert_fields(db, stored, vault)
    numbers = [(series, number, stored[place].seq) for series, number, place in opened]
    insert(db, "case_numbers", ("series", "number", "event_seq"), numbers)
    standings = [(at.seq, event.standing) for at, event in zip(stored, events, strict=True) if event.standing]
    insert(db, "standings", ("event_seq", "value"), standings)
    insert(db, "leaves", ("event_seq", "commitment"), [(e.seq, commit(e.body, e.blind)) for e in stored])
    return tuple(stored)


def insert_audit(db: Database, lines: Sequence[AuditLine]) -> None:
    """Insert audit lines, numbered on from the last."""
    first = 1 + int(db.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0])
    rows = [
        (seq, instant_text(line.at), line.actor, line.action, line.case_id, line.reason)
        for seq, line in enumerate(lines, start=first)
    ]
    insert(db, "audit", ("seq", "at", "actor", "action", "case_id", "reason"), rows)


def insert(db: Database, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert ``rows`` into ``table``, all columns named; nothing is asked of the database where there are none."""
    if rows:
        db.insert(table, columns, rows)


def integrate(db: Database, most: int | None = None, first: Collection[str] = ()) -> None:
    """Give every pending leaf its place, in the order of events, and store the nodes that become complete.

    With ``most`` only so many: entries of the kinds in ``first`` before others, covers after all. Raises
    ``IntegrityError`` if a pending event was changed since it was appended.
    """
    size = tree_size(db)
    pending = db.execute(
        "SELECT l.event_seq, commitment, body, blind, kind FROM leaves l JOIN events ON seq = l.event_seq"
        " LEFT JOIN published p ON p.event_seq = l.event_seq WHERE p.event_seq IS NULL ORDER BY l.event_seq"
    ).fetchall()
    if most is not None:
        pending = sorted(pending, key=lambda row: (row[4] == COVER, row[4] not in first, row[0]))[:most]
    for seq, commitment, body, blind, _ in pending:
        # A leaf that can never be opened must not reach the public log.
        if commit(body, blind) != commitment:
            raise IntegrityError(f"Event {seq} is not what its leaf commits to.", fix="Run fsck. Nothing was signed.")
    places = [(index, seq) for index, (seq, *_) in enumerate(pending, start=size)]
    insert(db, "published", ("leaf_index", "event_seq"), places)
    leaves = (leaf_hash(commitment) for _, commitment, *_ in pending)
    new = list(grow(size, leaves, lambda level, position: node(db, level, position)))
    insert(db, "nodes", ("level", "pos", "hash"), new)


def _people(db: Database, events: Sequence[NewEvent]) -> dict[str, str]:
    """Return the person behind each account that acts."""
    actors = sorted({event.actor for event in events if event.actor})
    if not actors:
        return {}
    query = f"SELECT account, person FROM people WHERE account IN ({_marks(actors)})"  # noqa: S608 -- marks only
    return dict(db.execute(query, actors).fetchall())


def _stored(event: NewEvent, seq: int, person: str) -> StoredEvent:
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
        whole=event.private,
        salt=event.salt,
        leaf_index=None,
        fields=tuple(sorted(event.fields, key=lambda one: one.name)),
    )


def _row(event: StoredEvent) -> tuple[object, ...]:
    values = vars(event) | {"at": instant_text(event.at)}
    return tuple(values[column] for column in EVENT_COLUMNS)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))

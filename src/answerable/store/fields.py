"""Fields that a statement keeps back, as they lie in a database: the digest for good, value and key until erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from answerable.errors import InputError
from answerable.store.database import Database
from answerable.store.faults import broken
from answerable.store.protocol import Erasure, Field, StoredEvent
from answerable.store.rows import instant
from answerable.store.vault import Vault


def place_of(event_seq: int, name: str) -> str:
    """Return what a sealed value is bound to: it opens nowhere else."""
    return f"event {event_seq}, field {name}"


def insert_fields(db: Database, events: Iterable[StoredEvent], vault: Vault) -> None:
    """Insert the fields of new events, each value encrypted under a key of its own."""
    every = [(event.seq, one) for event in events for one in event.fields]
    if not every:
        return
    fresh = db.execute("SELECT 1 FROM data_keys LIMIT 1").fetchone() is None
    fresh = fresh and db.execute("SELECT 1 FROM kept_keys LIMIT 1").fetchone() is None
    rows = [(seq, one.name, one.digest, one.release) for seq, one in every]
    values, keys = [], []
    for seq, one in every:
        sealed, wrapped = vault.seal(one.text.encode("ascii"), place_of(seq, one.name), fresh=fresh)
        fresh = False
        values.append((seq, one.name, sealed))
        keys.append((seq, one.name, wrapped))
    db.insert("disclosures", ("event_seq", "name", "digest", "release"), rows)
    db.insert("disclosure_values", ("event_seq", "name", "value"), values)
    db.insert("data_keys", ("event_seq", "name", "value"), keys)


def erase_fields(db: Database, fields: Sequence[tuple[int, str]], *, at: str, basis: str, office: str) -> None:
    """Delete value and key of each field, and say so. ``InputError`` for none of that name; ``NotAllowed`` if gone."""
    for place in fields:
        if not db.execute("SELECT 1 FROM disclosures WHERE event_seq = ? AND name = ?", place).fetchone():
            raise InputError("There is no such field to erase.", where=place_of(*place))
        if db.execute("SELECT 1 FROM erasures WHERE event_seq = ? AND name = ?", place).fetchone():
            raise broken("erased")
        db.execute(
            "INSERT INTO erasures (event_seq, name, at, basis, office) VALUES (?, ?, ?, ?, ?)",
            (*place, at, basis, office),
        )
        db.execute("DELETE FROM disclosure_values WHERE event_seq = ? AND name = ?", place)
        db.execute("DELETE FROM data_keys WHERE event_seq = ? AND name = ?", place)


def erasures_in(db: Database) -> tuple[Erasure, ...]:
    """Return everything that was erased, in the order of events."""
    rows = db.execute(
        "SELECT e.event_seq, e.name, digest, at, basis, office FROM erasures e JOIN disclosures d"
        " ON d.event_seq = e.event_seq AND d.name = e.name ORDER BY e.event_seq, e.name"
    ).fetchall()
    return tuple(
        Erasure(seq, name, digest, instant(at), basis, office) for seq, name, digest, at, basis, office in rows
    )


def stored_field(name: str, digest: str, release: str, value: bytes | None, opener: Callable[[bytes], bytes]) -> Field:
    """Return a field as it was read; its value is decrypted when it is first looked at."""
    if value is None:
        return Field(name, digest, release)
    sealed = value
    return Field(name, digest, release, lambda: opener(sealed).decode("ascii"))

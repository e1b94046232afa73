"""Living documents and offices kept apart. Each function runs inside a transaction that its caller holds."""

from __future__ import annotations

from collections.abc import Iterable

from answerable.errors import InputError
from answerable.store.append import insert
from answerable.store.database import Database
from answerable.store.faults import broken
from answerable.store.vault import Vault


def insert_separation(db: Database, pairs: Iterable[tuple[str, ...]]) -> None:
    """Insert pairs of offices, leaving those that another writer inserted meanwhile."""
    there = set(map(tuple, db.execute("SELECT role, other FROM office_separation").fetchall()))
    insert(db, "office_separation", ("role", "other"), [pair for pair in pairs if pair not in there])


def insert_kept(
    db: Database, kind: str, name: str, value: bytes, *, at: str, actor: str, vault: Vault, after: int | None = None
) -> int:
    """Insert the next version of a document; return its number.

    ``InputError`` without a kind or a name; ``NotAllowed`` where the newest that is there is not ``after``.
    """
    if not kind or not name:
        raise InputError("A document needs a kind and a name to be kept under.", where=f"{kind} {name}".strip())
    if after is not None and after != (_newest(db, kind, name) or 0):
        raise broken("changed")
    last = db.execute("SELECT coalesce(max(version), 0) FROM kept WHERE kind = ? AND id = ?", (kind, name))
    version = int(last.fetchone()[0]) + 1
    row = (kind, name, version)
    db.execute("INSERT INTO kept (kind, id, version, at, actor) VALUES (?, ?, ?, ?, ?)", (*row, at, actor))
    fresh = not any(db.execute(f"SELECT 1 FROM {one} LIMIT 1").fetchone() for one in ("kept_keys", "data_keys"))  # noqa: S608
    sealed, wrapped = vault.seal(value, document_place(*row), fresh=fresh)
    db.execute("INSERT INTO kept_values (kind, id, version, value) VALUES (?, ?, ?, ?)", (*row, sealed))
    db.execute("INSERT INTO kept_keys (kind, id, version, value) VALUES (?, ?, ?, ?)", (*row, wrapped))
    return version


def delete_kept(db: Database, kind: str, name: str, *, at: str, actor: str, reason: str) -> int:
    """Delete the values of a document; return how many there were. ``InputError`` where there are none."""
    newest = _newest(db, kind, name)
    if newest is None:
        raise InputError(f"There is no {kind} of that name to forget.", where=name)
    db.execute(
        "INSERT INTO forgotten (kind, id, version, at, actor, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, name, newest, at, actor, reason),
    )
    db.execute("DELETE FROM kept_keys WHERE kind = ? AND id = ?", (kind, name))
    return db.execute("DELETE FROM kept_values WHERE kind = ? AND id = ?", (kind, name)).rowcount


def document_place(kind: str, name: str, version: int) -> str:
    """Return what a sealed value is bound to: it opens nowhere else."""
    return f"{kind} {name}, version {version}"


def _newest(db: Database, kind: str, name: str) -> int | None:
    """Return the number of the newest version that was not forgotten, None where there is none."""
    row = db.execute("SELECT max(version) FROM kept_values WHERE kind = ? AND id = ?", (kind, name)).fetchone()
    return row[0] if row[0] is None else int(row[0])

"""The tree as it lies in a database: its size, entries and nodes."""

from __future__ import annotations

from answerable.errors import InputError, IntegrityError
from answerable.store.database import Database


def tree_size(db: Database) -> int:
    """Return how many leaves have a place in the tree."""
    return int(db.execute("SELECT coalesce(max(leaf_index) + 1, 0) FROM published").fetchone()[0])


def entry(db: Database, index: int) -> bytes:
    """Return the log entry at ``index``; ``InputError`` if there is none."""
    row = db.execute(
        "SELECT commitment FROM leaves JOIN published USING (event_seq) WHERE leaf_index = ?", (index,)
    ).fetchone()
    if row is None:
        raise InputError("The log has no such entry.", where=f"entry {index}")
    return bytes(row[0])


def node(db: Database, level: int, position: int) -> bytes:
    """Return the hash of a complete node; ``IntegrityError`` if it is missing."""
    row = db.execute("SELECT hash FROM nodes WHERE level = ? AND pos = ?", (level, position)).fetchone()
    if row is None:
        raise IntegrityError(
            "A node of the tree is missing.", where=f"level {level}, position {position}", fix="Run fsck."
        )
    return bytes(row[0])

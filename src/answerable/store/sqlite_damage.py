"""What can be wrong with a SQLite file itself: damaged pages, rows that belong to nothing, rules that were changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from answerable.store.database import Database


def damage(db: Database) -> Iterator[str]:
    """Yield each problem as a sentence."""
    return chain(_file(db), _rules(db))


def _file(db: Database) -> Iterator[str]:
    for (said,) in db.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"The database file is damaged: {said}."
    for table, row, *_ in db.execute("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} belongs to nothing."


def _rules(db: Database) -> Iterator[str]:
    from answerable.store.sqlite_engine import fresh_rules

    due = dict(fresh_rules())
    there = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name in sorted(due.keys() | there.keys()):
        if name not in there:
            yield f"The rule {name} was taken out of the database."
        elif name not in due:
            yield f"The rule {name} does not belong in the database."
        elif there[name] != due[name]:
            yield f"The rule {name} was replaced by another in the database."

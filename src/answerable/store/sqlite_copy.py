"""Copy a SQLite store as it is at one moment, while others write to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from answerable.errors import AnswerableError
from answerable.store.faults import explain
from answerable.store.sqlite_settings import BUSY_MS


def copy_out(source: Path, target: Path) -> None:
    """Write a copy of the store at ``source`` to the new file ``target``, durably.

    The copy is made by SQLite page by page within one read: neither half of any transaction is ever in it alone.
    """
    # A URI, so that a missing source is an error and not a new empty database.
    there = f"{source.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(there, uri=True, timeout=BUSY_MS / 1000)) as db,
            closing(sqlite3.connect(target)) as copy,
        ):
            db.backup(copy)
            # What was written ahead belongs to the source; the copy is one file.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise _unreadable(error, source) from error
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def _unreadable(error: sqlite3.Error, source: Path) -> AnswerableError:
    found = explain(error)
    return type(found)(found.what, where=source.name, fix=found.fix)

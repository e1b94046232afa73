"""The embedded store: SQLite on one writing connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable.errors import AnswerableError
from answerable.store.faults import explain
from answerable.store.sql import SqlStore
from answerable.store.sqlite_settings import Settings

if TYPE_CHECKING:
    from answerable.store.reads import Reads


class SqliteDatabase:
    """A SQLite connection as the shared statements see it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.execute = connection.execute
        self.stream = connection.execute
        self.close = connection.close

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; none is on a connection that was let go of."""
        try:
            return self.connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert ``rows`` into ``table`` in order."""
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 -- names are ours
        self.connection.executemany(statement, rows)


class SqliteStore(SqlStore):
    """A store in one SQLite file; make or open it with ``sqlite_files``. Safe to share between threads."""

    faults = (sqlite3.Error,)

    def __init__(self, path: Path, head_file: Path, connection: sqlite3.Connection, settings: Settings) -> None:
        self.path = path
        self._settings = settings
        super().__init__(head_file, SqliteDatabase(connection), path.name)

    @property
    def settings(self) -> dict[str, str]:
        """How the store writes, for ``status``."""
        return {
            "engine": f"SQLite {'.'.join(map(str, self._settings.version))}",
            "journal": self._settings.journal,
            "synchronous": self._settings.synchronous,
        }

    def explain(self, error: Exception) -> AnswerableError:
        """Return the error to show for what SQLite said. Nothing was stored."""
        return explain(error)

    def _begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def _begin_look(self) -> None:
        self._db.execute("BEGIN")

    def _make_reads(self) -> Reads:
        from answerable.store.sqlite_engine import reads

        return reads(self.path)

    def scrub(self) -> None:
        """Write the file anew, so that no page holds what was deleted, and empty the log of what was written."""
        with self._lock:
            try:
                self._db.execute("VACUUM")
                if self._settings.journal == "wal":
                    self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except self.faults as error:
                raise self.explain(error) from error

    def _damage(self) -> Iterator[str]:
        from answerable.store.sqlite_damage import damage

        return damage(self._db)

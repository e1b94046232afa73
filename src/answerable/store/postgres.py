"""The store on a PostgreSQL server: one writing connection, made anew where the server went away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import TransactionStatus

from answerable.errors import AnswerableError
from answerable.store.database import Rows
from answerable.store.postgres_faults import explain
from answerable.store.postgres_settings import Settings, connect, hidden
from answerable.store.sql import SqlStore

if TYPE_CHECKING:
    from answerable.store.reads import Reads

_numbers = count()

DESTRUCTIBLE = ("disclosure_values", "data_keys", "kept_values", "kept_keys")


class PostgresDatabase:
    """A PostgreSQL connection as the shared statements see it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = connect(url)
        self._begun = False
        self._let_go = False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        lost = self.connection.closed
        return not lost and self.connection.info.transaction_status != TransactionStatus.IDLE

    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """Run one statement; where the server went away meanwhile, once more if that can do nothing twice."""
        opens = statement.startswith("BEGIN")
        if opens:
            self._begun = False
        try:
            done = self._run(statement, values)
        except psycopg.OperationalError:
            if self._begun or self._let_go or not self.connection.closed:
                raise
            # Outside a transaction we only begin one or read.
            self.connection = connect(self.url)
            done = self._run(statement, values)
        self._begun = opens or (self._begun and self.in_transaction)
        return done

    def forget_transaction(self) -> None:
        """Take note that the transaction is over, by whatever end."""
        self._begun = False

    def _run(self, statement: str, values: Sequence[object]) -> Rows:
        return self.connection.execute(translated(statement), values or None)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Insert ``rows`` into ``table`` in order, in one stream; every rule of the table looks at each of them."""
        names = ", ".join(columns)
        with self.connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)

    def stream(self, query: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Go through the rows of a query, inside a transaction, some thousand at a time."""
        with self.connection.cursor(f"rows_{next(_numbers)}") as cursor:
            cursor.itersize = 5000
            cursor.execute(translated(query), values or None)
            yield from cursor

    def close(self) -> None:
        """Let go of the connection for good."""
        self._let_go = True
        self.connection.close()


class PostgresStore(SqlStore):
    """A store in one PostgreSQL database; make or open it with ``postgres_open``. Safe to share between threads."""

    faults = (psycopg.Error,)
    skip_locked = " FOR UPDATE SKIP LOCKED"

    def __init__(self, url: str, head_file: Path, settings: Settings) -> None:
        self.url = url
        self._settings = settings
        self._server = PostgresDatabase(url)
        try:
            super().__init__(head_file, self._server, hidden(url))
        except BaseException:
            self._server.close()
            raise

    @property
    def settings(self) -> dict[str, str]:
        """How the store writes, for ``status``."""
        version = self._settings.version
        return {
            "engine": f"PostgreSQL {version // 10000}.{version % 10000}",
            "journal": "wal",
            "synchronous": "full" if self._settings.synchronous_commit != "off" else "off",
            "role": self._settings.role,
            "owner": "the same role" if self._settings.owner else "another role",
        }

    def explain(self, error: Exception) -> AnswerableError:
        """Return the error to show for what the server said."""
        return explain(error)

    def _begin(self) -> None:
        self._db.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        # The row of the workspace is the lock of its record: each writer sees all that the one before has committed.
        self._db.execute("SELECT one FROM meta FOR UPDATE")

    def _begin_aside(self) -> None:
        self._db.execute("BEGIN ISOLATION LEVEL READ COMMITTED")

    def _begin_look(self) -> None:
        self._db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _roll_back(self) -> None:
        # A server that went away has rolled back by itself.
        with suppress(psycopg.OperationalError):
            super()._roll_back()
        self._server.forget_transaction()

    def _make_reads(self) -> Reads:
        from answerable.store.postgres_engine import reads

        return reads(self.url)

    def scrub(self) -> None:
        """Write the tables of what can be destroyed anew; where another role owns them, that is its vacuum's work."""
        if self._settings.owner:
            with self._reading():
                for table in DESTRUCTIBLE:
                    self._db.execute(f"VACUUM FULL {table}")

    def _damage(self) -> Iterator[str]:
        from answerable.store.postgres_damage import damage

        return damage(self._db)


@cache
def translated(statement: str) -> str:
    """Return a statement with the marks that psycopg knows."""
    return statement.replace("?", "%s")

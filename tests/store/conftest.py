"""A fresh store in a folder of its own, and raw ways into it that a rogue administrator would have.

``store`` is SQLite; ``any_store`` is each database in turn, with ``Rogue`` to do to it what only its owner could.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings

import fault_rounds as rounds
from answerable.store.conformance import WORKSPACE, add_people
from answerable.store.postgres import PostgresStore
from answerable.store.postgres_open import create_store as create_on_server
from answerable.store.postgres_open import open_store as open_on_server
from answerable.store.sql import SqlStore
from answerable.store.sqlite import SqliteStore
from answerable.store.sqlite_files import create_store, open_store

REFUSED = (sqlite3.IntegrityError, psycopg.Error)
"""What direct SQL meets where a rule stops it."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with create_store(tmp_path / "record.db", head_file=tmp_path / "head", workspace=WORKSPACE) as made:
        yield made


@pytest.fixture
def sql(store: SqliteStore) -> Callable[[str], list[tuple[object, ...]]]:
    """Run one statement on the file, as anyone with write access to it could."""

    def run(statement: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            return connection.execute(statement, values).fetchall()

    return run


@pytest.fixture
def rogue(sql: Callable[..., list[tuple[object, ...]]]) -> Callable[..., None]:
    """Run one statement on the file while the triggers of its table are away; they are put back after it."""

    def run(table: str, statement: str, *values: object) -> None:
        away = sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table)
        for name, _ in away:
            sql(f"DROP TRIGGER {name}")
        sql(statement, *values)
        for _, rule in away:
            sql(str(rule))

    return run


@pytest.fixture(scope="session")
def begun_on_server(new_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a store that others are copied from."""
    url = new_database()
    create_on_server(url, head_file=tmp_path_factory.mktemp("begun") / "head", workspace=WORKSPACE).close()
    return url


@pytest.fixture
def on_server(new_database: Callable[..., str], begun_on_server: str, tmp_path: Path) -> Iterator[PostgresStore]:
    """A fresh store on PostgreSQL; mark the test ``postgres``."""
    with open_on_server(new_database(begun_on_server), head_file=tmp_path / "head") as made:
        yield made


@dataclass
class Rogue:
    """Someone with the rights of the owner; statements mark values with ``?``."""

    store: SqlStore

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement while the rules are in force."""
        if isinstance(self.store, SqliteStore):
            with closing(sqlite3.connect(self.store.path, isolation_level=None)) as connection:
                return connection.execute(statement, values).fetchall()
        assert isinstance(self.store, PostgresStore)
        with psycopg.connect(self.store.url, autocommit=True) as server:
            cursor = server.execute(statement.replace("?", "%s").encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def unruled(self, table: str, statement: str, *values: object, also: tuple[str, ...] = ()) -> None:
        """Run one statement while the rules of its table are away; they are put back after it.

        A server checks what belongs to what by rules of its own: where those of ``also`` are needed, all are off.
        """
        if isinstance(self.store, PostgresStore):
            with psycopg.connect(self.store.url) as server:
                for one in (table, *also):
                    server.execute(f"ALTER TABLE {one} DISABLE TRIGGER ALL")
                server.execute(statement.replace("?", "%s").encode(), values or None)
                for one in (table, *also):
                    server.execute(f"ALTER TABLE {one} ENABLE TRIGGER ALL")
                    for (name,) in server.execute(RULES_OF, (one,)).fetchall():
                        server.execute(f"ALTER TABLE {one} ENABLE ALWAYS TRIGGER {name}")
            return
        tables = (table, *also)
        away = [row for one in tables for row in self.sql(f"{TRIGGERS} AND tbl_name = ?", one)]
        for name, _ in away:
            self.sql(f"DROP TRIGGER {name}")
        self.sql(statement, *values)
        for _, rule in away:
            self.sql(str(rule))

    def zeros(self, many: int) -> str:
        """Return so many zero bytes as they are written in SQL."""
        return f"zeroblob({many})" if isinstance(self.store, SqliteStore) else f"decode(repeat('00', {many}), 'hex')"


TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
RULES_OF = (
    "SELECT tgname::text FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE relname = %s AND NOT tgisinternal"
)


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module", params=BOTH)
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """One store on each database for a whole module: for tests that only try what is refused."""
    folder = tmp_path_factory.mktemp("standing")
    if request.param == "sqlite":
        with create_store(folder / "record.db", head_file=folder / "head", workspace=WORKSPACE) as made:
            yield made
    else:
        begun = request.getfixturevalue("begun_on_server")
        url = request.getfixturevalue("new_database")(begun)
        with open_on_server(url, head_file=folder / "head") as on_server:
            yield on_server


@pytest.fixture(params=BOTH)
def any_store(request: pytest.FixtureRequest) -> SqlStore:
    """A fresh store on each database."""
    made: SqlStore = request.getfixturevalue("store" if request.param == "sqlite" else "on_server")
    return made


@pytest.fixture
def owner(any_store: SqlStore) -> Rogue:
    """Someone with the rights of the owner of ``any_store``."""
    return Rogue(any_store)


@pytest.fixture(scope="session")
def as_owner() -> type[Rogue]:
    """Make someone with the rights of the owner of a store."""
    return Rogue


@pytest.fixture
def again(any_store: SqlStore) -> Callable[[], SqlStore]:
    """Open ``any_store`` a second time."""

    def opened() -> SqlStore:
        if isinstance(any_store, SqliteStore):
            return open_store(any_store.path, head_file=any_store.head_file)
        assert isinstance(any_store, PostgresStore)
        return open_on_server(any_store.url, head_file=any_store.head_file)

    return opened


def held(result: rounds.Result, least: int) -> None:
    """Assert that so many rounds of a fault were run, and nothing was lost, doubled or damaged."""
    assert result.holds, result
    assert result.rounds >= least


@pytest.fixture
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the sizes are those that were promised: in CI, and with ``--slow``; at a desk they are smaller."""
    return pytestconfig.getoption("--slow") or settings.get_current_profile_name() == "ci"


@pytest.fixture
def place(tmp_path: Path) -> rounds.Place:
    return rounds.begun(tmp_path / "w")


@pytest.fixture
def server_place(new_database, tmp_path: Path) -> rounds.Place:
    url = new_database()
    with create_on_server(url, head_file=tmp_path / "head", workspace=WORKSPACE) as store:
        add_people(store)
    return rounds.Place(url, tmp_path / "head", tmp_path)

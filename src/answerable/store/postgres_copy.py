"""Copy a PostgreSQL store as it is at one moment into files, one for each table, and put such files into a database."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
from sqlalchemy import Table

from answerable.errors import InputError, IntegrityError, UsageError
from answerable.store.migrate import CURRENT, REVISIONS, migrate
from answerable.store.postgres_faults import explain
from answerable.store.postgres_open import OWNER, tables_version
from answerable.store.postgres_settings import connect, hidden, look, refuse_weaker
from answerable.store.schema import metadata

VERSION = "version"
FIXED = frozenset({"separation", "decision", "ending"})
"""What the migrations fill themselves."""


def copy_out(url: str, folder: Path) -> None:
    """Write every table of the store at ``url`` to a file in ``folder``, all as they were at one moment, durably."""
    with connect(url) as connection:
        try:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            for table in _copied():
                _write(connection, table, folder / f"{table.name}.copy")
            connection.execute("COMMIT")
        except psycopg.Error as error:
            raise explain(error) from error
    (folder / VERSION).write_text(str(row[0]) if row else "", encoding="ascii")


def copy_in(folder: Path, url: str) -> None:
    """Put what ``copy_out`` wrote into the empty database at ``url``, all of it or nothing.

    The rules rest meanwhile, for they say how a record grows and not how it is put back: a full check must follow.
    Raises ``UsageError`` where there is a record already, ``InputError`` for files that do not fit together.
    """
    version = (folder / VERSION).read_text(encoding="ascii")
    if version != CURRENT:
        known = "an older" if version in REVISIONS else "a newer"
        raise InputError(
            f"This copy was made by {known} version of Answerable.",
            where=version or "no version",
            fix="Restore it with that version, then open it with this one.",
        )
    if tables_version(url) is not None:
        raise UsageError("There is a record here already.", where=hidden(url), fix="Make a new, empty database.")
    with connect(url) as connection:
        writer = look(connection)
    refuse_weaker(writer)
    _fill(folder, os.environ.get(OWNER) or url, writer.role)


def _fill(folder: Path, url: str, writer: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    from answerable.store.postgres_roles import grant

    engine = create_engine("postgresql+psycopg://", creator=lambda: connect(url, autocommit=False), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            migrate(connection)
            driver = connection.connection.driver_connection
            if not isinstance(driver, psycopg.Connection):
                raise IntegrityError("The database driver is not the one that was asked for.")
            for table in _copied():
                _rest(driver, table)
                _put(driver, table, folder / f"{table.name}.copy")
                _wake(driver, table)
            grant(connection, writer)
    except psycopg.Error as error:
        found = explain(error)
        raise InputError(f"This copy does not fit together: {found.what}", where=hidden(url)) from error
    finally:
        engine.dispose()


def _write(connection: psycopg.Connection[tuple[object, ...]], table: Table, path: Path) -> None:
    query = f"COPY (SELECT {_names(table)} FROM {table.name} {_order(table)}) TO STDOUT"  # noqa: S608 -- names are ours
    with path.open("wb") as file:
        with connection.cursor() as cursor, cursor.copy(query) as rows:
            for data in rows:
                file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put(driver: psycopg.Connection[tuple[object, ...]], table: Table, path: Path) -> None:
    statement = f"COPY {table.name} ({_names(table)}) FROM STDIN"
    with path.open("rb") as file, driver.cursor() as cursor, cursor.copy(statement) as rows:
        while data := file.read(1 << 16):
            rows.write(data)


def _rest(driver: psycopg.Connection[tuple[object, ...]], table: Table) -> None:
    driver.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")


def _wake(driver: psycopg.Connection[tuple[object, ...]], table: Table) -> None:
    rules = "SELECT tgname::text FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
    for (name,) in driver.execute(rules, (f"public.{table.name}",)).fetchall():
        driver.execute(f"ALTER TABLE {table.name} ENABLE ALWAYS TRIGGER {name}")


def _copied() -> list[Table]:
    """Return the tables that hold something, each after those it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in FIXED]


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _order(table: Table) -> str:
    return "ORDER BY " + ", ".join(column.name for column in table.primary_key.columns)

"""SQLAlchemy on a SQLite store: a read-only engine for reads, and the one that makes and migrates its tables."""

from __future__ import annotations

import sqlite3
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, SingletonThreadPool, StaticPool
from sqlalchemy.util import LRUCache

from answerable.store.faults import explain
from answerable.store.migrate import migrate
from answerable.store.reads import Reads
from answerable.store.sqlite_settings import BUSY_MS, harden


def reads(path: Path) -> Reads:
    """Return reads of the store at ``path``, on connections that refuse to write."""
    known = _dialect_and_statements()
    pool = SingletonThreadPool(partial(_connect, path))
    engine = Engine(pool, known.dialect, known.url, execution_options=known.get_execution_options())
    event.listen(engine, "connect", _read_only)
    return Reads(engine, explain)


@cache
def _dialect_and_statements() -> Engine:
    """Return the engine whose dialect and compiled statements all reads share.

    A site opens a store for each request, and to write a statement out takes longer than to run it.
    """
    engine = create_engine("sqlite://", execution_options={"compiled_cache": LRUCache(500)})
    # The first connection tells the dialect what this SQLite can do.
    with engine.connect():
        return engine


def migrate_file(path: Path) -> None:
    """Run every missing migration on the database at ``path``, in one transaction."""
    engine = create_engine("sqlite://", creator=lambda: _connect(path), poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            migrate(connection)
    finally:
        engine.dispose()


@cache
def fresh_rules() -> tuple[tuple[str, str], ...]:
    """Return name and text of every trigger that the migrations make, from a database made anew in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            migrate(connection)
            found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return tuple((name, rule) for name, rule in found)
    finally:
        engine.dispose()


def _connect(path: Path) -> Any:  # what SQLAlchemy asks of a connection, sqlite3 does not declare
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    harden(connection)
    return connection


def _read_only(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _begin(connection: Connection) -> None:
    # The driver begins no transaction around schema changes by itself, so a killed migration would stay half done.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

"""A fresh store in a folder of its own, and raw ways into it that a rogue administrator would have."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from answerable.store.conformance import WORKSPACE
from answerable.store.sqlite import SqliteStore
from answerable.store.sqlite_files import create_store


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

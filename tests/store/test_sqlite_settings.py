"""Start-up refuses, by name, any setting with which an acknowledged event could be lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from answerable.errors import IntegrityError, NotAllowed, UsageError
from answerable.store import sqlite_settings
from answerable.store.conformance import CHECKS, WORKSPACE, add_people, an_event
from answerable.store.sqlite_files import create_store, open_store
from answerable.store.sqlite_settings import Settings, best_journal, refuse_weaker, wal_is_safe

OLD = (3, 40, 1)
NEW = (3, 51, 3)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 54, 1), True),
    ],
)
def test_the_write_ahead_log_is_used_only_where_its_reset_is_mended(version, safe):
    assert wal_is_safe(version) is safe
    assert best_journal(version) == ("wal" if safe else "delete")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (Settings(NEW, "wal", "normal"), "synchronous=NORMAL"),
        (Settings(NEW, "delete", "off"), "synchronous=OFF"),
        (Settings(NEW, "memory", "full"), "journal_mode=MEMORY"),
        (Settings(NEW, "off", "full"), "journal_mode=OFF"),
        (Settings(OLD, "wal", "full"), "journal_mode=WAL with SQLite 3.40.1"),
        (Settings(NEW, "delete", "full"), "synchronous=FULL with a rollback journal"),
        (Settings((3, 31, 0), "delete", "full"), "SQLite 3.31.0 is too old"),
    ],
)
def test_a_weaker_setting_is_refused_by_name(settings, named):
    with pytest.raises(UsageError, match=named):
        refuse_weaker(settings)


def test_safe_settings_pass():
    refuse_weaker(Settings(OLD, "delete", "extra"))
    refuse_weaker(Settings(NEW, "wal", "extra"))
    refuse_weaker(Settings(NEW, "wal", "full"))


def test_a_configuration_cannot_weaken_a_store(store):
    for asked in ({"synchronous": "normal"}, {"journal": "off"}, {"journal": "memory"}):
        with pytest.raises(UsageError, match="refuses"):
            open_store(store.path, head_file=store.head_file, **asked)


@pytest.mark.skipif(wal_is_safe(sqlite3.sqlite_version_info), reason="this SQLite may use the write-ahead log")
def test_a_file_left_in_the_write_ahead_log_is_brought_back(store):
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with open_store(store.path, head_file=store.head_file) as again:
        assert again.settings["journal"] == "delete"


def test_a_file_that_is_no_store_is_named_as_such(tmp_path):
    path = tmp_path / "record.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(IntegrityError, match="not a store"):
        open_store(path, head_file=tmp_path / "head")


def test_where_it_is_safe_the_write_ahead_log_carries_the_whole_suite_too(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_settings, "wal_is_safe", lambda version: True)
    for number, check in enumerate(CHECKS):
        folder = tmp_path / str(number)
        with create_store(folder / "record.db", head_file=folder / "head", workspace=WORKSPACE) as store:
            assert store.settings["journal"] == "wal"
            check(store)


def test_a_record_that_another_program_holds_says_so_and_stores_nothing(store):
    add_people(store)
    store._db.execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotAllowed, match="busy"):
            store.append([an_event()])
        other.execute("ROLLBACK")
    assert len(store.append([an_event()])) == 1

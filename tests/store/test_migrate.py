"""The tables that the migrations make are the ones that the reads know, and a half-run migration leaves no trace."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from answerable.store import sqlite_engine
from answerable.store.migrate import CURRENT, FOLDER, REVISIONS, needs_migration
from answerable.store.schema import metadata
from answerable.store.sqlite_engine import migrate_file


@pytest.fixture
def migrated(tmp_path):
    path = tmp_path / "fresh.db"
    migrate_file(path)
    return path


def test_migrations_and_schema_agree(migrated):
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_table_of_ours_is_strict(migrated):
    with closing(sqlite3.connect(migrated)) as connection:
        strict = dict(connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"))
    assert all(strict[table] for table in metadata.tables)


def test_the_newest_step_is_the_one_this_program_expects():
    script = ScriptDirectory(str(FOLDER))
    assert script.get_current_head() == CURRENT
    assert [step.revision for step in script.walk_revisions()][::-1] == list(REVISIONS)


def test_running_the_steps_again_changes_nothing(migrated):
    before = migrated.read_bytes()
    migrate_file(migrated)
    assert migrated.read_bytes() == before


def test_a_store_without_tables_needs_them_and_a_current_one_does_not():
    assert needs_migration(None)
    assert not needs_migration(CURRENT)


def test_a_migration_that_fails_leaves_no_table(tmp_path, monkeypatch):
    path = tmp_path / "fresh.db"
    real = sqlite_engine.migrate

    def failing(connection):
        real(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite_engine, "migrate", failing)
    with pytest.raises(KeyboardInterrupt):
        migrate_file(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []

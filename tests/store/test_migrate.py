"""The tables that the migrations make are the ones that the reads know, and a half-run migration leaves no trace."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from answerable.record.encode import commit
from answerable.store import sqlite_engine
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, an_event
from answerable.store.migrate import CURRENT, FOLDER, REVISIONS, needs_migration
from answerable.store.schema import metadata
from answerable.store.sqlite_engine import fresh_rules, migrate_file
from answerable.store.sqlite_files import open_store


def rules_in(path):
    """Return the triggers of the database at ``path``, by name."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


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


@pytest.mark.postgres
def test_migrations_and_schema_agree_on_a_server_too(begun_on_server):
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(begun_on_server))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_rules_of_a_fresh_store_are_those_that_fsck_looks_for(migrated):
    assert rules_in(migrated) == dict(fresh_rules())


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


def test_a_store_of_the_first_version_is_brought_up_to_date_when_it_is_opened(tmp_path):
    path = tmp_path / "old.db"
    first_version(path)
    with open_store(path, head_file=tmp_path / "head") as store:
        (event,) = store.events()
        assert (event.kind, event.person, store.cases()[0].standing) == ("open", "person-1", "")
        store.separate([("applicant", "authoriser")])
        store.keep("report", "R-1", b"gist", NOON, "applicant")
        store.append([an_event("submit", version=2, standing="{}")])
        assert store.cases()[0].standing == "{}"
        store.publish(SIGNER, NOON)
        assert store.fsck(POLICY).clean
    assert rules_in(path) == dict(fresh_rules())


def first_version(path):
    """Make a store as the first version made it, with one event in it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    event = an_event()
    row = (1, event.case_id, 1, event.kind, "2018-11-30T12:00:00Z", event.actor, "person-1", event.office)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("INSERT INTO meta VALUES (1, ?, ?, ?)", (WORKSPACE.id, WORKSPACE.kind, WORKSPACE.origin))
        db.execute("INSERT INTO people VALUES ('applicant', 'person-1', '[\"applicant\"]', NULL)")
        db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, event.body, event.blind))
        db.execute("INSERT INTO leaves VALUES (1, ?)", (commit(event.body, event.blind),))


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

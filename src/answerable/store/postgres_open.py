"""Make a PostgreSQL store, or open one: the door that services use."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from answerable.errors import IntegrityError, UsageError
from answerable.store.migrate import needs_migration
from answerable.store.postgres import PostgresStore
from answerable.store.postgres_faults import explain
from answerable.store.postgres_settings import connect, hidden, look, refuse_weaker
from answerable.store.protocol import Workspace
from answerable.store.sqlite_files import check_kind

OWNER = "ANSWERABLE_STORE_OWNER"
"""Names the address of the role that owns the tables; needed only to make a store or bring it up to date."""


def create_store(url: str, *, head_file: Path, workspace: Workspace) -> PostgresStore:
    """Make a new store in the empty database at ``url`` for ``workspace`` and open it.

    Raises ``UsageError`` where there is a record already or a setting is too weak, ``InputError`` if the origin does
    not end with the workspace's kind. A store appears whole or not at all.
    """
    if head_file.exists() or tables_version(url) is not None:
        where = str(head_file) if head_file.exists() else hidden(url)
        raise UsageError("There is a record here already.", where=where, fix="Choose another folder and database.")
    check_kind(workspace)
    _bring_up_to_date(url, workspace)
    return open_store(url, head_file=head_file)


def open_store(url: str, *, head_file: Path) -> PostgresStore:
    """Open the store at ``url``, bringing its tables up to date if they are older than this program.

    Raises ``UsageError`` if there is no store or a setting is too weak for a record.
    """
    version = tables_version(url)
    if version is None:
        raise UsageError("There is no record here.", where=hidden(url), fix="Run `answerable init DIR` first.")
    if needs_migration(version, hidden(url)):
        _bring_up_to_date(url)
    with connect(url) as connection:
        settings = look(connection)
    refuse_weaker(settings)
    store = PostgresStore(url, head_file, settings)
    try:
        refuse_weaker(settings, store.workspace.kind)
    except BaseException:
        store.close()
        raise
    return store


def _bring_up_to_date(url: str, workspace: Workspace | None = None) -> None:
    from sqlalchemy.exc import DBAPIError

    from answerable.store.postgres_engine import migrate_database

    with connect(url) as connection:
        settings = look(connection)
    refuse_weaker(settings)
    try:
        migrate_database(os.environ.get(OWNER) or url, writer=settings.role, workspace=workspace)
    except DBAPIError as error:
        raise explain(error.orig if isinstance(error.orig, psycopg.Error) else error) from error


def take_back(url: str) -> None:
    """Remove everything from a database into which a store was put a moment ago, and in which it did not hold."""
    with connect(os.environ.get(OWNER) or url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def tables_version(url: str) -> str | None:
    """Return the version of the tables in the database, None where there are none."""
    with connect(url) as connection:
        known = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
        if known is None or not known[0]:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            raise IntegrityError("The store does not say which version made it.", where=hidden(url))
        return str(row[0])

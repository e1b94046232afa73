"""Make a SQLite store, or open one: the door that services use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from answerable.errors import InputError, IntegrityError, UsageError
from answerable.record.checkpoint import kind_of
from answerable.record.errors import RecordError
from answerable.store.migrate import needs_migration
from answerable.store.protocol import Workspace
from answerable.store.sqlite import SqliteStore
from answerable.store.sqlite_settings import connect


def create_store(path: Path, *, head_file: Path, workspace: Workspace) -> SqliteStore:
    """Make a new store at ``path`` for ``workspace`` and open it.

    ``head_file`` is where the last signed head is kept, outside the database and, best, outside its backups. Raises
    ``UsageError`` if either is there already, ``InputError`` if the origin does not end with the workspace's kind.
    A store appears whole or not at all.
    """
    for standing in (path, head_file):
        if standing.exists():
            raise UsageError("There is a record here already.", where=str(standing), fix="Choose another folder.")
    check_kind(workspace)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        _fill(fresh, workspace)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return open_store(path, head_file=head_file)


def open_store(path: Path, *, head_file: Path, journal: str | None = None, synchronous: str = "full") -> SqliteStore:
    """Open the store at ``path``, bringing its tables up to date if they are older than this program.

    ``journal`` and ``synchronous`` are what a configuration asks for. Raises ``UsageError`` if there is no store, or
    if a setting is too weak for a record; ``IntegrityError`` if the file is damaged.
    """
    if not path.is_file():
        raise UsageError("There is no record here.", where=str(path), fix="Run `answerable init DIR` first.")
    try:
        connection, settings = connect(path, journal=journal, synchronous=synchronous)
        try:
            if needs_migration(_version(connection), str(path)):
                from answerable.store.sqlite_engine import migrate_file

                migrate_file(path)
            return SqliteStore(path, head_file, connection, settings)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise IntegrityError(
            f"This is not a store, or it is damaged: {error}.", where=path.name, fix="Restore the newest backup."
        ) from error


def _fill(path: Path, workspace: Workspace) -> None:
    from answerable.store.sqlite_engine import migrate_file

    migrate_file(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute(
            "INSERT INTO meta (one, workspace_id, kind, origin) VALUES (1, ?, ?, ?)",
            (workspace.id, workspace.kind, workspace.origin),
        )


def check_kind(workspace: Workspace) -> None:
    """Raise ``InputError`` unless the origin of the log ends in the kind of its workspace."""
    try:
        kind = kind_of(workspace.origin)
    except RecordError as error:
        raise InputError(error.what, where=error.where, fix=error.fix) from error
    if kind != workspace.kind:
        raise InputError(f"The log of a {workspace.kind} workspace cannot end in {kind}.", where=workspace.origin)


def _version(connection: sqlite3.Connection) -> str | None:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return str(row[0]) if row else None

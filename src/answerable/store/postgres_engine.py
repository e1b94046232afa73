"""SQLAlchemy on a PostgreSQL store: a read-only engine for reads, and the one that makes and migrates its tables."""

from __future__ import annotations

import io
import re
from functools import cache

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from answerable.store.migrate import FOLDER, migrate
from answerable.store.postgres_faults import explain
from answerable.store.postgres_roles import grant
from answerable.store.postgres_settings import OPTIONS, connect
from answerable.store.protocol import Workspace
from answerable.store.reads import Reads

MIGRATING = 0x616E7377
"""The number of the lock that lets one program at a time bring a store up to date."""

FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(\).*?\$rule\$(.*?)\$rule\$", re.DOTALL)
TRIGGER = re.compile(r"^(CREATE TRIGGER (\w+) .*?);$", re.MULTILINE)


def reads(url: str) -> Reads:
    """Return reads of the store at ``url``, on connections that refuse to write and are tried before each use."""
    options = f"{OPTIONS} -c default_transaction_read_only=on"
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connect(url, options=options, autocommit=False), pool_pre_ping=True
    )
    return Reads(engine, explain)


def migrate_database(url: str, *, writer: str, workspace: Workspace | None = None) -> None:
    """Run every missing migration on the database, in one transaction, and let the role ``writer`` do its work.

    With a ``workspace``, say that the store is made for it.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect(url, autocommit=False), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATING})
            migrate(connection)
            if workspace is not None:
                connection.execute(
                    text("INSERT INTO meta (one, workspace_id, kind, origin) VALUES (1, :id, :kind, :origin)"),
                    vars(workspace),
                )
            grant(connection, writer)
    finally:
        engine.dispose()


@cache
def fresh_rules() -> tuple[dict[str, str], dict[str, str]]:
    """Return the functions and the triggers that the migrations make, by name, without any database."""
    script = ScriptDirectory(str(FOLDER))
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    # Rows are no rules, and not all of their values can be written as text.
    context.impl.bulk_insert = lambda *_given, **_named: None  # type: ignore[method-assign]
    with Operations.context(context):
        for step in reversed(list(script.walk_revisions())):
            step.module.upgrade()
    said = written.getvalue()
    return dict(FUNCTION.findall(said)), {name: rule for rule, name in TRIGGER.findall(said)}

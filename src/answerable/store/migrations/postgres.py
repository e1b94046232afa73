"""The rules of the store as PostgreSQL triggers: what the migrations need to make them.

Every trigger fires ALWAYS, also for a session that plays replication. Names are the same as on SQLite.
"""

from __future__ import annotations

from alembic import op

STOP = "RAISE EXCEPTION 'answerable: append-only'"


def here() -> bool:
    """Return whether the migration runs on PostgreSQL."""
    return op.get_context().dialect.name == "postgresql"


def function(name: str, body: str) -> None:
    """Make a trigger function, or replace it. ``body`` names tables with their schema: a temporary one hides others."""
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $rule$\n{body.strip()}\n$rule$"
    )


def trigger(table: str, name: str, moment: str, rule: str = "answerable_append_only", each: str = "ROW") -> None:
    """Make a trigger ``{table}_{name}`` that runs ``rule`` at ``moment``, in the words PostgreSQL shows it with."""
    op.execute(
        f"CREATE TRIGGER {table}_{name} {moment} ON {table} FOR EACH {each} EXECUTE FUNCTION {rule}()",
    )
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")


def append_only(*tables: str) -> None:
    """Let nothing in ``tables`` be changed or removed."""
    for table in tables:
        trigger(table, "update", "BEFORE UPDATE")
        trigger(table, "delete", "BEFORE DELETE")
        never_emptied(table)


def never_emptied(*tables: str) -> None:
    """Let none of ``tables`` be emptied as a whole, which asks no trigger about its rows."""
    for table in tables:
        trigger(table, "truncate", "BEFORE TRUNCATE", each="STATEMENT")


def fixed(*tables: str) -> None:
    """Let nothing be added to ``tables`` from now on."""
    for table in tables:
        trigger(table, "insert", "BEFORE INSERT")

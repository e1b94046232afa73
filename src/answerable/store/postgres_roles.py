"""What the role that writes the record may do on PostgreSQL, where another role owns the tables: read, and add.

What else a table allows is named here; the triggers still decide which rows.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

BEYOND_ADDING = {
    # No row of `meta` can change: the right is what locking its row asks for.
    "meta": ("UPDATE (one)",),
    "people": ("UPDATE (disabled_at)",),
    "kept_values": ("DELETE",),
    "kept_keys": ("DELETE",),
    "disclosure_values": ("DELETE",),
    "data_keys": ("DELETE",),
    "jobs": ("UPDATE",),
}


def grant(connection: Connection, writer: str) -> None:
    """Let ``writer`` do what it needs and no more; nothing to do where it owns the tables itself."""
    if connection.execute(text("SELECT current_user::text")).scalar_one() == writer:
        return
    role = connection.dialect.identifier_preparer.quote_identifier(writer)
    connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
    for table in sorted(inspect(connection).get_table_names()):
        rights = ("SELECT",) if table == "alembic_version" else ("SELECT", "INSERT", *BEYOND_ADDING.get(table, ()))
        connection.execute(text(f"REVOKE ALL ON {table} FROM PUBLIC, {role}"))
        connection.execute(text(f"GRANT {', '.join(rights)} ON {table} TO {role}"))

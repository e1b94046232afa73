"""How PostgreSQL must be set so that an acknowledged event survives a power cut, and the refusal of anything weaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from answerable.errors import AnswerableError, InputError, UsageError

BUSY_MS = 10_000
OLDEST = 130000
"""PostgreSQL 13, as its servers number themselves."""

# What is set for each session. A path of one schema keeps a table of the same name elsewhere from being mistaken.
OPTIONS = f"-c search_path=public -c lock_timeout={BUSY_MS} -c synchronous_commit=on -c client_min_messages=warning"


@dataclass(frozen=True)
class Settings:
    """What a server says of itself; ``role`` is whom we write as, ``owner`` whether that role owns the tables."""

    version: int
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    encoding: str
    role: str
    superuser: bool
    owner: bool


def check_url(url: str) -> None:
    """Raise ``UsageError`` for an address that holds a secret or sets what the store sets itself."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise UsageError(
            f"This is not the address of a PostgreSQL database: {str(error).strip()}.", where=hidden(url)
        ) from error
    if parts.get("password"):
        raise UsageError(
            "The address of the store holds a password, and settings are files that get copied.",
            where=hidden(url),
            fix="Take it out and put it into the file that PGPASSFILE names, or into PGPASSWORD.",
        )
    if parts.get("options"):
        raise UsageError(
            "The address of the store sets options of its own, which could make the record unsafe.",
            where=hidden(url),
            fix="Take `options` out: the store sets what it needs.",
        )


def hidden(url: str) -> str:
    """Return an address without its password, for messages."""
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.Error:
        return "the store's address"
    return " ".join(f"{name}={parts[name]}" for name in ("host", "port", "dbname", "user") if parts.get(name))


def connect(url: str, *, options: str = OPTIONS, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect, each statement for itself where none begins a transaction; ``AnswerableError`` where nobody answers."""
    check_url(url)
    try:
        return psycopg.connect(
            url, autocommit=autocommit, connect_timeout=10, application_name="answerable", options=options
        )
    except psycopg.OperationalError as error:
        raise AnswerableError(
            f"The database server does not let us in: {str(error).strip()}.",
            where=hidden(url),
            fix="Check the address, that the server runs, and the password in PGPASSFILE or PGPASSWORD.",
        ) from error


def look(connection: psycopg.Connection[tuple[Any, ...]]) -> Settings:
    """Ask the server how it is set."""
    row = connection.execute(
        "SELECT current_setting('server_version_num')::int, current_setting('fsync'),"
        " current_setting('full_page_writes'), current_setting('synchronous_commit'),"
        " current_setting('server_encoding'), current_user::text,"
        " current_setting('is_superuser') = 'on',"
        " EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'events'"
        " AND pg_has_role(tableowner, 'MEMBER'))"
    ).fetchone()
    if row is None:
        raise InputError("The database server does not say how it is set.")
    return Settings(*row)


def refuse_weaker(settings: Settings, kind: str = "") -> None:
    """Raise ``UsageError`` that names the first setting with which the record would be unsafe.

    In a ``real`` workspace the role that writes may neither be a superuser nor own the tables: it could switch off
    every rule of the store.
    """
    if settings.version < OLDEST:
        raise UsageError(
            f"PostgreSQL {settings.version // 10000} is too old for this store.", fix="Use PostgreSQL 13 or later."
        )
    if settings.encoding != "UTF8":
        raise UsageError(f"The store refuses a database in {settings.encoding}.", fix="Make it with ENCODING 'UTF8'.")
    for name, why in (
        ("fsync", "a power cut could lose or damage recorded events"),
        ("full_page_writes", "a power cut could damage recorded events"),
        ("synchronous_commit", "a power cut could lose recorded events"),
    ):
        if getattr(settings, name) == "off":
            raise UsageError(f"The store refuses {name}=off: {why}.", fix=f"Set {name} to on.")
    if kind == "real" and (settings.superuser or settings.owner):
        what = "is a superuser" if settings.superuser else "owns the tables"
        raise UsageError(
            f"The role {settings.role} {what}, so it could switch off the rules of the record.",
            fix="Let another role own them: name it in ANSWERABLE_STORE_OWNER, and write as one that may only add.",
        )

"""How SQLite must be set so that an acknowledged event survives a power cut, and the refusal of anything weaker."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import UsageError

BUSY_MS = 10_000
OLDEST = (3, 37, 0)
"""The first SQLite with STRICT tables."""

JOURNALS = ("delete", "wal")


@dataclass(frozen=True)
class Settings:
    """The ``version`` of the linked SQLite, and the ``journal`` and ``synchronous`` modes in use."""

    version: tuple[int, int, int]
    journal: str
    synchronous: str


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Return whether this SQLite is free of the fault that can corrupt a database when its WAL is reset.

    Mended in 3.51.3, and in 3.50.7 and 3.44.6 of the older lines.
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def best_journal(version: tuple[int, int, int]) -> str:
    """Return ``wal`` where it is safe, else the rollback journal."""
    return "wal" if wal_is_safe(version) else "delete"


def refuse_weaker(settings: Settings) -> None:
    """Raise ``UsageError`` that names the first setting with which acknowledged events could be lost."""
    name = ".".join(map(str, settings.version))
    if settings.version < OLDEST:
        raise UsageError(f"SQLite {name} is too old for this store.", fix="Use Python with SQLite 3.37 or later.")
    if settings.synchronous not in {"full", "extra"}:
        raise UsageError(
            f"The store refuses synchronous={settings.synchronous.upper()}: a power cut could lose recorded events.",
            fix="Set synchronous to FULL.",
        )
    if settings.journal not in JOURNALS:
        raise UsageError(
            f"The store refuses journal_mode={settings.journal.upper()}: a crash could damage the record.",
            fix="Set journal_mode to DELETE or, where it is safe, WAL.",
        )
    if settings.journal == "delete" and settings.synchronous != "extra":
        # A commit is done once the journal is removed: if a power cut brings it back, it undoes what was acknowledged.
        raise UsageError(
            "The store refuses synchronous=FULL with a rollback journal: a power cut could undo the last event.",
            fix="Set synchronous to EXTRA.",
        )
    if settings.journal == "wal" and not wal_is_safe(settings.version):
        raise UsageError(
            f"The store refuses journal_mode=WAL with SQLite {name}, which can corrupt a database at a WAL reset.",
            fix="Set journal_mode to DELETE, or use SQLite 3.51.3 or later.",
        )


def connect(
    path: Path, *, journal: str | None = None, synchronous: str = "full"
) -> tuple[sqlite3.Connection, Settings]:
    """Open the database at ``path`` for writing, with safe settings checked after they were made.

    ``journal`` and ``synchronous`` are what a configuration asks for; weaker ones are refused, FULL is taken as EXTRA.
    """
    version = sqlite3.sqlite_version_info
    level = "extra" if synchronous.lower() == "full" else synchronous.lower()
    asked = Settings(version, (journal or best_journal(version)).lower(), level)
    refuse_weaker(asked)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    try:
        harden(connection)
        mode = connection.execute(f"PRAGMA journal_mode = {asked.journal}").fetchone()[0]
        settings = Settings(version, str(mode).lower(), _synchronous(connection))
        refuse_weaker(settings)
    except BaseException:
        connection.close()
        raise
    return connection, settings


def harden(connection: sqlite3.Connection) -> None:
    """Set what holds for one connection: more than full synchronisation, foreign keys, no trusted schema.

    What is deleted is overwritten, so that a forgotten value is not left in the file.
    """
    for pragma in (
        "synchronous = EXTRA",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "mmap_size = 0",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}").fetchall()


def _synchronous(connection: sqlite3.Connection) -> str:
    level = int(connection.execute("PRAGMA synchronous").fetchone()[0])
    return ("off", "normal", "full", "extra")[level]

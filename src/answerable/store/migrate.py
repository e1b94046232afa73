"""Bring a store's tables up to date. Opening a current store asks only for its version and never imports Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from answerable.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
CURRENT = REVISIONS[-1]
FOLDER = Path(__file__).parent / "migrations"


def needs_migration(version: str | None, where: str = "") -> bool:
    """Return whether a store at ``version`` (None: no tables yet) is older than this program.

    Raises ``UsageError`` for a version this program does not know.
    """
    if version is not None and version not in REVISIONS:
        raise UsageError(
            "This store was made by a newer version of Answerable.",
            where=where,
            fix="Install that version or a later one.",
        )
    return version != CURRENT


def migrate(connection: Connection) -> None:
    """Run every missing step on ``connection``, inside the transaction that the caller holds."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

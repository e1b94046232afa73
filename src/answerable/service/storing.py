"""Where a workspace keeps its record: in a file of its own, or on the PostgreSQL server that its settings name.

``[store]`` in ``answerable.toml`` may say ``url``, ``journal`` and ``synchronous``. It never holds a secret: the
password of a server comes from PGPASSFILE or PGPASSWORD.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from answerable.errors import UsageError
from answerable.service.settings import FILE

if TYPE_CHECKING:
    from answerable.store.protocol import Workspace as Kept
    from answerable.store.sql import SqlStore

RECORD = "record.sqlite"
HEAD = "head"


@dataclass(frozen=True)
class Storing:
    """What ``[store]`` says: the ``url`` of a server (empty: a file), and how a file is written."""

    url: str = ""
    journal: str = ""
    synchronous: str = "full"

    def write(self, folder: Path) -> None:
        """Add the table to the settings in ``folder``; nothing where it says what goes without saying."""
        said = [
            f"{name} = {json.dumps(value)}" for name, value in asdict(self).items() if value != getattr(_PLAIN, name)
        ]
        if said:
            with (folder / FILE).open("a", encoding="utf8") as file:
                file.write("\n".join(["", "[store]", *said, ""]))


_PLAIN = Storing()


def read_storing(folder: Path) -> Storing:
    """Return what the settings in ``folder`` say; ``UsageError`` for words that mean nothing here."""
    path = folder / FILE
    said = tomllib.loads(path.read_text(encoding="utf8")).get("store", {}) if path.is_file() else {}
    known = {field.name for field in fields(Storing)}
    odd = sorted(name for name, value in said.items() if name not in known or not isinstance(value, str))
    if odd:
        raise UsageError(
            f"The settings of the store say {odd[0]}, which means nothing here.",
            where=f"{path}, [store]",
            fix=f"Use {', '.join(sorted(known))}, each with a text.",
        )
    return Storing(**said)


def has_record(folder: Path) -> bool:
    """Return whether the workspace in ``folder`` has a record, as far as that can be told without asking a server."""
    return bool(read_storing(folder).url) or (folder / RECORD).is_file()


def open_record(folder: Path) -> SqlStore:
    """Open the record of the workspace in ``folder``."""
    said = read_storing(folder)
    if said.url:
        _check_full(said, folder)
        opened: SqlStore = _server().open_store(said.url, head_file=folder / HEAD)
        return opened
    from answerable.store.sqlite_files import open_store

    journal = said.journal or None
    return open_store(folder / RECORD, head_file=folder / HEAD, journal=journal, synchronous=said.synchronous)


def make_record(folder: Path, kept: Kept, said: Storing = _PLAIN) -> None:
    """Make the record of a new workspace in ``folder``, and say in its settings where it is."""
    if said.url:
        _check_full(said, folder)
        _server().create_store(said.url, head_file=folder / HEAD, workspace=kept).close()
    else:
        from answerable.store.sqlite_files import create_store

        create_store(folder / RECORD, head_file=folder / HEAD, workspace=kept).close()
    said.write(folder)


def unmake_record(folder: Path) -> None:
    """Remove the record of a workspace that could not be made whole, where it is not in the folder itself."""
    url = read_storing(folder).url
    if url:
        _server().take_back(url)


def _check_full(said: Storing, folder: Path) -> None:
    if said.synchronous.lower() not in {"full", "on"} or said.journal:
        weak = f"synchronous={said.synchronous}" if not said.journal else f"journal={said.journal}"
        raise UsageError(
            f"The store refuses {weak} on a server: a power cut could lose recorded events.",
            where=f"{folder / FILE}, [store]",
            fix="Leave it out.",
        )


def _server() -> ModuleType:
    try:
        from answerable.store import postgres_open
    except ImportError as error:
        raise UsageError(
            "The PostgreSQL driver is not installed.", where=str(error), fix="pip install 'answerable[postgres]'"
        ) from error
    return postgres_open

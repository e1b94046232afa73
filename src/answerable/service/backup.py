"""Back up a workspace into one file: its record as it is at one moment, and every other file it needs.

Not in it: ``keys/`` (whoever finds a backup must not be able to sign, nor to read what is sealed), the head file and
the list of what was erased (both must outlive every backup, or an old one would bring back what is gone).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.place import stamp
from answerable.service.archive import pack, written_whole
from answerable.service.publish import alone
from answerable.service.storing import HEAD, RECORD, read_storing
from answerable.service.workspace import Workspace

TABLES = "tables"
LEFT_OUT = frozenset({"keys", HEAD, "erased", "erased.json", "erasures.json", "publishing.lock", RECORD})


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds: how many files and signed entries, of what log, made when."""

    path: Path
    files: int
    entries: int
    origin: str
    made_at: str


def back_up(workspace: Workspace, path: Path) -> BackedUp:
    """Write a backup to the new file ``path``; it appears whole or not at all.

    What is being published waits meanwhile, so that the public folder is of one head.
    """
    with written_whole(path) as file, alone(workspace), tempfile.TemporaryDirectory() as copied:
        head = workspace.store.head()
        said: dict[str, Any] = {
            "origin": workspace.settings.origin,
            "kind": workspace.settings.kind,
            "made_at": stamp(workspace.clock.now()),
            "entries": head.size if head else 0,
            "engine": workspace.store.settings["engine"],
        }
        _copy_record(workspace, Path(copied))
        manifest = pack(file, [*_below(Path(copied)), *_files(workspace.folder)], said)
    return BackedUp(path, len(manifest["files"]), said["entries"], said["origin"], said["made_at"])


def _copy_record(workspace: Workspace, target: Path) -> None:
    url = read_storing(workspace.folder).url
    if url:
        from answerable.store import postgres_copy

        (target / TABLES).mkdir()
        postgres_copy.copy_out(url, target / TABLES)
    else:
        from answerable.store import sqlite_copy

        sqlite_copy.copy_out(workspace.folder / RECORD, target / RECORD)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        # Journals of the database and drafts that were left belong to no backup.
        if path.name in LEFT_OUT or path.name.startswith((".", RECORD, "publishing.lock")):
            continue
        if path.is_dir():
            yield from ((f"{path.name}/{name}", one) for name, one in _below(path))
        else:
            yield path.name, path


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path

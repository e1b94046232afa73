"""Living documents in memory: versions that never change, and values that can be forgotten."""

from __future__ import annotations

from datetime import datetime

from answerable.errors import InputError
from answerable.store.faults import broken
from answerable.store.protocol import Kept
from answerable.store.rows import instant_text


class Documents:
    """The documents of one store."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], list[Kept]] = {}
        self._last: dict[tuple[str, str], int] = {}

    def keep(self, kind: str, id: str, value: bytes, at: datetime, actor: str, *, after: int | None = None) -> int:
        """Keep a new version, where the newest that is there is ``after`` (0: none); return its number, from 1."""
        if not kind or not id:
            raise InputError("A document needs a kind and a name to be kept under.", where=f"{kind} {id}".strip())
        instant_text(at)
        there = self._values.get((kind, id))
        if after is not None and after != (there[-1].version if there else 0):
            raise broken("changed")
        version = self._last.get((kind, id), 0) + 1
        self._last[kind, id] = version
        self._values.setdefault((kind, id), []).append(Kept(kind, id, version, value, at, actor))
        return version

    def newest(self, kind: str, id: str | None) -> tuple[Kept, ...]:
        """Return the newest version of every document of a kind, or of the one named ``id``, by id."""
        found = [versions[-1] for (one, name), versions in self._values.items() if one == kind and id in (None, name)]
        return tuple(sorted(found, key=lambda kept: kept.id))

    def versions(self, kind: str, id: str) -> tuple[Kept, ...]:
        """Return every version of one document, oldest first."""
        return tuple(self._values.get((kind, id), ()))

    def forget(self, kind: str, id: str) -> int:
        """Remove the values of a document; return how many there were."""
        if (kind, id) not in self._values:
            raise InputError(f"There is no {kind} of that name to forget.", where=id)
        return len(self._values.pop((kind, id)))

"""JSON files that lie beside the log in a public folder, such as scores and audit: each can be laid there any time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Number on disk, size and times: no file is written without changing one of them.
Look = tuple[int, int, int, int]


class LaidFile:
    """Gives what stands in one such file; it is read again only where the file looks different."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[Look, Mapping[str, Any] | None] | None = None

    def __call__(self) -> Mapping[str, Any] | None:
        """Return the file's object, the very same for as long as the file is; None where none can be read."""
        try:
            seen = self._path.stat()
            look = (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
            kept = self._kept
            if kept is None or kept[0] != look:
                # Looked at before it is read: what is written meanwhile looks different at the next request.
                self._kept = kept = (look, self._read())
        except OSError:
            return None
        return kept[1]

    def _read(self) -> Mapping[str, Any] | None:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

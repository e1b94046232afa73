"""What was erased, in a file that no backup holds: restoring an old backup must not bring it back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from answerable.errors import IntegrityError

FILE = "erased"


@dataclass(frozen=True)
class Erased:
    """One value that is gone: a field of a statement by its ``digest`` and name, or a document by ``kind`` and ``id``.

    ``version`` is the newest of the document that was there.
    """

    at: str
    basis: str
    office: str = ""
    digest: str = ""
    field: str = ""
    kind: str = ""
    id: str = ""
    version: int = 0


def remember(folder: Path, lines: list[Erased]) -> None:
    """Append to the list and have it on disk before anything is erased."""
    with (folder / FILE).open("a", encoding="utf8") as file:
        for one in lines:
            file.write(json.dumps({k: v for k, v in asdict(one).items() if v}, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def remembered(folder: Path) -> tuple[Erased, ...]:
    """Return the list; IntegrityError where a line of it, other than a last half one, cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return ()
    *lines, _half = path.read_text(encoding="utf8").split("\n")
    found = []
    # A writer that died while it wrote the last line had erased nothing yet.
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Erased(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise IntegrityError(
                "The list of what was erased is damaged.",
                where=f"{path.name}, line {number}",
                fix="Put it back from its own copy before anything is restored.",
            ) from error
    return tuple(found)

"""What the beat remembers from one time to the next, so that it need not look at everything: a file beside the store.

Without the file all is looked at once more and found again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from answerable.record.publish import place_file

FILE = "beat.json"


@dataclass
class Remembered:
    """``days``: for each day whose covers are not opened yet, the last event before it. ``done``: for each case that is
    wholly public, its version. ``once``: the last entry of no case up to which all are opened. ``due``: when the next
    entry that has a date has to be public, or empty.
    """

    days: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    once: int = 0
    due: str = ""

    @staticmethod
    def read(folder: Path) -> Remembered:
        """Read what stands in ``folder``; nothing where there is no such file or it is damaged."""
        try:
            return Remembered(**json.loads((folder / FILE).read_text(encoding="utf8")))
        except (OSError, ValueError, TypeError):
            return Remembered()

    def write(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        place_file(folder / FILE, json.dumps(asdict(self)).encode())

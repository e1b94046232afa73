"""A public folder hashed whole once more, by the outsider's own check, in a process that no visitor waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Thread

from answerable.record.publish import POLICY

_NICE = 10
# How the check ends where every file leads to the signed head (1: all does, and statements are out of order).
_HELD = (0, 1)


class Rehashing:
    """At most one such check at a time. Not safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: Thread | None = None
        self._found: tuple[datetime, bool] | None = None

    def begin(self, now: datetime) -> None:
        """Begin a check; where one is running, do nothing."""
        if self._running is None:
            # The thread does nothing but wait, so that the process is never left without anybody who does.
            self._running = Thread(target=self._check, args=(now,), daemon=True)
            self._running.start()

    def ended(self) -> tuple[datetime, bool] | None:
        """Return when the check began that has ended since, and whether all of it held; None where none has ended."""
        if self._running is None or self._running.is_alive():
            return None
        self._running = None
        return self._found

    def _check(self, began: datetime) -> None:
        # Should the check itself fail to run, nothing was found to hold.
        self._found = began, False
        check = (sys.executable, "-m", "answerable.record.folder", str(self._folder))
        with subprocess.Popen(
            [*check, "--policy", str(self._folder / POLICY)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            if hasattr(os, "setpriority"):
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
            self._found = began, process.wait() in _HELD

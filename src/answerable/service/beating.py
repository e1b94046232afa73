"""Keep the beat of a sealed record while the staff site runs: one that fails is told of, and the next one is tried."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from answerable.clock import Clock, SystemClock
from answerable.errors import AnswerableError
from answerable.record.errors import RecordError
from answerable.record.publish import place_file
from answerable.service.publish import beat
from answerable.service.record_settings import record_settings
from answerable.service.settings import read_settings
from answerable.service.workspace import open_workspace

STATUS = "beat-status.json"
LEAST_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Beating:
    """A thread that publishes a beat as often as the settings say; use it in a ``with`` block."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def __enter__(self) -> Beating:
        if record_settings(self._folder, read_settings(self._folder).kind).sealed:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def once(self) -> str:
        """Publish one beat; return what went wrong, empty if nothing did. It is told in the workspace too."""
        said = ""
        try:
            with open_workspace(self._folder, self._clock) as workspace:
                beat(workspace)
        except (AnswerableError, RecordError, OSError) as error:
            said = str(error)
            _log.warning("a beat was missed: %s", said)
        at = (self._clock or SystemClock()).now().isoformat(timespec="seconds")
        place_file(self._folder / STATUS, json.dumps({"at": at, "problem": said}).encode())
        return said

    def _run(self) -> None:
        while True:
            settings = record_settings(self._folder, read_settings(self._folder).kind)
            if self._over.wait(max(settings.beat, LEAST_SECONDS)):
                return
            try:
                self.once()
            except Exception:
                # Whatever it was, the next beat is tried: a record that stops is noticed, one that hides is not.
                _log.exception("a beat was missed")

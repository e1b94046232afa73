"""Where and when deployments really took place: they hide what would have happened, and so decide an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.place import Area, Window, read_stamp
from answerable.service.history import read_history
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

_ENDS = ("end", "revoke")


@dataclass(frozen=True)
class Deployed:
    """One deployment that started: its case, its area and the time it lasted, at most until its authority ended."""

    case: str
    area: Area
    window: Window

    def covers(self, area: Area, window: Window) -> bool:
        """Say whether it took place in any part of ``area`` and ``window``."""
        if not self.window.overlaps(window):
            return False
        own = Area.from_degrees(self.area.degrees(), projection=area.projection, name=self.area.name)
        return own.overlaps(area)


def deployments(workspace: Workspace) -> tuple[Deployed, ...]:
    """Return every deployment of the workspace that started, up to now."""
    by_case: dict[str, list[StoredEvent]] = {}
    for event in workspace.store.events():
        if event.case_id:
            by_case.setdefault(event.case_id, []).append(event)
    found = (_deployed(workspace, case, events) for case, events in by_case.items())
    return tuple(one for one in found if one is not None)


def _deployed(workspace: Workspace, case: str, events: Sequence[StoredEvent]) -> Deployed | None:
    started = next((event.at for event in events if event.kind == "start"), None)
    if started is None:
        return None
    area = CaseFile.read(read_history(workspace, case).document, where=case, tz=workspace.settings.time_zone).outline()
    ends = [event.at for event in events if event.kind in _ENDS]
    limits = [read_stamp(limit) for event in events if (limit := _data(event).get("ends_at"))]
    until: datetime = min([*ends, *limits[-1:], workspace.clock.now()])
    return Deployed(case, area, Window(started, until)) if area is not None and until > started else None


def _data(event: StoredEvent) -> dict[str, Any]:
    if event.kind not in ("authorise", "urgent", "extend", "review"):
        return {}
    data: dict[str, Any] = event.data
    return data

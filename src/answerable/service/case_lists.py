"""The list of cases, from what was stored with the last event of each: no case is folded for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from answerable.case.adoption import is_adoption
from answerable.case.machine import Standing, State, state_at
from answerable.errors import UsageError
from answerable.place import Window, zone
from answerable.policy.suggest import did_you_mean
from answerable.service.history import read_history
from answerable.service.workspace import Workspace


def standings(workspace: Workspace) -> Iterator[Standing]:
    """Yield how every deployment case stands after its last event, in the order they were opened."""
    for case_id, text in workspace.store.standings():
        if not is_adoption(case_id):
            yield Standing.from_json(from_json(text)) if text else read_history(workspace, case_id).case


def list_cases(workspace: Workspace, state: str = "") -> list[dict[str, Any]]:
    """Return every case with its state now, in the order they were opened; only those in ``state`` if one is named.

    UsageError for a state that there is not.
    """
    wanted = _state(state) if state else None
    now = workspace.clock.now()
    lines = []
    # One case at a time: ten thousand kept at once would take longer to sweep up than to read.
    for case in standings(workspace):
        at = state_at(case, now)
        if wanted in (None, at):
            lines.append(line_of(workspace, case, at))
    return lines


def line_of(workspace: Workspace, case: Standing, state: State) -> dict[str, Any]:
    """Return what a list says of one case."""
    tz = case.time_zone or workspace.settings.time_zone or "UTC"
    window = case.window
    if case.area is None or window is None:
        raise AssertionError("a stored case begins with its opening")
    return {
        "id": case.id,
        "state": state.value,
        "title": case.title,
        "area": case.area.name,
        "window": _window(window, tz),
    }


def _state(name: str) -> State:
    key = name.strip().upper().replace("-", "_").replace(" ", "_")
    if key not in State.__members__:
        raise UsageError("There is no such state.", where=f"--state {name}", fix=did_you_mean(key, list(State)))
    return State(key)


# Kept by what it is made of, which cannot change: the same evening stands in many lines of a long list.
@lru_cache(maxsize=8192)
def _window(window: Window, tz: str) -> str:
    start, end = (_local(at, zone(tz)) for at in (window.start, window.end))
    return f"{start} to {end} {tz}"


def _local(at: datetime, there: ZoneInfo) -> str:
    # Without its offset, which nobody reads here and which takes longer to write than all the rest.
    return at.astimezone(there).replace(tzinfo=None).isoformat(" ", "minutes")

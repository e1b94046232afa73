"""The list of cases, from what was stored with the last event of each: no case is folded for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from answerable.case.adoption import is_adoption
from answerable.case.machine import Standing, State
from answerable.case.standing import state_told
from answerable.errors import UsageError
from answerable.place import zone
from answerable.policy.suggest import did_you_mean
from answerable.service.history import read_history
from answerable.service.workspace import Workspace


def standings(workspace: Workspace) -> Iterator[Standing]:
    """Yield how every deployment case stands after its last event, in the order they were opened."""
    return map(Standing.from_json, _told(workspace))


def list_cases(workspace: Workspace, state: str = "") -> list[dict[str, Any]]:
    """Return every case with its state now, in the order they were opened; only those in ``state`` if one is named.

    UsageError for a state that there is not.
    """
    wanted = _state(state) if state else None
    now, home = workspace.clock.now(), workspace.settings.time_zone or "UTC"
    lines = []
    # One case at a time: ten thousand kept at once would take longer to sweep up than to read.
    for case in _told(workspace):
        at = state_told(case, now)
        if wanted in (None, at):
            lines.append(_line(case, at, home))
    return lines


def line_of(workspace: Workspace, case: Standing, state: State) -> dict[str, Any]:
    """Return what a list says of one case."""
    return _line(case.as_json(), state, workspace.settings.time_zone or "UTC")


def _told(workspace: Workspace) -> Iterator[Mapping[str, Any]]:
    """Yield the standing of every deployment case as it was written, folded where none was."""
    for case_id, text in workspace.store.standings():
        if not is_adoption(case_id):
            yield from_json(text) if text else read_history(workspace, case_id).case.standing.as_json()


def _line(case: Mapping[str, Any], state: State, home: str) -> dict[str, Any]:
    """Return one line, of the standing as plain data: what a line does not say is never read."""
    # What is empty was left out of the standing; a case in UTC says nothing of its zone.
    tz = case.get("time_zone", "UTC") or home
    start, end = case["window"]
    there = zone(tz)
    return {
        "id": case["id"],
        "state": state.value,
        "title": case.get("title", ""),
        "area": case["area"][0],
        "window": f"{_local(start, there)} to {_local(end, there)} {tz}",
        "from": start,
        "to": end,
        "time_zone": tz,
    }


def _state(name: str) -> State:
    key = name.strip().upper().replace("-", "_").replace(" ", "_")
    if key not in State.__members__:
        raise UsageError("There is no such state.", where=f"--state {name}", fix=did_you_mean(key, list(State)))
    return State(key)


def _local(stamp: str, there: ZoneInfo) -> str:
    """Return a stamp as local time to the minute, without its offset."""
    at = datetime.fromisoformat(stamp)
    ahead = at.astimezone(there).utcoffset()
    # In a list of thousands the writing takes longest: where the zone is at UTC, the stamp already says it.
    return str(at + ahead)[:16] if ahead else f"{stamp[:10]} {stamp[11:16]}"

"""The list of cases, from what was stored with the last event of each: no case is folded for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

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
    wanted = state_named(state) if state else None
    now, home = workspace.clock.now(), workspace.settings.time_zone or "UTC"
    lines = []
    # One case at a time: ten thousand kept at once would take longer to sweep up than to read.
    for case in _told(workspace):
        at = state_told(case, now)
        if wanted in (None, at):
            lines.append(_line(case, at, home))
    return lines


def line_of(workspace: Workspace, case: Standing | Mapping[str, Any], state: State) -> dict[str, Any]:
    """Return what a list says of one case, by its standing or by what was written of it."""
    told = case.as_json() if isinstance(case, Standing) else case
    return _line(told, state, workspace.settings.time_zone or "UTC")


def told_of(workspace: Workspace, case_id: str, written: str) -> Mapping[str, Any]:
    """Return the standing of a case as it was ``written``, folded where none was (empty)."""
    if not written:
        return read_history(workspace, case_id).case.standing.as_json()
    # What a case says is seldom said of another: to look for equal texts would cost more than it saves.
    found: Mapping[str, Any] = from_json(written, cache_strings="keys")
    return found


def _told(workspace: Workspace) -> Iterator[Mapping[str, Any]]:
    """Yield the standing of every deployment case as it was written, folded where none was."""
    for case_id, text in workspace.store.standings():
        if not is_adoption(case_id):
            yield told_of(workspace, case_id, text)


def _line(case: Mapping[str, Any], state: State, home: str) -> dict[str, Any]:
    """Return one line, of the standing as plain data: what a line does not say is never read."""
    # What is empty was left out of the standing; a case in UTC says nothing of its zone.
    tz = case.get("time_zone", "UTC") or home
    start, end = case["window"]
    return {
        "id": case["id"],
        "state": _SAID[state],
        "title": case.get("title", ""),
        "area": case["area"][0],
        "window": f"{_local(start, tz)} to {_local(end, tz)} {tz}",
        "from": start,
        "to": end,
        "time_zone": tz,
    }


def state_named(name: str) -> State:
    """Return the state of that name, however it is spelt; UsageError where there is none."""
    key = name.strip().upper().replace("-", "_").replace(" ", "_")
    if key not in State.__members__:
        raise UsageError("There is no such state.", where=f"--state {name}", fix=did_you_mean(key, list(State)))
    return State(key)


# A state's own word, without asking the enumeration ten thousand times.
_SAID = {state: state.value for state in State}


def _local(stamp: str, tz: str) -> str:
    """Return a stamp as local time to the minute, without its offset."""
    # In a list of thousands the writing takes longest. Cases share their hours, so that each hour is converted once.
    hour = _hour(stamp[:13], tz)
    return hour + stamp[14:16] if hour else _to_the_minute(datetime.fromisoformat(stamp), tz)


@lru_cache(maxsize=8192)
def _hour(start: str, tz: str) -> str:
    """Return the local day and hour of a whole hour in UTC, up to its colon; empty where local minutes are others."""
    first = datetime.fromisoformat(f"{start}:00:00+00:00")
    texts = [_to_the_minute(first + timedelta(minutes=minute), tz) for minute in (0, 59)]
    return texts[0][:-2] if texts[0][-2:] == "00" and texts[0][:-2] == texts[1][:-2] else ""


def _to_the_minute(at: datetime, tz: str) -> str:
    return str(at.astimezone(zone(tz)))[:16]

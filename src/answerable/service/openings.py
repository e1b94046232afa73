"""What of an entry is public when: which fields are facts, which are released later, and the dates of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.machine import Case, over_at
from answerable.place import read_stamp
from answerable.policy.reading import read_yaml_file
from answerable.record.publish import opening_path
from answerable.service.record_settings import RecordSettings
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

_TABLE = Path(__file__).with_name("openings.yaml")
WITHHELD = "withheld"
"""The fact of a sealed entry that names the fields to come."""


@dataclass(frozen=True)
class Due:
    """When one entry has to be public: its ``facts``, and its ``reasons`` (all that is released later)."""

    event: StoredEvent
    facts: datetime
    reasons: datetime


@cache
def table() -> Mapping[str, Any]:
    """Return the dated table of fields by kind."""
    found: dict[str, Any] = read_yaml_file(_TABLE)
    return found


def at_once(kind: str, case_id: str) -> bool:
    """Return whether an entry is opened as soon as it has its place: it is of no case, or of an adoption."""
    return is_adoption(case_id) or not case_id or kind in table()["at_once"]


def decisions() -> frozenset[str]:
    """Return the kinds of entries that go first on the beat."""
    return frozenset(table()["decisions"])


def split(kind: str, case_id: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return what a sealed entry says at its opening, what is released later, and what never is."""
    if at_once(kind, case_id):
        return dict(data), {}, {}
    facts_of = frozenset(table()["facts"].get(kind, ()))
    never = frozenset(table()["never"])
    facts = {name: value for name, value in data.items() if name in facts_of and name not in never}
    kept = {name: value for name, value in data.items() if name in never}
    later = {name: value for name, value in data.items() if name not in facts and name not in kept}
    if named := sorted(name for name, value in later.items() if value not in (None, "", [], (), {})):
        facts[WITHHELD] = named
    return facts, later, kept


def shown(data: Mapping[str, Any], until: str = "") -> dict[str, Any]:
    """Return public data with a sentence in the place of each text that is still to come (by ``until``, if known)."""
    texts = table()["texts"]
    says = f"To be published by {until}." if until else "To be published later."
    withheld = {name: says for name in data.get(WITHHELD, ()) if name in texts and name not in data}
    return {**{name: value for name, value in data.items() if name != WITHHELD}, **withheld}


def dues(
    case: Case, events: Sequence[StoredEvent], settings: RecordSettings, now: datetime, sealed_until: datetime | None
) -> list[Due]:
    """Return the dates of the entries of one deployment case; none while it has not come to an end.

    ``sealed_until`` is when the last published extension of its seal runs out, or None. It delays reasons, never facts.
    """
    ended = over_at(case, now)
    if ended is None or ended > now:
        return []
    found = []
    for event in events:
        since = max(ended, event.at)
        reasons = since + settings.reasons_after
        if sealed_until is not None:
            reasons = max(reasons, sealed_until)
        facts = since + settings.facts_after
        if event.kind == "outcome":
            facts = _window_end(case, ended) + timedelta(days=settings.outcome)
        found.append(Due(event, facts, max(reasons, facts)))
    return found


def is_open(workspace: Workspace, event: StoredEvent) -> bool:
    """Return whether the statement of an entry is public."""
    index = event.leaf_index
    return index is not None and (workspace.public / opening_path(index)).is_file()


def seals(events: Sequence[StoredEvent]) -> dict[str, datetime]:
    """Return until when the reasons of each case stay sealed, by the newest ``seal-extension`` entry of each."""
    return {one.data["case"]: read_stamp(one.data["until"]) for one in events if one.kind == "seal-extension"}


def _window_end(case: Case, ended: datetime) -> datetime:
    window = case.window
    return case.ends_at or (window.end if window else ended)

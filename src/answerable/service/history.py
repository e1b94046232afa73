"""A case read back from the store: its fold, its case file as it stands, and where its entries are in the log."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.event import Event
from answerable.case.machine import Case
from answerable.errors import UsageError
from answerable.service.casefiles import JUDGED_AT
from answerable.service.openings import WITHHELD
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent


@dataclass(frozen=True)
class History:
    """One case: its fold, the newest version of its case file, and each event's place in the log (None: pending).

    ``sealed`` is whether its judgement was put to the test, so that it cannot change any more.
    """

    case: Case
    document: dict[str, Any]
    indexes: tuple[int | None, ...]
    sealed: bool = False


def read_history(workspace: Workspace, case_id: str) -> History:
    """Return the history of a deployment case; UsageError where there is no such case."""
    stored = workspace.store.events(case_id) if case_id and not is_adoption(case_id) else ()
    if not stored:
        known = ", ".join(deployment_cases(workspace)) or "none yet"
        raise UsageError("There is no such case.", where=case_id, fix=f"Cases: {known}.")
    return _history(case_id, stored)


def read_histories(workspace: Workspace, ids: Collection[str]) -> tuple[History, ...]:
    """Return the histories of these deployment cases, in the order of ``ids``, by one look into the store."""
    stored: dict[str, list[StoredEvent]] = {case_id: [] for case_id in ids}
    for one in workspace.store.events(tuple(stored)) if stored else ():
        stored[one.case_id].append(one)
    return tuple(_history(case_id, found) for case_id, found in stored.items() if found)


def _history(case_id: str, stored: Sequence[StoredEvent]) -> History:
    events = [event_of(one) for one in stored]
    document, sealed = _document(events)
    return History(Case.fold(case_id, events), document, tuple(one.leaf_index for one in stored), sealed)


def deployment_cases(workspace: Workspace) -> tuple[str, ...]:
    """Return the ids of all deployment cases, in the order they were opened."""
    return tuple(line.id for line in workspace.store.cases() if not is_adoption(line.id))


def event_of(stored: StoredEvent) -> Event:
    """Return a stored event as the case machine reads it."""
    return Event(
        case=stored.case_id,
        version=stored.case_version,
        kind=stored.kind,
        at=stored.at,
        office=stored.office,
        data={name: value for name, value in stored.data.items() if name != WITHHELD},
        private={**json.loads(stored.private or b"{}"), "person": stored.person, "account": stored.actor},
    )


def _document(events: list[Event]) -> tuple[dict[str, Any], bool]:
    document: dict[str, Any] = {}
    sealed = False
    for event in events:
        document = event.private.get("file", document)
        tested = event.data.get("transition") if event.kind == "blocked" else event.kind
        sealed = sealed or (tested in JUDGED_AT and document.get("judgement") is not None)
    return document, sealed

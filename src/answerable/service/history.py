"""A case read back from the store: its fold, its case file as it stands, and where its entries are in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from answerable.case.event import Event
from answerable.case.machine import Case
from answerable.errors import UsageError
from answerable.record.encode import parse_body
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent


@dataclass(frozen=True)
class History:
    """One case: its fold, the newest version of its case file, and each event's place in the log (None: pending)."""

    case: Case
    document: dict[str, Any]
    indexes: tuple[int | None, ...]


def read_history(workspace: Workspace, case_id: str) -> History:
    """Return the history of a case; UsageError where there is no such case."""
    stored = workspace.store.events(case_id) if case_id else ()
    if not stored:
        known = ", ".join(line.id for line in workspace.store.cases()) or "none yet"
        raise UsageError("There is no such case.", where=case_id, fix=f"Cases: {known}.")
    events = [_event(one) for one in stored]
    documents = [event.private["file"] for event in events if "file" in event.private]
    return History(Case.fold(case_id, events), documents[-1], tuple(one.leaf_index for one in stored))


def _event(stored: StoredEvent) -> Event:
    body = parse_body(stored.body)
    return Event(
        case=stored.case_id,
        version=stored.case_version,
        kind=stored.kind,
        at=stored.at,
        office=stored.office,
        data=body["data"],
        private={**json.loads(stored.private or b"{}"), "person": stored.person, "account": stored.actor},
    )

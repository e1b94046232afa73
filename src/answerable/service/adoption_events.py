"""Adoptions read back from the record."""

from __future__ import annotations

import json

from answerable.case.adoption import Adoption
from answerable.case.event import Event
from answerable.errors import UsageError
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent


def event_of(stored: StoredEvent) -> Event:
    """Return a stored event as the pure core knows it."""
    private = json.loads(stored.private or b"{}")
    return Event(
        case=stored.case_id,
        version=stored.case_version,
        kind=stored.kind,
        at=stored.at,
        office=stored.office,
        data=stored.data,
        private={**private, "person": stored.person, "account": stored.actor},
    )


def read_adoption(workspace: Workspace, case_id: str) -> Adoption:
    """Return one adoption as its events tell it; UsageError where there is none of that id."""
    stored = workspace.store.events(case_id) if case_id else ()
    if not stored or stored[0].kind != "propose":
        known = ", ".join(one.case_id for one in workspace.store.events(kinds=("propose",))) or "none yet"
        raise UsageError("There is no such adoption.", where=case_id, fix=f"Adoptions: {known}.")
    return Adoption.fold(case_id, map(event_of, stored))

"""What a workspace holds and how it keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from answerable.service.cases import list_cases
from answerable.service.witnessing import Waiting, waiting
from answerable.service.workspace import Workspace


@dataclass(frozen=True)
class Status:
    """A workspace at a glance."""

    name: str
    kind: str
    origin: str
    pack: str
    time_zone: str
    incidents: int
    cases: dict[str, int]
    entries: int
    pending: int
    store: dict[str, str]
    witnesses: Waiting | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the status as plain data."""
        return {**vars(self), "witnesses": self.witnesses and self.witnesses.as_json()}

    def text(self) -> str:
        """Return the status as lines to read."""
        states = ", ".join(f"{n} {state.lower()}" for state, n in self.cases.items()) or "none"
        return "\n".join(
            [
                f"{self.name}: a {self.kind} workspace, log {self.origin}",
                f"pack {self.pack} (status: example); times in {self.time_zone or 'no zone yet'}",
                f"incidents: {self.incidents:,}",
                f"cases: {states}",
                f"record: {self.entries} entries signed, {self.pending} pending",
                *([self.witnesses.text()] if self.witnesses else []),
                "store: " + ", ".join(f"{key} {value}" for key, value in self.store.items()),
            ]
        )


def status_of(workspace: Workspace) -> Status:
    """Return the status of a workspace."""
    states = [line["state"] for line in list_cases(workspace)]
    incidents = workspace.library.load() if len(workspace.library) else None
    head = workspace.store.head()
    return Status(
        name=workspace.settings.name,
        kind=workspace.settings.kind,
        origin=workspace.settings.origin,
        pack=workspace.settings.pack,
        time_zone=workspace.settings.time_zone,
        incidents=0 if incidents is None else len(incidents.known(workspace.clock.now())),
        cases={state: states.count(state) for state in dict.fromkeys(states)},
        entries=head.size if head else 0,
        pending=workspace.store.pending(),
        store=workspace.store.settings,
        witnesses=waiting(workspace),
    )

"""Deployment cases: open one, act on it, look at it. Every act ends in exactly one entry of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.event import Command, Event
from answerable.case.machine import TESTED, Case, decide, state_at
from answerable.errors import NotAllowed, UsageError
from answerable.place import local, stamp
from answerable.service.adopt import adopted_pack
from answerable.service.casefiles import add_sections, read_document
from answerable.service.facts import facts_for
from answerable.service.history import History, read_history
from answerable.service.people import actor
from answerable.service.publish import publish
from answerable.service.statement import statement
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine

# Two people who open a case in the same second take the same number; the loser of that race takes the next one.
_TRIES = 5


@dataclass(frozen=True)
class Answer:
    """What came of a command: the state the case is in now, and the rules that blocked it, with their reasons."""

    id: str
    kind: str
    state: str
    blocked_by: tuple[str, ...]
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the keys that others rely on."""
        return {"id": self.id, "state": self.state, "blocked_by": list(self.blocked_by), "event": self.kind}

    def text(self) -> str:
        """Return the answer as lines to read."""
        if not self.blocked_by:
            return f"{self.id}  {self.state}  ({self.kind})"
        reasons = [f"  {f['rule']}  {f['reason']}" for f in self.data["findings"] if f["rule"] in self.blocked_by]
        changes = [f"  {change}" for change in self.data["what_would_change"]]
        head = f"{self.id}  {self.state}  blocked at '{self.data['transition']}' by {', '.join(self.blocked_by)}"
        lines = [head, *reasons, "What would change it:", *changes]
        return "\n".join([*lines, self.data["not_limited"]])


def open_case(workspace: Workspace, file: Path, account: str) -> Answer:
    """Open a case from a case file; InputError where the file is not one, with field and mend."""
    document = read_document(file)
    casefile = CaseFile.read(document, where=file.name, tz=workspace.settings.time_zone)
    if casefile.pack not in (None, workspace.settings.pack):
        raise UsageError(
            "The case file names another pack than this workspace works under.",
            where=f"{file.name}: {casefile.pack}",
            fix=f"Leave it out, or write {workspace.settings.pack}.",
        )
    command = Command("open", proposal=casefile.proposal(), private={"file": document})
    for last in range(_TRIES - 1, -1, -1):
        try:
            return _do(workspace, _next_id(workspace), command, account, casefile)
        except NotAllowed as error:
            if not last or "acted on this case first" not in error.what:
                raise
    raise AssertionError("unreachable")


def act(workspace: Workspace, case_id: str, command: Command, account: str, *, added: Path | None = None) -> Answer:
    """Do ``command`` on a case; ``added`` is a file of further sections (assessments, answers) for its case file.

    NotAllowed for a wrong role, person or state: that attempt goes to the audit log, and the case stays as it is.
    """
    history = read_history(workspace, case_id)
    document = add_sections(history.document, read_document(added), added.name) if added else history.document
    casefile = CaseFile.read(document, where=added.name if added else case_id, tz=workspace.settings.time_zone)
    private = {"file": document} if added else {}
    with_file = Command(**{**vars(command), "private": private})
    try:
        return _do(workspace, case_id, with_file, account, casefile, history=history)
    except NotAllowed as error:
        tried = AuditLine(workspace.clock.now(), account, command.kind, case_id, str(error))
        workspace.store.append([], [tried])
        raise


def list_cases(workspace: Workspace) -> list[dict[str, Any]]:
    """Return every case with its state now, in the order they were opened."""
    return [_line(workspace, read_history(workspace, line.id).case) for line in workspace.store.cases()]


def show_case(workspace: Workspace, case_id: str) -> dict[str, Any]:
    """Return one case: state now, findings of its last tested step, events; UsageError where there is none."""
    history = read_history(workspace, case_id)
    case = history.case
    return {
        **_line(workspace, case),
        "trigger": case.trigger,
        "pack": case.pack,
        "ends_at": stamp(case.ends_at) if case.ends_at else None,
        "findings": [dict(finding) for finding in case.findings],
        "events": [_shown(event, index) for event, index in zip(case.events, history.indexes, strict=True)],
    }


def _do(
    workspace: Workspace,
    case_id: str,
    command: Command,
    account: str,
    casefile: CaseFile,
    *,
    history: History | None = None,
) -> Answer:
    case = history.case if history else Case(case_id)
    now = workspace.clock.now()
    pack = adopted_pack(workspace) if command.kind not in _ENDINGS else workspace.pack
    facts = facts_for(workspace, case, casefile, pack, now) if command.kind in TESTED else {}
    event = decide(case, command, facts, pack, actor(workspace, account), now)
    workspace.store.append(
        [
            statement(
                workspace,
                event.kind,
                event.data,
                office=event.office,
                case_id=case_id,
                case_version=event.version,
                account=account,
                private=event.private,
            )
        ]
    )
    publish(workspace)
    after = case.after(event)
    blocked = tuple(event.data["rules"]) if event.kind == "blocked" else ()
    return Answer(case_id, event.kind, str(state_at(after, now)), blocked, event.data)


_ENDINGS = ("refuse", "withdraw", "end", "revoke")


def _next_id(workspace: Workspace) -> str:
    year = workspace.clock.now().year
    taken = [line.id for line in workspace.store.cases() if line.id.startswith(f"{year}-")]
    return f"{year}-{max((int(name.split('-')[1]) for name in taken), default=0) + 1:04d}"


def _line(workspace: Workspace, case: Case) -> dict[str, Any]:
    tz = workspace.settings.time_zone or "UTC"
    window = case.window
    if case.area is None or window is None:
        raise AssertionError("a stored case begins with its opening")
    return {
        "id": case.id,
        "state": str(state_at(case, workspace.clock.now())),
        "title": case.title,
        "area": case.area.name,
        "window": f"{_local(window.start, tz)} to {_local(window.end, tz)} {tz}",
    }


def _local(at: datetime, tz: str) -> str:
    return f"{local(at, tz):%Y-%m-%d %H:%M}"


def _shown(event: Event, index: int | None) -> dict[str, Any]:
    return {"kind": event.kind, "at": stamp(event.at), "office": event.office, "index": index, "data": dict(event.data)}

"""What was tried and has no entry in the log: attempts by the wrong role, person or account."""

from __future__ import annotations

from answerable.place import stamp
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine


def audit_lines(workspace: Workspace, case_id: str | None = None) -> list[dict[str, str]]:
    """Return the audit lines of one case, or of all, in the order they were written."""
    return [
        {"at": stamp(line.at), "account": line.actor, "action": line.action, "reason": line.reason}
        for line in workspace.store.audit(case_id)
    ]


def note_attempt(workspace: Workspace, account: str, action: str, reason: str, case_id: str = "") -> None:
    """Keep a line about something that was tried and not allowed."""
    workspace.store.append([], [AuditLine(workspace.clock.now(), account, action, case_id, reason)])


def note_act(workspace: Workspace, account: str, action: str, case_id: str = "") -> None:
    """Keep a line about something done that has no entry in the log, such as signing in."""
    workspace.store.append([], [AuditLine(workspace.clock.now(), account, action, case_id, "")])

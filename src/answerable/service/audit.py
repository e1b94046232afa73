"""What was tried and has no entry in the log: attempts by the wrong role, person or account."""

from __future__ import annotations

from answerable.place import stamp
from answerable.service.workspace import Workspace


def audit_lines(workspace: Workspace, case_id: str | None = None) -> list[dict[str, str]]:
    """Return the audit lines of one case, or of all, in the order they were written."""
    return [
        {"at": stamp(line.at), "account": line.actor, "action": line.action, "reason": line.reason}
        for line in workspace.store.audit(case_id)
    ]

"""Check the whole record: the store against its own signed heads, and the public folder against the log."""

from __future__ import annotations

from dataclasses import replace

from answerable.record.errors import RecordError
from answerable.record.readback import read_public
from answerable.service.workspace import Workspace
from answerable.store.protocol import FsckReport


def check_record(workspace: Workspace) -> FsckReport:
    """Re-hash everything; every difference is a ``problem`` of the report, none is raised."""
    policy_file = workspace.public / "log-policy"
    policy = policy_file.read_text(encoding="utf8") if policy_file.is_file() else ""
    report = workspace.store.fsck(policy)
    try:
        log = read_public(workspace.public, policy_text=policy or None)
    except RecordError as error:
        return replace(report, problems=(*report.problems, f"public folder: {error}"))
    head = workspace.store.head()
    if head is not None and (log.size, log.root) != (head.size, head.root):
        behind = f"public folder: it shows {log.size} entries and the store signed {head.size}; publish again."
        return replace(report, problems=(*report.problems, behind))
    return report

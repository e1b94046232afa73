"""Before anything is served: refuse a workspace whose record cannot safely be written to, and say why."""

from __future__ import annotations

from answerable.clock import Clock
from answerable.record.policy import parse_policy
from answerable.service.workspace import Workspace, clock_of
from answerable.store.sql import SqlStore
from answerable.store.starting import check_start


def refuse_unsafe_start(workspace: Workspace, clock: Clock | None = None) -> None:
    """Raise the named error of the first thing that makes the record of ``workspace`` unsafe to write to.

    ``clock`` is the machine's own (that of the workspace is never behind its record). A simulation is told its time, so
    its clock is left out.
    """
    store = workspace.store
    policy = parse_policy((workspace.public / "log-policy").read_text(encoding="utf8"))
    kind = workspace.settings.kind
    now = None if kind == "simulated" else (clock or clock_of(kind)).now()
    if isinstance(store, SqlStore):
        check_start(store, tuple(policy.logs), now)

"""Before anything is served: refuse a workspace whose record cannot safely be written to, and say why."""

from __future__ import annotations

from datetime import UTC, datetime

from answerable.clock import Clock
from answerable.record.errors import RecordError
from answerable.record.policy import Policy, parse_policy
from answerable.record.publish import CHECKPOINT
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
        check_start(store, tuple(policy.logs), now, _cosigned(workspace, policy))


def _cosigned(workspace: Workspace, policy: Policy) -> datetime | None:
    """Return when the public head was cosigned last, by the witnesses' clocks; None where it tells no such time.

    Whether that head is sound is not asked here: whoever reads it asks, and ``fsck``.
    """
    try:
        note = (workspace.public / CHECKPOINT).read_text(encoding="utf8")
        times = [one.time for one in policy.accept(note).witnesses if one.time is not None]
    except (OSError, UnicodeDecodeError, RecordError):
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None

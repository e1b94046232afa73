"""Give pending leaves their place in the log, sign the new head, and bring the public folder up to it."""

from __future__ import annotations

from answerable.record.publish import write_public
from answerable.service.workspace import Workspace
from answerable.store.protocol import LogHead


def publish(workspace: Workspace) -> LogHead:
    """Sign and publish everything that is pending; safe to repeat after a crash at any point.

    Raises ``IntegrityError`` where the store is behind, or differs from, what was signed before.
    """
    head = workspace.store.publish(workspace.signer, workspace.clock.now())
    write_public(
        workspace.public,
        checkpoint_note=head.note,
        policy_text=(workspace.public / "log-policy").read_text(encoding="utf8"),
        tree=workspace.store,
        openings=workspace.store.openings(),
    )
    return head

"""Bring the public folder up to a signed head, once its witnesses have seen it."""

from __future__ import annotations

from collections.abc import Iterable

from answerable.record.proof import Opening
from answerable.record.publish import write_public
from answerable.service.gate_head import write_gate_head
from answerable.service.signing import publish_certificates
from answerable.service.witness_settings import policy_text
from answerable.service.witnessing import witnessed
from answerable.service.workspace import Workspace
from answerable.store.protocol import LogHead


def put_out(workspace: Workspace, head: LogHead, openings: Iterable[Opening]) -> bool:
    """Write what ``head`` speaks for and return True; False, and nothing is written, without the quorum of witnesses.

    ``openings`` are those that may be public now.
    """
    note = witnessed(workspace, head)
    if note is None:
        return False
    openings = tuple(openings)
    write_public(
        workspace.public,
        checkpoint_note=note,
        policy_text=policy_text(workspace.folder),
        tree=workspace.store,
        openings=openings,
    )
    publish_certificates(workspace, openings)
    write_gate_head(workspace)
    return True

"""The proof file of one event of a case."""

from __future__ import annotations

from dataclasses import dataclass, replace

from answerable.errors import NotAllowed, UsageError
from answerable.record.proof import Proof
from answerable.service.processing import note_processing
from answerable.service.signing import own_signature
from answerable.service.witnessing import witnessed_proof
from answerable.service.workspace import Workspace


@dataclass(frozen=True)
class ProvedEvent:
    """An event's kind and the proof of its entry."""

    kind: str
    proof: Proof


def prove_event(workspace: Workspace, case_id: str, kind: str = "", *, signed_for: str = "") -> ProvedEvent:
    """Return the proof of the newest event of ``kind`` (of any kind if empty) of a case.

    With ``signed_for``, an inspectorate or court, the signature of whoever made the decision is handed over with it,
    and the processing log says to whom. UsageError where there is no such case, event or signature; NotAllowed where
    the entry is not published yet.
    """
    events = workspace.store.events(case_id) if case_id else ()
    if not events:
        known = ", ".join(line.id for line in workspace.store.cases()) or "none yet"
        raise UsageError("There is no such case.", where=case_id, fix=f"Cases: {known}.")
    found = [event for event in events if event.kind == kind or not kind]
    if not found:
        kinds = ", ".join(dict.fromkeys(event.kind for event in events))
        raise UsageError(f"Case {case_id} has no event '{kind}'.", where="--event", fix=f"It has: {kinds}.")
    index = found[-1].leaf_index
    if index is None:
        raise NotAllowed(
            "This event is not published yet.", where=f"case {case_id}", fix="Run 'answerable record publish' first."
        )
    proof = witnessed_proof(workspace, index)
    if signed_for:
        disclosed = own_signature(found[-1])
        if disclosed is None:
            raise UsageError("Whoever made this has not signed it.", where=f"case {case_id}, {found[-1].kind}")
        note_processing(workspace, "disclosed", ("case", case_id), "oversight", recipient=signed_for)
        proof = replace(proof, disclosures=tuple(sorted((*proof.disclosures, disclosed.text))))
    return ProvedEvent(found[-1].kind, proof)

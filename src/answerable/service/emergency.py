"""The emergency path: one witness and a time stamp stand in for the quorum, and the public counts every use of it.

The public head does not move. What is written is a folder of its own with the head, its token and a gate-head, an item
in ``emergencies.json``, and an entry of kind ``emergency`` that explains it: a monitor raises an alarm where that entry
is not public within the hour.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from answerable.errors import NotAllowed, UsageError
from answerable.record.merkle import inclusion_proof
from answerable.record.monitor_entries import EMERGENCIES
from answerable.record.note import check_note, parse_note
from answerable.record.policy import parse_policy
from answerable.record.publish import write_file
from answerable.service.gate_head import gate_head_text
from answerable.service.gate_pass import authority_of
from answerable.service.people import actor
from answerable.service.statement import record, statement
from answerable.service.timestamps import ask_authority
from answerable.service.witness_settings import policy_text, witness_settings
from answerable.service.witnessing import gathered
from answerable.service.workspace import Workspace

CODES = ("witnesses-unreachable", "network-down", "threat-to-life")
FOLDER = "emergency"


@dataclass(frozen=True)
class Emergency:
    """What was written: the ``folder`` below ``public/`` and the pass of the case."""

    folder: Path
    pass_text: str
    head: str


def declare(workspace: Workspace, case_id: str, code: str, account: str) -> Emergency:
    """Make the pass of a case under a head that one witness has signed and a time-stamping authority has stamped.

    NotAllowed where the quorum has signed, so that there is no emergency, or where not even one witness has; UsageError
    for a code that is none of ``CODES``, or where no time-stamping authority is named in the settings.
    """
    who, settings = actor(workspace, account), witness_settings(workspace.folder)
    if code not in CODES:
        raise UsageError("There is no such reason.", where=code, fix=f"Use one of: {', '.join(CODES)}.")
    if settings is None or not settings.tsa_url:
        raise UsageError(
            "No time-stamping authority is named.", where="answerable.toml, [witnesses]", fix="Give tsa_url there."
        )
    if not who.human:
        raise NotAllowed("A program declares no emergency.", where=account, fix="A person does.")
    head, note = workspace.store.head(), gathered(workspace)
    policy = parse_policy(policy_text(workspace.folder))
    witnesses = check_note(parse_note(note), policy.witnesses.values()) if note else ()
    if head is None or policy.reached(witnesses):
        raise NotAllowed("The quorum has signed: there is no emergency.", fix="Use 'answerable gate pass'.")
    if not witnesses:
        raise NotAllowed(
            "Not even one witness has signed this head.",
            where=f"{head.size} entries",
            fix=f"Publish again, so that they are asked. {_NOT_LIMITED}",
        )
    event = authority_of(workspace, case_id)
    index = event.leaf_index
    assert index is not None
    token = ask_authority(settings.tsa_url, parse_note(note).text, settings.timeout_s)
    hashes = tuple(inclusion_proof(index, head.size, workspace.store.node))
    proof = replace(workspace.store.proof(index), checkpoint=note, hashes=hashes, disclosures=event.area)
    folder = workspace.public / FOLDER / head.root.hex()
    write_file(folder / "checkpoint", note.encode())
    write_file(folder / "token.tsr", token)
    write_file(folder / "gate-head", gate_head_text(workspace, note).encode())
    now = workspace.clock.now()
    _count(workspace.public / EMERGENCIES, {"head": head.root.hex(), "at": int(now.timestamp())})
    said = {"head": head.root.hex(), "size": head.size, "code": code, "witnesses": [one.key.name for one in witnesses]}
    office = sorted(who.roles)[0]
    record(workspace, lambda: [statement(workspace, "emergency", said, office=office, account=account)])
    return Emergency(folder, str(proof), head.root.hex())


def emergencies(public: Path) -> list[dict[str, Any]]:
    """Return every use of the emergency path that the public folder lists."""
    path = public / EMERGENCIES
    found: list[dict[str, Any]] = json.loads(path.read_bytes()) if path.is_file() else []
    return found


def _count(path: Path, one: dict[str, Any]) -> None:
    listed = emergencies(path.parent)
    if one["head"] not in {known["head"] for known in listed}:
        write_file(path, json.dumps([*listed, one]).encode() + b"\n")


_NOT_LIMITED = "This does not limit armed response under APP or the duty to protect life."

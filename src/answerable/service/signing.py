"""The office's key: with it the force certifies, case by case, that a registered holder of an office decided this body.

Its public part stands in ``public/office-key`` and is published by the force on its own domain. A certificate names an
office, never a person, and is a signed note like a checkpoint, so that the same tools check it.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from answerable.errors import NotAllowed, UsageError
from answerable.record.errors import Altered
from answerable.record.note import Ed25519Signer, check_note, parse_note, parse_vkey, sign_note
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

KEY = Path("keys") / "office.key"
PUBLIC = "office-key"
HEADER = "answerable certificate v1"
DECISIONS = frozenset(("authorise", "urgent", "ratify", "extend", "refuse", "revoke"))


def make_office_key(folder: Path, origin: str) -> str:
    """Make the office's key of the workspace in ``folder`` and export its public part; return that."""
    path = folder / KEY
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(secrets.token_hex(32), encoding="ascii")
    vkey = _signer(folder, origin).vkey
    (folder / "public" / PUBLIC).write_text(f"{vkey}\n", encoding="utf8")
    return vkey


def certify(workspace: Workspace, case_id: str, kind: str = "") -> str:
    """Return the certificate of the newest decision (of ``kind``) of a case.

    UsageError where there is none, or no office key; NotAllowed where whoever decided it holds no such office.
    """
    events = workspace.store.events(case_id, kinds={kind} & DECISIONS if kind else DECISIONS) if case_id else ()
    if not events:
        raise UsageError("This case has no such decision to certify.", where=f"case {case_id} {kind}".strip())
    event = events[-1]
    who = workspace.store.person(event.actor)
    if who is None or event.office not in who.roles:
        raise NotAllowed("Whoever decided this is not registered in that office.", where=f"case {case_id}")
    return sign_note(_text(event), _signer(workspace.folder, workspace.settings.origin))


def check_certificate(certificate: str, vkey: str, body: bytes) -> str:
    """Return the office that decided ``body``; ``Altered`` where the certificate is not of it, or not by that key."""
    note = parse_note(certificate)
    if not check_note(note, (parse_vkey(vkey.strip()),)):
        raise Altered("The certificate is not signed by this office's key.")
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[0] != HEADER or lines[2] != hashlib.sha256(body).hexdigest():
        raise Altered("The certificate is of another statement.")
    return lines[1]


def _text(event: StoredEvent) -> str:
    return f"{HEADER}\n{event.office}\n{hashlib.sha256(event.body).hexdigest()}\n"


def _signer(folder: Path, origin: str) -> Ed25519Signer:
    try:
        seed = bytes.fromhex((folder / KEY).read_text(encoding="ascii"))
        return Ed25519Signer.from_seed(f"{origin.rpartition('/')[0]}/office", seed)
    except (OSError, ValueError) as error:
        raise UsageError(
            "This workspace has no office key.", where=str(folder / KEY), fix="A real workspace is made with one."
        ) from error

"""The office's key: with it the force certifies, case by case, that a registered holder of an office decided this body.

Its public part stands in ``public/office-key`` and is published by the force on its own domain. A certificate names an
office, never a person, and is a signed note like a checkpoint, so that the same tools check it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from pathlib import Path

from answerable.errors import NotAllowed, UsageError
from answerable.record.certificate import (
    FIELD,
    SCHEME,
    certificate_path,
    certificate_text,
    check_own_signature,
    scheme_of,
)
from answerable.record.disclose import Disclosure, check_disclosures, parse_disclosure
from answerable.record.encode import parse_body
from answerable.record.errors import RecordError
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.proof import Opening
from answerable.record.publish import write_file
from answerable.service.own_key import DECISIONS, keys_of
from answerable.service.people import actor
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

KEY = Path("keys") / "office.key"
PUBLIC = "office-key"
_log = logging.getLogger(__name__)


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

    UsageError where there is none, or no office key; NotAllowed where whoever decided it holds no such office, or did
    not sign it with a key that is registered to them.
    """
    events = workspace.store.events(case_id, kinds={kind} & DECISIONS if kind else DECISIONS) if case_id else ()
    if not events:
        raise UsageError("This case has no such decision to certify.", where=f"case {case_id} {kind}".strip())
    return certify_event(workspace, events[-1])


def certify_event(workspace: Workspace, event: StoredEvent) -> str:
    """Return the certificate of one decision; errors as for ``certify``."""
    signer = _signer(workspace.folder, workspace.settings.origin)
    where = f"case {event.case_id}, {event.kind}"
    who = workspace.store.person(event.actor)
    if who is None or (who.disabled_at is None and event.office not in actor(workspace, event.actor).roles):
        raise NotAllowed("Whoever decided this is not registered in that office.", where=where)
    disclosed = own_signature(event)
    if disclosed is None:
        raise NotAllowed(
            "Whoever decided this has not signed it.", where=where, fix="Only what is signed is certified."
        )
    if scheme_of(disclosed) != SCHEME:
        # A passkey's assertion was checked before the decision was made, and the statement has bound it since.
        check_disclosures(parse_body(event.body), [disclosed.text])
    elif check_own_signature(event.body, disclosed) not in keys_of(workspace, event.actor):
        raise NotAllowed("This was signed by a key that is not registered to whoever decided it.", where=where)
    return sign_note(certificate_text(event.office, event.body), signer)


def own_signature(event: StoredEvent) -> Disclosure | None:
    """Return the disclosure of the signature of whoever made a decision, None where there is none or it was erased."""
    text = next((one.text for one in event.fields if one.name == FIELD and one.text), None)
    return None if text is None else parse_disclosure(text)


def publish_certificates(workspace: Workspace, openings: Iterable[Opening]) -> int:
    """Write the certificate of every signed decision among ``openings`` that has none yet; return how many.

    Nothing where the workspace has no office key. A decision that cannot be certified is told of in the log of the
    process: it is published all the same, and everybody sees that it has no certificate.
    """
    if not (workspace.folder / KEY).is_file():
        return 0
    wanted = {one.index for one in openings if not (workspace.public / certificate_path(one.index)).is_file()}
    if not wanted:
        return 0
    decided = (one for one in workspace.store.events(kinds=DECISIONS) if one.leaf_index in wanted)
    written = 0
    for event in [one for one in decided if own_signature(one) is not None]:
        assert event.leaf_index is not None
        path = workspace.public / certificate_path(event.leaf_index)
        try:
            written += write_file(path, certify_event(workspace, event).encode())
        except (NotAllowed, RecordError) as error:
            _log.warning("entry %d has no certificate: %s", event.leaf_index, error)
    return written


def _signer(folder: Path, origin: str) -> Ed25519Signer:
    try:
        seed = bytes.fromhex((folder / KEY).read_text(encoding="ascii"))
        return Ed25519Signer.from_seed(f"{origin.rpartition('/')[0]}/office", seed)
    except (OSError, ValueError) as error:
        raise UsageError(
            "This workspace has no office key.", where=str(folder / KEY), fix="A real workspace is made with one."
        ) from error

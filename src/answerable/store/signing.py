"""Sign a head of the log, with the head file written before anyone else can see the signature."""

from __future__ import annotations

from pathlib import Path

from answerable.errors import IntegrityError
from answerable.record.checkpoint import Checkpoint
from answerable.record.errors import RecordError
from answerable.record.note import Signer, check_note, parse_note, parse_vkey, sign_note
from answerable.store.headfile import read_head, write_head
from answerable.store.protocol import LogHead


def sign_head(head: LogHead, signer: Signer, head_file: Path) -> str:
    """Return the signed checkpoint of ``head``, now also in ``head_file``.

    A writer that died between the head file and the database left this very head signed: it is taken up again.
    The caller has checked that the tree continues the head file.
    """
    checkpoint = Checkpoint(head.origin, head.size, head.root)
    standing = read_head(head_file, (parse_vkey(signer.vkey),))
    if standing is not None and standing[0] == checkpoint:
        return standing[1]
    note = sign_note(str(checkpoint), signer)
    try:
        signed = check_note(parse_note(note), (parse_vkey(signer.vkey),))
    except RecordError as error:
        raise IntegrityError(f"The signer made a signature that does not hold: {error}") from error
    if not signed:
        raise IntegrityError("The signer did not sign with its own key.")
    write_head(head_file, note)
    return note

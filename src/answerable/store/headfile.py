"""The last signed head, kept outside the database: a restored backup that is behind it must not sign."""

from __future__ import annotations

from pathlib import Path

from answerable.errors import IntegrityError
from answerable.record.checkpoint import Checkpoint, parse_checkpoint
from answerable.record.errors import RecordError
from answerable.record.merkle import ReadNode, root
from answerable.record.note import Key, check_note, parse_note
from answerable.record.publish import write_file


def read_head(path: Path, keys: tuple[Key, ...] = ()) -> tuple[Checkpoint, str] | None:
    """Return the head in the file and its signed text, None if there is no file.

    With ``keys``, one of them must have signed it. Raises ``IntegrityError`` for a file that is no such head.
    """
    if not path.is_file():
        return None
    try:
        text = path.read_bytes().decode("utf-8")
        note = parse_note(text)
        head = parse_checkpoint(note.text)
        signed = check_note(note, keys)
    except (RecordError, UnicodeDecodeError) as error:
        raise IntegrityError(
            f"The head file is damaged: {error}", where=path.name, fix="Put back the newest published checkpoint."
        ) from error
    if keys and not signed:
        raise IntegrityError(
            "The head file is signed by another key.", where=path.name, fix="Use the key that this log began with."
        )
    return head, text


def write_head(path: Path, note: str) -> None:
    """Replace the head file durably: after a power cut it holds the old head or the new one."""
    write_file(path, note.encode())


def check_head(head: Checkpoint | None, *, origin: str, size: int, signed_size: int | None, read: ReadNode) -> None:
    """Raise ``IntegrityError`` unless a tree of ``size`` leaves continues ``head``, the one in the head file.

    ``signed_size`` is the newest signed head in the database, None if there is none; the file may not be behind it.
    """
    if head is None:
        if signed_size is not None:
            raise IntegrityError(
                "The head file is missing, so nothing can be signed.", fix="Put back the newest published checkpoint."
            )
        return
    if head.origin != origin:
        raise IntegrityError("The head file is of another log.", where=head.origin)
    if head.size > size:
        raise IntegrityError(
            f"The database has {size} entries, but {head.size} were already signed: it is an old copy.",
            fix="Restore the newest backup. Nothing was signed.",
        )
    if signed_size is not None and head.size < signed_size:
        raise IntegrityError(
            f"The head file stops at {head.size} entries, but {signed_size} were already signed.",
            fix="Put back the newest published checkpoint.",
        )
    if root(head.size, read) != head.root:
        raise IntegrityError(
            "The tree in the database is not the one that was signed.", fix="Run fsck. Nothing was signed."
        )

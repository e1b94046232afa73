"""The head that came with a message: whoever keeps the message is a witness of what the log was when it was sent.

A message carries the signed head as an attachment called ``checkpoint``. It is read from the file that any mail program
saves (``.eml``); nothing else in the message is believed.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from .checkpoint import Checkpoint, check_follows, parse_checkpoint
from .errors import RecordError, UnknownLog, WrongKey
from .keys import ED25519
from .note import browser_lines, check_note, parse_note
from .policy import Policy
from .readback import read_public

NAME = "checkpoint"
MAX_MESSAGE_BYTES = 10_000_000


def attach(message: EmailMessage, note: str) -> None:
    """Attach the signed head ``note`` to a message, with the lines that any reader can check."""
    head = str(browser_lines(parse_note(note))).encode()
    message.add_attachment(head, maintype="application", subtype="octet-stream", filename=NAME)


def note_in(raw: bytes) -> str:
    """Return the signed head in a saved message. Raises ``RecordError`` where there is none, or more than one."""
    if len(raw) > MAX_MESSAGE_BYTES:
        raise RecordError("This message is too long.", reason=_NONE)
    message = message_from_bytes(raw, policy=policy.default)
    parts = [part for part in message.walk() if part.get_filename() == NAME]
    if len(parts) != 1:
        raise RecordError(
            f"There are {len(parts)} heads of a log in this message.",
            fix="Save the whole message, with its attachments, as an .eml file.",
            reason=_NONE,
        )
    try:
        content = parts[0].get_payload(decode=True)
        return content.decode("utf-8") if isinstance(content, bytes) else ""
    except UnicodeDecodeError as error:
        raise RecordError("The head in this message is not text.", reason=_NONE) from error


def head_in(raw: bytes, believed: Policy) -> Checkpoint:
    """Return the head in a saved message, signed by a log of the reader's policy.

    No quorum is asked for: that the log signed it and sent it is what makes its reader a witness. Raises ``Altered``.
    """
    note = parse_note(note_in(raw))
    head = parse_checkpoint(note.text)
    keys = [key for key in believed.logs if key.name == head.origin]
    if not keys:
        raise UnknownLog("The policy file does not name this log.", where=head.origin[:80])
    if not any(one.key.type == ED25519 for one in check_note(note, keys)):
        raise WrongKey("The log named in the policy file did not sign the head in this message.")
    return head


def compare(kept: Checkpoint, shown: Checkpoint) -> str:
    """Return in words how the head of a message and one that is shown now agree; raise ``Forked`` where they do not.

    Heads of two sizes can be compared only with the log's entries at hand: then the words say so.
    """
    if kept.origin != shown.origin:
        raise UnknownLog("The message is about another log.", where=kept.origin[:80])
    if kept.size == shown.size:
        check_follows(kept, shown)
        return f"Your message has the same head of {kept.size} entries."
    return (
        f"Your message has a head of {kept.size} entries and this one has {shown.size}: to compare them, give the "
        "public folder in place of the file."
    )


def check_folder(folder: Path, policy_text: str, kept: Checkpoint | None, now: int | None = None) -> str:
    """Return in words that a whole public folder leads to its signed head and contains what a message had seen.

    Raises ``Altered``; ``Forked`` or ``WentBackwards`` where the folder shows another history than the message;
    ``FutureDated`` for a head from after ``now``, the reader's clock in POSIX seconds.
    """
    log = read_public(folder, policy_text=policy_text, known=kept, now=now)
    said = f"All {log.size} entries of {log.origin} lead to the signed head."
    return said if kept is None else f"{said} They contain the {kept.size} entries that your message had seen."


_NONE = "this message carries no head of a log"

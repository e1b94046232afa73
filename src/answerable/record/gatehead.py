"""What a gate needs beside a proof: a fresh head, and which authorities no longer hold, as one small file.

    answerable.gate-head@v1
    list <base64 of a note signed by the log: origin, size, root, time, and tokens>

    <the checkpoint of that size and root, with its Ed25519 lines>

A token is ``SHA-256("revoked/v2" 0x00 || time || blind)`` of the entry that gave an authority, ``time`` being that of
the list in 8 bytes, the highest first: whoever holds its proof knows the blind and finds the token; to everybody else
it looks like the random ones that fill the list up to a fixed size, also beside the list of another time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from .checkpoint import Checkpoint
from .encode import BLIND_BYTES
from .errors import Altered, CutShort, NotStandard, Oversized, RecordError, WrongKey
from .keys import check_text
from .merkle import HASH_BYTES
from .note import Signer, browser_lines, check_note, parse_note, sign_note
from .policy import Policy
from .strict import from_base64, from_decimal, to_base64

HEADER = "answerable.gate-head@v1"
LIST = "answerable.revoked@v2"
TOKEN_DOMAIN = b"revoked/v2\x00"
SLOTS = 64
MAX_TOKENS = 4096
MAX_GATE_HEAD_BYTES = 1_000_000


@dataclass(frozen=True)
class RevokedList:
    """Which authorities no longer hold at ``time`` (POSIX seconds), under the head ``checkpoint``.

    ``tokens`` are sorted and different; their number is a multiple of 64 whatever happened.
    """

    checkpoint: Checkpoint
    time: int
    tokens: tuple[bytes, ...]

    def __str__(self) -> str:
        head = self.checkpoint
        lines = [LIST, head.origin, str(head.size), to_base64(head.root), str(self.time), str(len(self.tokens))]
        return "\n".join([*lines, *map(to_base64, self.tokens), ""])


@dataclass(frozen=True)
class GateHead:
    """A parsed gate-head file: the signed note of the list, the list in it, and the checkpoint. Nothing is checked."""

    note: str
    revoked: RevokedList
    checkpoint: str

    def __str__(self) -> str:
        return f"{HEADER}\nlist {to_base64(self.note.encode())}\n\n{self.checkpoint}"


def revoked_token(blind: bytes, time: int) -> bytes:
    """Return what stands in the list of ``time`` for the authority whose entry has this ``blind`` (32 bytes)."""
    if len(blind) != BLIND_BYTES:
        raise RecordError(f"A blind has {BLIND_BYTES} bytes, not {len(blind)}.", reason="this opening is malformed")
    return hashlib.sha256(TOKEN_DOMAIN + time.to_bytes(8) + blind).digest()


def padded(tokens: Iterable[bytes], fill: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return ``tokens`` with as many of ``fill`` (random, 32 bytes each) as make a multiple of 64, sorted."""
    found, filling = set(tokens), iter(fill)
    due = max(1, -(-len(found) // SLOTS)) * SLOTS
    if due > MAX_TOKENS:
        raise RecordError(f"A list of revocations has at most {MAX_TOKENS} tokens.")
    while len(found) < due:
        found.add(next(filling))
    return tuple(sorted(found))


def make_gate_head(checkpoint: Checkpoint, note: str, time: int, tokens: tuple[bytes, ...], signer: Signer) -> str:
    """Return the file for the cosigned checkpoint ``note``: the list as it is at ``time``, signed by the log."""
    revoked = RevokedList(checkpoint, time, tokens)
    # Ed25519 alone: what signs heads with ML-DSA-44 signs nothing else.
    signed = browser_lines(parse_note(sign_note(str(revoked), signer)))
    return str(GateHead(str(signed), revoked, str(browser_lines(parse_note(note)))))


def parse_gate_head(text: str) -> GateHead:
    """Read a gate-head file, refusing every spelling but the standard one. No signature in it is checked yet."""
    if text.partition("\n")[0].rstrip("\r") != HEADER:
        reason = "this is not a gate-head file"
        raise RecordError("This is not a gate-head file.", fix=f"It begins with the line {HEADER}.", reason=reason)
    if len(text) > MAX_GATE_HEAD_BYTES:
        raise Oversized(f"A gate-head file is longer than {MAX_GATE_HEAD_BYTES} characters.")
    check_text(text)
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")[1:]
    if not blank or len(lines) != 1 or not lines[0].startswith("list "):
        raise CutShort("A gate-head file was cut short.")
    try:
        note = from_base64(lines[0].removeprefix("list "), where="list line").decode("utf-8")
    except UnicodeDecodeError as error:
        raise Altered("The list in a gate-head file is not text.") from error
    found = GateHead(note, _parse_list(parse_note(note).text), checkpoint)
    if str(found) != text:
        raise NotStandard("A gate-head file is spelled in a non-standard way.")
    return found


def check_list(found: GateHead, head: Checkpoint, policy: Policy) -> RevokedList:
    """Return the list after checking that the log signed it, for the very head ``head``."""
    keys = [key for key in policy.logs if key.name == head.origin]
    if not check_note(parse_note(found.note), keys):
        raise WrongKey("The log named in the policy file did not sign this list of revocations.")
    if found.revoked.checkpoint != head:
        raise Altered("The list of revocations is of another head than the one beside it.")
    return found.revoked


def _parse_list(text: str) -> RevokedList:
    lines = text.split("\n")
    if len(lines) < 8 or lines[0] != LIST or lines[-1]:
        raise Altered("A list of revocations is malformed.")
    root = from_base64(lines[3], length=HASH_BYTES, where="root line")
    head = Checkpoint(lines[1], from_decimal(lines[2], where="size line"), root)
    count = from_decimal(lines[5], where="count line")
    tokens = tuple(from_base64(line, length=HASH_BYTES, where="token line") for line in lines[6:-1])
    if len(tokens) != count or count % SLOTS or count > MAX_TOKENS:
        raise Altered("A list of revocations has another length than it says.")
    if list(tokens) != sorted(set(tokens)):
        raise Altered("A list of revocations is not sorted.")
    return RevokedList(head, from_decimal(lines[4], where="time line"), tokens)

"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines by named keys.

Ed25519 note signatures (type 0x01) and both kinds of cosignature (0x04, 0x06) are checked; keys of any other type can
be named in a policy but never count as having signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .cosign import SIGNATURE_BYTES, check_signature
from .errors import Altered, CutShort, NotStandard, Oversized, RecordError
from .keys import (
    COSIGNATURE,
    DASH,
    ED25519,
    KEY_BYTES,
    KEY_ID_BYTES,
    Key,
    Signature,
    check_name,
    check_text,
    parse_vkey,
)
from .strict import from_base64

__all__ = [
    "Ed25519Signer",
    "Key",
    "Note",
    "Signature",
    "Signed",
    "Signer",
    "browser_lines",
    "check_note",
    "parse_note",
    "parse_vkey",
    "sign_note",
]

MAX_SIGNATURES = 64
MAX_NOTE_BYTES = 1_000_000
BROWSER = {SIGNATURE_BYTES[ED25519], SIGNATURE_BYTES[COSIGNATURE]}
"""Lengths of the signatures that a browser can check."""


class Signer(Protocol):
    """Whoever signs heads of a log: a key in memory, a separate process, a hardware token."""

    @property
    def vkey(self) -> str:
        """The verifier key others check with."""
        ...

    def sign(self, text: str) -> str:
        """Return the signature line, with its line end, over the note ``text``."""
        ...


@dataclass(frozen=True)
class Note:
    """A parsed note, not yet checked: ``text`` ends with a line end; ``signatures`` in the order of the file."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


@dataclass(frozen=True)
class Signed:
    """A key that did sign, and when: ``time`` is POSIX seconds for a cosignature, None for a plain signature."""

    key: Key
    time: int | None = None


class Ed25519Signer:
    """A log key held in memory."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = Key(check_name(name), ED25519, private.public_key().public_bytes_raw())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Ed25519Signer:
        """Return the signer whose 32-byte private key is ``seed``."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def vkey(self) -> str:
        """The verifier key others check with."""
        return self.key.vkey

    def sign(self, text: str) -> str:
        """Return the signature line over the note ``text``."""
        return str(Signature(self.key.name, self.key.id, self._private.sign(check_text(text).encode())))


def sign_note(text: str, *signers: Signer) -> str:
    """Return the note of ``text`` signed by ``signers``, in that order."""
    return check_text(text) + "\n" + "".join(signer.sign(text) for signer in signers)


def parse_note(note: str) -> Note:
    """Split a signed note into its text and signatures, refusing every spelling but the standard one."""
    if len(note.encode("utf-8", "surrogatepass")) > MAX_NOTE_BYTES:
        raise Oversized(f"A signed note is longer than {MAX_NOTE_BYTES} bytes.")
    check_text(note)
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not text or not lines:
        raise CutShort("A signed note needs a text, a blank line and a signature.")
    signatures = tuple(_signature(line) for line in lines.removesuffix("\n").split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise Oversized(f"A signed note has more than {MAX_SIGNATURES} signatures.")
    parsed = Note(text + "\n", signatures)
    if str(parsed) != note:
        raise NotStandard("A signed note is spelled in a non-standard way.")
    return parsed


def check_note(note: Note, keys: Iterable[Key]) -> tuple[Signed, ...]:
    """Return which of ``keys`` signed, each once.

    One signature that names a known key and does not hold rejects the whole note; lines by unknown keys are ignored.
    """
    known = {(key.name, key.id): key for key in keys}
    signed: dict[tuple[str, bytes], Signed] = {}
    for signature in note.signatures:
        handle = (signature.name, signature.id)
        key = known.get(handle)
        if key is not None and key.type in KEY_BYTES:
            signed.setdefault(handle, Signed(key, check_signature(key, signature.raw, note.text)))
    return tuple(signed.values())


def browser_lines(note: Note) -> Note:
    """Return ``note`` with its Ed25519 lines only, so that a browser can check every line that is left."""
    return Note(note.text, tuple(one for one in note.signatures if len(one.raw) in BROWSER))


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH:
        raise Altered("A signature line is malformed.")
    try:
        name = check_name(parts[1])
    except RecordError as error:
        raise Altered("A signature line is malformed.") from error
    raw = from_base64(parts[2], where="signature line")
    if len(raw) <= KEY_ID_BYTES:
        raise Altered("A signature line is too short.")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])

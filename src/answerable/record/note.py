"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines by named keys.

Ed25519 note signatures (type 0x01) and Ed25519 cosignatures (type 0x04) are checked; keys of any other type can be
named in a policy but never count as having signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import Altered, RecordError
from .strict import from_base64, to_base64

ED25519 = 0x01
COSIGNATURE = 0x04
KEY_ID_BYTES = 4
MAX_SIGNATURES = 64
MAX_NOTE_BYTES = 1_000_000
DASH = "\N{EM DASH}"


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
class Key:
    """A verifier key: whose it is (``name``), its ``type`` byte and its public ``raw`` bytes."""

    name: str
    type: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that, with the name, say which key made a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.raw).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as text: ``name+hex8(id)+base64(type || raw)``."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.type]) + self.raw)}"


@dataclass(frozen=True)
class Signature:
    """One signature line: the signer's ``name``, the key ``id`` and the signature bytes."""

    name: str
    id: bytes
    raw: bytes

    def __str__(self) -> str:
        return f"{DASH} {self.name} {to_base64(self.id + self.raw)}\n"


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


def parse_vkey(vkey: str) -> Key:
    """Read a verifier key. Raises ``RecordError`` for any other spelling or a key id that does not belong to it."""
    name, _, rest = vkey.partition("+")
    hexid, _, encoded = rest.partition("+")
    where = f"key {vkey[:40]!r}"
    try:
        raw = from_base64(encoded)
        key = Key(check_name(name), raw[0], raw[1:])
    except (Altered, IndexError) as error:
        raise RecordError("A verifier key is malformed.", where=where, reason="this policy file is damaged") from error
    if hexid != key.id.hex():
        raise RecordError("A verifier key and its id differ.", where=where, reason="this policy file is damaged")
    if key.type in {ED25519, COSIGNATURE} and len(key.raw) != 32:
        raise RecordError("An Ed25519 key has 32 bytes.", where=where, reason="this policy file is damaged")
    return key


def check_name(name: str) -> str:
    """Return ``name`` if it can name a key: some characters, no space and no plus sign."""
    if not name or not name.isprintable() or any(c.isspace() or c == "+" for c in name):
        raise RecordError(f"{name!r} cannot name a key.", fix="Use a name without spaces, '+' or control characters.")
    return name


def check_text(text: str) -> str:
    """Return ``text`` if it can be a note: it ends with a line end, and no other control character is in it."""
    if not text.endswith("\n") or any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in text):
        raise Altered("A signed text must end with a line end and hold no other control character.")
    return text


def parse_note(note: str) -> Note:
    """Split a signed note into its text and signatures, refusing every spelling but the standard one."""
    if len(note.encode("utf-8", "surrogatepass")) > MAX_NOTE_BYTES:
        raise Altered(f"A signed note is longer than {MAX_NOTE_BYTES} bytes.")
    check_text(note)
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not text or not lines:
        raise Altered("A signed note needs a text, a blank line and a signature.")
    signatures = tuple(_signature(line) for line in lines.removesuffix("\n").split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise Altered(f"A signed note has more than {MAX_SIGNATURES} signatures.")
    parsed = Note(text + "\n", signatures)
    if str(parsed) != note:
        raise Altered("A signed note is spelled in a non-standard way.")
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
        if key is None:
            continue
        checked = _check(note.text, signature, key)
        if checked is not None:
            signed.setdefault(handle, checked)
    return tuple(signed.values())


def cosignature_text(text: str, time: int) -> bytes:
    """Return what an Ed25519 witness signs: a header with its ``time`` in POSIX seconds, then the note's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosign(text: str, name: str, private: Ed25519PrivateKey, time: int) -> str:
    """Return the witness ``name``'s cosignature line over ``text`` at ``time`` (POSIX seconds)."""
    key = Key(check_name(name), COSIGNATURE, private.public_key().public_bytes_raw())
    return str(Signature(key.name, key.id, time.to_bytes(8, "big") + private.sign(cosignature_text(text, time))))


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


def _check(text: str, signature: Signature, key: Key) -> Signed | None:
    if key.type == ED25519:
        _ed25519(key, signature.raw, text.encode())
        return Signed(key)
    if key.type == COSIGNATURE:
        time = int.from_bytes(signature.raw[:8], "big")
        if time >= 2**63:
            raise Altered(f"The cosignature of {key.name} has an impossible time.")
        _ed25519(key, signature.raw[8:], cosignature_text(text, time))
        return Signed(key, time)
    return None


def _ed25519(key: Key, raw: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(raw, message)
    except (InvalidSignature, ValueError) as error:
        raise Altered(f"The signature of {key.name} does not hold.") from error

"""Verifier keys (C2SP signed-note): a name, a type byte and a public key, told apart by a four-byte id."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from .errors import Altered, CutShort, RecordError
from .strict import from_base64, to_base64

ED25519 = 0x01
COSIGNATURE = 0x04
MLDSA44 = 0x06
KEY_ID_BYTES = 4
KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, MLDSA44: 1312}
# Written out, not asked of Python: every verifier must refuse the same names, whatever its version of Unicode.
_ODD = re.compile("[\x00- +\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]")
DASH = "\N{EM DASH}"


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


def parse_vkey(vkey: str) -> Key:
    """Read a verifier key. Raises ``RecordError`` for any other spelling or a key id that does not belong to it."""
    name, _, rest = vkey.partition("+")
    hexid, _, encoded = rest.partition("+")
    where = f"key {vkey[:40]!r}"
    try:
        raw = from_base64(encoded)
        key = Key(check_name(name), raw[0], raw[1:])
    except (RecordError, IndexError) as error:
        raise RecordError("A verifier key is malformed.", where=where, reason=_DAMAGED) from error
    if hexid != key.id.hex():
        raise RecordError("A verifier key and its id differ.", where=where, reason=_DAMAGED)
    if len(key.raw) != KEY_BYTES.get(key.type, len(key.raw)):
        raise RecordError(f"A key of this type has {KEY_BYTES[key.type]} bytes.", where=where, reason=_DAMAGED)
    return key


def check_name(name: str) -> str:
    """Return ``name`` if it can name a key: some characters, no space, plus sign, control or direction mark."""
    if not name or _ODD.search(name):
        raise RecordError(f"{name!r} cannot name a key.", fix="Use a name without spaces, '+' or control characters.")
    return name


def check_text(text: str) -> str:
    """Return ``text`` if it can be a note: it ends with a line end, and no other control character is in it."""
    if not text.endswith("\n"):
        raise CutShort("A signed text must end with a line end.")
    if any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in text):
        raise Altered("A signed text may hold no control character but the line end.")
    return text


_DAMAGED = "this policy file is damaged"

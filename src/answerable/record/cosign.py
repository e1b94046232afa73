"""Cosignatures (C2SP tlog-cosignature): what a witness, or the log itself, signs about a head, with a time.

Type 0x04 is Ed25519 over a header and the note's text; type 0x06 is ML-DSA-44 (FIPS 204), safe against quantum
computers, over a binary message that binds the cosigner's name, the time, the log's origin, the size and the root.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .checkpoint import parse_checkpoint
from .errors import BadSignature, RecordError
from .keys import COSIGNATURE, ED25519, MLDSA44, Key, Signature, check_name, check_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

TIME_BYTES = 8
MAX_TIME = 2**63
SIGNATURE_BYTES = {ED25519: 64, COSIGNATURE: TIME_BYTES + 64, MLDSA44: TIME_BYTES + 2420}
SUBTREE = b"subtree/v1\n\0"


def cosignature_text(text: str, time: int) -> bytes:
    """Return what type 0x04 signs: a header with the ``time`` in POSIX seconds, then the note's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def subtree_message(text: str, name: str, time: int) -> bytes:
    """Return what type 0x06 signs about the head in ``text``: all of the tree from leaf 0 up to its size.

    ``"subtree/v1" 0x0A 0x00 || u8 length, name || u64 time || u8 length, origin || u64 0 || u64 size || root[32]``.
    Raises ``Altered`` for a text that is no head: only heads can be signed this way.
    """
    head = parse_checkpoint(text)
    whole = (0).to_bytes(8, "big") + head.size.to_bytes(8, "big") + head.root
    return SUBTREE + _short(name) + time.to_bytes(TIME_BYTES, "big") + _short(head.origin) + whole


def cosigner_key(name: str, private: Ed25519PrivateKey | MLDSA44PrivateKey) -> Key:
    """Return the verifier key of the cosigner ``name``, of the type that its private key has."""
    kind = COSIGNATURE if isinstance(private, Ed25519PrivateKey) else MLDSA44
    return Key(check_name(name), kind, private.public_key().public_bytes_raw())


def cosign(text: str, name: str, private: Ed25519PrivateKey | MLDSA44PrivateKey, time: int) -> str:
    """Return the cosignature line of ``name`` over the head in ``text`` at ``time`` (POSIX seconds)."""
    if not 0 <= time < MAX_TIME:
        raise RecordError(f"{time} is no time for a cosignature.", fix="Give seconds since 1970.")
    key = cosigner_key(name, private)
    signed = private.sign(_message(key, check_text(text), time))
    return str(Signature(key.name, key.id, time.to_bytes(TIME_BYTES, "big") + signed))


def mldsa44_from_seed(seed: bytes) -> MLDSA44PrivateKey:
    """Return the ML-DSA-44 private key whose 32-byte seed is ``seed``."""
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

    return MLDSA44PrivateKey.from_seed_bytes(seed)


def check_signature(key: Key, raw: bytes, text: str) -> int | None:
    """Return the time of a cosignature, None for a plain signature; raise ``Altered`` unless it holds over ``text``."""
    if len(raw) != SIGNATURE_BYTES[key.type]:
        raise BadSignature(f"The signature of {key.name} does not hold: it has another length.")
    if key.type == ED25519:
        _holds(key, raw, text.encode())
        return None
    time = int.from_bytes(raw[:TIME_BYTES], "big")
    if time >= MAX_TIME:
        raise BadSignature(f"The cosignature of {key.name} has an impossible time.")
    _holds(key, raw[TIME_BYTES:], _message(key, text, time))
    return time


class LogSigner:
    """A log's keys in memory: Ed25519, which browsers can check, and ML-DSA-44 beside it.

    ``now`` gives POSIX seconds. It signs like an ``Ed25519Signer``, a head with two lines instead of one. A log from
    before the second key signs with the first alone.
    """

    def __init__(
        self, name: str, ed25519: Ed25519PrivateKey, mldsa44: MLDSA44PrivateKey | None, now: Callable[[], int]
    ) -> None:
        self.key = Key(check_name(name), ED25519, ed25519.public_key().public_bytes_raw())
        self._ed25519, self._mldsa44, self._now = ed25519, mldsa44, now

    @classmethod
    def from_seeds(cls, name: str, ed25519: bytes, mldsa44: bytes, now: Callable[[], int]) -> LogSigner:
        """Return the signer whose 32-byte private keys are given."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(ed25519), mldsa44_from_seed(mldsa44), now)

    @classmethod
    def from_hex(cls, name: str, text: str, now: Callable[[], int]) -> LogSigner:
        """Return the signer whose private keys are in ``text``: 64 hex digits of Ed25519, then 64 of ML-DSA-44.

        Raises ``ValueError`` for anything else.
        """
        raw = bytes.fromhex(text)
        plain, second = Ed25519PrivateKey.from_private_bytes(raw[:32]), raw[32:]
        return cls(name, plain, mldsa44_from_seed(second) if second else None, now)

    @property
    def vkey(self) -> str:
        """The Ed25519 verifier key, which every policy names."""
        return self.key.vkey

    @property
    def vkeys(self) -> tuple[str, ...]:
        """The verifier keys, the Ed25519 one first."""
        second = () if self._mldsa44 is None else (cosigner_key(self.key.name, self._mldsa44).vkey,)
        return self.key.vkey, *second

    def sign(self, text: str) -> str:
        """Return the signature lines over ``text``: both of a head, the Ed25519 one of any other note."""
        plain = Signature(self.key.name, self.key.id, self._ed25519.sign(check_text(text).encode()))
        if self._mldsa44 is None or not _is_head(text):
            return str(plain)
        return str(plain) + cosign(text, self.key.name, self._mldsa44, self._now())


def _message(key: Key, text: str, time: int) -> bytes:
    return cosignature_text(text, time) if key.type == COSIGNATURE else subtree_message(text, key.name, time)


def _is_head(text: str) -> bool:
    try:
        return bool(parse_checkpoint(text))
    except RecordError:
        return False


def _short(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > 255:
        raise RecordError("A name or an origin has more than 255 bytes.", where=text[:40])
    return bytes([len(raw)]) + raw


def _holds(key: Key, raw: bytes, message: bytes) -> None:
    try:
        if key.type == MLDSA44:
            # Imported here so that proof files, which carry Ed25519 only, can be checked with an older `cryptography`.
            from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

            MLDSA44PublicKey.from_public_bytes(key.raw).verify(raw, message)
        else:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(raw, message)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature(f"The signature of {key.name} does not hold.") from error

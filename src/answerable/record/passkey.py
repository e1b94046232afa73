"""What a passkey signed of a decision: checked from the evidence alone, with no library for passkeys.

On the staff site a decision is signed by its maker's passkey (W3C Web Authentication, level 2, section 7.2). The
evidence is a field that the statement keeps back, ``private/signature`` with the scheme ``webauthn``: the decision as
it was asked for, what the authenticator and the browser added, and the signature over all of it:

    challenge = SHA-256( "answerable decision by passkey v1" || 0x00 || SHA-256(decision) )
    signed    = authenticator data || SHA-256(client data), whose challenge is the one above

A passkey signs what it is shown, before the entry has an instant and salts. So the decision is held to the entry here:
its log, its case, its kind, the entry that it follows, and the reasons where they are released.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from .encode import parse_body
from .errors import Altered, BadSignature
from .strict import from_base64url, to_base64url

SCHEME = "webauthn"
DOMAIN = b"answerable decision by passkey v1\0"
NAMES = ("authenticator_data", "client_data", "credential", "public_key", "scheme", "signature", "statement")
_PRESENT, _VERIFIED = 0x01, 0x04
_HASH, _LEAST, _LONGEST = 32, 37, 1024
_EDDSA, _ES256, _RS256 = (1, -8), (2, -7), (3, -257)

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey


@dataclass(frozen=True)
class BySite:
    """Whose passkey signed a decision, and where: its public ``key`` (COSE, base64url), the address of the ``site``
    that asked for it, and the decision as it was ``asked`` for.
    """

    key: str
    site: str
    asked: dict[str, Any]


def challenge_of(decision: bytes) -> bytes:
    """Return the 32 bytes that an authenticator signs for a decision: a hash that can be of nothing else."""
    return hashlib.sha256(DOMAIN + hashlib.sha256(decision).digest()).digest()


def check_passkey(evidence: Any, body: Mapping[str, Any], origin: str) -> BySite:
    """Return whose passkey signed the decision that is the entry ``body`` of the log ``origin``.

    ``body`` holds the released fields too. ``BadSignature`` where the signature does not hold, ``Altered`` where the
    evidence is damaged, of another decision, or of a key that did not verify who held it. Whose the key is, and whether
    the site is the force's, is for the force's register to say.
    """
    if not isinstance(evidence, Mapping) or sorted(evidence) != list(NAMES) or evidence["scheme"] != SCHEME:
        raise Altered("The evidence of a passkey is damaged.")
    if not all(isinstance(one, str) for one in evidence.values()):
        raise Altered("The evidence of a passkey is damaged.")
    decision = evidence["statement"].encode("utf-8", "surrogatepass")
    data = from_base64url(evidence["authenticator_data"], where="authenticator data")
    client = from_base64url(evidence["client_data"], where="client data")
    site = _site(client, challenge_of(decision))
    if len(data) < _LEAST or data[:_HASH] != hashlib.sha256(_host(site).encode()).digest():
        raise Altered("The passkey is of another site than the one that asked for it.", where=site)
    if data[_HASH] & (_PRESENT | _VERIFIED) != _PRESENT | _VERIFIED:
        raise Altered("The authenticator did not verify who held it.")
    signature = from_base64url(evidence["signature"], where="signature of a passkey")
    _verify(evidence["public_key"], signature, data + hashlib.sha256(client).digest())
    asked = parse_body(decision)
    _agree(asked, body, origin)
    return BySite(evidence["public_key"], site, asked)


def _site(client: bytes, challenge: bytes) -> str:
    """Return the address of the page that asked, from what the browser says about it."""
    said = parse_body(client)
    if (said.get("type"), said.get("challenge")) != ("webauthn.get", to_base64url(challenge)):
        raise Altered("The passkey signed something else than this decision.")
    if said.get("crossOrigin", False) is not False or not isinstance(said.get("origin"), str):
        raise Altered("The passkey was asked for by another page.")
    return str(said["origin"])


def _host(site: str) -> str:
    try:
        return urlsplit(site).hostname or ""
    except ValueError as error:
        raise Altered("The address of the site that asked for a passkey is none.") from error


def _agree(asked: Mapping[str, Any], body: Mapping[str, Any], origin: str) -> None:
    """Raise ``Altered`` unless the decision that was signed is the one that was recorded."""
    command, data = asked.get("command"), body.get("data")
    pairs = [
        ("log", asked.get("origin"), origin),
        ("case", asked.get("case"), body.get("case")),
        ("kind", asked.get("decision"), body.get("kind")),
        ("place in the case", asked.get("after"), _before(body.get("version"))),
    ]
    if isinstance(data, Mapping) and "reasons" in data:
        pairs.append(("reasons", command.get("reasons") if isinstance(command, Mapping) else None, data["reasons"]))
    for name, signed, recorded in pairs:
        if signed is None or signed != recorded:
            raise Altered(f"The passkey signed another decision than was recorded: its {name} differs.")


def _before(version: object) -> int | None:
    return version - 1 if isinstance(version, int) else None


def _verify(key: str, signature: bytes, message: bytes) -> None:
    public = public_key(from_base64url(key, where="public key of a passkey"))
    try:
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, message)
        elif isinstance(public, EllipticCurvePublicKey):
            public.verify(signature, message, ECDSA(SHA256()))
        else:
            public.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise BadSignature("The passkey of whoever decided this did not sign it.") from error


def public_key(raw: bytes) -> PublicKey:
    """Return a key in the COSE form (RFC 9053): Ed25519, P-256, or RSA with SHA-256, which the staff site accepts.

    Raises ``Altered`` for anything else.
    """
    found = _cbor(raw)
    try:
        kind = (found.get(1), found.get(3))
        if kind == _EDDSA and found.get(-1) == 6:
            return Ed25519PublicKey.from_public_bytes(_bytes(found, -2))
        if kind == _ES256 and found.get(-1) == 1:
            x, y = (int.from_bytes(_bytes(found, name), "big") for name in (-2, -3))
            return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
        if kind == _RS256:
            e, n = (int.from_bytes(_bytes(found, name), "big") for name in (-2, -1))
            return RSAPublicNumbers(e, n).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Altered("The public key of a passkey is damaged.") from error
    raise Altered("The public key of a passkey is of a kind that is not known here.")


def _bytes(found: Mapping[int, int | bytes], name: int) -> bytes:
    value = found.get(name)
    if not isinstance(value, bytes) or len(value) > _LONGEST:
        raise ValueError("a part of the key is missing, or longer than any")
    return value


def _cbor(raw: bytes) -> dict[int, int | bytes]:
    """Return the map of whole numbers to whole numbers and byte strings that a key is in CBOR (RFC 8949), no more."""
    try:
        kind, many, at = _head(raw, 0)
        found: dict[int, int | bytes] = {}
        for _ in range(many if kind == 5 else 0):
            sign, number, at = _head(raw, at)
            name = (number, -1 - number)[sign]
            sign, number, at = _head(raw, at)
            if sign == 2:
                found[name], at = raw[at : at + number], at + number
            else:
                found[name] = (number, -1 - number)[sign]
        if kind == 5 and at == len(raw) and len(found) == many:
            return found
    except IndexError:
        pass
    raise Altered("The public key of a passkey is damaged.")


def _head(raw: bytes, at: int) -> tuple[int, int, int]:
    """Return the major type of the item at ``at``, its number, and where what follows it begins."""
    kind, short = raw[at] >> 5, raw[at] & 31
    if short < 24:
        return kind, short, at + 1
    size = 1 << (short - 24)
    if size > 4 or at + 1 + size > len(raw):
        raise IndexError
    return kind, int.from_bytes(raw[at + 1 : at + 1 + size], "big"), at + 1 + size

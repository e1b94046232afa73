"""What says who stood behind a decision: the office's certificate, which is public, and the maker's own signature.

A certificate is a signed note by the office's key, which the force publishes on its own domain. It names an office and
never a person:

    answerable certificate v1
    <office>
    <SHA-256 of the statement, lower-case hex>

The maker's own signature is a field that the statement keeps back, under a salted digest: an inspector who is handed
its disclosure checks it; to everybody else it is one digest among others. It is over the statement as it was before
that digest was added to it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .disclose import Disclosure
from .errors import Altered, BadSignature, WrongKey
from .keys import ED25519, KEY_BYTES, parse_vkey
from .note import check_note, parse_note
from .strict import from_base64, to_base64

HEADER = "answerable certificate v1"
FIELD = "private/signature"
"""The name of the field that holds the maker's own signature."""
SCHEME = "ed25519"
DECISION_DOMAIN = b"answerable decision v1\x00"
_SIGNATURE_BYTES = 64


def certificate_path(index: int) -> str:
    """Return where the certificate of entry ``index`` lies below the public folder."""
    return f"certificates/{index}.note"


def certificate_text(office: str, body: bytes) -> str:
    """Return the text of the note in which the office says that a registered holder of ``office`` decided ``body``."""
    return f"{HEADER}\n{office}\n{hashlib.sha256(body).hexdigest()}\n"


def check_certificate(certificate: str, vkey: str, body: bytes) -> str:
    """Return the office that decided ``body``.

    ``WrongKey`` where the office's key ``vkey`` did not sign, ``Altered`` where it certifies another statement.
    """
    note = parse_note(certificate)
    if not check_note(note, (parse_vkey(vkey.strip()),)):
        raise WrongKey("The certificate is not signed by this office's key.")
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[0] != HEADER or note.text != certificate_text(lines[1], body):
        raise Altered("The certificate is of another statement.")
    return lines[1]


def decision_bytes(body: bytes) -> bytes:
    """Return what the maker of a decision signs: a domain and the SHA-256 of the statement without that signature."""
    return DECISION_DOMAIN + hashlib.sha256(body).digest()


def signature_value(public: bytes, signature: bytes) -> dict[str, str]:
    """Return the value of the field of a signature by an Ed25519 key: scheme, key and signature."""
    return {"scheme": SCHEME, "key": to_base64(public), "signature": to_base64(signature)}


def scheme_of(disclosed: Disclosure) -> str:
    """Return how the signature in a disclosed field was made; ``ed25519`` alone is checked here."""
    value: Any = disclosed.value
    return str(value.get("scheme", "")) if isinstance(value, dict) else ""


def check_own_signature(body: bytes, disclosed: Disclosure) -> str:
    """Return the base64 key whose signature over ``body`` is in a disclosed field; errors where it does not hold.

    That the key is the maker's own is for the force's register to say, and for whoever holds the disclosure to ask.
    """
    value: Any = disclosed.value
    known = isinstance(value, dict) and value.get("scheme") == SCHEME and disclosed.name == FIELD
    if not known or sorted(value) != ["key", "scheme", "signature"]:
        raise Altered("The signature that was disclosed is of a kind that is not known here.")
    public = from_base64(str(value["key"]), length=KEY_BYTES[ED25519], where="key of a signature")
    signature = from_base64(str(value["signature"]), length=_SIGNATURE_BYTES, where="signature of a decision")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, decision_bytes(_without(body, disclosed.digest)))
    except InvalidSignature as error:
        raise BadSignature("The signature of whoever decided this does not hold.") from error
    return str(value["key"])


def _without(body: bytes, digest: str) -> bytes:
    """Return a statement without one of the digests it lists: it has one spelling, so the bytes can be cut."""
    listed = f'"{digest}"'.encode("ascii")
    for form in (listed + b",", b"," + listed, listed):
        if body.count(form) == 1:
            return body.replace(form, b"")
    raise Altered("The statement does not commit to the signature that was disclosed.")

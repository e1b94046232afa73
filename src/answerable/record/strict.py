"""Strict decoding: one spelling for every value, so that no character of a file can change unnoticed."""

from __future__ import annotations

import base64
import binascii
import re

from .errors import Altered, NotStandard

MAX_DIGITS = 19

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def from_base64(text: str, *, length: int | None = None, where: str = "") -> bytes:
    """Decode standard base64; refuse any other spelling of the same bytes, and any length but ``length`` if given.

    >>> from_base64("b2s=")
    b'ok'
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Altered("A value is not base64.", where=where) from error
    # Padding bits are free in base64: comparing with our own spelling is what makes a changed character show.
    if to_base64(raw) != text:
        raise NotStandard("A base64 value is spelled in a non-standard way.", where=where)
    if length is not None and len(raw) != length:
        raise Altered(f"A value has {len(raw)} bytes where {length} are due.", where=where)
    return raw


def to_base64(raw: bytes) -> str:
    """Return ``raw`` as standard base64 with padding."""
    return base64.b64encode(raw).decode("ascii")


def from_base64url(text: str, *, length: int | None = None, where: str = "") -> bytes:
    """Decode base64url without padding, as strictly as ``from_base64``.

    >>> from_base64url("b2s")
    b'ok'
    """
    # Python's own decoder skips what it does not know, so the letters are looked at first.
    if not _BASE64URL.fullmatch(text):
        raise Altered("A value is not base64url.", where=where)
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Altered("A value is not base64url.", where=where) from error
    if to_base64url(raw) != text:
        raise NotStandard("A base64url value is spelled in a non-standard way.", where=where)
    if length is not None and len(raw) != length:
        raise Altered(f"A value has {len(raw)} bytes where {length} are due.", where=where)
    return raw


def to_base64url(raw: bytes) -> str:
    """Return ``raw`` as base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def from_decimal(text: str, *, where: str = "") -> int:
    """Read a whole number below 2**63 in ASCII digits, without sign or leading zero.

    >>> from_decimal("20852163")
    20852163
    """
    plain = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    if not plain or (text[0] == "0" and text != "0") or int(text) >= 2**63:
        raise NotStandard(f"{text[:24]!r} is not a whole number in its one spelling.", where=where)
    return int(text)

"""Canonical bytes of a statement, and the 33-byte commitment that stands for it in the log.

The commitment hides the statement until its blind is published, and has one length for every kind of entry, so that a
refusal cannot be told from an authorisation by looking at the log.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from typing import Any

from .errors import Altered, RecordError

BLIND_BYTES = 32
SALT_BYTES = 32
ENTRY_BYTES = 33
ENTRY_VERSION = b"\x01"
COMMITMENT_DOMAIN = b"record/v1\x00"
PRIVATE_DOMAIN = b"private/v1\x00"


def canonical(body: Mapping[str, Any] | list[Any]) -> bytes:
    """Return the RFC 8785 bytes of ``body``: sorted keys, no spaces, one spelling of every number and character.

    Raises ``RecordError`` for a value that JSON cannot hold exactly (not a number, integers beyond 2**53, other types).
    """
    # Imported here because only whoever writes entries needs it: checking a proof must not.
    import rfc8785

    try:
        return rfc8785.dumps(body if isinstance(body, list) else dict(body))
    except rfc8785.CanonicalizationError as error:
        raise RecordError(
            f"The statement cannot be written canonically: {error}.",
            fix="Use strings, whole numbers, true, false, null, lists and objects.",
            reason="this statement cannot be recorded",
        ) from error


def commit(body: bytes, blind: bytes) -> bytes:
    """Return the log entry for ``body``: ``0x01 || SHA-256("record/v1" 0x00 || blind || SHA-256(body))``, 33 bytes.

    ``blind`` is 32 random bytes, kept secret until the statement is opened. Raises ``RecordError`` for another length.

    >>> commit(b"{}", bytes(32)).hex()[:10]
    '0180e373af'
    """
    if len(blind) != BLIND_BYTES:
        raise RecordError(f"A blind has {BLIND_BYTES} bytes, not {len(blind)}.", reason="this opening is malformed")
    inner = COMMITMENT_DOMAIN + blind + hashlib.sha256(body).digest()
    return ENTRY_VERSION + hashlib.sha256(inner).digest()


def check_opening(entry: bytes, body: bytes, blind: bytes) -> None:
    """Raise ``Altered`` unless ``body`` and ``blind`` are what was committed to in ``entry``."""
    if not hmac.compare_digest(commit(body, blind), entry):
        raise Altered("The statement is not the one that this log entry commits to.")


def private_digest(private: bytes, salt: bytes) -> str:
    """Return the lower-case hex that stands in a public body for its ``private`` part, salted by 32 random bytes.

    Destroying the value and its salt leaves this digest meaningless while every proof stays valid.
    """
    if len(salt) != SALT_BYTES:
        raise RecordError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.", reason="this disclosure is malformed")
    return hashlib.sha256(PRIVATE_DOMAIN + salt + hashlib.sha256(private).digest()).hexdigest()


def parse_body(body: bytes) -> dict[str, Any]:
    """Return the JSON object in ``body``. Raises ``Altered`` for anything else, as in ``parse_json``."""
    value = parse_json(body, "The statement")
    if not isinstance(value, dict):
        raise Altered("The statement is not a JSON object.")
    return value


def parse_json(raw: bytes, what: str) -> Any:
    """Return the JSON value in ``raw``; ``what`` names it in errors.

    Duplicate keys, NaN, infinities and half characters are refused, so that no two readers can see two statements in
    the same bytes.
    """
    try:
        text = raw.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\u" in text:
            # Half a character, which only an escape can spell, survives reading; writing it shows it.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Altered(f"{what} is not readable JSON: {error}.") from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is used twice in one object")
    return found


def _exact(digits: str) -> int:
    # Beyond this, readers that keep every number as a float would see another one.
    if len(digits) > 17 or abs(int(digits)) >= 2**53:
        raise ValueError("a whole number is beyond 2**53")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_exact, parse_float=_finite
)

"""RFC 3161 time stamps over a head of the log: a second opinion on when, for the emergency path."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from answerable.errors import InputError, UsageError

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

_MOST_BYTES = 100_000


def stamped_by(token: bytes, certificate: bytes) -> Callable[[str], bool]:
    """Return what says whether ``token`` (a time-stamp response) is over a text, by the authority trusted in PEM form.

    InputError where either cannot be read at all.
    """
    from cryptography.x509 import load_pem_x509_certificate
    from rfc3161_client import VerificationError, VerifierBuilder

    response = _response(token)
    try:
        root = load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise InputError(
            "The certificate of the time-stamping authority cannot be read.", where=str(error), fix="Give it as PEM."
        ) from error
    verifier = VerifierBuilder().add_root_certificate(root).build()

    def holds(text: str) -> bool:
        try:
            return verifier.verify_message(response, text.encode())
        except (VerificationError, ValueError):
            return False

    return holds


def time_of(token: bytes) -> datetime:
    """Return the time a token says; it holds only if ``stamped_by`` says so too."""
    found = _response(token).tst_info.gen_time
    assert isinstance(found, datetime)
    return found


def ask_authority(url: str, text: str, timeout: float) -> bytes:
    """Ask the authority at ``url`` for a time stamp over ``text``. UsageError where it gives none."""
    from rfc3161_client import TimestampRequestBuilder

    query = TimestampRequestBuilder().data(text.encode()).build().as_bytes()
    headers = {"Content-Type": "application/timestamp-query"}
    request = urllib.request.Request(url, data=query, method="POST", headers=headers)  # noqa: S310 - http(s) alone
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            token: bytes = answer.read(_MOST_BYTES)
    except OSError as error:
        raise UsageError(
            "The time-stamping authority cannot be reached.", where=f"{url}: {error}", fix="Try another one."
        ) from error
    _response(token)
    return token


def _response(token: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(token)
    except ValueError as error:
        raise InputError(
            "This is not a time stamp, or one with several certificates in an order that the standard forbids.",
            where=str(error),
            fix="Use the answer of the time-stamping authority as it came; see docs/gate.md on its settings.",
        ) from error

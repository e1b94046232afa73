"""A person's own key: it signs that person's decisions, and lies in a file of theirs, never in the workspace.

The workspace knows the public part alone, registered to an account. Each decision keeps back, under a salted digest,
the signature of whoever made it (``answerable.record.certificate``), for inspectors. In a real workspace a decision
that is not signed is not taken; to end a deployment nobody needs a key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from answerable.errors import InputError, NotAllowed, UsageError
from answerable.record.certificate import decision_bytes, signature_value
from answerable.record.errors import RecordError
from answerable.record.keys import ED25519, KEY_BYTES
from answerable.record.strict import from_base64, to_base64
from answerable.service.people import actor
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine

DECISIONS = frozenset(("authorise", "urgent", "ratify", "extend", "refuse", "revoke", "adopt", "reject"))
"""Acts that are signed by whoever makes them."""
_ENDING = frozenset(("revoke",))
_KEPT = "own key"
_LEAST_PASSPHRASE = 12


class Hand(Protocol):
    """Whoever signs decisions in this session: a key file, a passkey."""

    def sign(self, workspace: Workspace, account: str, body: bytes) -> Mapping[str, str]:
        """Return the evidence, kept with the decision, that whoever has ``account`` made this statement.

        NotAllowed where it is not theirs to sign.
        """
        ...


class KeyFile:
    """The hand of one person at the command line: an Ed25519 key from a file that a passphrase opens."""

    def __init__(self, path: Path, passphrase: str) -> None:
        self._private = _read(path, passphrase)

    @property
    def public(self) -> str:
        """The public part, in base64."""
        return to_base64(self._private.public_key().public_bytes_raw())

    def sign(self, workspace: Workspace, account: str, body: bytes) -> Mapping[str, str]:
        """Return scheme, public key and signature; NotAllowed where the key is not the account's newest."""
        if self.public not in keys_of(workspace, account)[-1:]:
            raise NotAllowed(
                "This key is not registered to this account.",
                where=f"--as {account}",
                fix="Sign with your own key, or have its public part registered: answerable people set-key.",
            )
        return signature_value(from_base64(self.public), self._private.sign(decision_bytes(body)))


def make_key(path: Path, passphrase: str) -> str:
    """Make a key in a new file that only its owner can read, closed by ``passphrase``; return its public part.

    UsageError where the file is there already, InputError for a passphrase under 12 characters.
    """
    if len(passphrase) < _LEAST_PASSPHRASE:
        raise InputError(f"A passphrase has at least {_LEAST_PASSPHRASE} characters.", fix="Choose a sentence.")
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise UsageError(
            "The key cannot be made here.", where=f"{path}: {error.strerror}", fix="Name a new file."
        ) from error
    private = Ed25519PrivateKey.generate()
    closed = BestAvailableEncryption(passphrase.encode())
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed))
    return to_base64(private.public_key().public_bytes_raw())


def register_key(workspace: Workspace, account: str, public: str) -> None:
    """Register the public part of a person's own key to an account; one registered before signs nothing from now on.

    What it signed stays good. InputError for what is no Ed25519 key; NotAllowed where another account has it.
    """
    who = actor(workspace, account)
    if not who.human:
        raise NotAllowed("An account of a program signs no decision.", where=account, fix="Choose a person's account.")
    try:
        from_base64(public, length=KEY_BYTES[ED25519], where="public key")
    except RecordError as error:
        raise InputError(
            "This is not the public part of a key.",
            where=str(error),
            fix="Give the line that 'people make-key' printed.",
        ) from error
    for other in workspace.store.people():
        if other.person != who.person and public in keys_of(workspace, other.account):
            raise NotAllowed(
                "Another person has this key.", where=other.account, fix="Everybody makes a key of their own."
            )
    now = workspace.clock.now()
    there = len(workspace.store.versions(_KEPT, account))
    workspace.store.keep(_KEPT, account, json.dumps({"ed25519": public}).encode(), now, "", after=there)
    workspace.store.append([], [AuditLine(now, account, "own key from now on", "", public)])


def keys_of(workspace: Workspace, account: str) -> tuple[str, ...]:
    """Return the public keys that were registered to an account, the newest last."""
    return tuple(json.loads(one.value)["ed25519"] for one in workspace.store.versions(_KEPT, account))


def signed(workspace: Workspace, kind: str, account: str, body: bytes) -> Mapping[str, str] | None:
    """Return the evidence of whoever decides ``body``; None where none is needed and none can be had.

    NotAllowed where a decision in a real workspace is not signed.
    """
    if kind not in DECISIONS or not account:
        return None
    if workspace.hand is not None:
        return workspace.hand.sign(workspace, account, body)
    if workspace.settings.kind != "real" or kind in _ENDING:
        return None
    raise NotAllowed(
        "In a real workspace a decision is signed by whoever makes it.",
        where=f"--as {account}",
        fix="Give your own key: --key FILE. To end a deployment nobody needs one.",
    )


def _read(path: Path, passphrase: str) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            "This key cannot be opened.", where=f"{path}: {error}", fix="Check the file and the passphrase."
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(
            "This key is of another kind.", where=str(path), fix="Make one with 'answerable people make-key'."
        )
    return private

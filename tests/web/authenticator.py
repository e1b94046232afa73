"""A passkey in software: it makes keys and signs as a device does, and lies where a test tells it to."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One key for one site; ``verifies`` is whether it checked who holds it."""

    def __init__(self, origin: str, host: str = "localhost", *, verifies: bool = True) -> None:
        self.origin, self._host, self.verifies = origin, host, verifies
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)
        self.count = 0

    def make(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the options of a registration."""
        numbers = self._private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self._id).to_bytes(2, "big") + self._id + cbor2.dumps(cose)
        data = self._data(_ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._credential({"attestationObject": text(statement), "clientDataJSON": text(client)})

    def sign(self, options: Mapping[str, Any], *, challenge: str = "") -> dict[str, Any]:
        """Answer the options of a sign-in or a decision."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", challenge or options["challenge"])
        signed = self._private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"authenticatorData": text(data), "clientDataJSON": text(client), "signature": text(signed)}
        return self._credential({**said, "userHandle": None})

    def _data(self, more: int) -> bytes:
        flags = _PRESENT | more | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self._host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _credential(self, response: Mapping[str, Any]) -> dict[str, Any]:
        name = text(self._id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": dict(response),
            "clientExtensionResults": {},
        }

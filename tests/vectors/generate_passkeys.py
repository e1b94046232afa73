"""Write the vectors of decisions that a passkey signed: ``python tests/vectors/generate_passkeys.py``.

The keys follow from fixed numbers, and P-256 signs without chance (RFC 6979), so a second run changes no byte. The
tests of passkeys make their evidence here too.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from answerable.record.encode import canonical
from answerable.record.passkey import challenge_of
from answerable.record.strict import to_base64url as text

HERE = Path(__file__).parent
SITE = "https://staff.force.example"
ORIGIN = "log.example/record/simulated"
ASKED: dict[str, Any] = {
    "origin": ORIGIN,
    "case": "2018-0011",
    "after": 4,
    "decision": "refuse",
    "command": {"reasons": "Not the last resort."},
    "account": "authoriser",
    "nonce": "00" * 16,
}
ENTRY: dict[str, Any] = {"case": "2018-0011", "kind": "refuse", "version": 5, "data": {}}


def cbor(key: dict[int, int | bytes]) -> bytes:
    """A COSE key as authenticators write it."""

    def head(kind: int, number: int) -> bytes:
        if number < 24:
            return bytes([kind << 5 | number])
        size = 1 if number < 256 else 2
        return bytes([kind << 5 | 23 + size]) + number.to_bytes(size, "big")

    def whole(number: int) -> bytes:
        return head(0, number) if number >= 0 else head(1, -1 - number)

    made = head(5, len(key))
    for name, value in key.items():
        made += whole(name) + (head(2, len(value)) + value if isinstance(value, bytes) else whole(value))
    return made


class Key:
    """A passkey of one of the kinds that browsers offer."""

    def __init__(self, kind: str) -> None:
        self.sign: Callable[[bytes], bytes]
        if kind == "Ed25519":
            edwards = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
            self.cose = cbor({1: 1, 3: -8, -1: 6, -2: edwards.public_key().public_bytes_raw()})
            self.sign = edwards.sign
        elif kind == "P-256":
            curve = ec.derive_private_key(9, ec.SECP256R1())
            point = curve.public_key().public_numbers()
            x, y = (one.to_bytes(32, "big") for one in (point.x, point.y))
            self.cose = cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
            self.sign = lambda message: curve.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        else:
            old = rsa.generate_private_key(65_537, 2048)
            numbers = old.public_key().public_numbers()
            self.cose = cbor({1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: b"\x01\x00\x01"})
            self.sign = lambda message: old.sign(message, padding.PKCS1v15(), hashes.SHA256())


def evidence(kind: str = "P-256", *, flags: int = 5, host: str = "staff.force.example", **lies: Any) -> dict[str, str]:
    """What the staff site keeps; ``lies`` change the decision or, with a ``client_`` before, what the browser says."""
    key = Key(kind)
    decision = canonical({**ASKED, **{name: value for name, value in lies.items() if not name.startswith("client_")}})
    said: dict[str, Any] = {"type": "webauthn.get", "challenge": text(challenge_of(decision)), "origin": SITE}
    said |= {name.removeprefix("client_"): value for name, value in lies.items() if name.startswith("client_")}
    data = hashlib.sha256(host.encode()).digest() + bytes([flags]) + (7).to_bytes(4, "big")
    client = json.dumps({**said, "crossOrigin": said.get("crossOrigin", False)}).encode()
    return {
        "scheme": "webauthn",
        "credential": text(bytes(16)),
        "public_key": text(key.cose),
        "authenticator_data": text(data),
        "client_data": text(client),
        "signature": text(key.sign(data + hashlib.sha256(client).digest())),
        "statement": decision.decode(),
    }


LIES: dict[str, dict[str, Any]] = {
    "for another case": {"case": "2018-0012"},
    "for another step": {"decision": "authorise"},
    "at another place in the case": {"after": 3},
    "in another log": {"origin": "log.example/record/real"},
    "without its case": {"case": None},
    "by a key that verified nobody": {"flags": 1},
    "by nobody present": {"flags": 4},
    "by a key of another site": {"host": "elsewhere.example"},
    "on a page of another site": {"client_origin": "https://elsewhere.example"},
    "on a page that has no address": {"client_origin": "https://[staff"},
    "inside another page": {"client_crossOrigin": True},
    "for a registration": {"client_type": "webauthn.create"},
    "over something else": {"client_challenge": text(bytes(32))},
}


def cases() -> list[dict[str, Any]]:
    """Evidence, the entry and log that it is held to, and whether it holds."""
    made = [{"name": f"{kind} key", "evidence": evidence(kind), "holds": True} for kind in ("Ed25519", "P-256")]
    made += [{"name": f"signed {lie}", "evidence": evidence(**lies), "holds": False} for lie, lies in LIES.items()]
    other = {**evidence(), "public_key": text(Key("Ed25519").cose)}
    made.append({"name": "another's key", "evidence": other, "holds": False})
    return [{"entry": ENTRY, "origin": ORIGIN, **one} for one in made]


def write(folder: Path) -> None:
    """Write the file into ``folder``."""
    written = json.dumps({"cases": cases()}, indent=1, ensure_ascii=False)
    (folder / "passkeys.json").write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)

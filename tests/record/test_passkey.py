"""A decision that a passkey signed is checked from the evidence alone, and held to the entry that it became."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from answerable.record.certificate import FIELD
from answerable.record.encode import canonical
from answerable.record.errors import Altered, BadSignature, RecordError
from answerable.record.passkey import challenge_of, check_passkey
from answerable.record.strict import to_base64url as text
from answerable.record.verify import verify_proof

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
            self.sign = lambda message: curve.sign(message, ec.ECDSA(hashes.SHA256()))
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


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "RSA"])
def test_each_kind_of_passkey_is_checked_without_a_library_for_passkeys(kind: str) -> None:
    kept = evidence(kind)
    found = check_passkey(kept, ENTRY, ORIGIN)
    assert (found.key, found.site, found.asked) == (kept["public_key"], SITE, ASKED)


def test_the_domain_is_part_of_what_is_signed() -> None:
    decision = canonical(ASKED)
    expected = hashlib.sha256(b"answerable decision by passkey v1\0" + hashlib.sha256(decision).digest()).digest()
    assert challenge_of(decision) == expected


@pytest.mark.parametrize("kind", ["Ed25519", "P-256"])
def test_no_changed_character_of_the_evidence_is_believed(kind: str) -> None:
    kept = evidence(kind)
    believed = []
    # The name of the credential is signed by nobody; the statement's own digest binds it, as all of the field.
    for name in kept.keys() - {"credential"}:
        for at, old in enumerate(kept[name]):
            for new in {chr(ord(old) ^ 1), "A" if old != "A" else "B"}:
                changed = kept[name][:at] + new + kept[name][at + 1 :]
                try:
                    check_passkey({**kept, name: changed}, ENTRY, ORIGIN)
                except RecordError:
                    continue
                believed.append((name, at, new))
    assert believed == []


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


@pytest.mark.parametrize("lie", LIES)
def test_what_was_signed_otherwise_is_refused(lie: str) -> None:
    with pytest.raises(Altered):
        check_passkey(evidence(**LIES[lie]), ENTRY, ORIGIN)


@pytest.mark.parametrize("change", ["Not the last resort!", "", None])
def test_other_reasons_than_were_signed_are_refused_once_they_are_released(change: str | None) -> None:
    check_passkey(evidence(), {**ENTRY, "data": {"reasons": "Not the last resort."}}, ORIGIN)
    with pytest.raises(Altered, match="its reasons differs"):
        check_passkey(evidence(), {**ENTRY, "data": {"reasons": change}}, ORIGIN)


def test_anothers_signature_says_so() -> None:
    other = {**evidence(), "public_key": text(Key("Ed25519").cose)}
    with pytest.raises(BadSignature, match="did not sign"):
        check_passkey(other, ENTRY, ORIGIN)


GOOD = Key("P-256").cose
KEYS = {
    "empty": b"",
    "no map": b"\x01",
    "cut short": GOOD[:-1],
    "more than a key": GOOD + b"\x00",
    "a name twice": cbor({1: 2, 3: -7}).replace(b"\xa2", b"\xa3") + b"\x01\x02",
    "a length of eight bytes": b"\xa1\x01\x5b" + bytes(8),
    "an endless map": b"\xbf\x01\x02\xff",
    "more names than bytes": b"\xba\xff\xff\xff\xff",
    "a text": b"\xa1\x01\x61a",
    "a list for a name": b"\xa1\x80\x01",
    "a point off the curve": GOOD[:-1] + bytes([GOOD[-1] ^ 1]),
    "a part that is missing": cbor({1: 2, 3: -7, -1: 1, -2: bytes(32)}),
    "a number for a part": cbor({1: 2, 3: -7, -1: 1, -2: 1, -3: 1}),
    "another curve": cbor({1: 2, 3: -7, -1: 2, -2: bytes(32), -3: bytes(32)}),
    "another algorithm": cbor({1: 2, 3: -8, -1: 1, -2: bytes(32), -3: bytes(32)}),
    "a number that would take for ever": cbor({1: 3, 3: -257, -1: b"\xff" * 2_000, -2: b"\xff" * 2_000}),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_damaged_key_is_an_error_of_ours(name: str) -> None:
    with pytest.raises(Altered, match="public key of a passkey"):
        check_passkey({**evidence(), "public_key": text(KEYS[name])}, ENTRY, ORIGIN)


@pytest.mark.parametrize("value", [None, [], "x", {}, {"scheme": "webauthn"}])
def test_evidence_that_is_none_is_an_error_of_ours(value: Any) -> None:
    with pytest.raises(Altered, match="damaged"):
        check_passkey(value, ENTRY, ORIGIN)
    for name in evidence():
        with pytest.raises(Altered, match="damaged"):
            check_passkey({**evidence(), name: 3}, ENTRY, ORIGIN)


def test_whoever_is_handed_the_proof_reads_who_signed_and_where(log) -> None:
    kept = evidence()
    log.add_sealed({"version": 5}, **{FIELD: kept})
    found = verify_proof(log.proof(11), log.policy)
    assert (found.own_key, found.site) == (kept["public_key"], SITE)
    assert found.as_json()["site"] == SITE
    by = f"passkey {kept['public_key']}, on the site {SITE}"
    assert found.sentences()[-1] == f"Signed by its maker's {by}; the force's register says whose."


def test_evidence_of_another_decision_in_a_proof_is_an_alarm(log) -> None:
    log.add_sealed({"version": 5}, **{FIELD: evidence(case="2018-0001")})
    with pytest.raises(Altered, match="another decision than was recorded: its case differs"):
        verify_proof(log.proof(11), log.policy)

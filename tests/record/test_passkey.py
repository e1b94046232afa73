"""A decision that a passkey signed is checked from the evidence alone, and held to the entry that it became."""

from __future__ import annotations

import hashlib
import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from answerable.record.certificate import FIELD
from answerable.record.encode import canonical
from answerable.record.errors import Altered, BadSignature, RecordError
from answerable.record.passkey import challenge_of, check_passkey
from answerable.record.strict import to_base64url as text
from answerable.record.verify import verify_proof

MADE = runpy.run_path(str(Path(__file__).parents[1] / "vectors" / "generate_passkeys.py"))
SITE, ORIGIN, ASKED, ENTRY, LIES = (MADE[name] for name in ("SITE", "ORIGIN", "ASKED", "ENTRY", "LIES"))
Key, cbor, evidence = (MADE[name] for name in ("Key", "cbor", "evidence"))
COMMITTED = Path(__file__).parents[1] / "vectors" / "passkeys.json"


def test_the_generator_writes_the_committed_file(tmp_path: Path) -> None:
    MADE["write"](tmp_path)
    assert (tmp_path / "passkeys.json").read_bytes() == COMMITTED.read_bytes()


@pytest.mark.parametrize(
    "case", json.loads(COMMITTED.read_text(encoding="utf-8"))["cases"], ids=lambda one: one["name"]
)
def test_the_published_vectors_are_judged_as_they_say(case: dict[str, Any]) -> None:
    if case["holds"]:
        assert check_passkey(case["evidence"], case["entry"], case["origin"]).site == SITE
    else:
        with pytest.raises(Altered):
            check_passkey(case["evidence"], case["entry"], case["origin"])


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

"""Cosignatures of both types: what exactly is signed, and that nothing else passes for it."""

from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.record.checkpoint import Checkpoint
from answerable.record.cosign import (
    LogSigner,
    check_signature,
    cosign,
    cosigner_key,
    mldsa44_from_seed,
    subtree_message,
)
from answerable.record.errors import Altered, BadSignature, RecordError, WrongKey
from answerable.record.keys import COSIGNATURE, ED25519, MLDSA44, Key, parse_vkey
from answerable.record.note import browser_lines, check_note, parse_note, sign_note
from answerable.record.policy import parse_policy, policy_for
from answerable.record.proof import Proof, parse_proof
from answerable.record.verify import verify_proof

TEXT = str(Checkpoint("log.example/record/simulated", 11, bytes(range(32))))
OTHER = str(Checkpoint("log.example/record/simulated", 12, bytes(range(32))))
TIME = 1_543_600_000
PRIVATE = {
    COSIGNATURE: Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32),
    MLDSA44: mldsa44_from_seed(bytes([4]) * 32),
}
both = pytest.mark.parametrize("kind", [COSIGNATURE, MLDSA44])


def signer_of(log) -> LogSigner:
    return LogSigner.from_seeds(log.signer.key.name, bytes([1]) * 32, bytes([2]) * 32, lambda: TIME)


@both
def test_a_cosigner_signs_a_head_with_its_time(kind):
    key = cosigner_key("w.example", PRIVATE[kind])
    note = parse_note(f"{TEXT}\n" + cosign(TEXT, "w.example", PRIVATE[kind], TIME))
    (signed,) = check_note(note, [key])
    assert (signed.key, signed.time, key.type) == (key, TIME, kind)
    assert parse_vkey(key.vkey) == key


@both
@pytest.mark.parametrize("at", [0, 7, 8, 40, -1])
def test_a_changed_bit_of_a_cosignature_shows(kind, at):
    line = parse_note(f"{TEXT}\n" + cosign(TEXT, "w.example", PRIVATE[kind], TIME)).signatures[0]
    raw = bytearray(line.raw)
    raw[at] ^= 1
    with pytest.raises(BadSignature):
        check_signature(cosigner_key("w.example", PRIVATE[kind]), bytes(raw), TEXT)


@both
def test_a_cosignature_is_of_one_head_one_name_and_one_length(kind):
    raw = parse_note(f"{TEXT}\n" + cosign(TEXT, "w.example", PRIVATE[kind], TIME)).signatures[0].raw
    key = cosigner_key("w.example", PRIVATE[kind])
    with pytest.raises(BadSignature):
        check_signature(key, raw, OTHER)
    for short in (raw[:-1], raw + b"\0", b""):
        with pytest.raises(BadSignature, match="length"):
            check_signature(key, short, TEXT)
    if kind == MLDSA44:
        with pytest.raises(BadSignature):
            check_signature(Key("v.example", kind, key.raw), raw, TEXT)


@pytest.mark.parametrize("time", [-1, 2**63, 2**64])
@both
def test_an_impossible_time_is_neither_signed_nor_believed(kind, time):
    with pytest.raises(RecordError, match="no time"):
        cosign(TEXT, "w.example", PRIVATE[kind], time)
    size = {COSIGNATURE: 64, MLDSA44: 2420}[kind]
    with pytest.raises(BadSignature, match="impossible"):
        check_signature(cosigner_key("w.example", PRIVATE[kind]), b"\x80" + bytes(7 + size), TEXT)


def test_the_message_of_type_six_is_the_published_one():
    """Written out here by hand from the text of C2SP tlog-cosignature, byte for byte."""
    origin = b"log.example/record/simulated"
    due = b"subtree/v1\n\x00" + b"\x09w.example" + struct.pack(">Q", TIME) + bytes([len(origin)]) + origin
    assert subtree_message(TEXT, "w.example", TIME) == due + struct.pack(">QQ", 0, 11) + bytes(range(32))


@given(st.integers(1, 2**62), st.integers(0, 2**62), st.text("abc.-/é", min_size=1, max_size=40))
@settings(max_examples=30)
def test_two_different_heads_never_have_one_message(size, time, name):
    heads = [str(Checkpoint(f"{name}/real", n, bytes(32))) for n in (size, size + 1)]
    messages = {subtree_message(head, signer, t) for head in heads for t in (time, time + 1) for signer in (name, "z")}
    assert len(messages) == 8


def test_only_a_head_can_be_signed_as_a_subtree():
    with pytest.raises(Altered, match="three lines"):
        cosign("a note\n", "w.example", PRIVATE[MLDSA44], TIME)
    long = str(Checkpoint("l" * 256, 1, bytes(32)))
    with pytest.raises(RecordError, match="255"):
        cosign(long, "w.example", PRIVATE[MLDSA44], TIME)


def test_a_log_signs_with_both_keys_and_both_are_held_to(log):
    signer = signer_of(log)
    note = sign_note(str(log.head()), signer)
    assert [parse_vkey(vkey).type for vkey in signer.vkeys] == [ED25519, MLDSA44]
    accepted = parse_policy(policy_for(*signer.vkeys)).accept(note)
    assert (accepted.log.vkey, accepted.witnesses) == (signer.vkey, ())
    broken = note[:-5] + ("A" if note[-5] != "A" else "B") + note[-4:]
    with pytest.raises(Altered):
        parse_policy(policy_for(*signer.vkeys)).accept(broken)


def test_a_log_from_before_the_second_key_signs_with_the_first(log):
    old = LogSigner.from_hex(log.signer.key.name, "11" * 32, lambda: TIME)
    new = LogSigner.from_hex(log.signer.key.name, "11" * 32 + "\n" + "22" * 32, lambda: TIME)
    assert old.vkeys == new.vkeys[:1]
    head = str(log.head())
    assert new.sign(head).startswith(old.sign(head))
    assert (old.sign(head).count("\n"), new.sign(head).count("\n")) == (1, 2)
    assert new.sign("no head\n").count("\n") == 1
    assert parse_policy(policy_for(*old.vkeys)).accept(sign_note(head, old), served=True).log == old.key


@pytest.mark.parametrize("text", ["", "11" * 31, "11" * 63, "11" * 65, "zz" * 32])
def test_private_keys_of_another_length_are_refused(text):
    with pytest.raises(ValueError, match=r"hex|byte|length"):
        LogSigner.from_hex("log.example/real", text, lambda: TIME)


def test_a_served_head_needs_every_named_key_of_the_log(log):
    signer = signer_of(log)
    note = parse_note(sign_note(str(log.head()), signer))
    plain, policy = str(browser_lines(note)), parse_policy(policy_for(*signer.vkeys))
    assert policy.accept(str(note), served=True).log == policy.accept(plain).log == signer.key
    with pytest.raises(WrongKey, match="every key"):
        policy.accept(plain, served=True)


def test_the_second_key_alone_does_not_sign_for_a_log(log):
    signer = signer_of(log)
    note = parse_note(sign_note(str(log.head()), signer))
    second = str(note.__class__(note.text, note.signatures[1:]))
    with pytest.raises(Altered, match="did not sign this head"):
        parse_policy(policy_for(*signer.vkeys)).accept(second)


def test_a_proof_file_carries_the_lines_a_browser_can_check(log):
    signer = signer_of(log)
    note = sign_note(str(log.head()), signer)
    old = parse_proof(log.proof(4))
    text = str(Proof(old.index, old.body, old.blind, old.hashes, note))
    assert parse_proof(text).checkpoint == str(browser_lines(parse_note(note)))
    assert verify_proof(text, policy_for(*signer.vkeys)).index == 4
    with pytest.raises(Altered, match="not Ed25519"):
        parse_proof(text + note.splitlines(keepends=True)[-1])


def test_witnesses_with_either_kind_of_key_count(log):
    keys = {f"w{kind}": cosigner_key(f"w{kind}.example", private) for kind, private in PRIVATE.items()}
    lines = "".join(f"witness {name} {key.vkey}\n" for name, key in keys.items())
    policy = parse_policy(f"log {log.signer.vkey}\n{lines}group all all w4 w6\nquorum all\n")
    seen = [cosign(str(log.head()), f"w{kind}.example", private, TIME) for kind, private in PRIVATE.items()]
    assert [one.time for one in policy.accept(log.checkpoint() + "".join(seen)).witnesses] == [TIME, TIME]
    for one in seen:
        with pytest.raises(Altered, match="quorum"):
            policy.accept(log.checkpoint() + one)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("log {both}\nquorum none\n", "beside it"),
        ("log {log}\nwitness w {own}\nquorum w\n", "also named as that of a witness"),
        ("log {log}\nlog {both}\nwitness w {both}\nquorum w\n", "also named as that of a witness"),
        ("log {log}\nwitness a {w4}\nwitness b {w6}\ngroup g 2 a b\nquorum g\n", "two keys of one witness"),
        ("log {log}\nquorum\u00a0none\n", "not a kind of line"),
        ("log {log}\nquorum none\n" + "#" * 1_000_001, "at most"),
    ],
)
def test_a_policy_cannot_count_one_signer_twice(log, lines, says):
    signer = signer_of(log)
    own = Key("own.example", COSIGNATURE, signer.key.raw).vkey
    witness = {f"w{kind}": cosigner_key("w.example", private).vkey for kind, private in PRIVATE.items()}
    with pytest.raises(RecordError, match=says):
        parse_policy(lines.format(log=signer.vkey, both=signer.vkeys[1], own=own, **witness))


def test_one_witness_may_stand_in_with_either_of_its_keys(log):
    keys = {f"w{kind}": cosigner_key("w.example", private).vkey for kind, private in PRIVATE.items()}
    lines = "".join(f"witness {name} {vkey}\n" for name, vkey in keys.items())
    policy = parse_policy(f"log {log.signer.vkey}\n{lines}group w any w4 w6\nquorum w\n")
    for private in PRIVATE.values():
        assert len(policy.accept(log.checkpoint() + cosign(str(log.head()), "w.example", private, TIME)).witnesses) == 1
